"""`/team`: with whom one works; for staff, all teams, and to move somebody."""

from typing import Any

from sqlalchemy import Row

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.parameters import choice, number, text
from bot.features.homework.assignments import assignments_of, is_for
from bot.features.homework.declared import feature
from bot.features.homework.store import hand_ins
from bot.features.homework.store import teams as store
from bot.features.homework.teams.members import team_for
from bot.features.homework.teams.teaming import enter, mine
from bot.features.homework.time.asked import homework_and_rest

_MOVE = ("move", "换组", "调到")


@feature.command(
    "team",
    words=("我的小组",),
    is_private=True,
    area="homework",
    parameters=(text("homework"), choice("change", "move"), text("member", suggests="members"), number("team")),
)
def team(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip()
    if ctx.member.role != "student":
        _of_staff(ctx, said)
    elif said:
        homework, rest = homework_and_rest(ctx, said)
        if rest:
            raise UserError("team.usage")
        _show(ctx, _with_teams(homework))
    else:
        _show_all(ctx)


def _with_teams(homework: Homework) -> Homework:
    if homework.team_size is None:
        raise UserError("team.alone", homework=homework.title)
    return homework


# --- students ---------------------------------------------------------------------------------------------------------


def _show_all(ctx: Context) -> None:
    """Of what is open."""
    found = [one for one in assignments_of(ctx, ctx.member) if one.homework.team_size and one.is_open(ctx.now)]
    if not found:
        raise UserError("team.none")
    for one in found:
        _show(ctx, one.homework)


def _show(ctx: Context, homework: Homework) -> None:
    opens_at = homework.opens.moment(ctx.course.zone)
    if ctx.now < opens_at:
        raise UserError("team.not_yet", homework=homework.title, at=ctx.course.wall_time(opens_at))
    if not is_for(ctx, ctx.member, homework):
        raise UserError("homework.not_for_you", homework=homework.title)
    before = hand_ins.team_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    found = before or team_for(ctx, homework)
    if found is None:
        raise UserError("team.none")
    members = store.members_of(ctx.db, [found.id])[found.id]
    if before:
        ctx.reply_words(mine(homework, found.number, [one for one in members if one.id != ctx.member.id]))


# --- staff ------------------------------------------------------------------------------------------------------------


def _of_staff(ctx: Context, said: str) -> None:
    if ctx.space is None or ctx.space.kind != "staff":
        raise UserError("team.in_staff_room")
    if not said:
        raise UserError("team.usage_staff")
    homework, rest = homework_and_rest(ctx, said)
    verb, _, further = rest.partition(" ")
    who, _, to = further.rpartition(" ")
    if not rest:
        _show_teams(ctx, _with_teams(homework))
    elif verb.casefold() in _MOVE and who and to.isascii() and to.isdigit():
        _move(ctx, _with_teams(homework), ctx.find_member(who, is_present=True), int(to[:9]))
    else:
        raise UserError("team.usage_staff")


def _show_teams(ctx: Context, homework: Homework) -> None:
    teams = store.all_of(ctx.db, ctx.course.id, homework.id)
    if not teams:
        opens_at = ctx.course.wall_time(homework.opens.moment(ctx.course.zone))
        raise UserError("team.not_yet", homework=homework.title, at=opens_at)
    members = store.members_of(ctx.db, [one.id for one in teams])
    ctx.reply("team.all", homework=homework.title, count=len(teams))
    for one in teams:
        names: list[str | Text] = [f"#{who.id} {who.name}" for who in members[one.id]] or [Text(id="team.nobody")]
        ctx.reply("team.line", number=one.number, names=names)


def _move(ctx: Context, homework: Homework, who: Member, to: int) -> None:
    teams = {one.number: one for one in store.all_of(ctx.db, ctx.course.id, homework.id, lock=True)}
    target = teams.get(to)
    if target is None:
        raise UserError("team.unknown", number=to, homework=homework.title, last=max(teams, default=0))
    if who.role != "student":
        raise UserError("extend.no_student", name=who.name)
    before = hand_ins.team_of(ctx.db, ctx.course.id, homework.id, who.id)
    if before and before.number == to:
        raise UserError("team.there_already", name=who.name, number=to)
    _put(ctx, homework, who, target, [one.id for one in teams.values()])
    ctx.reply("team.moved", name=who.name, number=to)
    ctx.audit("team_move", member=f"#{who.id}", homework=homework.id, number=to)


def _put(ctx: Context, homework: Homework, who: Member, target: Row[Any], teams: list[int]) -> None:
    store.take_out(ctx.db, teams, who.id, ctx.now)
    mates = store.members_of(ctx.db, [target.id])[target.id]
    enter(ctx, homework, who, target, mates)

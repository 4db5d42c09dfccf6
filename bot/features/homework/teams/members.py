"""Teams that work on one homework together."""

from typing import Any

from sqlalchemy import Row

from bot.domain.events import MemberLeft
from bot.domain.homework import Homework
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.telling import ears_of, tell
from bot.features.homework.assignments import assignment_of, is_for
from bot.features.homework.declared import feature
from bot.features.homework.store import hand_ins
from bot.features.homework.store import teams as store
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams.authors import authors
from bot.features.homework.teams.teaming import join, make_teams

__all__ = ["authors", "left", "team_for", "tell_others"]


def team_for(ctx: Context, homework: Homework) -> Row[Any] | None:
    """The team of the member in context; who comes late gets into the smallest. None where everybody works alone."""
    if homework.team_size is None:
        return None
    found = hand_ins.team_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    if found or not _may_join(ctx, homework):
        return found
    make_teams(ctx, homework)  # nothing, but where it came into the course after it had opened
    return hand_ins.team_of(ctx.db, ctx.course.id, homework.id, ctx.member.id) or join(ctx, homework)


def _may_join(ctx: Context, homework: Homework) -> bool:
    is_open = assignment_of(ctx, homework, ctx.member.id).is_open(ctx.now)
    return is_open and ctx.member.role == "student" and is_for(ctx, ctx.member, homework)


def tell_others(ctx: Context, row: HandIn, words: Words) -> None:
    """Say it in private to the rest of the team whose work it is; nothing where it is one member's."""
    for who in authors(ctx, row) if row.team is not None else ():
        if not ctx.answers(who.id):
            tell(ctx, who.id, words)


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    """The others go on; who is the last of a team learns it, and so do staff, while it can still be handed in."""
    if not ctx.has_member:
        return
    for homework in ctx.course.book.homework.values():
        team = hand_ins.team_of(ctx.db, ctx.course.id, homework.id, ctx.member.id) if homework.team_size else None
        if team is None:
            continue
        rest = [one for one in store.members_of(ctx.db, [team.id])[team.id] if one.id != ctx.member.id]
        if len(rest) == 1 and assignment_of(ctx, homework, rest[0].id).is_open(ctx.now):
            _tell_last(ctx, homework, team.number, rest[0])


def _tell_last(ctx: Context, homework: Homework, number: int, last: Member) -> None:
    key = f"{ctx.event.key}:last:{homework.id}"
    values = {"homework": homework.title, "number": number, "name": last.name, "gone": ctx.member.name}
    ctx.tell_staff(Text(id="team.one_left_staff", values=values | {"id": homework.id}), key=f"{key}:staff")
    for ear in ears_of(ctx, [last.id]).values():
        ctx.say_to(ear.user, ear.space, Text(id="team.one_left", values=values), key=key, language=ear.language)

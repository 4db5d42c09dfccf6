"""Teams are made: when their homework opens, and of who comes later."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.telling import ears_of, tell
from bot.engine.voice import Utterance
from bot.features.homework.audience import spaces_of, students_for
from bot.features.homework.handing import standing
from bot.features.homework.store import hand_ins, times
from bot.features.homework.store import teams as store
from bot.features.homework.teams.dealing import Strength, dealt, how_many, ranked
from storage import boards
from storage.among import among
from storage.tables import profile

_NAMED = 12  # teams that one post names; of more it only says how many
_SHOWN = 20  # names in one line


def make_teams(ctx: Context, homework: Homework) -> None:
    """Of the students who are there and for whom it is; told where it is spoken of, and to each alone. Once."""
    students = {one.id: one for one in students_for(ctx, homework)} if homework.team_size else {}
    if not students or homework.team_size is None:
        return
    count = how_many(len(students), homework.team_size)
    rows = store.make(ctx.db, ctx.course.id, homework.id, count, ctx.now)
    if not rows:
        return
    order = ranked(_strengths(ctx, list(students)), f"{ctx.course.id} {homework.id}")
    teams = [[students[MemberId(who)] for who in team] for team in dealt(order, count)]
    store.put(ctx.db, [(row, one.id) for row, team in zip(rows, teams, strict=True) for one in team])
    _post(ctx, homework, teams)
    _tell_each(ctx, homework, teams)


def _strengths(ctx: Context, students: Sequence[MemberId]) -> list[tuple[int, Strength]]:
    found = boards.standings_of(ctx.db, ctx.course.id, students)
    return [(who, Strength(ctx.course.step(level), points + helped)) for who, level, points, helped in found]


def join(ctx: Context, homework: Homework) -> Row[Any] | None:
    """Who is in no team yet goes to the smallest; None where there are no teams."""
    teams = store.all_of(ctx.db, ctx.course.id, homework.id, lock=True)
    if (mine := hand_ins.team_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)) or not teams:
        return mine  # somebody else was quicker by a moment
    members = store.members_of(ctx.db, [one.id for one in teams])
    smallest = min(teams, key=lambda one: (len(members[one.id]), one.number))
    enter(ctx, homework, ctx.member, smallest, members[smallest.id])
    return smallest


def enter(ctx: Context, homework: Homework, who: Member, team: Row[Any], mates: Sequence[Member]) -> None:
    """Put somebody into a team, with the time and the work that it has; they and those who are in it are told."""
    store.put(ctx.db, [(team.id, who.id)])
    times.share(ctx.db, ctx.course.id, homework.id, who.id, [one.id for one in mates], ctx.now)
    standing.agree(ctx, homework, who)
    tell(ctx, who.id, mine(homework, team.number, mates))
    for mate in mates:
        tell(ctx, mate.id, Text(id="team.new_mate", values={"name": who.name, "homework": homework.title}))


def mine(homework: Homework, number: int, mates: Sequence[Member]) -> Text:
    """For one member: which team it is, and who else is in it."""
    if not mates:
        return Text(id="team.mine_alone", values={"homework": homework.title, "number": number})
    names = [mate.name for mate in mates[:_SHOWN]]
    return Text(id="team.mine", values={"homework": homework.title, "number": number, "names": names})


def _post(ctx: Context, homework: Homework, teams: Sequence[Sequence[Member]]) -> None:
    """The others are told the names; of who goes by another one here, nobody learns who it is."""
    head = Text(id="team.made", values={"homework": homework.title, "count": len(teams)})
    lines = [*_lines(ctx, teams)] if len(teams) <= _NAMED else []
    button = (Text(id="button.my_team"), f"team {homework.id}")
    for space in spaces_of(ctx, homework):
        ctx.say(space, head, *lines, key=f"teams:{ctx.course.id}:{homework.id}:{space.id}", buttons=[button])


def _lines(ctx: Context, teams: Sequence[Sequence[Member]]) -> list[Words]:
    hidden = _hidden(ctx, [one.id for team in teams for one in team])
    lines: list[Words] = []
    for number, team in enumerate(teams, 1):
        names: list[Words | str] = [one.name for one in team if one.id not in hidden]
        if more := len(team) - len(names):
            names.append(Text(id="team.unnamed", values={"count": more}))
        lines.append(Text(id="team.line", values={"number": number, "names": names[:_SHOWN]}))
    return lines


def _hidden(ctx: Context, those: Sequence[MemberId]) -> set[MemberId]:
    """Who has chosen another name: beside the real one of their mates it would give both away."""
    query = profile.select().where(among(profile.c.member, "members"), profile.c.pseudonym.is_not(None))
    return {row.member for row in ctx.db.execute(query, {"members": list(those)})}


def _tell_each(ctx: Context, homework: Homework, teams: Sequence[Sequence[Member]]) -> None:
    """Where they can be reached alone; the button under the post tells everybody else."""
    places = {one.id: (number, team) for number, team in enumerate(teams, 1) for one in team}
    for who, ear in ears_of(ctx, list(places)).items():
        number, team = places[who]
        what = Utterance(lines=[mine(homework, number, [one for one in team if one.id != who])], is_notice=True)
        key = f"team:{ctx.course.id}:{homework.id}:{who}"
        ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)

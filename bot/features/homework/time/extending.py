"""More time: a deadline moves, for one author or in homework.yaml, and what came in too late by the old one may be in
time by the new one.

What was in time stays so, also where time is taken back.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from bot.domain.events import AlarmsDue
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.engine.telling import tell
from bot.engine.transaction import Transaction
from bot.features.homework.deadlines import Deadline, deadline_of
from bot.features.homework.declared import feature
from bot.features.homework.handing import standing
from bot.features.homework.store import hand_ins, times
from bot.features.homework.store import teams as team_store
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams.members import authors
from bot.features.homework.time.moved import in_time_by_now
from storage import alarms

Source = Literal["token", "staff", "import"]

IMPORTED = "homework_extended"
"""Rings when extensions came in from a file. The object is `HOMEWORK MEMBER`, the member by number."""
MOVED = "homework_due_moved"
"""Rings for a hand-in that is in time by the deadline that the file has now. The object is its number."""
_AT_ONCE = 50  # of those that come from a file: each member is told


def affected(ctx: Context, homework: Homework, who: Member) -> list[Member]:
    """Whose deadline moves with this member's: that of the whole team."""
    team = hand_ins.team_of(ctx.db, ctx.course.id, homework.id, who.id) if homework.team_size else None
    mates = team_store.members_of(ctx.db, [team.id])[team.id] if team else []
    return [who, *(one for one in mates if one.id != who.id)]


def deadline_for(ctx: Context, homework: Homework, those: Sequence[Member]) -> Deadline:
    """The one that counts for an author, without what a returned work gets beside it."""
    rows = times.running(ctx.db, ctx.course.id, homework.id, [one.id for one in those])
    common = times.for_all(ctx.db, ctx.course.id, homework.id)
    untils = [*(row.until for row in rows), *([common] if common else [])]
    return deadline_of(homework, ctx.course.zone, extended=max(untils, default=None))


def give(ctx: Context, homework: Homework, until: Mapping[MemberId, datetime], source: Source) -> list[int]:
    """Give each of these members time, and mend what was late; the numbers of hand-ins graded as late, that stay so."""
    times.add(ctx.db, _by_hand(ctx, homework, source), list(until.items()))
    return mend(ctx, homework, until)


def give_all(ctx: Context, homework: Homework, until: datetime, own: Mapping[MemberId, datetime]) -> list[int]:
    """The same for everybody, also for who comes later; `own`: who gets more than that, and until when."""
    times.add(ctx.db, _by_hand(ctx, homework, "staff"), [(None, until), *own.items()])
    return mend(ctx, homework)


def _by_hand(ctx: Context, homework: Homework, source: Source) -> dict[str, Any]:
    return {"course": ctx.course.id, "homework": homework.id, "source": source, "by": ctx.member.id, "at": ctx.now}


def mend(ctx: Context, homework: Homework, those: Collection[MemberId] | None = None) -> list[int]:
    """Let what these members, or all, handed in be in time where it now is; the numbers of those graded before."""
    graded = []
    for row in times.late_hand_ins(ctx.db, ctx.course.id, homework.id):
        mine = authors(ctx, row)
        is_meant = those is None or any(one.id in those for one in mine)
        if is_meant and _mend(ctx, homework, row, mine) and row.state == "graded":
            graded.append(row.id)
    return graded


def _mend(ctx: Context, homework: Homework, row: HandIn, mine: Sequence[Member]) -> bool:
    """Whether what counts was late, and is not any more."""
    mended = standing.mend(ctx, homework, row)
    if mended is not None:
        _tell_mended(ctx, homework, mended, mine)
    return mended is not None


def _tell_mended(ctx: Context, homework: Homework, row: HandIn, mine: Sequence[Member]) -> None:
    for who in mine:
        values = {"number": row.id, "version": row.counts, "homework": homework.title}
        tell(ctx, who.id, Text(id="extend.in_time_now", values=values))


@feature.alarm(IMPORTED, most=_AT_ONCE)
def imported(ctx: Context, due: AlarmsDue) -> None:
    """Who got more time by a file learns it, and what was late is looked at again."""
    by_homework: dict[str, list[MemberId]] = {}
    for alarm in due.alarms:
        homework, _, who = alarm.object.rpartition(" ")
        by_homework.setdefault(homework, []).append(MemberId(int(who)))
    for id, those in by_homework.items():
        if found := ctx.course.book.homework.get(id):
            _tell_imported(ctx, found, list(members_by_id(ctx.db, those).values()))
            mend(ctx, found, those)


def _tell_imported(ctx: Context, homework: Homework, those: Sequence[Member]) -> None:
    for one in those:
        until = ctx.course.wall_time(deadline_for(ctx, homework, [one]).due_at)
        tell(ctx, one.id, Text(id="extend.told_given", values={"homework": homework.title, "until": until}))


# --- a deadline that the file has moved -------------------------------------------------------------------------------


@feature.on_other_courses
def look(tx: Transaction, now: datetime) -> None:
    """What is late by rows and in time by the files is mended soon; then the rows say so, too, and nothing is found."""
    by_course: dict[str, list[tuple[str, datetime]]] = {}
    for one in in_time_by_now(tx.db, tx.live.courses):
        by_course.setdefault(one.course, []).append((str(one.number), now))
    for course, moments in by_course.items():
        alarms.put(tx.db, course, MOVED, moments)


@feature.alarm(MOVED, most=_AT_ONCE)
def moved(ctx: Context, due: AlarmsDue) -> None:
    """By the files as they are when it is heard: they may have been changed back. Staff learn which scores stay."""
    graded = []
    for alarm in due.alarms:
        row = hand_ins.by_number(ctx.db, ctx.course.id, int(alarm.object), lock=True)
        homework = ctx.course.book.homework.get(row.homework) if row else None
        if row and homework and _mend(ctx, homework, row, authors(ctx, row)) and row.state == "graded":
            graded.append(f"#{row.id}")
    if graded:
        ctx.tell_staff(Text(id="extend.graded_late", values={"numbers": graded}))

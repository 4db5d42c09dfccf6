"""How a hand-in stands: which version counts by now, whether that is late, and what the rules know of it.

Whatever changes a hand-in (a version, a choice, a withdrawal, a return, more time, another team, another account)
changes the row and calls `agree`: what was announced is then what the row says, so points are what it is worth.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.features.homework.deadlines import Deadline, counting, deadline_of
from bot.features.homework.declared import GRADED, SUBMITTED, object_of
from bot.features.homework.pace import waiting
from bot.features.homework.store import grades, hand_ins, times
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.told import told
from bot.features.homework.teams.authors import authors

Values = Mapping[str, Any]

_NOTHING: Mapping[str, Values] = {}


# --- which version counts ---------------------------------------------------------------------------------------------


def settle(ctx: Context, row: HandIn, since: datetime) -> HandIn:
    """Let the version count that counts by now; if it is another one, it waits for an answer since that moment.

    So does what comes back after it was withdrawn or returned. The row is locked.
    """
    versions = hand_ins.versions_of(ctx.db, row.id)
    counts = counting(versions, row.chosen, sent_back=row.sent_back)
    found = next((one for one in versions if one.version == counts), None)
    if found is None:
        return row
    if counts != row.counts or row.state in ("withdrawn", "returned"):
        return waiting.begin(ctx, row, since, counts=counts, is_late=found.is_late)
    return row if row.is_late == found.is_late else hand_ins.change(ctx.db, row.id, is_late=found.is_late)


# --- whether it is late -----------------------------------------------------------------------------------------------


def deadline_for(ctx: Context, homework: Homework, row: HandIn) -> Deadline:
    """The one of all whose work it is, as it is now, without what a returned work gets beside it."""
    whose = [one.id for one in authors(ctx, row)] or [row.member]
    found = [times.extensions_of(ctx.db, ctx.course.id, who).get(homework.id) for who in whose]
    return deadline_of(homework, ctx.course.zone, extended=max((one for one in found if one), default=None))


def mend(ctx: Context, homework: Homework, row: HandIn) -> HandIn | None:
    """Let what was late be in time where it is so by now, by more time or another deadline.

    The hand-in where that is true of what counts.
    What was in time stays so. The row is locked.
    """
    versions = hand_ins.versions_of(ctx.db, row.id)
    deadline = deadline_for(ctx, homework, row)
    mended = {one.version for one in versions if one.is_late and not deadline.is_late(one.at)}
    if not mended:
        return None
    times.are_in_time(ctx.db, row.id, mended)
    before = row.counts
    if row.state == "waiting" and row.appeal is None:
        row = settle(ctx, row, ctx.now)
    if row.counts in mended:
        row = hand_ins.change(ctx.db, row.id, is_late=False)
    agree_each(ctx, homework, row)
    is_changed = row.counts in mended or row.counts != before
    return row if is_changed and row.state != "withdrawn" else None


# --- what the rules know ----------------------------------------------------------------------------------------------


def agree_each(ctx: Context, homework: Homework, row: HandIn, *, is_new: bool = False) -> dict[MemberId, int]:
    """Tell the rules how a hand-in stands, about everybody whose work it is; by how much the points of each changed.

    `is_new`: they were never told anything of it.
    """
    changed = dict[MemberId, int]()
    for who in authors(ctx, row):
        known = _NOTHING if is_new else _known(ctx, homework, who)
        changed[who.id] = _agree(ctx, homework, row, who, known)
    return changed


def own_points(ctx: Context, changes: Mapping[MemberId, int]) -> int:
    """By how much the points of who acts have changed."""
    return sum(points for who, points in changes.items() if ctx.answers(who))


def agree(ctx: Context, homework: Homework, who: Member, *, anew: bool = False) -> None:
    """The same about one member, with whatever hand-in is theirs by now.

    `anew`: what the rules gave is taken back and given again, as it may have been closed by accounts that were linked.
    """
    row = hand_ins.of_member(ctx.db, ctx.course.id, homework.id, who.id)
    known = _known(ctx, homework, who)
    if anew:
        for kind in (GRADED, SUBMITTED):
            ctx.retract(kind, object_of(homework.id), member=who)
        known = {}
    _agree(ctx, homework, row, who, known)


def _known(ctx: Context, homework: Homework, who: Member) -> Mapping[str, Values]:
    ctx.writes.flush_decisions(ctx.db)
    return told(ctx.db, ctx.course.id, object_of(homework.id), who.id, (SUBMITTED, GRADED))


def _agree(ctx: Context, homework: Homework, row: HandIn | None, who: Member, known: Mapping[str, Values]) -> int:
    """The points that it makes more or less."""
    points = _agree_submitted(ctx, homework, row, who, known.get(SUBMITTED))
    return points + _agree_graded(ctx, homework, row, who, known.get(GRADED))


def _agree_submitted(ctx: Context, homework: Homework, row: HandIn | None, who: Member, known: Values | None) -> int:
    """A version that is as late as the one before is announced beside it: what is given once was given."""
    stands = row is not None and (row.state == "graded" or row.state == "waiting")
    object, points = object_of(homework.id), 0
    if known is not None and (row is None or not stands or known["late"] != row.is_late):
        points -= ctx.retract(SUBMITTED, object, member=who)
        known = None
    if row is None or not stands or (known is not None and known["version"] == row.counts):
        return points
    version = hand_ins.version_of(ctx.db, row.id, row.counts)
    assert version is not None, "what counts is there"
    return (
        points
        + ctx.announce(
            SUBMITTED,
            object,
            member=who,
            text=None if homework.is_quiz else version.text or None,
            homework=homework.id,
            tier=homework.tier,
            late=row.is_late,
            version=row.counts,
            length=0 if homework.is_quiz else visible_length(version.text),
        ).points
    )


def _agree_graded(ctx: Context, homework: Homework, row: HandIn | None, who: Member, known: Values | None) -> int:
    """A grade that was given stays, until another one is."""
    newest = grades.in_force(ctx.db, row.id) if row is not None and _is_answered(row) else None
    object, points = object_of(homework.id), 0
    if known is not None and (newest is None or known["score"] != newest.score):
        points -= ctx.retract(GRADED, object, member=who)
        known = None
    if row is None or newest is None or known is not None:
        return points
    values: dict[str, Any] = {"homework": homework.id, "tier": homework.tier}
    return points + ctx.announce(GRADED, object, member=who, score=newest.score, late=row.is_late, **values).points


def _is_answered(row: HandIn) -> bool:
    """Whether it has a grade that holds: also while it is looked at again."""
    return bool(row.state == "graded" or row.appeal is not None)

"""Something is handed in: checked, kept as one more version, and what counts now waits for an answer."""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.engine import jobs
from bot.engine.context import Context
from bot.features.homework.assignments import Assignment, assignment_of, is_for
from bot.features.homework.copies import comparing as near
from bot.features.homework.deadlines import left
from bot.features.homework.handing.checks import check
from bot.features.homework.handing.standing import agree_each, own_points, settle
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.teams import members as teams
from bot.features.homework.works import Work


class Receipt(NamedTuple):
    """What became of a work that was handed in."""

    homework: Homework
    number: int  # of the hand-in
    version: int
    counts: int  # the version that counts now
    at: datetime
    left: timedelta  # before the deadline; negative: after it
    is_late: bool
    is_known: bool  # the same had been handed in before; nothing has changed
    points: int


def hand_in(ctx: Context, homework: Homework, work: Work) -> Receipt:
    """Take a work of the member in context. Raises UserError where it can't be taken, with what to do."""
    assignment = _open(ctx, homework, work.at)
    check(homework, work)
    team = teams.team_for(ctx, homework)
    row = hand_ins.taken(ctx.db, ctx.course.id, homework.id, ctx.member.id, team.id if team else None)
    if row.state == "graded":
        raise UserError("homework.graded_already", number=row.id)
    if row.appeal is not None:
        raise UserError("homework.looked_at_again", number=row.id)
    if same := hand_ins.same_as(ctx.db, row.id, work):
        return _again(ctx, assignment, row, same, work.at)
    is_late = assignment.deadline.is_late(work.at)
    version = hand_ins.add_version(ctx.db, row, ctx.member.id, work, is_late=is_late)
    is_new = row.versions == 0
    row = settle(ctx, hand_ins.change(ctx.db, row.id, versions=version.version), ctx.now)
    near.compare(ctx, homework, row, version)
    _fetch(ctx, version, work)
    points = own_points(ctx, agree_each(ctx, homework, row, is_new=is_new))
    values = {"name": ctx.member.name, "homework": homework.title, "number": row.id, "version": version.version}
    teams.tell_others(ctx, row, Text(id="team.handed_in", values=values))
    return _receipt(assignment, row, version, points=points)


def _open(ctx: Context, homework: Homework, at: datetime) -> Assignment:
    """Raises UserError where the member can't hand in at this moment."""
    if not is_for(ctx, ctx.member, homework):
        raise UserError("homework.not_for_you", homework=homework.title)
    assignment = assignment_of(ctx, homework, ctx.member.id)
    if at < assignment.opens_at:
        raise UserError("homework.not_open", homework=homework.title, at=ctx.course.wall_time(assignment.opens_at))
    if assignment.deadline.is_closed(at):
        closed_at = assignment.deadline.closes_at or assignment.deadline.limit
        raise UserError("homework.closed", homework=homework.title, at=ctx.course.wall_time(closed_at))
    return assignment


def _again(ctx: Context, assignment: Assignment, row: HandIn, same: Submission, at: datetime) -> Receipt:
    """The same as an earlier version, which is the newest by that. It brings back what was withdrawn."""
    before = row.state, row.counts
    if same.version > row.sent_back:
        hand_ins.handed_in_again(ctx.db, same, at)
        row = settle(ctx, row, ctx.now)
    if (row.state, row.counts) == before:
        return _receipt(assignment, row, same, points=0, is_known=True)
    points = own_points(ctx, agree_each(ctx, assignment.homework, row))
    return _receipt(assignment, row, same, points=points)


def _fetch(ctx: Context, version: Submission, work: Work) -> None:
    """Its files are to last longer than the platform keeps them."""
    for number, piece in enumerate(work.pieces):
        if piece.file is None:
            jobs.fetch(ctx, f"homework:{version.id}:{number}", piece.attachment)


def _receipt(
    assignment: Assignment, row: HandIn, version: Submission, *, points: int, is_known: bool = False
) -> Receipt:
    return Receipt(
        homework=assignment.homework,
        number=row.id,
        version=version.version,
        counts=row.counts,
        at=version.at,
        left=left(version.at, assignment.deadline, assignment.homework.grace),
        is_late=version.is_late,
        is_known=is_known,
        points=points,
    )

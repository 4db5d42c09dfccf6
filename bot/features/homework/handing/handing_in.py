"""Something is handed in: checked, kept as one more version, and what counts now waits for an answer."""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine import jobs
from bot.engine.context import Context
from bot.features.homework.assignments import Assignment, assignment_of, is_for
from bot.features.homework.copies import comparing as near
from bot.features.homework.deadlines import counting, left
from bot.features.homework.declared import SUBMITTED, object_of
from bot.features.homework.handing.checks import check
from bot.features.homework.pace import waiting
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
        return _again(ctx, assignment, row, same)
    is_late = assignment.deadline.is_late(work.at)
    version = hand_ins.add_version(ctx.db, row, ctx.member.id, work, is_late=is_late)
    row = settle(ctx, hand_ins.change(ctx.db, row.id, versions=version.version))
    near.compare(ctx, homework, row, version)
    _fetch(ctx, version, work)
    points = _announce(ctx, homework, row, version, work) if row.counts == version.version else 0
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


def _again(ctx: Context, assignment: Assignment, row: HandIn, same: Submission) -> Receipt:
    """The same as before. It brings back what was withdrawn."""
    if row.state == "withdrawn":
        row = settle(ctx, row, since=ctx.now)  # nobody has waited for an answer meanwhile
        work = Work(text=same.text, object=same.object, at=same.at)
        points = _announce(ctx, assignment.homework, row, same, work)
        return _receipt(assignment, row, same, points=points)
    return _receipt(assignment, row, same, points=0, is_known=True)


def settle(ctx: Context, row: HandIn, *, since: datetime | None = None) -> HandIn:
    """Let the version count that counts by now, and wait for an answer if it is another one. The row is locked.

    `since`: where the answer is waited for from a later moment than that of the version.
    """
    versions = hand_ins.versions_of(ctx.db, row.id)
    counts = counting(versions, row.chosen)
    found = next((one for one in versions if one.version == counts), None)
    if found is None:
        return row
    is_new = counts != row.counts or row.state in ("withdrawn", "returned")
    return waiting.begin(ctx, row, since or found.at, counts=counts, is_late=found.is_late) if is_new else row


def _fetch(ctx: Context, version: Submission, work: Work) -> None:
    """Its files are to last longer than the platform keeps them."""
    for number, piece in enumerate(work.pieces):
        if piece.file is None:
            jobs.fetch(ctx, f"homework:{version.id}:{number}", piece.attachment)


def announce_again(ctx: Context, homework: Homework, row: HandIn) -> None:
    """What the rules gave for it holds no longer; they judge the version that counts, as it now is."""
    version = hand_ins.version_of(ctx.db, row.id, row.counts)
    assert version is not None, "what counts is there"
    for who in teams.authors(ctx, row):
        ctx.retract(SUBMITTED, object_of(homework.id), member=who)
    _announce(ctx, homework, row, version, Work(text=version.text, object=version.object, at=version.at))


def _announce(ctx: Context, homework: Homework, row: HandIn, version: Submission, work: Work) -> int:
    """To the rules, about everybody whose work it is; the points of who handed it in."""
    points = 0
    for who in teams.authors(ctx, row):
        points += _announce_one(ctx, homework, version, work, who)
    return points


def _announce_one(ctx: Context, homework: Homework, version: Submission, work: Work, who: Member) -> int:
    outcome = ctx.announce(
        SUBMITTED,
        object_of(homework.id),
        member=who,
        text=work.text or None,
        homework=homework.id,
        tier=homework.tier,
        late=version.is_late,
        version=version.version,
        length=work.length,
    )
    return outcome.points if ctx.answers(who.id) else 0


def _receipt(
    assignment: Assignment, row: HandIn, version: Submission, *, points: int, is_known: bool = False
) -> Receipt:
    return Receipt(
        homework=assignment.homework,
        number=row.id,
        version=version.version,
        counts=row.counts,
        at=version.at,
        left=left(version.at, assignment.deadline),
        is_late=version.is_late,
        is_known=is_known,
        points=points,
    )

"""The end of a grading: a grade for each hand-in, told to the rules and to who wrote it."""

from typing import Any

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Button, Text
from bot.engine.context import Context
from bot.features.homework.assignments import assignment_of
from bot.features.homework.deadlines import loss
from bot.features.homework.declared import ANSWERED, CLAIM_ALARM, GRADED, SUBMITTED, object_of
from bot.features.homework.grading import feedback, rubric
from bot.features.homework.grading.drafts import NEXT, close_panel, homework_of, is_own, name_of, unseen
from bot.features.homework.pace import waiting
from bot.features.homework.store import drafts, grades, hand_ins
from bot.features.homework.store.drafts import Draft
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.teams import members as teams
from bot.features.homework.works import pieces_in
from storage import alarms


def loss_of(ctx: Context, homework: Homework, row: HandIn, found: Submission) -> int:
    """Percent that lateness takes; what mends a returned version loses no more than that one did."""
    returned = next((one for one in grades.of_hand_in(ctx.db, row.id) if one.kind == "returned"), None)
    if returned is not None:
        return int(returned.lost)
    return loss(homework, found.at, assignment_of(ctx, homework, row.member).deadline)


# --- graded -----------------------------------------------------------------------------------------------------------


def finish(ctx: Context, draft: Draft, points: int | None = None) -> None:
    """Grade all that the draft claims; `points` in all, where they were not given by criterion. Raises UserError."""
    homework, rows = homework_of(ctx, draft), _checked(ctx, draft)
    missing = [one.title for one in homework.rubric if one.id not in draft.scores]
    if points is None and missing:
        raise UserError("grading.not_filled", missing=missing)
    given = rubric.total(homework, draft.scores) if points is None else points
    scores = draft.scores if points is None else {}
    for row in rows:
        made = _grade(ctx, homework, row, draft, given, scores)
        ctx.audit("grade", member=f"#{row.member}", number=row.id, score=made.score)
        ctx.reply("grading.done", number=row.id, name=[one.name for one in teams.authors(ctx, row)], score=made.score)
    _end(ctx, draft, Text(id="grading.is_done", values={"numbers": [f"#{row.id}" for row in rows]}))


def _grade(ctx: Context, homework: Homework, row: HandIn, draft: Draft, points: int, scores: dict[str, int]) -> Grade:
    found = _version(ctx, row)
    before = next((one for one in grades.of_hand_in(ctx.db, row.id) if one.kind == "graded"), None)
    lost = loss_of(ctx, homework, row, found)
    score = rubric.score(points, homework.out_of, lost)
    made = _add(ctx, row, found, draft, kind="graded", points=points, lost=lost, score=score, scores=scores)
    _answered(ctx, homework, row, made)
    row = waiting.stop(ctx, row, "graded")
    earned = _announce(ctx, homework, row, made, is_again=before is not None)
    feedback.send(ctx, row, made, earned, before=before)
    return made


def _announce(ctx: Context, homework: Homework, row: HandIn, made: Grade, *, is_again: bool) -> dict[MemberId, int]:
    """To the rules, about all whose work it is; what each has earned, or lost, by it."""
    earned, object = dict[MemberId, int](), object_of(homework.id)
    for who in teams.authors(ctx, row):
        back = ctx.retract(GRADED, object, member=who) if is_again else 0
        values: dict[str, Any] = {"homework": homework.id, "tier": homework.tier}
        outcome = ctx.announce(GRADED, object, member=who, score=made.score, late=row.is_late, **values)
        earned[who.id] = outcome.points - back
    return earned


# --- returned ---------------------------------------------------------------------------------------------------------


def send_back(ctx: Context, draft: Draft) -> None:
    """Return all that the draft claims: nothing is earned until it is handed in again. Raises UserError."""
    homework, rows = homework_of(ctx, draft), _checked(ctx, draft)
    if not (draft.comment or draft.files or draft.problems):
        raise UserError("grading.why_return")
    for row in rows:
        made = _return(ctx, homework, row, draft)
        ctx.audit("return", member=f"#{row.member}", number=made.hand_in)
        ctx.reply("grading.returned", number=row.id, name=[one.name for one in teams.authors(ctx, row)])
    _end(ctx, draft, Text(id="grading.is_returned", values={"numbers": [f"#{row.id}" for row in rows]}))


def _return(ctx: Context, homework: Homework, row: HandIn, draft: Draft) -> Grade:
    found = _version(ctx, row)
    points, lost = rubric.total(homework, draft.scores), loss_of(ctx, homework, row, found)
    score = rubric.score(points, homework.out_of, lost) if homework.out_of else 0
    made = _add(ctx, row, found, draft, kind="returned", points=points, lost=lost, score=score, scores=draft.scores)
    _answered(ctx, homework, row, made)
    until = ctx.now + ctx.course.book.grading.revise_within
    row = waiting.stop(ctx, row, "returned", revise_until=until)
    lost_points = dict[MemberId, int]()
    for who in teams.authors(ctx, row):
        back = [ctx.retract(kind, object_of(homework.id), member=who) for kind in (GRADED, SUBMITTED)]
        lost_points[who.id] = -sum(back)
    feedback.send(ctx, row, made, lost_points)
    return made


# --- both -------------------------------------------------------------------------------------------------------------


def _checked(ctx: Context, draft: Draft) -> list[HandIn]:
    """What is claimed, locked. Raises UserError where it is not what who grades has seen."""
    rows = list(drafts.claimed(ctx.db, draft.id))
    if newer := unseen(rows, draft):
        look = Button(label="button.grade_look", command=f"grade draft {name_of(draft)} look")
        raise UserError("grading.look_again", number=newer.id, version=newer.counts, buttons=[look])
    if any(is_own(ctx, row) for row in rows):
        raise UserError("grading.own", buttons=[NEXT])
    if any(piece.file is None and not piece.error for piece in pieces_in(draft.files)):
        raise UserError("grading.files_on_their_way")
    return rows


def _version(ctx: Context, row: HandIn) -> Submission:
    found = hand_ins.version_of(ctx.db, row.id, row.counts)
    assert found is not None, "what counts is one of its versions"
    return found


def _add(ctx: Context, row: HandIn, found: Submission, draft: Draft, **values: Any) -> Grade:
    homework, since = homework_of(ctx, row), row.waiting_since
    return grades.add(
        ctx.db,
        hand_in=row.id,
        version=found.version,
        member=ctx.member.id,
        at=ctx.now,
        out_of=homework.out_of,
        problems=draft.problems,
        comment=draft.comment,
        files=draft.files,
        waited=int(waiting.waited(ctx.course, since, ctx.now).total_seconds()) if since else None,
        is_in_time=row.due_at is None or ctx.now <= row.due_at,
        **values,
    )


def _answered(ctx: Context, homework: Homework, row: HandIn, made: Grade) -> None:
    """About who graded; mending a grade that nobody waits for is no answer."""
    if made.waited is None:
        return
    ctx.announce(
        ANSWERED,
        f"grade {made.id}",
        homework=homework.id,
        tier=homework.tier,
        minutes=made.waited // 60,
        in_time=made.is_in_time,
        returned=made.kind == "returned",
    )


def _end(ctx: Context, draft: Draft, line: Text) -> None:
    alarms.drop(ctx.db, ctx.course.id, CLAIM_ALARM, [str(draft.id)])
    close_panel(ctx, draft, line)
    drafts.release(ctx.db, draft.id)
    drafts.drop(ctx.db, draft.id)
    ctx.reply_buttons([(Text(id="button.grade_next"), "grade next")])

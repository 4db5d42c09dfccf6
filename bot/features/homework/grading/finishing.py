"""The end of a grading: a grade for each hand-in, told to the rules and to who wrote it."""

from collections.abc import Sequence
from typing import Any

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Button, Text, Words
from bot.engine.context import Context
from bot.features.homework.deadlines import loss
from bot.features.homework.declared import ANSWERED, CLAIM_ALARM, GRADED, SUBMITTED, object_of
from bot.features.homework.grading import featuring, feedback, rubric, saying
from bot.features.homework.grading.drafts import check_may, close_panel, homework_of, name_of, unseen
from bot.features.homework.handing import standing
from bot.features.homework.pace import waiting
from bot.features.homework.store import drafts, grades, hand_ins
from bot.features.homework.store.drafts import Draft
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.teams import members as teams
from storage import alarms


def loss_of(ctx: Context, homework: Homework, row: HandIn, found: Submission) -> int:
    """Percent that lateness takes: nothing of what was in time when it came, or is by now.

    What mends a returned version loses no more than that one did.
    """
    deadline = standing.deadline_for(ctx, homework, row)
    if found.is_late and not deadline.is_late(found.at):
        standing.mend(ctx, homework, row)
    lost = loss(homework, found.at, deadline) if found.is_late else 0
    returned = next((one for one in grades.of_hand_in(ctx.db, row.id) if one.kind == "returned"), None)
    return lost if returned is None else min(lost, int(returned.lost))


# --- graded -----------------------------------------------------------------------------------------------------------


def finish(ctx: Context, draft: Draft, points: int | None = None) -> None:
    """Grade all that the draft claims; `points` in all, where they were not given by criterion. Raises UserError."""
    homework, rows = homework_of(ctx, draft), _checked(ctx, draft)
    missing = [one.title for one in homework.rubric if one.id not in draft.scores]
    if points is None and missing:
        raise UserError("grading.not_filled", missing=missing)
    scores = dict(rubric.kept(homework, draft.scores, points))
    given = rubric.total(homework, scores) if points is None else points
    for row in rows:
        made = _grade(ctx, homework, row, draft, given, scores)
        ctx.audit("grade", member=f"#{row.member}", number=row.id, score=made.score)
        ctx.reply("grading.done", number=row.id, name=[one.name for one in teams.authors(ctx, row)], score=made.score)
        if draft.features is not None:
            featuring.become(ctx, row, is_featured=draft.features)
    if draft.scores and not scores:
        ctx.reply("grading.lines_gone", points=given, line=_line(homework, rows, draft))
    _end(ctx, draft, Text(id="grading.is_done", values={"numbers": [f"#{row.id}" for row in rows]}))


def _line(homework: Homework, rows: Sequence[HandIn], draft: Draft) -> str:
    """The command that grades by criterion, with what was given so far."""
    numbers = ", ".join(f"{row.id}" for row in rows)
    scores = " ".join(f"{one.id}={draft.scores.get(one.id, one.points)}" for one in homework.rubric)
    return f"/grade {numbers} {scores}"


def _grade(ctx: Context, homework: Homework, row: HandIn, draft: Draft, points: int, scores: dict[str, int]) -> Grade:
    found = _version(ctx, row)
    before = grades.in_force(ctx.db, row.id)
    lost = loss_of(ctx, homework, row, found)
    score = rubric.score(points, homework.out_of, lost)
    made = _add(ctx, row, found, draft, kind="graded", points=points, lost=lost, score=score, scores=scores)
    _answered(ctx, homework, row, made)
    row = waiting.stop(ctx, row, "graded")
    earned = _announce(ctx, homework, row, made, is_again=before is not None)
    feedback.send(ctx, row, made, {who: feedback.points(points) for who, points in earned.items()}, before=before)
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
    for row in rows:
        made = _return(ctx, homework, row, draft)
        ctx.audit("return", member=f"#{row.member}", number=made.hand_in)
        ctx.reply("grading.returned", number=row.id, name=[one.name for one in teams.authors(ctx, row)])
    numbers = ", ".join(f"#{row.id}" for row in rows)
    ctx.reply_buttons([(Text(id="button.return_undo"), f"return {numbers} undo")])
    _end(ctx, draft, Text(id="grading.is_returned", values={"numbers": [f"#{row.id}" for row in rows]}))


def _return(ctx: Context, homework: Homework, row: HandIn, draft: Draft) -> Grade:
    found = _version(ctx, row)
    points, lost = rubric.total(homework, draft.scores), loss_of(ctx, homework, row, found)
    score = rubric.score(points, homework.out_of, lost) if homework.out_of else 0
    made = _add(ctx, row, found, draft, kind="returned", points=points, lost=lost, score=score, scores=draft.scores)
    _answered(ctx, homework, row, made)
    until = ctx.now + ctx.course.book.grading.revise_within
    row = waiting.stop(ctx, row, "returned", revise_until=until)
    why = dict[MemberId, list[Words]]()
    for who in teams.authors(ctx, row):
        graded, handed_in = (ctx.retract(kind, object_of(homework.id), member=who) for kind in (GRADED, SUBMITTED))
        why[who.id] = [*feedback.points(-graded), *feedback.points_held(handed_in)]
    feedback.send(ctx, row, made, why)
    return made


# --- both -------------------------------------------------------------------------------------------------------------


def _checked(ctx: Context, draft: Draft) -> list[HandIn]:
    """What is claimed, locked. Raises UserError where it is not what who grades has seen."""
    rows = list(drafts.claimed(ctx.db, draft.id))
    if newer := unseen(rows, draft):
        look = Button(label="button.grade_look", command=f"grade draft {name_of(draft)} look")
        raise UserError("grading.look_again", number=newer.id, version=newer.counts, buttons=[look])
    for row in rows:
        check_may(ctx, row)
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
        is_in_time=since is None or ctx.now <= waiting.answer_due(ctx.course, since),
        since=since,
        appeal=row.appeal,
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
    saying.take_open(ctx, draft)  # else what is said next would be about the next work
    drafts.release(ctx.db, draft.id)
    drafts.drop(ctx.db, draft.id)
    ctx.reply_buttons([(Text(id="button.grade_next"), "grade next")])

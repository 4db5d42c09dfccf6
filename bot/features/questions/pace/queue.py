"""What `/queue` says of questions: those that staff are waited for, what needs somebody most first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.pace import WARNED
from bot.engine.queues import Kind, QueuePart
from bot.engine.roster import members_by_id
from bot.engine.voice import Label
from bot.features.questions.declared import feature
from bot.features.questions.meant import asker_words, pace_of
from bot.features.questions.pace.naming import excerpt, tag_words
from bot.features.questions.store import figures, questions
from bot.features.questions.store.questions import Question

_SHOWN = 10
_FEW = 5  # where other kinds are shown, too
_BUTTONS = 5


@feature.offer("queue")
def waiting_questions(ctx: Context, kind: Kind | None, said: str) -> list[QueuePart]:
    """Reopened ones first, then what is overdue, what soon will be, what nobody has said a word to, and the rest."""
    if kind == "homework" or (said and kind is None):
        return []
    if said:
        raise UserError("question_queue.all_only")
    helped = figures.helped_by_others(ctx.db, ctx.course.id)
    rows = sorted(questions.waiting(ctx.db, ctx.course.id), key=lambda row: (_urgency(ctx, row, helped), row.due_at))
    overdue = sum(_is_overdue(ctx, row) for row in rows)
    lines = [*_lines(ctx, rows, helped, overdue=overdue, most=_FEW if kind is None else _SHOWN)]
    return [QueuePart(lines, [*_buttons(rows)], count=len(rows), overdue=overdue, area="questions")]


def _urgency(ctx: Context, row: Question, helped: Collection[int]) -> int:
    if row.reopened:
        return 0
    if _is_overdue(ctx, row):
        return 1
    if _is_near(ctx, row):
        return 2
    return 4 if row.id in helped else 3


def _is_overdue(ctx: Context, row: Question) -> bool:
    return bool(pace_of(ctx.course).due(row.waiting_since) <= ctx.now)


def _is_near(ctx: Context, row: Question) -> bool:
    return pace_of(ctx.course).reached(row.waiting_since, 0, ctx.now) >= WARNED


# --- what is said -----------------------------------------------------------------------------------------------------


def _lines(
    ctx: Context, rows: Sequence[Question], helped: Collection[int], *, overdue: int, most: int
) -> Iterator[Words]:
    if rows:
        title = "question_queue.title" if overdue else "question_queue.title_in_time"
        yield Text(id=title, values={"count": len(rows), "overdue": overdue})
    else:
        yield Text(id="question_queue.empty")
    names = members_by_id(ctx.db, {row.claimed_by for row in rows[:most] if row.claimed_by})
    for row in rows[:most]:
        yield _line(ctx, row, [*_notes(ctx, row, helped, names)])
    if len(rows) > most:
        yield Text(id="question_queue.more", values={"count": len(rows) - most})
    others = figures.not_settled(ctx.db, ctx.course.id)
    if any(others.values()):
        yield Text(id="question_queue.others", values=others)


def _line(ctx: Context, row: Question, notes: Sequence[Words]) -> Words:
    pace = pace_of(ctx.course)
    minutes = int(pace.waited(row.waiting_since, ctx.now).total_seconds()) // 60
    values = {
        "number": row.id,
        "question": excerpt(row),
        "name": asker_words(ctx, row),
        "tag": tag_words(row.tag),
        "waited": timedelta(minutes=max(1, minutes)),
        "due": ctx.course.wall_time(pace.due(row.waiting_since)),
        "notes": notes,
    }
    return Text(id="question_queue.line_noted" if notes else "question_queue.line", values=values)


def _notes(ctx: Context, row: Question, helped: Collection[int], names: Mapping[MemberId, Member]) -> Iterator[Words]:
    if row.reopened:
        yield Text(id="question_queue.reopened")
    if _is_overdue(ctx, row):
        yield Text(id="question_queue.overdue")
    elif _is_near(ctx, row):
        yield Text(id="question_queue.near")
    if row.id in helped:
        yield Text(id="question_queue.helped")
    if row.claimed_by:
        yield Text(id="question_queue.claimed", values={"name": names[row.claimed_by].name})


def _buttons(rows: Sequence[Question]) -> Iterator[Label]:
    for row in rows[:_BUTTONS]:
        if row.claimed_by is None:
            yield Text(id="button.question_claim_one", values={"number": row.id}), f"question Q{row.id} claim"
        yield Text(id="button.question_answer_one", values={"number": row.id}), f"answer Q{row.id}"

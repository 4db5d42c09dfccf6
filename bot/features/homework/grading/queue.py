"""What `/queue` says of homework: what waits for an answer, the longest first."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.queues import Kind, QueuePart
from bot.engine.voice import Label
from bot.features.homework.assignments import homework_called
from bot.features.homework.declared import feature
from bot.features.homework.grading import drafts
from bot.features.homework.grading.naming import names_of
from bot.features.homework.pace import waiting
from bot.features.homework.store import drafts as store
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.hand_ins import HandIn

_SHOWN = 10
_FEW = 5  # where other kinds are shown, too
_BUTTONS = 5


@feature.offer("queue")
def waiting_homework(ctx: Context, kind: Kind | None, said: str) -> list[QueuePart]:
    """What waits for a grade, the longest first; a homework may be named without the kind."""
    if kind == "questions" or not (kind or said or ctx.course.book.homework):
        return []
    drafts.tidy(ctx)
    rows = hand_ins.waiting(ctx.db, ctx.course.id, _asked(ctx, said))
    if not rows:
        return [QueuePart([Text(id="queue.empty")], area="homework")]
    is_brief = kind is None and not said
    overdue = sum(waiting.is_overdue(ctx.course, row, ctx.now) for row in rows)
    lines = [*_lines(ctx, rows, overdue=overdue, most=_FEW if is_brief else _SHOWN)]
    return [QueuePart(lines, [*_buttons(rows)], count=len(rows), overdue=overdue, area="homework")]


def _asked(ctx: Context, said: str) -> list[str]:
    """The homework that is meant; all that the course has, where none is. Raises UserError."""
    return [homework_called(ctx, said).id] if said else [*ctx.course.book.homework]


def _buttons(rows: Sequence[HandIn]) -> Iterator[Label]:
    yield Text(id="button.grade_next"), "grade next"
    for row in rows[:_BUTTONS]:
        yield Text(id="button.grade_one", values={"number": row.id}), f"grade {row.id}"


def _lines(ctx: Context, rows: Sequence[HandIn], *, overdue: int, most: int) -> Iterator[Words]:
    title = "queue.title" if overdue else "queue.title_in_time"
    yield Text(id=title, values={"count": len(rows), "overdue": overdue})
    yield from _each(ctx, rows[:most])
    if len(rows) > most:
        yield Text(id="queue.more", values={"count": len(rows) - most})


def _each(ctx: Context, rows: Sequence[HandIn]) -> Iterator[Words]:
    holders = store.holders(ctx.db, ctx.course.id)
    names = names_of(ctx, rows)
    returned = grades.returned_among(ctx.db, [row.id for row in rows])
    for row in rows:
        homework = ctx.course.book.homework.get(row.homework)
        values = {
            "number": row.id,
            "homework": homework.title if homework else row.homework,
            "name": names[row.id],
            "version": row.counts,
            "waited": _waited(ctx, row),
            "due": ctx.course.wall_time(waiting.answer_due(ctx.course, row.waiting_since)),
        }
        notes = list(_notes(ctx, row, is_revision=row.id in returned, holder=holders.get(row.id)))
        yield Text(id="queue.line_noted" if notes else "queue.line", values=values | {"notes": notes})


def _notes(ctx: Context, row: HandIn, *, is_revision: bool, holder: str | None) -> Iterator[Words]:
    if waiting.is_overdue(ctx.course, row, ctx.now):
        yield Text(id="queue.overdue")
    if row.appeal is not None:
        yield Text(id="queue.appeal")
    elif is_revision:
        yield Text(id="queue.revision")
    if holder:
        yield Text(id="queue.claimed", values={"name": holder})


def _waited(ctx: Context, row: HandIn) -> timedelta:
    """Counted time, by whole minutes."""
    waited = waiting.waited(ctx.course, row.waiting_since or ctx.now, ctx.now)
    return timedelta(minutes=max(1, int(waited.total_seconds()) // 60))


@feature.suggest("homework")
def homework(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    """All homework of the course, for staff to choose from."""
    return [(one.id, Template(text=one.title)) for one in ctx.course.book.homework.values()]

"""The ladder of homework, and what staff are told of what waits."""

from collections.abc import Sequence

from bot.domain.course import Course
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.ladder import Ladder
from bot.engine.voice import Label
from bot.features.homework.declared import ALARM
from bot.features.homework.pace.waiting import answer_due, pace_of
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn

_FEW = 5


def ladder_of(course: Course) -> Ladder:
    return Ladder(course.id, ALARM, pace_of(course), hand_ins.change)


def items(ctx: Context, rows: Sequence[HandIn]) -> list[Words]:
    """The first few, with their numbers and when an answer is due."""
    shown: list[Words] = [
        Text(
            id="clock.item",
            values={
                "number": row.id,
                "homework": title_of(ctx.course, row.homework),
                "at": ctx.course.wall_time(answer_due(ctx.course, row.waiting_since)),
            },
        )
        for row in rows[:_FEW]
    ]
    more = len(rows) - len(shown)
    return [*shown, Text(id="clock.more", values={"count": more})] if more > 0 else shown


def telling(ctx: Context, rows: Sequence[HandIn]) -> tuple[Words, Sequence[Label]]:
    """What somebody reads alone whose turn it is."""
    line = Text(id="clock.told", values={"count": len(rows), "items": items(ctx, rows)})
    return line, [(Text(id="button.grade_next"), "grade next")]


def title_of(course: Course, homework: str) -> object:
    """What a homework is called; its id where the course has it no more."""
    found = course.book.homework.get(homework)
    return found.title if found else homework

"""How soon homework is answered: `/grading`, and what reports may count."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.figures import Figure, Stretch
from bot.engine.parameters import choice, someone
from bot.engine.response_times import (
    NUMBERS,
    Cells,
    Period,
    moments_in,
    moments_of,
    most_line,
    people_rows,
    period_in,
    whose_figures,
)
from bot.features.homework.declared import feature
from bot.features.homework.store import answers

_TITLES: dict[Period, str] = {"week": "pace.title_week", "course": "pace.title_course"}
_HEAD: Cells = tuple(Text(id=id) for id in ("pace.who", "pace.answers", "pace.median", "pace.in_time"))


@feature.command(
    "grading",
    words=("批改数据",),
    roles=("assistant", "admin"),
    area="homework",
    is_private=True,
    parameters=(choice("period", "week", "course"), someone()),
)
def grading(ctx: Context, cmd: CommandInvoked) -> None:
    """An admin sees everybody, an assistant themselves; both see what all of them do together."""
    period, name = period_in(cmd.text)
    who = whose_figures(ctx, name)
    found = answers.answers(ctx.db, ctx.course.id, *moments_of(ctx.course, period, ctx.now))
    if not found:
        raise UserError("pace.none")
    ctx.reply(_TITLES[period], within=ctx.course.book.grading.within)
    ctx.reply_words(most_line(found))
    ctx.reply_table([_HEAD, *people_rows(ctx.db, found, only=who)], numbers=NUMBERS)


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """What was handed in, what was answered, and how much of that in time."""
    moments = [Stretch(*moments_in(course, one)) for one in stretches]
    return [
        Figure(Text(id="figure.handed_in"), answers.handed_in(db, course.id, moments)),
        Figure(Text(id="figure.answered"), answers.answered(db, course.id, moments)),
        Figure(Text(id="figure.answered_in_time"), answers.answered(db, course.id, moments, in_time=True)),
    ]

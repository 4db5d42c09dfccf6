"""The ritual `report`, and `/report` for staff."""

from pydantic import BaseModel, ConfigDict

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.figures import Stretch
from bot.engine.parameters import choice
from bot.engine.periods import Period, stretch_of
from bot.features.reports.editions import for_all, for_staff

feature = Feature("reports")

_PREVIEWS: dict[Period, str] = {
    "week": "preview.report_week",
    "month": "preview.report_month",
    "course": "preview.report_course",
}
_WORDS: tuple[tuple[Period, tuple[str, ...]], ...] = (
    ("week", ("", "week", "weekly", "周", "本周", "这周", "周报")),
    ("month", ("month", "monthly", "月", "本月", "这个月", "月报")),
    ("course", ("course", "all", "全程", "课程", "全部")),
)
_MEANINGS = {word: period for period, words in _WORDS for word in words}


class ReportOptions(BaseModel):
    """Which dates it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    period: Period = "month"


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id=_PREVIEWS[_period(course, occurrence.ritual)])


@feature.action("report", ReportOptions, preview=_preview)
def report(ctx: Context, due: OccurrenceDue) -> None:
    """All figures in a staff room; anywhere else nobody's name."""
    if ctx.space is None:
        return
    period = _period(ctx.course, due.ritual)
    edition = for_staff if ctx.space.kind == "staff" else for_all
    lines, board = edition(ctx, period, stretch_of(period, due.local_date, _course_dates(ctx)))
    ctx.keep_posted(ctx.space, *lines, key=due.key, board=board)


@feature.command(
    "report",
    roles=("assistant", "admin"),
    places=("staff",),
    parameters=(choice("period", "week", "month", "course"),),
)
def show(ctx: Context, cmd: CommandInvoked) -> None:
    period = _MEANINGS.get(cmd.text.strip().casefold())
    if period is None:
        raise UserError("report.which")
    if ctx.today < ctx.course.starts:
        raise UserError("course.not_yet", date=ctx.course.starts)
    lines, board = for_staff(ctx, period, stretch_of(period, ctx.today, _course_dates(ctx)))
    for line in lines:
        ctx.reply_words(line)
    if board:
        ctx.reply_table(board.rows, numbers=board.numbers)


def _course_dates(ctx: Context) -> Stretch:
    return Stretch(ctx.course.starts, ctx.course.ends)


def _period(course: Course, ritual: str) -> Period:
    found = course.ritual(ritual)
    return found.options.period if found and isinstance(found.options, ReportOptions) else "month"

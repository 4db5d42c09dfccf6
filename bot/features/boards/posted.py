"""The ritual `show_board`: one post for each period, brought up to date each time."""

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine import voice
from bot.engine.context import Context
from bot.features.boards.handlers import feature
from rules.vocabulary import Uses
from storage import boards
from storage.boards import Board, Period, Where


class ShowOptions(BaseModel):
    """Which board is shown, how many lines of it, and whether its post is pinned."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    board: Board = "points"
    period: Period = "week"
    top: int = Field(default=10, ge=1, le=30, strict=True)
    pin: bool = Field(default=False, strict=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.show_board", values=_names(_options(course, occurrence.ritual)))


@feature.action("show_board", ShowOptions, preview=_preview, uses=Uses(is_aside=True))
def show_board(ctx: Context, due: OccurrenceDue) -> None:
    """Whoever wants to be on no board, or under another name, is so here, too."""
    options = _options(ctx.course, due.ritual)
    where = Where(ctx.course.id, options.board, boards.period_of(options.period, due.local_date))
    lines = boards.top(ctx.db, where, options.top)
    at = due.due_at.astimezone(ctx.course.tzinfo)
    title = Text(id="board.as_of" if lines else "board.nobody_yet", values={**_names(options), "at": at})
    rows = [(str(line.rank), line.shown, str(line.points)) for line in lines]
    if ctx.space:
        ctx.keep_posted(
            ctx.space,
            title,
            board=voice.Board(rows, frozenset({0, 2})) if rows else None,
            key=f"board:{ctx.course.id}:{due.ritual}:{where.period}",
            pin_as=due.ritual if options.pin else None,
            is_worth_a_post=True,
        )


def _names(options: ShowOptions) -> dict[str, Text]:
    return {"board": Text(id=f"board.{options.board}"), "period": Text(id=f"period.{options.period}")}


def _options(course: Course, ritual: str) -> ShowOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, ShowOptions) else ShowOptions()

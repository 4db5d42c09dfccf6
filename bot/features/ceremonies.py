"""The ritual `settle_board`: who leads a board is told to the rules, and then to everybody."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roster import member_of, praised_names
from storage import boards
from storage.boards import Board, Period, Where
from storage.tables import fact

feature = Feature("ceremonies")

SETTLED = "board.settled"
feature.fact(SETTLED, board="text", period="text", place="number", points="number")

_SHOWN = 20
_THANKS = {
    "points": "ceremony.thanks_points",
    "help": "ceremony.thanks_help",
    "contribution": "ceremony.thanks_contribution",
}


class SettleOptions(BaseModel):
    """Which board is settled, and how many of its first places are honoured."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    board: Board = "points"
    period: Period = "week"
    top: int = Field(default=3, ge=1, le=10, strict=True)


class Winner(NamedTuple):
    """Who has one of the first places."""

    member: MemberId
    place: int  # equal points share the better one
    points: int


def _preview(course: Course, occurrence: Occurrence) -> Words:
    options = _options(course, occurrence.ritual)
    return Text(id="preview.settle_board", values=_names(options))


@feature.action("settle_board", SettleOptions, preview=_preview)
def settle_board(ctx: Context, due: OccurrenceDue) -> None:
    """The rules hear of it once, the spaces of the ritual each read the same."""
    options = _options(ctx.course, due.ritual)
    winners = _settled(ctx, due, options) or _settle(ctx, due, options)
    praised = praised_names(ctx.db, [one.member for one in winners])
    if praised and ctx.space:
        title, thanks = Text(id="ceremony.title", values=_names(options)), Text(id=_THANKS[options.board])
        ctx.say(ctx.space, title, *_lines(winners, praised), thanks, key=due.key)


def _settle(ctx: Context, due: OccurrenceDue, options: SettleOptions) -> list[Winner]:
    found = boards.leaders(ctx.db, _where(due, options), options.top)
    winners = [Winner(line.member, line.rank, line.points) for line in found]
    facts = (
        (
            member_of(ctx.db, one.member),
            {"board": options.board, "period": options.period, "place": one.place, "points": one.points},
        )
        for one in winners
    )
    ctx.announce_each(SETTLED, _object(due, options), facts, on=due.local_date)
    return winners


def _settled(ctx: Context, due: OccurrenceDue, options: SettleOptions) -> list[Winner]:
    """What this ritual has settled today for another of its spaces: what that gave may have changed the board."""
    mine = (fact.c.object == _object(due, options)) & (fact.c.kind == SETTLED) & (fact.c.course == due.course)
    by_it = fact.c.cause.startswith(f"occurrence:{due.course}:{due.ritual}:", autoescape=True)
    query = select(fact.c.member, fact.c["values"].label("told")).where(
        mine, by_it, fact.c.local_date == due.local_date
    )
    rows = ctx.db.execute(query.order_by(fact.c.id))
    return [Winner(row.member, row.told["place"], row.told["points"]) for row in rows]


def _lines(winners: Iterable[Winner], praised: Mapping[MemberId, str]) -> Iterator[Words]:
    """One for each, as long as a post may be; who has the same points stands there or not by who was there first."""
    shown = [one for one in winners if one.member in praised]
    for one in shown[:_SHOWN]:
        name = praised[one.member]
        yield Text(id="ceremony.line", values={"place": one.place, "name": name, "count": one.points})
    if more := len(shown) - len(shown[:_SHOWN]):
        yield Text(id="ceremony.more", values={"count": more})


def _where(due: OccurrenceDue, options: SettleOptions) -> Where:
    return Where(due.course, options.board, boards.period_of(options.period, due.local_date))


def _object(due: OccurrenceDue, options: SettleOptions) -> str:
    """`help week 2027-03-01`, `points course`."""
    named = "" if options.period == "course" else f" {_where(due, options).period}"
    return f"{options.board} {options.period}{named}"


def _names(options: SettleOptions) -> dict[str, Text]:
    return {"board": Text(id=f"board.{options.board}"), "period": Text(id=f"period.{options.period}")}


def _options(course: Course, ritual: str) -> SettleOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, SettleOptions) else SettleOptions()

"""What a stretch came to for all: for the group without anybody in it, for staff with what helps them to decide."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.growth import KINDS
from bot.engine.periods import Period
from bot.engine.response_times import MEDIAN, Response, hours, quantile, share, speed
from bot.engine.voice import Board
from bot.features.growth import published
from bot.features.growth.counted import Figure, Own
from bot.features.growth.picturing import dates

CROWD = 5
"""A figure to which fewer people have contributed might tell of one of them: the group does not read it."""

_GROUP: dict[Period, str] = {"week": "growth.group", "month": "growth.group_month", "course": "growth.group_course"}
_STAFF: dict[Period, str] = {"week": "growth.staff", "month": "growth.staff_month", "course": "growth.staff_course"}
_QUARTERS = (25, MEDIAN, 75)

_Row = tuple[Words | str, ...]


class Edition(NamedTuple):
    """What is said, and the table below it, if there is anything to show."""

    lines: list[Words]
    board: Board | None


def for_group(ctx: Context, those: Sequence[Own], period: Period, stretch: Stretch) -> Edition:
    """Sums and spreads, each of at least five people, and no way to tell whose they are.

    The group reads of no date twice: what differs between two sums of the same days may be what one person did, who
    has left or come meanwhile. The same dates once more, in another space too, are the same figures as before.
    """
    title = Text(id=_GROUP[period], values={"dates": dates(stretch)})
    head: _Row = (Text(id="growth.figure_head"), Text(id="growth.sum"), Text(id="growth.middle"))
    rows = [row for theirs in _by_figure(those) if (row := _group_row(theirs))]
    shown = published.once(ctx.db, ctx.course.id, stretch, rows, at=ctx.now)
    if shown is None:
        return Edition([title, Text(id="growth.group_again"), Text(id="growth.ask_own")], None)
    if not shown:
        return Edition([title, Text(id="growth.group_few")], None)
    return Edition([title, Text(id="growth.group_about"), Text(id="growth.ask_own")], _board([head, *shown]))


def _by_figure(those: Sequence[Own]) -> Iterator[list[Figure]]:
    """The same figure of all of them, figure by figure."""
    columns = zip(*(one.figures for one in those), strict=True)
    yield from (list(column) for column in sorted(columns, key=lambda column: KINDS.index(column[0].kind)))


def _group_row(theirs: Sequence[Figure]) -> published.Line | None:
    counts = [one.now for one in theirs if one.now > 0]
    if len(counts) < CROWD:
        return None
    low, _, high = (quantile(counts, percent) for percent in _QUARTERS)
    return theirs[0].said, str(sum(counts)), str(low) if low == high else f"{low}–{high}"


def for_staff(ctx: Context, those: Sequence[Own], period: Period, stretch: Stretch) -> Edition:
    """How much of the homework was done, how many took part, and how soon people were answered."""
    lines: list[Words] = [Text(id=_STAFF[period], values={"dates": dates(stretch)})]
    active = sum(any(one.now > 0 for one in own.figures) for own in those)
    lines.append(Text(id="growth.took_part", values={"some": active, "all": len(those)}))
    lines.extend(_completion(those))
    lines.extend(_responses(ctx, stretch))
    head: _Row = (Text(id="growth.figure_head"), Text(id="growth.sum"), Text(id="growth.median_head"))
    rows = [row for theirs in _by_figure(those) if (row := _staff_row(theirs))]
    return Edition(lines, _board([head, *rows]) if rows else None)


def _staff_row(theirs: Sequence[Figure]) -> _Row | None:
    counts = [one.now for one in theirs]
    return (theirs[0].said, str(sum(counts)), str(quantile(counts, MEDIAN))) if any(counts) else None


def _completion(those: Sequence[Own]) -> Iterator[Words]:
    for theirs in _by_figure(those):
        whole, done = sum(one.of or 0 for one in theirs), sum(one.now for one in theirs)
        if theirs[0].kind == "homework" and whole:
            values = {"what": theirs[0].label, "done": done, "of": whole, "percent": share(done, whole)}
            yield Text(id="growth.completion", values=values)


def _responses(ctx: Context, stretch: Stretch) -> Iterator[Words]:
    offered: list[tuple[Text, Sequence[Response]]] = ctx.ask_each("responses", ctx.course, stretch)
    for what, found in offered:
        if sums := speed(found):
            values = {"what": what, "count": sums.answers, "in_time": sums.in_time}
            yield Text(id="growth.responses", values=values | {"median": hours(sums.median), "p90": hours(sums.p90)})


def _board(rows: Sequence[_Row]) -> Board:
    return Board(rows, frozenset({1, 2}))

"""What a report says: to everybody without a name, to staff with all that helps them to decide."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.domain.messages import Text, Words
from bot.domain.rules import GRANTED
from bot.engine.context import Context
from bot.engine.figures import Figure, Stretch
from bot.engine.periods import Period, days_in, stretch_before, weeks_of
from bot.engine.voice import Board
from bot.features.reports import store

_QUIET_AFTER = timedelta(days=7)
_NAMES = 20
_TITLES: dict[Period, str] = {"week": "report.week", "month": "report.month", "course": "report.course"}
_STAFF_TITLES: dict[Period, str] = {
    "week": "report.staff_week",
    "month": "report.staff_month",
    "course": "report.staff_course",
}
_CATEGORIES = {
    "activity": "category.activity",
    "help": "category.help",
    "contribution": "category.contribution",
    GRANTED: "report.granted",
}

Row = Sequence[Words | str]


class Edition(NamedTuple):
    """What is said, and the table below it, if there is anything to show."""

    lines: list[Words]
    board: Board | None


class _Compared(NamedTuple):
    """What a report is about, and what it compares that with."""

    stretch: Stretch
    before: Stretch | None

    @property
    def both(self) -> list[Stretch]:
        return [self.stretch, *([self.before] if self.before else [])]


def for_all(ctx: Context, period: Period, stretch: Stretch) -> Edition:
    """For the groups: sums, and nobody's name."""
    about = _compared(ctx, period, stretch)
    people = store.participants(ctx.db, ctx.course, about.both)
    title = Text(id=_TITLES[period], values=stretch._asdict())
    if not people[0]:
        return Edition([title, Text(id="report.silent")], None)
    rows = [*_common_rows(ctx, about, people), _total(store.points(ctx.db, ctx.course, about.both), len(people))]
    return Edition([title, *_comparison(about), Text(id="report.thanks")], _board(rows))


def for_staff(ctx: Context, period: Period, stretch: Stretch) -> Edition:
    """For the staff room: who has gone quiet, week by week, what points were for, what was not done."""
    about, weeks = _compared(ctx, period, stretch), list(weeks_of(stretch)) if period != "week" else []
    everyone = store.participants(ctx.db, ctx.course, [*about.both, *weeks])
    people, by_week = everyone[: len(about.both)], everyone[len(about.both) :]
    quiet = store.quiet(ctx.db, ctx.course, ctx.now - _QUIET_AFTER)
    rows = [
        *_common_rows(ctx, about, people),
        *_movement_rows(ctx, about),
        *_point_rows(ctx, about),
        *_week_rows(ctx, weeks, by_week),
        *_rhythm_rows(ctx, stretch, quiet),
    ]
    title = Text(id=_STAFF_TITLES[period], values=stretch._asdict())
    return Edition([title, *_comparison(about), *_concerns(ctx, stretch, quiet)], _board(rows))


def _compared(ctx: Context, period: Period, stretch: Stretch) -> _Compared:
    within = Stretch(ctx.course.starts, ctx.course.ends)
    return _Compared(stretch, stretch_before(period, stretch, within))


def _comparison(about: _Compared) -> list[Words]:
    return [Text(id="report.compared", values=about.before._asdict())] if about.before else []


def _board(rows: Sequence[Row]) -> Board:
    """All rows as wide as the widest: without a stretch to compare with, there may be two columns."""
    width = max(len(row) for row in rows)
    return Board([[*row, *[""] * (width - len(row))] for row in rows], frozenset(range(1, width)))


# --- rows -------------------------------------------------------------------------------------------------------------


def _common_rows(ctx: Context, about: _Compared, people: Sequence[int]) -> Iterator[Row]:
    enrolled = store.enrolled(ctx.db, ctx.course, [about.stretch])
    yield Text(id="report.took_part"), f"{people[0]}/{enrolled[0]}", *_change(people)
    figures: list[Figure] = ctx.ask_each("figures", ctx.course, about.both)
    for figure in figures:
        if any(figure.counts):
            yield _row(figure.label, figure.counts)


def _movement_rows(ctx: Context, about: _Compared) -> Iterator[Row]:
    movement = store.movement(ctx.db, ctx.course, about.both)
    yield _row(Text(id="report.joined"), movement.joined)
    yield _row(Text(id="report.left"), movement.left)


def _point_rows(ctx: Context, about: _Compared) -> Iterator[Row]:
    """The sum, and below it what it is made of."""
    points = store.points(ctx.db, ctx.course, about.both)
    yield _total(points, len(about.both))
    for category, id in _CATEGORIES.items():
        if category in points:
            yield _row(Text(id="report.part", values={"what": Text(id=id)}), points[category])


def _total(points: dict[str, Sequence[int]], stretches: int) -> Row:
    return _row(Text(id="report.points"), [sum(sums[n] for sums in points.values()) for n in range(stretches)])


def _week_rows(ctx: Context, weeks: Sequence[Stretch], people: Sequence[int]) -> Iterator[Row]:
    enrolled = store.enrolled(ctx.db, ctx.course, weeks) if weeks else ()
    for week, some, everybody in zip(weeks, people, enrolled, strict=True):
        share = f"{100 * some // everybody}%" if everybody else ""
        yield f"{_short(week)}", f"{some}/{everybody}", share


def _rhythm_rows(ctx: Context, stretch: Stretch, quiet: Sequence[str]) -> Iterator[Row]:
    days = days_in(stretch) // 2 + 1
    steady = store.steady(ctx.db, ctx.course, stretch, days)
    yield Text(id="report.steady", values={"days": days}), str(steady)
    yield Text(id="report.quiet"), str(len(quiet))


def _row(label: Words, counts: Sequence[int]) -> Row:
    return label, str(counts[0]), *_change(counts)


def _change(counts: Sequence[int]) -> Row:
    """Against the stretch before, if there is one."""
    if len(counts) < 2:
        return ()
    change = counts[0] - counts[1]
    return (f"{change:+d}" if change else "=",)


def _short(week: Stretch) -> str:
    return "–".join(f"{day.month}-{day.day:02}" for day in dict.fromkeys(week))


# --- lines ------------------------------------------------------------------------------------------------------------


def _concerns(ctx: Context, stretch: Stretch, quiet: Sequence[str]) -> Iterator[Words]:
    """Who and what needs somebody's attention."""
    if quiet:
        shown = {"names": list(quiet[:_NAMES]), "count": len(quiet) - len(quiet[:_NAMES])}
        yield Text(id="report.quiet_names_more" if shown["count"] else "report.quiet_names", values=shown)
    if missed := store.missed(ctx.db, ctx.course, stretch):
        yield Text(id="report.missed", values={"rituals": [f"{ritual} ×{count}" for ritual, count in missed]})
    yield Text(id="report.to_discuss")

"""The picture of a growth report: the days, and each figure with one's own past beside it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from bot.engine.pictures.font import wrapped
from bot.engine.pictures.shown import Shown
from bot.engine.pictures.svg import LEAST_SIZE, PHONE, canvas, label, rectangle

_MARGIN = 40
_INNER = PHONE - 2 * _MARGIN
_WHITE, _INK, _SOFT, _PALE, _STRONG = "#ffffff", "#1f2933", "#52606d", "#e4e7eb", "#0b7285"
_MARKS = {
    "1": (_STRONG, _WHITE),
    "2": ("#9bd0d9", _INK),
    "0": (_PALE, _SOFT),
    "-": (_WHITE, "#6b7785"),
}
"""The ground of a day and the ink of its number."""
_WEEK = 7
_NUMBERED = 35  # days that fit as a calendar, with their numbers
_ACROSS = 20  # days in a row where they are more
_GAP = 8
_CELL = 52.0
_LABEL, _NUMBER, _WAS = 290, 130, 200  # the three columns of a figure
_THICK = 14


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, and how it was before."""

    label: str
    now: int
    of: int | None  # how many there could be; None: it is measured by the others
    shown: str  # the number, as it is read
    before: int | None = None
    shown_before: str = ""
    said: str = ""  # the label where no heading stands above it; empty: the same

    @property
    def is_measured(self) -> bool:
        """By how many there could be, or by one's own past; else there is nothing that a line could show."""
        return self.of is not None or self.before is not None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Figures that are measured alike."""

    title: str
    bars: tuple[Bar, ...]


class GrowthPicture(Shown, frozen=True, kw_only=True, tag="growth"):
    """All words are in the reader's language."""

    title: str
    name: str
    period: str
    compared: str  # with which time; empty: with none
    days_title: str
    days: str  # for each day: 1 checked in, 2 made up for, 0 not, - not there yet
    first: date  # of the days
    sections: tuple[Section, ...]
    suggestion_title: str
    suggestion: str

    def svg(self) -> str:
        """Raises Undrawable."""
        parts: list[str] = []
        high = _head(parts, self)
        high = _days(parts, self, high)
        for section in self.sections:
            high = _section(parts, section, high)
        return canvas(PHONE, int(_last_words(parts, self, high)), parts)


def _head(parts: list[str], picture: GrowthPicture) -> float:
    lines = [(picture.title, 46.0, 76), (picture.name, 36.0, 134), (picture.period, 28.0, 182)]
    lines += [(picture.compared, float(LEAST_SIZE), 222)] if picture.compared else []
    tall = lines[-1][2] + 32
    parts.append(rectangle((0, 0), PHONE, tall, _STRONG))
    parts.extend(label(text, (_MARGIN, y), size, colour=_WHITE, most=_INNER) for text, size, y in lines)
    return tall


def _heading(parts: list[str], text: str, high: float) -> float:
    parts.append(label(text, (_MARGIN, high + 62), 34, colour=_INK, most=_INNER))
    return high + 84


def _days(parts: list[str], picture: GrowthPicture, high: float) -> float:
    """A calendar with the days' numbers, or where they are many, a strip."""
    high = _heading(parts, picture.days_title, high)
    is_calendar = len(picture.days) <= _NUMBERED
    across, skipped = (_WEEK, picture.first.weekday()) if is_calendar else (_ACROSS, 0)
    wide = (_INNER - _GAP * (across - 1)) / across
    tall = _CELL if is_calendar else wide
    for number, mark in enumerate(picture.days):
        row, column = divmod(number + skipped, across)
        x, y = _MARGIN + column * (wide + _GAP), high + row * (tall + _GAP)
        ground, ink = _MARKS.get(mark, _MARKS["0"])
        parts.append(rectangle((x, y), wide, tall, ground, round_by=8 if is_calendar else 4))
        if is_calendar:
            day = str((picture.first + timedelta(days=number)).day)
            parts.append(label(day, (x + wide / 2, y + 36), LEAST_SIZE, colour=ink, most=wide, anchor="middle"))
    return high + (-(-(len(picture.days) + skipped) // across)) * (tall + _GAP)


def _section(parts: list[str], section: Section, high: float) -> float:
    high = _heading(parts, section.title, high)
    longest = max((max(bar.now, bar.before or 0) for bar in section.bars if bar.of is None), default=0)
    for bar in section.bars:
        whole = max(bar.of if bar.of is not None else longest, bar.now, 1)
        parts.append(label(bar.label, (_MARGIN, high + 30), 30, colour=_INK, most=_LABEL))
        parts.extend(_numbers(bar, high + 30))
        if bar.is_measured:
            parts.extend(_line(bar, whole, high + 46))
        high += 84 if bar.is_measured else 56
    return high


def _numbers(bar: Bar, y: float) -> Iterator[str]:
    """As it was before stands at the edge; where there is nothing of that, the number does."""
    edge = PHONE - _MARGIN
    at = edge - _WAS if bar.shown_before else edge
    yield label(bar.shown, (at, y), 32, colour=_STRONG, most=_NUMBER, anchor="end")
    if bar.shown_before:
        yield label(bar.shown_before, (edge, y), LEAST_SIZE, colour=_SOFT, most=_WAS - _GAP, anchor="end")


def _line(bar: Bar, whole: int, y: float) -> Iterator[str]:
    """How far it came, and a mark where it stood before, if that can be compared."""
    yield rectangle((_MARGIN, y), _INNER, _THICK, _PALE, round_by=_THICK / 2)
    if bar.now > 0:
        yield rectangle((_MARGIN, y), max(_INNER * bar.now / whole, _THICK), _THICK, _STRONG, round_by=_THICK / 2)
    if bar.of is None and bar.before:
        at = _MARGIN + min(_INNER * bar.before / whole, _INNER) - 3
        yield rectangle((at, y - 5), 6, _THICK + 10, _INK, round_by=3)


def _last_words(parts: list[str], picture: GrowthPicture, high: float) -> float:
    lines: Sequence[str] = wrapped(picture.suggestion, 30, _INNER - 48, 6)
    tall = 92 + 44 * len(lines)
    parts.append(rectangle((_MARGIN, high + 32), _INNER, tall, "#e6f4f6", round_by=12))
    parts.append(label(picture.suggestion_title, (_MARGIN + 24, high + 82), 30, colour=_STRONG, most=_INNER - 48))
    for number, line in enumerate(lines):
        parts.append(label(line, (_MARGIN + 24, high + 128 + 44 * number), 30, colour=_INK, most=_INNER - 48))
    return high + 32 + tall + _MARGIN

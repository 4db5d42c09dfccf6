"""calendar.csv: the calendar as a spreadsheet saves it, read to the nodes that calendar.yaml would have.

The first row names the columns, in English or Chinese; each further row is a day.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.ids import Language, language_of
from bot.domain.messages import Text
from rules.csv_cells import Cell, rows_of
from rules.decode import decode_table
from rules.fields import parse_date
from rules.nodes import Entry, Key, Leaf, ListNode, MapNode, Node
from rules.reader import Document, Flaw
from rules.schema import DayShape
from rules.suggest import clipped, unknown_word
from rules.unreadable import Unreadable

_Path = tuple[str, ...]
_DAY, _DATE = ("day",), ("date",)
_TIMES: tuple[_Path, ...] = (("lesson", "at"), ("deadline", "at"))

NAMES: Mapping[_Path, tuple[str, ...]] = {
    _DAY: ("day", "第几天", "天数", "天"),
    _DATE: ("date", "日期"),
    ("title",): ("title", "标题", "主题"),
    ("task",): ("task", "任务", "今日任务"),
    ("material",): ("material", "资料", "学习资料", "材料", "学习材料"),
    ("sharing",): ("sharing", "话题", "分享话题", "分享"),
    ("reminder",): ("reminder", "提醒"),
    ("lesson", "at"): ("lesson", "上课", "上课时间"),
    ("lesson", "title"): ("lesson.title", "上课内容", "课程内容"),
    ("deadline", "at"): ("deadline", "截止", "截止时间"),
    ("deadline", "title"): ("deadline.title", "截止内容"),
}
"""Where a column stands in a day, and what it may be called."""

_PATHS = {name: path for path, names in NAMES.items() for name in names}
_LANGUAGES = {"中文": "zh", "英文": "en", "chinese": "zh", "english": "en"}
_WITH_LANGUAGE = re.compile(r"(.+?)\s*(?:\.\s*([^.]+)|\(([^()]+)\))")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_FOR_PEOPLE = "#"
_MOST_FLAWS = 100


class Dates(NamedTuple):
    """The first and the last date of a course."""

    first: date
    last: date


class _Column(NamedTuple):
    path: _Path
    key: Key  # as its header is written


def read_calendar(content: str | bytes, dates: Dates | None, language: Language) -> Document:
    """Raises Unreadable. Without the course's dates, the first date of the table is day 1."""
    rows = rows_of(decode_table(content))
    if not rows:
        return Document(Leaf(1, 1, None), ())
    return _Table(rows[0], dates, language).document(rows[1:])


class _Table:
    """Knows the columns by their headers."""

    def __init__(self, header: Sequence[Cell], dates: Dates | None, language: Language) -> None:
        self.flaws: list[Flaw] = []
        self.dates = dates
        self.language = language
        self.header = header
        self.columns = self.columns_of(header)

    def document(self, rows: Sequence[Sequence[Cell]]) -> Document:
        days = tuple(self.day(row) for row in rows) if self.is_whole() else ()
        begin = self.header[0]
        listed = Entry(Key(begin.line, begin.column, "days"), ListNode(begin.line, begin.column, days))
        return Document(MapNode(begin.line, begin.column, {"days": listed}), tuple(self.flaws))

    def flaw(self, at: Cell, id: str, /, **values: str | int) -> None:
        self.flaws.append(Flaw(at.line, at.column, Text(id=id, values=values), None))

    # --- the headers --------------------------------------------------------------------------------------------------

    def columns_of(self, header: Sequence[Cell]) -> list[_Column | None]:
        """One for each cell of the header; None where it names none that we know."""
        if len(header) == 1 and "，" in header[0].text:
            at = header[0].column + header[0].text.index("，")
            raise Unreadable(header[0].line, at, "problem.fullwidth_comma")
        found: dict[_Path, Cell] = {}
        columns: list[_Column | None] = []
        for cell, path in zip(header, self.paths_of(header), strict=True):
            column = None
            if path and path in found:
                self.flaw(cell, "problem.duplicate_key", key=clipped(cell.text), line=found[path].line)
            elif path:
                found[path] = cell
                column = _Column(path, Key(cell.line, cell.column, cell.text))
            elif cell.text and not cell.text.startswith(_FOR_PEOPLE):
                self.unknown(cell)
            columns.append(column)
        return columns

    def paths_of(self, header: Sequence[Cell]) -> list[_Path | None]:
        """Beside `title.en`, `title` is in the course's language."""
        paths = [_path(cell.text) for cell in header]
        outer = {path[:-1] for path in paths if path}
        return [(*path, self.language) if path and path in outer else path for path in paths]

    def unknown(self, cell: Cell) -> None:
        """Names in the language of the one that was written. Comparing thousands would take long."""
        if len(self.flaws) >= _MOST_FLAWS:
            return
        is_chinese = bool(_CHINESE.search(cell.text))
        known = [name for name in _PATHS if bool(_CHINESE.search(name)) == is_chinese]
        id, values = unknown_word(cell.text, known, "problem.unknown_column")
        self.flaw(cell, id, **values)

    def is_whole(self) -> bool:
        """What every day needs has a column; else that is said once, and not for every row."""
        there = {column.path[0] for column in self.columns if column}
        needed = [name for name, field in DayShape.model_fields.items() if field.is_required()]
        lacking = [name for name in needed if name not in there and not (name == "day" and "date" in there)]
        for name in lacking:
            self.flaws.append(Flaw(self.header[0].line, 1, Text(id="problem.no_column", values={"key": name}), None))
        return not lacking

    # --- the rows -----------------------------------------------------------------------------------------------------

    def day(self, row: Sequence[Cell]) -> Node:
        begin = next(cell for cell in row if cell.text)
        entries: dict[str, Entry] = {}
        for number, cell in enumerate(row):
            if not cell.text:
                continue
            column = self.columns[number] if number < len(self.columns) else None
            if column:
                _put(entries, column, Leaf(cell.line, cell.column, _value(column.path, cell.text)))
            elif number >= len(self.header) or not self.header[number].text:
                self.flaw(cell, "problem.no_header", value=clipped(cell.text))
        if said := entries.pop(_DATE[0], None):
            self.put_day(entries, said)
        return MapNode(begin.line, begin.column, entries)

    def put_day(self, entries: dict[str, Entry], said: Entry) -> None:
        """The date as the number of its day; where that is there, too, they must agree."""
        at = Cell(said.node.line, said.node.column, "")
        day = self.number_of(said, at)
        there = entries.setdefault("day", Entry(said.key, Leaf(at.line, at.column, day)))
        if day is not None and isinstance(there.node, Leaf) and there.node.value != day:
            self.flaw(at, "problem.day_and_date", name=said.key.name, day=day)

    def number_of(self, said: Entry, at: Cell) -> int | None:
        """None where a complaint says what is wrong with it."""
        written = said.node.value if isinstance(said.node, Leaf) else None
        try:
            day = parse_date(written)
        except ValueError:
            self.flaw(at, "problem.table_date", name=said.key.name)
            return None
        if self.dates is None:
            self.dates = Dates(day, date.max)
        if not self.dates.first <= day <= self.dates.last:
            first, last = (one.isoformat() for one in self.dates)
            self.flaw(at, "problem.date_outside", date=day.isoformat(), first=first, last=last)
            return None
        return (day - self.dates.first).days + 1


def _path(header: str) -> _Path | None:
    """`任务`, `title.en` and `标题（英文）` all name a place in a day."""
    name = unicodedata.normalize("NFKC", header).strip().casefold()
    if name in _PATHS:
        return _PATHS[name]
    parts = _WITH_LANGUAGE.fullmatch(name)
    path = _PATHS.get(parts[1]) if parts else None
    if parts is None or path is None or path in (_DAY, _DATE, *_TIMES):
        return None
    tag = (parts[2] or parts[3]).strip()
    return (*path, language_of(_LANGUAGES.get(tag, tag)) or tag)


def _put(entries: dict[str, Entry], column: _Column, leaf: Leaf) -> None:
    """At its place in the day, with the mappings on the way there."""
    *outer, last = column.path
    for name in outer:
        entry = entries.setdefault(name, Entry(column.key, MapNode(leaf.line, leaf.column, {})))
        assert isinstance(entry.node, MapNode), "no column stands where another holds columns"
        entries = entry.node.entries
    entries[last] = Entry(column.key, leaf)


def _value(path: _Path, text: str) -> str | int:
    """Everything is text but the number of a day. Spreadsheets write dates and times in ways of their own."""
    if path == _DAY:
        number = re.fullmatch(r"(?:第|day)?\s*([0-9]{1,6})\s*天?", unicodedata.normalize("NFKC", text).casefold())
        return int(number[1]) if number else text
    if path == _DATE:
        parts = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
        return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}" if parts else text
    if path in _TIMES:
        parts = re.fullmatch(r"([0-9]{1,2}:[0-9]{2})(?::00)?", unicodedata.normalize("NFKC", text))
        return parts[1] if parts else text
    return text

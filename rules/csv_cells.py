"""A table as spreadsheets save it: cells that know where they stand in the text."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from rules.reader import MAX_NODES
from rules.unreadable import Unreadable

_SEPARATORS = ",;\t"
_END_OF_LINE = re.compile("\r\n|\r|\n")
_QUOTED = re.compile(r'"((?:[^"]+|"")*+)(")?')


class Cell(NamedTuple):
    """Line and column, from 1, are those of its first character; a quote is one."""

    line: int
    column: int
    text: str  # without quotes, and without the blanks around it


def rows_of(text: str) -> list[list[Cell]]:
    """The rows that hold something. Raises Unreadable.

    Quoted cells may hold separators, line breaks and doubled quotes; what stands behind the second quote is added.
    """
    scanner = _Scanner(text)
    return [row for row in scanner.rows() if any(cell.text for cell in row)]


class _Scanner:
    """Goes through one text from its first character to the last."""

    def __init__(self, text: str) -> None:
        separator = _separator_of(text)
        self.text = text
        self.at = 0
        self.cells = 0
        self.bare = re.compile(f"[^{separator}\r\n]*")
        self.blanks = re.compile("[ \u3000]*" if separator == "\t" else "[ \t\u3000]*")
        self.separator = separator
        self.line_starts = [0, *(end.end() for end in _END_OF_LINE.finditer(text))]

    def rows(self) -> Iterator[list[Cell]]:
        while self.at < len(self.text):
            yield [*self.row()]

    def row(self) -> Iterator[Cell]:
        """To the end of the line, which it passes."""
        yield self.cell()
        while self.text.startswith(self.separator, self.at):
            self.at += 1
            yield self.cell()
        if end := _END_OF_LINE.match(self.text, self.at):
            self.at = end.end()

    def cell(self) -> Cell:
        self.at = self.end_of(self.blanks)
        begin, said = self.at, ""
        line = bisect_right(self.line_starts, begin)
        column = begin - self.line_starts[line - 1] + 1
        self.cells += 1
        if self.cells > MAX_NODES:
            raise Unreadable(line, column, "problem.too_many_values", most=MAX_NODES)
        if quoted := _QUOTED.match(self.text, self.at):
            if not quoted[2]:
                raise Unreadable(line, column, "problem.unclosed", mark='"')
            self.at = quoted.end()
            said = quoted[1].replace('""', '"')
        behind, self.at = self.at, self.end_of(self.bare)
        said = _END_OF_LINE.sub("\n", said + self.text[behind : self.at])
        return Cell(line, column, said.strip())

    def end_of(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        return found.end() if found else self.at


def _separator_of(text: str) -> str:
    """What the first line has most of, outside of quotes: spreadsheets write what their country is used to."""
    first = next((line for line in _END_OF_LINE.split(text) if line.strip()), "")
    bare = re.sub('"[^"]*"', "", first)
    return max(_SEPARATORS, key=bare.count)

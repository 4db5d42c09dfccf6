"""A list of codes as a shop hands it over: one on each line, or a table with a column for them.

Whoever holds a code can use it: nothing that is complained of here repeats what stands in the file.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.domain.errors import Problem
from bot.domain.messages import Text
from bot.engine.names import clean_line
from rules.csv_cells import Cell, rows_of
from rules.decode import decode_table
from rules.unreadable import Unreadable

LONGEST = 200
"""Characters: also a link may be a code."""
MOST = 10_000
"""Codes in one file."""
_HEADERS = ("code", "codes", "coupon", "coupon code", "兑换码", "优惠券", "优惠券码", "优惠码", "券码", "卡密", "码")
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number, whose last digits are lost."""


class Listed(NamedTuple):
    """A code, and where it stands."""

    line: int
    column: int
    code: str


class CodeList(NamedTuple):
    """What a file holds, and what is wrong with it."""

    codes: Sequence[Listed]
    problems: Sequence[Problem]


def read_codes(path: Path) -> CodeList:
    """Raises OSError."""
    file = str(path)
    try:
        rows = rows_of(decode_table(path.read_bytes()))
    except Unreadable as trouble:
        at = Problem(file=file, line=trouble.line, column=trouble.column, text=trouble.text)
        return CodeList((), (at,))
    return _checked(file, rows)


def problem(file: str, at: Listed | Cell, id: str, **values: object) -> Problem:
    return Problem(file=file, line=at.line, column=at.column, text=Text(id=id, values=values))


def _checked(file: str, rows: Sequence[Sequence[Cell]]) -> CodeList:
    column, rest = _column(rows)
    found: list[Listed] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rest:
        cell = _cell(row, column)
        if cell is None:
            problems.append(problem(file, row[0], "codes.which_column"))
            continue
        one = Listed(cell.line, cell.column, cell.text)
        wrong = [*_flaws(one, seen)]
        problems += [problem(file, one, id, **values) for id, values in wrong]
        seen.setdefault(one.code, one.line)
        if not wrong:
            found.append(one)
    if not (found or problems):
        problems.append(problem(file, Cell(1, 1, ""), "codes.none"))
    if len(found) > MOST:
        problems.append(problem(file, found[MOST], "codes.too_many", most=MOST))
    return CodeList(found, problems)


def _column(rows: Sequence[Sequence[Cell]]) -> tuple[int | None, Sequence[Sequence[Cell]]]:
    """Where the header names it, with the rows below; None where there is no header."""
    for number, cell in enumerate(rows[0] if rows else ()):
        if unicodedata.normalize("NFKC", cell.text).strip().casefold() in _HEADERS:
            return number, rows[1:]
    return None, rows


def _cell(row: Sequence[Cell], column: int | None) -> Cell | None:
    """That of the column; without a header, the only one that holds something."""
    filled = [cell for cell in row if cell.text]
    if column is None:
        return filled[0] if len(filled) == 1 else None
    return row[column] if column < len(row) and row[column].text else None


def _flaws(one: Listed, seen: Mapping[str, int]) -> Iterator[tuple[str, dict[str, object]]]:
    if one.code in seen:
        yield "codes.twice", {"line": seen[one.code]}
    if len(one.code) > LONGEST:
        yield "codes.too_long", {"most": LONGEST}
    if clean_line(one.code) != unicodedata.normalize("NFC", one.code):
        yield "codes.unseen", {}
    if _ROUNDED.fullmatch(one.code):
        yield "codes.rounded", {}

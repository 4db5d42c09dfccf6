"""A table from a spreadsheet, as the imports read it: columns by their headers, and what is wrong, with its place."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.domain.errors import Problem
from bot.domain.messages import Text
from rules.csv_cells import Cell, rows_of
from rules.decode import decode_table
from rules.suggest import clipped, unknown_word
from rules.unreadable import Unreadable

Columns = Mapping[str, Sequence[str]]
"""What a column is, and what it may be called in English or Chinese."""
Row = Mapping[str, Cell]
"""A cell for each column that holds something."""


class Sheet:
    """The rows of one file, and the problems that were found so far."""

    def __init__(self, path: Path, columns: Columns) -> None:
        """Raises OSError."""
        self.path = path
        self.problems: list[Problem] = []
        self.columns: dict[str, int] = {}
        self.rows: list[Row] = []
        try:
            self._read(columns)
        except Unreadable as unreadable:
            self.complain(_Place(unreadable.line, unreadable.column), unreadable.text)

    def complain(self, at: "Cell | _Place", text: Text) -> None:
        problem = Problem(file=str(self.path), line=at.line, column=at.column, text=text)
        self.problems.append(problem)

    def needs(self, *alternatives: str) -> None:
        """Says once that none of these columns is there."""
        if not self.problems and not any(name in self.columns for name in alternatives):
            self.complain(_Place(1, 1), Text(id="problem.no_column", values={"key": " / ".join(alternatives)}))

    def cell(self, row: Row, name: str) -> Cell | None:
        """What stands there; where nothing does, that is complained of."""
        if name not in row:
            first = next(iter(row.values()))
            self.complain(first, Text(id="import.empty", values={"column": name}))
        return row.get(name)

    def _read(self, columns: Columns) -> None:
        header, *rows = rows_of(decode_table(self.path.read_bytes())) or [[Cell(1, 1, "")]]
        known = {name: column for column, names in columns.items() for name in names}
        for number, cell in enumerate(header):
            column = known.get(unicodedata.normalize("NFKC", cell.text).strip().casefold())
            if column is None:
                if cell.text and not cell.text.startswith("#"):
                    id, values = unknown_word(cell.text, known, "problem.unknown_column")
                    self.complain(cell, Text(id=id, values=values))
            elif column in self.columns:
                twice = {"key": clipped(cell.text), "line": cell.line}
                self.complain(cell, Text(id="problem.duplicate_key", values=twice))
            else:
                self.columns[column] = number
        self.rows = [self._row(row) for row in rows]
        self.rows = [row for row in self.rows if row]

    def _row(self, row: Sequence[Cell]) -> Row:
        found = {name: row[number] for name, number in self.columns.items() if number < len(row)}
        return {name: cell for name, cell in found.items() if cell.text}


class _Place(NamedTuple):
    line: int
    column: int

"""Boards as HTML tables that fit a phone."""

from collections.abc import Sequence

from adapters.local.nodes import named, node


def draw_table(rows: Sequence[Sequence[str]], numbers: frozenset[int]) -> None:
    with node("div", "table"), node("table", data_testid="message-table"):
        start = 1 if has_heading(rows, numbers) else 0
        if start:
            with node("thead"):
                _row("th", rows[0], numbers)
        with node("tbody"):
            for row in rows[start:]:
                _row("td", row, numbers)


def has_heading(rows: Sequence[Sequence[str]], numbers: frozenset[int]) -> bool:
    """A first row without a digit where the columns hold numbers is a heading."""
    if len(rows) < 2 or not numbers:
        return False
    return not any(char.isdigit() for column, cell in enumerate(rows[0]) if column in numbers for char in cell)


def _row(tag: str, cells: Sequence[str], numbers: frozenset[int]) -> None:
    with node("tr"):
        for column, cell in enumerate(cells):
            with node(tag, "number" if column in numbers else "words-cell", title=None if column in numbers else cell):
                named("cell", cell)

"""Tables for spreadsheets: CSV that Excel opens as what it is, and that computes nothing."""

import csv
import io
from collections.abc import Iterable

_BOM = "\ufeff"  # without it Excel takes Chinese for something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Iterable[Iterable[object]]) -> str:
    """Numbers stay numbers, moments are written as ISO has them, None is an empty cell."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([_cell(value) for value in row] for row in rows)
    return _BOM + sheet.getvalue()


def _cell(value: object) -> object:
    """What begins like a formula gets a mark in front, so that no spreadsheet computes what somebody wrote."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value.isoformat() if hasattr(value, "isoformat") else value

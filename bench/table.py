"""One line of a benchmark's table."""

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """CPU for one unit of work: the median of several rounds, and their spread."""

    what: str
    unit: str
    median: float
    lowest: float
    highest: float

"""One line of a benchmark's table."""

import statistics
from collections.abc import Sequence

import msgspec
from msgspec import structs


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: the median of several rounds, and their spread."""

    what: str
    unit: str
    median: float
    lowest: float
    highest: float
    ratio: float | None = None  # of the medians: this one's to that of `floor`
    floor: str | None = None  # what it is compared with, measured in the same run
    target: str | None = None  # what the median or the ratio is to meet, in words: printed, never judged

    @classmethod
    def of(cls, what: str, rounds: Sequence[float], unit: str, *, target: str | None = None) -> "Row":
        """From the figure of each round, in the unit named."""
        return cls(
            what=what,
            unit=unit,
            median=statistics.median(rounds),
            lowest=min(rounds),
            highest=max(rounds),
            target=target,
        )

    def beside(self, floor: "Row", name: str | None = None) -> "Row":
        """With its ratio to a floor of the same unit, which the table calls by `name` or by its own words."""
        return structs.replace(self, ratio=self.median / floor.median, floor=name or floor.what)

    def meeting(self, target: str | None) -> "Row":
        """With what it is to meet."""
        return structs.replace(self, target=target)

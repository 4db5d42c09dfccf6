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
    floor: str | None = None  # what it is compared with: another row of the same run, measured or reckoned
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


def percentiles(what: str, waited: Sequence[float]) -> list[Row]:
    """How many milliseconds half of them, and 99 in a hundred, waited at most; the spread is to the extremes."""
    found = sorted(waited)
    p50, p99 = _at_rank(found, 50), _at_rank(found, 99)
    return [
        Row(what=f"{what}, p50", unit="ms", median=p50, lowest=found[0], highest=p50),
        Row(what=f"{what}, p99", unit="ms", median=p99, lowest=p50, highest=found[-1]),
    ]


def _at_rank(found: Sequence[float], percent: int) -> float:
    """The nearest rank: the smallest of the sorted that so many per cent of them do not exceed."""
    return found[-(-len(found) * percent // 100) - 1]

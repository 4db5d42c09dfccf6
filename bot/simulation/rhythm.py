"""The rhythm of a busy group: within each quarter of an hour people first talk, then look around and react.

So messages come in bursts, as they do wherever many talk, and the core handles them together.
"""

from datetime import UTC, datetime, timedelta

QUARTER = timedelta(minutes=15)

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def in_rhythm(at: datetime, *, talks: bool) -> datetime:
    """The moment within the same quarter at which it fits; of two who talk, or do not, the order stays."""
    into = (at - _BEGINNING) % QUARTER
    begun = at - into
    return begun + into * 2 / 3 if talks else begun + (QUARTER * 2 + into) / 3


def end_of_quarter(at: datetime) -> datetime:
    """The first full quarter of an hour that is not before this moment."""
    return _BEGINNING + -(-(at - _BEGINNING) // QUARTER) * QUARTER

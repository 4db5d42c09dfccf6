"""Until when a homework is in time for whom, and which of several versions counts. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.domain.homework import Homework


class Deadline(NamedTuple):
    """The moments that matter to one author."""

    due_at: datetime
    limit: datetime  # with the grace: the last moment that is in time
    closes_at: datetime | None  # after that nothing is taken; None: always

    def is_late(self, at: datetime) -> bool:
        """By whole seconds: some platforms tell no more, and nobody is late by less."""
        return at.replace(microsecond=0) > self.limit

    def is_closed(self, at: datetime) -> bool:
        return self.closes_at is not None and at.replace(microsecond=0) > self.closes_at


def deadline_of(
    homework: Homework,
    zone: str,
    *,
    extended: datetime | None = None,
    revised: datetime | None = None,
    was_late: bool = False,
) -> Deadline:
    """`extended`: the end of an extension; `revised`: until when a returned work may be mended.

    What mends a work that `was_late` is late as well, but it is taken.
    """
    due_at = max(homework.due.moment(zone), extended) if extended else homework.due.moment(zone)
    limit = due_at + homework.grace
    if revised and not was_late:
        limit = max(limit, revised)
    return Deadline(due_at, limit, _closes_at(homework, due_at, max(limit, revised or limit)))


def _closes_at(homework: Homework, due_at: datetime, least: datetime) -> datetime | None:
    accepted_for = homework.late.accepted_for
    return None if accepted_for is None else max(least, due_at + accepted_for)


def loss(homework: Homework, at: datetime, deadline: Deadline) -> int:
    """The percentage that a work of this moment loses. Lateness is counted from the deadline, not from its grace."""
    return homework.late.loss(at - deadline.due_at) if deadline.is_late(at) else 0


class Version(Protocol):
    """One of several."""

    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def again_at(self) -> datetime | None: ...
    @property
    def is_late(self) -> bool: ...


def counting(versions: Sequence[Version], chosen: int | None, *, sent_back: int = 0) -> int | None:
    """The version that counts: the one the author has picked, else what was handed in last, however it reached us.

    A late one never before one in time; none up to the one that was sent back.
    """
    able = [one for one in versions if one.version > sent_back]
    candidates = [one for one in able if not one.is_late] or able
    if chosen in [one.version for one in candidates]:
        return chosen
    newest = max(candidates, key=recency, default=None)
    return newest.version if newest else None


def recency(one: Version) -> tuple[datetime, bool, int]:
    """By when it was last handed in."""
    return one.again_at or one.at, one.again_at is not None, one.version


def left(at: datetime, deadline: Deadline, grace: timedelta) -> timedelta:
    """How long before the deadline it was, or before the end of the time to revise; negative: after it."""
    is_revised = deadline.limit > deadline.due_at + grace
    return (deadline.limit if is_revised else deadline.due_at) - at.replace(microsecond=0)

"""How soon somebody is answered, as a course's YAML says it: the limit, when its clock stands, who is told."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import ClassVar, Literal, get_args

import msgspec

from bot.domain.office_hours import ALWAYS, Rest

Area = Literal["homework", "questions"]
"""What staff look after."""
AREAS: tuple[Area, ...] = get_args(Area)

Rung = Literal["on_duty", "assistants", "admins"]
"""Who is told that somebody waits for too long."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody is on duty on a day of the week, in local time; without times, all day."""

    account: str  # as YAML names it: `local:lin`
    begins: time | None = None
    ends: time | None = None  # on the next day, where it is not the later one


class ResponseClock(msgspec.Struct, frozen=True, kw_only=True):
    """The clock of an answer."""

    area: ClassVar[Area] = "homework"  # whose answers they are
    within: timedelta = timedelta(hours=24)  # of counted time
    warn_at: int = 75  # percent of that
    rest: Rest = ALWAYS  # when the clock stands
    ladder: tuple[Rung, ...] = ("on_duty", "assistants", "admins")
    step: timedelta = timedelta(hours=4)  # from one rung to the next, of counted time
    claim_for: timedelta = timedelta(hours=2)  # somebody may keep to themselves what they have taken
    duty: Mapping[int, tuple[Shift, ...]] = {}  # weekday (0 is Monday) -> shifts; empty: everybody is on duty

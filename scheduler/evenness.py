"""Whether the clock on the wall runs as time passes: a machine sleeps, and people set its clock."""

import time
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

_STEP = timedelta(seconds=30)
"""Less than this is the tuning of a time server, or a busy machine."""

Uneven = Literal["asleep", "forward", "back"]


class Reading(NamedTuple):
    """What the clocks show at one moment."""

    wall: datetime
    awake: float  # seconds that the machine was awake
    passed: float  # seconds that passed, asleep or not; as `awake` where the system can't tell


def read(wall: datetime) -> Reading:
    """The clocks of the machine beside the one that the course goes by."""
    awake = time.monotonic()
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return Reading(wall, awake, awake if boottime is None else time.clock_gettime(boottime))


def between(before: Reading, after: Reading) -> Uneven | None:
    """What happened to the clock between two readings, if anything did."""
    shown = after.wall - before.wall
    set_by = shown - timedelta(seconds=after.passed - before.passed)
    if abs(set_by) > _STEP:
        return "forward" if set_by > timedelta(0) else "back"
    slept = (after.passed - before.passed) - (after.awake - before.awake)
    return "asleep" if timedelta(seconds=slept) > _STEP else None

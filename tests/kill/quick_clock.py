"""The time of the courses for several processes: many times as fast, and never far ahead of those who keep it."""

from __future__ import annotations

import struct
import time
from copy import copy
from datetime import UTC, datetime, timedelta
from mmap import mmap
from typing import Literal

from tests.kill.camp import BEGIN, END

Done = Literal["kept", "heard"]
"""What is done up to a moment: all that was due, and all that was said."""

_LEASH = timedelta(minutes=45)
_SIZE = struct.calcsize("d")


class QuickClock:
    """The same in every process that is forked after it was made.

    On a busy machine it waits: what is not done is at most 45 minutes old, so nothing is too late by being slow.
    Each process notes in a place of its own how far it is, so the clock never goes back.
    """

    def __init__(self, *, lasts: float, places: int) -> None:
        self._began = time.monotonic()
        self._factor = (END - BEGIN).total_seconds() / lasts
        self._places = places
        self._place = 0
        self._noted = mmap(-1, 2 * places * _SIZE)
        for place in range(places):
            self.at(place).note("kept", BEGIN)
            self.at(place).note("heard", BEGIN)

    def at(self, place: int) -> QuickClock:
        """The same clock for the process in this place."""
        other = copy(self)
        other._place = place
        return other

    def now(self) -> datetime:
        quick = BEGIN + timedelta(seconds=(time.monotonic() - self._began) * self._factor)
        return min(quick, self._farthest("kept") + _LEASH, self._farthest("heard") + _LEASH, END)

    def note(self, done: Done, until: datetime) -> None:
        """Everything up to this moment is done."""
        start = self._start(done, self._place)
        self._noted[start : start + _SIZE] = struct.pack("d", until.timestamp())

    def _farthest(self, done: Done) -> datetime:
        first = self._start(done, 0)
        noted = struct.unpack(f"{self._places}d", self._noted[first : first + self._places * _SIZE])
        return datetime.fromtimestamp(max(noted), UTC)

    def _start(self, done: Done, place: int) -> int:
        return ((done == "heard") * self._places + place) * _SIZE

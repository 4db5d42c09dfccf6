"""People who talk to a program that is killed again and again: each says it until it is acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.process import Talk

PATIENCE = 300.0  # seconds until somebody gives up on one thing; on a busy machine many a kill hits the same one
_AGAIN = 0.05


def insist(act: Callable[[], Any]) -> Any:
    """Do it again until it is acknowledged."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except httpx.TransportError as error:
            trouble: Exception = error
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 503:
                raise AssertionError(error.response.text) from error
            trouble = error
        assert time.monotonic() < deadline, f"never acknowledged: {trouble!r}"
        time.sleep(_AGAIN)


@dataclass
class Person:
    """Acts at random until told to stop, and remembers what was acknowledged."""

    address: str
    who: str
    seed: int
    stopping: threading.Event
    said: dict[int, str] = field(default_factory=dict)  # number of the message -> text
    acts: int = 0

    def live(self) -> None:
        self.random = random.Random(f"{self.seed}:{self.who}")
        with Talk(self.address, self.who) as talk:
            self._talk = talk
            while not self.stopping.is_set():
                self._act()
                self.acts += 1

    def _act(self) -> None:
        what = self.random.random()
        if what < 0.15:
            insist(self._press)
        elif what < 0.30:
            self._say(self.random.choice(["/checkin", "打卡", "check in", "/checkin"]))
        elif what < 0.45:
            self._say(f"{self.who}, {self.acts}: ok")
        elif what < 0.55:
            self._say(self.random.choice(["/points", "/me", "/rank", "/chekin", "/why"]))
        else:
            self._say(f"{self.who}, {self.acts}: something that is long enough to be thought about")

    def _say(self, text: str) -> None:
        key, wait = f"{self.who}-{self.acts}", self.random.random() < 0.5
        number = insist(lambda: self._talk.say(text, key=key, wait=wait))
        assert number not in self.said, f"two things that {self.who} said have the number {number}"
        self.said[number] = text

    def _press(self) -> None:
        """Whatever button is the newest; without a key, so it may be pressed twice."""
        for message in reversed(self._talk.messages()):
            for button in message["buttons"]:
                if button["command"].startswith("checkin"):
                    try:
                        self._talk.post("press", room="main", message=message["number"], command=button["command"])
                    except httpx.HTTPStatusError as error:
                        if error.response.status_code != 404:  # the message was edited meanwhile
                            raise
                    return


@dataclass
class Mover:
    """Moves the clock, by hours and by days, until a date is reached."""

    address: str
    seed: int
    stopping: threading.Event
    until: str  # ISO date
    acts: int = 0

    def live(self) -> None:
        choose = random.Random(f"{self.seed}:clock").choice
        with Talk(self.address) as talk:
            now = ""
            while not self.stopping.is_set() and now < self.until:
                now = insist(lambda: talk.advance(choose(["+1h", "+1h", "+1h", "+2h", "next 09:00", "next 20:00"])))
                self.acts += 1
                self.stopping.wait(0.1)

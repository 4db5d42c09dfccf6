"""What a run remembers and finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["talk", "thought", "word", "command", "button", "homework", "question", "thanks", "points", "run"]

EDIT = "edit"
"""The kind of what changes a message that is there."""
READER = "reader_"
"""How the names of those begin who only ask how many points they have."""
MAIN, STAFF = "main", "staff"
ROOMS = (MAIN, "talk_1", "talk_2")
"""The spaces that rituals post to."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a run is told."""

    adapter: str
    kills: int
    seed: int
    folder: Path  # empty; everything of the run is kept below it
    database: str  # an address as config.yaml names it


@dataclass(kw_only=True)
class Said:
    """One thing that somebody did, as the platform's server has it."""

    kind: Kind
    who: str  # the platform's user id
    object: str = ""  # the message, as facts name it; empty where there is none
    words: str = ""  # as they stand there now
    versions: int = 1  # how many texts the message has had
    cause: str = ""  # of a command: the key of its event; empty where the bot can never hear of it
    taker: str = ""  # whom thanks are for
    is_heard: Callable[[], bool] = lambda: True  # whether the platform was told, or will tell again


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the bot, as the server received it."""

    room: str  # a chat, or the user id of who reads it in private
    id: str
    text: str
    life: int  # which start of the process had sent it


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the outbox when all is over."""

    id: int
    key: str
    kind: str
    room: str
    text: str
    policy: str
    state: str
    sent_as: str | None
    is_unsure: bool
    attempts: int  # how often it was tried
    is_silent: bool  # it edits, pins, marks or answers a press: no message of its own
    takes_back: str | None = None  # the key of the row whose message it deletes


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind: what was said, what came of it."""

    kind: str
    said: int
    effects: int
    lost: int
    doubled: int

    @property
    def is_fine(self) -> bool:
        return not (self.lost or self.doubled)


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind: what was to be sent, what the server received.

    None: nothing that the server keeps can be compared with rows of this kind.
    """

    kind: str
    wanted: int
    there: int | None
    repeated: int | None  # copies beyond the first
    missing: int | None
    unknown: int  # of these, in the window in which nobody knows: the process was killed while it sent
    shown: int  # messages that staff are told about, because nobody knows whether they arrived
    given_up: int  # refused or expired


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one run."""

    adapter: str
    seed: int
    kills: int
    seconds: float
    acts: int
    unsure: int  # messages of which nobody knew for a while whether they had arrived
    effects: tuple[Effects, ...]
    messages: tuple[Messages, ...]
    problems: tuple[str, ...]  # what must not be, in words; empty: all holds
    folder: str = ""  # where the database and the logs are, if they are kept

    @property
    def is_fine(self) -> bool:
        return not self.problems

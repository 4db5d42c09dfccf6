"""What people do in a simulated course: small frozen values. `platform.py` is the one place that performs them."""

from datetime import datetime
from typing import Literal

import msgspec

Room = Literal["main", "corner", "staff"]
"""By what it is for; which chat that is, the course says."""

Post = str
"""The script's own name of a message. The platform numbers messages as they come, so numbers differ between runs."""


class _Act(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    pass


class Say(_Act, frozen=True, kw_only=True):
    """Post a text. A command is a text, too."""

    post: Post
    text: str
    reply_to: Post | None = None


class CheckIn(_Act, frozen=True, kw_only=True):
    """Press the day's button where there is one, else say the word."""

    post: Post
    word: str
    presses: bool


class React(_Act, frozen=True, kw_only=True):
    """Put a reaction under a message, or take it back."""

    post: Post
    reaction: str
    on: bool = True


class Edit(_Act, frozen=True, kw_only=True):
    """Change one's own message."""

    post: Post
    text: str


class Delete(_Act, frozen=True, kw_only=True):
    """Delete one's own message."""

    post: Post


class Leave(_Act, frozen=True, kw_only=True):
    """Leave the room."""


class Join(_Act, frozen=True, kw_only=True):
    """Come into the room, for the first time or again."""


Act = Say | CheckIn | React | Edit | Delete | Leave | Join


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Who does what, when and where."""

    at: datetime  # aware UTC; never on a full minute, where rituals stand
    who: str
    room: Room
    act: Act

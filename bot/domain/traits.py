"""What a platform can do. Ask this, never which platform it is."""

from enum import Flag, auto

import msgspec


class Can(Flag):
    """Abilities of a platform."""

    NOTHING = 0
    REPLY = auto()  # quote the message that it answers
    EDIT = auto()
    BUTTONS = auto()
    ONLY_FOR = auto()  # show a message in a group to one person
    ANSWER = auto()  # answer an interaction
    TABLE = auto()  # draw a table itself
    STYLE = auto()  # bold, code and links
    FILES = auto()
    PIN = auto()  # keep a message in sight at the top of its chat
    DEDUPE = auto()  # a message sent again with the same key appears once


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's abilities and limits."""

    can: Can = Can.NOTHING
    max_text: int = 4096  # characters of one message
    max_buttons: int = 25

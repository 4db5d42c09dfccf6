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
    PRIVATE = auto()  # write in private to who has opened a chat with the bot, by a button where they have not
    REACT = auto()  # put a reaction under somebody's message
    DELETE = auto()  # take back a message of one's own
    POLL = auto()  # polls of its own
    ASK = auto()  # make it easy to answer a message
    ADMIT = auto()  # let people into a chat who ask for it
    COPY = auto()  # post once more what somebody has posted
    INSPECT = auto()  # look up what the bot may do in a chat
    ASIDE = auto()  # answers to an interaction are seen by who acted alone, whatever they hold, and may be several
    WAIT = auto()  # shows who has acted that it waits, until there is an answer
    FIRST = auto()  # write in private to who has never written
    FORM = auto()  # ask for several things at once, in answer to an interaction
    THREAD = auto()  # open a thread for what belongs together
    TOPIC = auto()  # the same in some chats; in the others, what goes into the thread replies to its first message
    ROLES = auto()  # show by marks on a person's name what they are
    SIGNS = auto()  # let members put any sign under a message, ❓ too


class Limit(msgspec.Struct, frozen=True):
    """At most so many in any span of time."""

    most: int
    seconds: float


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages a platform takes from the bot."""

    in_all: Limit
    per_chat: Limit
    per_group: Limit | None = None  # to one chat that is not private, beside that


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's abilities and limits."""

    can: Can = Can.NOTHING
    max_text: int = 4096  # of one message, in characters
    max_caption: int | None = None  # of the text that goes with a file; None: as any other
    max_answer: int | None = None  # of the answer to an interaction; None: as any other
    is_utf16: bool = False  # it counts UTF-16 units as characters
    max_buttons: int = 25
    max_fields: int = 0  # of a form of its own
    max_album: int | None = None  # files of one sort that one message may hold; then it has no buttons. None: any
    has_mixed_albums: bool = False  # they may be of any sort, and the message may have buttons
    limits: Limits | None = None

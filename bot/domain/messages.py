"""What the core wants to say, before a platform's own form of it."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from bot.domain.files import PICTURES
from bot.domain.ids import Language
from bot.domain.places import Address


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a person will read: an id in the catalogues, with the values that go into it."""

    id: str
    values: dict[str, Any] = {}


class Localised(msgspec.Struct, frozen=True):
    """A text from a course's own YAML, by language. At least one language is there."""

    by_language: dict[Language, str]

    def in_(self, language: Language) -> str:
        """The text in this language, else in the one that the course wrote it in."""
        return self.by_language.get(language) or next(iter(self.by_language.values()))


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A course's own text with values for its `{placeholders}`."""

    text: Localised
    values: dict[str, Any] = {}


Words = Text | Template
"""Anything that can be said: from a catalogue, or from the course's own YAML."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of text in one style; `text` is never markup."""

    text: str
    style: Literal["plain", "bold", "code", "link"] = "plain"


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """A button is a command, so a platform without buttons loses nothing."""

    label: str
    command: str  # without the slash
    is_private: bool = False  # opens the chat of this person with the bot and runs the command there


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A board. Cells are plain text; `numbers` names the columns that align right."""

    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file; `sha256` names its content."""

    name: str
    media_type: str
    size: int  # bytes
    sha256: str

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll as a platform has it; everybody sees who chose what."""

    question: str
    options: tuple[str, ...]
    is_multiple: bool = False
    is_closed: bool = False


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A thread that begins with a message."""

    title: str
    tags: tuple[str, ...] = ()
    is_said: bool = False  # the message says as much itself, where there are no threads
    text: str = ""  # lines of the message that the title holds in full: left out where it stands right above them


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a form asks for, as a person reads it."""

    id: str
    label: str
    hint: str = ""
    kind: Literal["text", "choice", "files"] = "text"
    options: tuple[tuple[str, str], ...] = ()  # of a choice: the value, and what is shown
    is_optional: bool = False
    max_length: int = 1000  # of its text, in characters
    max_files: int = 10
    takes_text: bool = False  # of files: words may go with them, or in their place
    value: str = ""  # what was given before


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A form as a platform asks for it at once; `command` opens it again."""

    name: str
    title: str
    fields: tuple[Field, ...]
    command: str
    open_label: str  # of a button that opens it


class Reaction(msgspec.Struct, frozen=True, kw_only=True, tag="reaction"):
    """Put a reaction under a message of somebody."""

    message: str  # the platform's id
    emoji: str


class Copy(msgspec.Struct, frozen=True, kw_only=True, tag="copy"):
    """Post once more what somebody has posted, files and all, without saying who that was."""

    chat: str
    message: str


class Admission(msgspec.Struct, frozen=True, kw_only=True, tag="admission"):
    """Let a person into the chat who asked for it, or do not."""

    user: str
    is_admitted: bool


class Inspection(msgspec.Struct, frozen=True, kw_only=True, tag="inspection"):
    """Look up what the bot may do in the chat; what is found comes back as `PlaceSeen`."""


class Marks(msgspec.Struct, frozen=True, kw_only=True, tag="marks"):
    """Show on a person's name what they are, and nothing of it that is not named here."""

    user: str
    names: tuple[str, ...]  # `level:core`, `title:star`, `role:assistant`
    course: str = ""  # marks of another one stay as they are


class MarkNames(msgspec.Struct, frozen=True, kw_only=True, tag="mark_names"):
    """Make the marks that people may get where the chat is, if they are not there yet."""

    labels: dict[str, str]  # what is shown for each, by the name of the mark
    course: str = ""


Act = Reaction | Copy | Admission | Inspection | Marks | MarkNames
"""What can be done in a chat beside saying something."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody asked for what goes to their private chat."""

    address: Address
    message: str | None = None  # theirs, there


Policy = Literal["at_least_once", "at_most_once", "replaceable"]
"""What to do when nobody knows whether a message arrived.

Send it again; mark it and let staff decide; send it again because twice is as good as once (an edit, a pin).
"""


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one address, ready for an adapter. `key` names it for ever and serves platforms that dedupe."""

    key: str
    address: Address
    body: tuple[Span, ...]
    table: Table | None = None
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    reply_to: str | None = None
    only_for: str | None = None  # the platform's user id of the only reader
    answers: str | None = None  # the interaction that waits for this
    edits: str | None = None  # the key of an earlier message that this one replaces
    pins: str | None = None  # the key of an earlier message that is to be pinned; this one says nothing itself
    unpins: str | None = None  # the same, pinned no more
    deletes: str | None = None  # the key of an earlier message that goes
    target: str | None = None  # the platform's id of that earlier message; known when it is sent
    poll: Poll | None = None
    act: Act | None = None  # this one does that, and says nothing itself
    asks: bool | None = None  # whether it waits for a reply in words
    policy: Policy = "at_least_once"
    at: datetime | None = None  # when the core decided to say it
    topic: Topic | None = None  # it begins a thread
    within: str | None = None  # the key of the message whose thread it goes into
    quotes: str | None = None  # the key of an earlier message that it replies to
    origin: Origin | None = None  # they are told there if their private chat does not take it
    sheet: Sheet | None = None  # the answer is a form of the platform's own
    is_more: bool = False  # of an answer: another part of it was before
    is_unsure: bool = False  # it may be there already: what became of an earlier try is not known
    taken: frozenset[str] = frozenset()  # then: the platform's ids of other messages in its chat, which it can't be
    is_secret: bool = False  # once it is there, nothing of what it says is kept

    @property
    def text(self) -> str:
        """The body without its styles."""
        return "".join(span.text for span in self.body)

    @property
    def about(self) -> str | None:
        """The key of the earlier message that this one does something to, instead of being one more."""
        return self.edits or self.pins or self.unpins or self.deletes

    @property
    def is_silent(self) -> bool:
        """Whether it does something to a chat and adds no message to it."""
        return bool(self.pins or self.unpins or self.deletes or (self.act and not isinstance(self.act, Copy)))

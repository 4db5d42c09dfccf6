"""The ports: what the core and the outside world need of each other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from bot.domain.events import Attachment, Event
from bot.domain.ids import Language, Role
from bot.domain.messages import File, OutgoingMessage
from bot.domain.places import Actor, Address
from bot.domain.traits import Traits


class Sink(Protocol):
    """Takes events into the core. When it returns they are committed, and may be acknowledged to the platform.

    None at all says that what had piled up at the platform is handed over.

    Raises `StorageTrouble` when they could not be committed now: keep them and hand them over again.
    """

    async def __call__(self, events: Sequence[Event], /) -> None: ...


class Adapter(Protocol):
    """A platform: events come out of `run`, messages go into `send`."""

    platform: str
    traits: Traits

    async def run(self, sink: Sink) -> None:
        """Hand over batches of events until cancelled."""
        ...

    async def send(self, message: OutgoingMessage) -> str:
        """Post, edit or answer; the platform's id of the message. Raises NotSent, Refused or Unknown, nothing else."""
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """What is in a file that came with a message, as it is now. Raises NotSent, Refused or Unknown, nothing else.

        Refused with `gone` or `too_large` (more than `MAX_FILE`) is the last word; without, the platform is not sure.
        """
        ...


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an adapter remembers."""

    key: str
    revision: int  # grows with every change of any document of the adapter
    value: dict[str, Any]


class AdapterStore(Protocol):
    """An adapter's memory: JSON documents by kind and key, with a revision that orders their changes."""

    async def put(self, kind: str, key: str, value: Mapping[str, Any]) -> int:
        """Keep or replace; the new revision."""
        ...

    async def put_many(
        self,
        documents: Sequence[tuple[str, str, Mapping[str, Any]]],
        *,
        expected: tuple[str, str, int] | None = None,
    ) -> int:
        """Keep (kind, key, value) documents, all or none; the last new revision.

        Where `expected` names a document by kind and key and it is no longer at this revision (0: it must not exist),
        `Changed` is raised and nothing is written: somebody else has written since.
        """
        ...

    async def get(self, kind: str, key: str) -> dict[str, Any] | None: ...

    async def since(self, kind: str, revision: int, *, limit: int = 1000) -> list[Document]:
        """What changed after a revision, oldest change first."""
        ...

    async def latest(self, kind: str, *, limit: int) -> list[Document]:
        """What changed last, oldest change first."""
        ...

    async def delete(self, kind: str, key: str) -> None: ...

    async def delete_through(self, kind: str, revision: int) -> None:
        """Forget the documents of a kind up to a revision, included."""
        ...


class FileStore(Protocol):
    """Files that last, by their content."""

    def keep(self, name: str, media_type: str, content: bytes) -> File:
        """Store a file durably. Raises OSError."""
        ...

    def path(self, sha256: str) -> Path | None:
        """Where a file is; None where there is none of that content."""
        ...


class Clock(Protocol):
    """Tells the course's time."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Agenda(Protocol):
    """What is due by the course's clock, and when the next thing will be."""

    async def run_due(self) -> None:
        """Do everything that is due now, and return when it is done."""
        ...

    async def next_due(self, after: datetime) -> datetime | None:
        """The next moment after this one at which something is due; None: nothing is planned."""
        ...


class Watchman(Protocol):
    """Who hears that time is passing, and when it does not pass evenly."""

    async def alive(self, now: datetime) -> None:
        """A sign of life."""
        ...

    async def lost(self, kind: Literal["asleep", "forward", "back"], since: datetime, now: datetime) -> None:
        """The machine was suspended, or its clock was set."""
        ...


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """The commands that a platform offers to who begins to type one, most useful first."""

    scope: Literal["groups", "private", "chat"]  # in every group, in every private chat, in one chat
    chat: str | None = None  # the one
    language: Language | None = None  # of the person's app; None: any that has no menu of its own
    commands: tuple[tuple[str, str], ...]  # name and what it does


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a command takes; a platform's own command box asks for it by name."""

    name: str  # as the command's words have it: `member`
    names: Mapping[Language, str]  # as people read it
    about: Mapping[Language, str]
    kind: Literal["text", "number", "member", "channel"] = "text"
    is_optional: bool = True
    choices: tuple[tuple[str, Mapping[Language, str]], ...] = ()  # the value, and what is shown
    is_suggested: bool = False  # the core knows what may be meant


class SlashCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command for a platform that shows commands in a box of its own."""

    name: str
    names: Mapping[Language, str]
    about: Mapping[Language, str]
    parameters: tuple[Parameter, ...] = ()
    least_role: Role = "student"
    in_private: bool = True
    on_message: Mapping[Language, str] | None = None  # in the menu of a message, the command is called so
    is_typed: bool = True  # else it is in that menu only


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has typed so far of a parameter."""

    command: str
    parameter: str
    typed: str
    actor: Actor
    address: Address


class Suggest(Protocol):
    """Says what may be meant: at most 25 values, each with what is shown."""

    async def __call__(self, asked: Asked, /) -> Sequence[tuple[str, str]]: ...


class Texts(Protocol):
    """The message catalogues."""

    def say(self, language: Language, id: str, /, **values: Any) -> str:
        """A catalogue's text, without styles."""

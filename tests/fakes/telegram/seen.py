"""What people see, for tests to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.telegram.comings import Comings
from tests.fakes.telegram.methods.settings import menu_of
from tests.fakes.telegram.people import Place
from tests.fakes.telegram.state import Json, Message, Poll, Toast, User


@dataclass(frozen=True, kw_only=True)
class Button:
    label: str
    data: str | None
    url: str | None


@dataclass(frozen=True, kw_only=True)
class SeenFile:
    kind: str  # photo, document, voice …
    name: str | None
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A message as it stands now. `text` is the caption where there is a file, `entities` go with it."""

    id: int
    sender: User
    text: str
    entities: tuple[Json, ...]
    buttons: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    topic: int | None
    is_pinned: bool
    is_edited: bool
    asks: bool  # opens the person's reply field (ForceReply)
    reactions: Mapping[str, int]  # how many, by emoji
    poll: Poll | None
    file: SeenFile | None
    album: str | None
    is_anonymous: bool  # by an administrator as the group

    @property
    def by_bot(self) -> bool:
        return self.sender.is_bot and not self.is_anonymous

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.buttons for button in row]


class Onlookers(Comings):
    """Mixed into FakeTelegram."""

    def sees(self, user: User, place: Place, topic: int | None = None) -> list[Seen]:
        """What stands in the chat for somebody who is in it, oldest first; service messages are left out."""
        chat = self.chat_at(place)
        is_there = chat.owner is user if chat.is_private else chat.member(user).is_in
        messages = [message for message in chat.messages.values() if is_there and not message.service]
        return [_seen(message) for message in messages if topic is None or message.topic == topic]

    def said(self, user: User, place: Place, topic: int | None = None) -> list[str]:
        """The texts of the bot's messages there."""
        return [seen.text for seen in self.sees(user, place, topic) if seen.by_bot]

    def last(self, user: User, place: Place, topic: int | None = None) -> Seen:
        """The bot's latest message there."""
        return [seen for seen in self.sees(user, place, topic) if seen.by_bot][-1]

    def toasts(self, user: User) -> list[Toast]:
        """What answered the person's presses; answers that show nothing are left out."""
        return list(self.world.toasts.get(user.id, ()))

    @property
    def unanswered(self) -> list[str]:
        """The ids of presses whose button still spins."""
        return [query.id for query in self.world.queries.values() if not query.is_answered]

    def about(self, what: str, language: str = "") -> str:
        """ "name", "description" or "short_description" as people of this language read it."""
        texts = self.world.about
        return texts.get((what, language)) or texts.get((what, ""), "")

    def menu(self, user: User, place: Place) -> dict[str, str]:
        """The commands that the person is offered in this chat, with their descriptions."""
        return {each["command"]: each["description"] for each in menu_of(self.world, user, self.chat_at(place))}


def _seen(message: Message) -> Seen:
    markup = message.markup or {}
    media = message.media
    return Seen(
        id=message.id,
        sender=message.sender,
        text=message.words,
        entities=tuple(message.entities),
        buttons=tuple(tuple(_button(button) for button in row) for row in markup.get("inline_keyboard", ())),
        reply_to=message.reply_to,
        topic=message.topic,
        is_pinned=message.id in message.chat.pinned,
        is_edited=message.edited_at is not None,
        asks=bool(markup.get("force_reply")),
        reactions=dict(Counter(emoji for given in message.reactions.values() for emoji in given)),
        poll=message.poll,
        file=SeenFile(kind=media.kind, name=media.file.name, content=media.file.content) if media else None,
        album=message.album,
        is_anonymous=message.is_anonymous,
    )


def _button(button: Json) -> Button:
    return Button(label=button["text"], data=button.get("callback_data"), url=button.get("url"))

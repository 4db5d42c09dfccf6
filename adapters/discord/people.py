"""Who is behind an account: the name that is shown in the server, the unique one as handle."""

import re
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from adapters.discord import shape
from adapters.discord.traits import PLATFORM
from bot.domain.events import Attachment
from bot.domain.places import Actor
from bot.domain.text import clean_text

_REMEMBERED = 20_000  # people
_MENTION = re.compile(r"<@!?(\d+)>")


def actor_of(user: shape.User, member: shape.Member | None = None, language: str | None = None) -> Actor:
    name = (member.nick if member else None) or user.global_name or user.username or user.id
    return Actor(
        platform=PLATFORM,
        user=user.id,
        name=clean_text(name),
        handle=clean_text(user.username) or None,
        language=language and clean_text(language),
    )


def with_handles(text: str, people: Iterable[shape.User]) -> str:
    """A text in which people are named as everybody writes them, `@ada`, and not by their numbers."""
    handles = {person.id: person.username for person in people if person.username}
    return _MENTION.sub(lambda found: f"@{handles[found[1]]}" if found[1] in handles else found[0], text)


def text_of(message: shape.Message) -> str:
    return clean_text(with_handles(message.content, message.mentions))


def attachments_of(message: shape.Message) -> tuple[Attachment, ...]:
    """The files of a message. Their addresses expire: what stays is where they stand."""
    place = f"{message.channel_id}/{message.id}"
    return tuple(attachment(file, f"{place}/{file.id} {file.url}".strip()) for file in message.attachments)


def attachment(file: shape.Attachment, ref: str) -> Attachment:
    media_type = (file.content_type or "application/octet-stream").partition(";")[0]
    return Attachment(
        name=clean_text(file.filename),
        media_type=clean_text(media_type),
        size=file.size,
        ref=clean_text(ref),
        identity=file.id,
    )


class Names:
    """Who was seen in a server, by the name that they have there: elsewhere Discord tells another, or a number only."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Actor] = OrderedDict()

    def see(self, actor: Actor) -> None:
        self._seen[actor.user] = actor
        self._seen.move_to_end(actor.user)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def known(self, actor: Actor) -> Actor:
        """The same person, by the name that they have in a server if they have been seen there."""
        seen = self._seen.get(actor.user)
        if seen is None:
            return actor
        return msgspec.structs.replace(actor, name=seen.name, handle=actor.handle or seen.handle)

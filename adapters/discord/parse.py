"""From Discord's events to ours. Pure; every quirk of what comes in stands here, of interactions in `invoked.py`."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters import keys
from adapters.discord import shape
from adapters.discord.people import actor_of, attachments_of, text_of
from adapters.discord.traits import PLATFORM
from bot.domain.events import (
    CommandInvoked,
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    Quoted,
    ReactionAdded,
    ReactionRemoved,
    SeenMessage,
    StretchSeen,
)
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.domain.text import clean_text

Place = Callable[[str, str | None], Address | None]
"""The address of a channel in a server, or of a private one; None where that is not known, or concerns nobody."""

_SAID = (0, 19)  # an ordinary message, and one that replies
_BEGINS_THREAD = 21
_REPLY, _EPOCH = 19, 1420070400000
_COMMAND = re.compile(r"/(\w{1,64})(?:\s+(.*))?", re.DOTALL)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the meaning of an event depends on beside itself."""

    place: Place
    bot: str  # the bot's id
    key: str  # names the event where it has no id of its own
    at: datetime  # when it came
    title: Callable[[str], str | None] = lambda _: None  # the name of a thread
    homes: tuple[Address, ...] = ()  # of a person who came or left: what they may see of that server
    chosen: tuple[str, Address, tuple[int, ...]] | None = None  # of a vote: its poll, where, and all that they chose


def events_of(name: str, data: Mapping[str, Any], place: Place, bot: str, key: str, at: datetime) -> list[Event]:
    """What happened, which may be nothing that concerns us. Raises whatever a strange event leads to."""
    return parse(name, data, Known(place=place, bot=bot, key=key, at=at))


def parse(name: str, data: Mapping[str, Any], known: Known) -> list[Event]:
    """The same, with all that can be known."""
    reader = _READERS.get(name)
    if reader is None:
        return []
    kind, read = reader
    return list(read(msgspec.convert(data, kind), known))


def key_of(bot: str, what: object) -> EventKey:
    """The key of what happened before this bot's eyes."""
    return keys.key_of(PLATFORM, bot, what)


def moment(id: str) -> datetime:
    """When something got its id."""
    return datetime.fromtimestamp(((int(id) >> 22) + _EPOCH) / 1000, UTC)


# --- messages ---------------------------------------------------------------------------------------------------------


def _posted(message: shape.Message, known: Known) -> Iterator[Event]:
    address, author = known.place(message.channel_id, message.guild_id), _person(message, known)
    text, attachments = text_of(message), attachments_of(message)
    is_said = message.type in _SAID or (message.type == _BEGINS_THREAD and text)
    if address is None or author is None or not is_said or not (text or attachments):
        return
    said: dict[str, Any] = {
        "key": key_of(known.bot, f"message:{message.id}"),
        "at": moment(message.id),
        "actor": author,
        "address": address,
        "message": message.id,
        **_answered(message, known),
        "attachments": attachments,
    }
    command = _COMMAND.fullmatch(_without_call(message.content, known.bot) or text.strip())
    if command:
        rest = _as_read(message, command[2] or "")
        yield CommandInvoked(name=command[1].casefold(), text=rest, **said)
    else:
        begins = message.id == message.channel_id  # the first message of a post has the post's own id
        title = known.title(message.channel_id) if begins else None
        yield MessagePosted(text=text, title=title and clean_text(title), **said)


def _as_read(message: shape.Message, text: str) -> str:
    """A part of a message's text, as the whole is read."""
    return text_of(msgspec.structs.replace(message, content=text))


def _without_call(content: str, bot: str) -> str | None:
    """`@bot points` is `/points`; None where the bot is not called."""
    called = re.fullmatch(rf"\s*<@!?{bot}>\s*/?(\w.*)", content, re.DOTALL)
    return f"/{called[1].strip()}" if called else None


def _person(message: shape.Message, known: Known) -> Actor | None:
    """Who wrote it; None where that is a bot, or something that was connected to the channel."""
    author = message.author
    if author is None or author.bot or message.webhook_id or author.id == known.bot:
        return None
    return actor_of(author, message.member)


def _answered(message: shape.Message, known: Known) -> dict[str, Any]:
    reference, other = message.message_reference, message.referenced_message
    if message.type != _REPLY or reference is None or reference.message_id is None:
        return {}
    return {"reply_to": reference.message_id, "quoted": quote(other, known.bot) if other else None}


def quote(message: shape.Message, bot: str) -> Quoted | None:
    """What another message said; None where nobody did."""
    if message.author is None:
        return None
    is_ours = message.author.id == bot
    return Quoted(user=message.author.id, text=text_of(message), attachments=attachments_of(message), is_ours=is_ours)


def _edited(message: shape.Message, known: Known) -> Iterator[Event]:
    """Discord tells of an edit, too, when it has only looked at a link."""
    address, author = known.place(message.channel_id, message.guild_id), _person(message, known)
    if message.edited_timestamp and address and author and message.type in (*_SAID, _BEGINS_THREAD):
        at = datetime.fromisoformat(message.edited_timestamp).astimezone(UTC)
        yield MessageEdited(
            key=key_of(known.bot, f"edited:{message.id}:{at.isoformat()}"),
            at=at,
            actor=author,
            address=address,
            message=message.id,
            text=text_of(message),
        )


def _deleted(gone: shape.Deleted, known: Known) -> Iterator[Event]:
    """Discord does not say who deleted it."""
    address = known.place(gone.channel_id, gone.guild_id)
    if address is None:
        return
    somebody = Actor(platform=PLATFORM, user=address.chat if address.private else "", name="")
    for id in [gone.id] if gone.id else gone.ids:
        key = key_of(known.bot, f"deleted:{id}")
        yield MessageDeleted(key=key, at=known.at, actor=somebody, address=address, message=id)


def _thread_deleted(gone: shape.LostThread, known: Known) -> Iterator[Event]:
    """The message that it began with goes with it, or has lost what belongs to it; both are called as the thread."""
    if address := known.place(gone.parent_id, gone.guild_id):
        somebody = Actor(platform=PLATFORM, user="", name="")
        key = key_of(known.bot, f"deleted:{gone.id}")
        yield MessageDeleted(key=key, at=known.at, actor=somebody, address=address, message=gone.id)


# --- what people do with messages -------------------------------------------------------------------------------------


def _reacted(change: shape.Reaction, known: Known) -> Iterator[Event]:
    if done := _reaction(change, known):
        yield ReactionAdded(**done)


def _unreacted(change: shape.Reaction, known: Known) -> Iterator[Event]:
    if done := _reaction(change, known):
        yield ReactionRemoved(**done)


def _reaction(change: shape.Reaction, known: Known) -> dict[str, Any] | None:
    address, emoji = known.place(change.channel_id, change.guild_id), emoji_of(change.emoji)
    user = (change.member.user if change.member else None) or shape.User(id=change.user_id)
    if address is None or emoji is None or user.bot or user.id == known.bot:
        return None
    return {
        "key": key_of(known.bot, f"reaction:{known.key}"),
        "at": known.at,
        "actor": actor_of(user, change.member),
        "address": address,
        "message": change.message_id,
        "reaction": emoji,
    }


def emoji_of(emoji: shape.Emoji) -> str | None:
    """A picture of somebody's own is `:name:`; None where it is not there any more."""
    name = emoji.name and clean_text(emoji.name)
    return f":{name}:" if emoji.id and name else name


def _no_reactions(change: shape.Reaction, known: Known) -> Iterator[Event]:
    address = known.place(change.channel_id, change.guild_id)
    if address:
        yield StretchSeen(
            key=key_of(known.bot, f"reactions:{known.key}"),
            at=known.at,
            address=address,
            first=change.message_id,
            last=change.message_id,
            messages=(SeenMessage(message=change.message_id, reactions=()),),
        )


def _voted(vote: shape.Vote, known: Known) -> Iterator[Event]:
    if known.chosen is None or vote.user_id == known.bot:
        return
    poll, address, options = known.chosen
    yield PollVoted(
        key=key_of(known.bot, f"vote:{known.key}"),
        at=known.at,
        actor=actor_of(shape.User(id=vote.user_id)),
        address=address,
        poll=poll,
        options=options,
    )


# --- who is where -----------------------------------------------------------------------------------------------------


def _came(member: shape.GuildMember, known: Known) -> Iterator[Event]:
    at = datetime.fromisoformat(member.joined_at).astimezone(UTC) if member.joined_at else known.at
    actor = actor_of(member.user, shape.Member(nick=member.nick))
    for address in () if member.user.bot else known.homes:
        key = key_of(known.bot, f"joined:{member.user.id}:{at.isoformat()}:{address.chat}")
        yield MemberJoined(key=key, at=at, actor=actor, address=address)


def _went(member: shape.GuildMember, known: Known) -> Iterator[Event]:
    for address in () if member.user.bot else known.homes:
        key = key_of(known.bot, f"left:{known.key}:{address.chat}")
        yield MemberLeft(key=key, at=known.at, actor=actor_of(member.user), address=address)


_READERS: dict[str, tuple[Any, Callable[[Any, Known], Iterator[Event]]]] = {
    "MESSAGE_CREATE": (shape.Message, _posted),
    "MESSAGE_UPDATE": (shape.Message, _edited),
    "MESSAGE_DELETE": (shape.Deleted, _deleted),
    "MESSAGE_DELETE_BULK": (shape.Deleted, _deleted),
    "THREAD_DELETE": (shape.LostThread, _thread_deleted),
    "MESSAGE_REACTION_ADD": (shape.Reaction, _reacted),
    "MESSAGE_REACTION_REMOVE": (shape.Reaction, _unreacted),
    "MESSAGE_REACTION_REMOVE_ALL": (shape.Reaction, _no_reactions),
    "MESSAGE_POLL_VOTE_ADD": (shape.Vote, _voted),
    "MESSAGE_POLL_VOTE_REMOVE": (shape.Vote, _voted),
    "GUILD_MEMBER_ADD": (shape.GuildMember, _came),
    "GUILD_MEMBER_REMOVE": (shape.GuildMember, _went),
}
READ = frozenset(_READERS)
"""The events that may mean something to the core; all others only teach what places there are."""

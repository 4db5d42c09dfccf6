"""From Telegram's updates to events. Pure; every quirk of what comes in stands here."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

import msgspec

from adapters import keys
from adapters.telegram import shape
from adapters.telegram.payloads import is_kept, linked
from adapters.telegram.standing import ADMINS, is_in
from adapters.telegram.traits import PLATFORM
from bot.domain.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    ContactChanged,
    Event,
    JoinRequested,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessagePosted,
    PlaceSeen,
    PollVoted,
    PowersChanged,
    Quoted,
    ReactionAdded,
    ReactionRemoved,
    SpaceMigrated,
)
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.domain.text import clean_text

_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_FULL = {emoji.replace("\ufe0f", ""): emoji for emoji in ("❤️", "❤️‍🔥", "🕊️", "✍️", "☃️", "🤷‍♂️", "🤷‍♀️")}
"""Telegram's have no variation selector, keyboards' have one."""
_LONGEST_ID = 20  # characters: the API promises 52 bits for users and chats, and a topic may follow


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the meaning of an update depends on beside itself."""

    bot: str  # the bot's id
    username: str
    at: datetime  # when an update that carries no time is taken to have happened
    kept: Mapping[str, str] = {}  # commands by the names under which they were kept for buttons
    polls: Mapping[str, Mapping[str, Any]] = {}  # what was kept of polls, by Telegram's id: `key` and `chat`


def read(raw: Mapping[str, Any]) -> shape.Update:
    """The update, as far as we know its shape. Raises msgspec.ValidationError."""
    return msgspec.convert(raw, shape.Update)


def parse(update: shape.Update, known: Known) -> list[Event]:
    """What happened, which may be nothing that concerns us. Raises whatever a strange update leads to."""
    return list(_Reader(update, known).events())


def key_of(bot: str, what: object) -> EventKey:
    """The key of what happened to this bot: update ids are its own."""
    return keys.key_of(PLATFORM, bot, what)


def id_of(number: int) -> str:
    """As the core has it. Raises ValueError where it is none that Telegram gives out."""
    if len(id := str(number)) > _LONGEST_ID:
        raise ValueError("an id that is too long")
    return id


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def date_in(update: shape.Update) -> datetime | None:
    """When it happened, where the update tells: presses and poll answers do not."""
    if update.edited_message is not None and update.edited_message.edit_date:
        return moment(update.edited_message.edit_date)
    dated = (update.message, update.message_reaction, update.chat_member, update.my_chat_member)
    return next((moment(part.date) for part in (*dated, update.chat_join_request) if part and part.date), None)


def address_of(message: shape.Message) -> Address:
    """The chat, or the topic in it."""
    if message.chat.type == "private":
        return Address(platform=PLATFORM, chat=id_of(message.chat.id), private=True)
    topic = f"/{id_of(message.message_thread_id)}" if message.is_topic_message and message.message_thread_id else ""
    return Address(platform=PLATFORM, chat=f"{id_of(message.chat.id)}{topic}")


def chat_address(chat: shape.Chat) -> Address:
    """The chat as a whole."""
    return Address(platform=PLATFORM, chat=id_of(chat.id), private=chat.type == "private")


def actor_of(user: shape.User) -> Actor:
    return Actor(
        platform=PLATFORM,
        user=id_of(user.id),
        name=clean_text(f"{user.first_name} {user.last_name}".strip()),
        handle=user.username and clean_text(user.username),
        language=user.language_code and clean_text(user.language_code),
    )


class _Reader:
    """One update."""

    def __init__(self, update: shape.Update, known: Known) -> None:
        self._update = update
        self._known = known
        self._key = key_of(known.bot, update.update_id)

    def events(self) -> Iterator[Event]:
        readers: dict[str, Callable[[Any], Iterator[Event]]] = {
            "message": self._message,
            "edited_message": self._edited,
            "callback_query": self._press,
            "message_reaction": self._reactions,
            "poll_answer": self._vote,
            "chat_member": self._member,
            "my_chat_member": self._own_place,
            "chat_join_request": self._join_request,
        }
        for name, reader in readers.items():
            part = getattr(self._update, name)
            if part is not None:
                yield from reader(part)

    # --- messages -----------------------------------------------------------------------------------------------------

    def _message(self, message: shape.Message) -> Iterator[Event]:
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            yield self._migration(message)
        elif message.new_chat_members or message.left_chat_member:
            yield from self._passing(message)
        elif _is_person(message.from_) and not (message.sender_chat or message.is_automatic_forward):
            yield from self._said(message)

    def _said(self, message: shape.Message) -> Iterator[Event]:
        text, attachments = text_of(message), attachments_of(message)
        if not text and not attachments:
            return  # a service message, a place, a sticker: nothing to read
        said: dict[str, Any] = {
            **self._done(message),
            "message": id_of(message.message_id),
            **self._answered(message),
            "attachments": attachments,
        }
        command = _COMMAND.fullmatch(text.strip())
        if command is None:
            yield MessagePosted(text=text, **said)
        elif (command[2] or self._known.username).casefold() == self._known.username.casefold():
            yield _command(command[1].casefold(), command[3] or "", said)

    def _edited(self, message: shape.Message) -> Iterator[Event]:
        is_said = _is_person(message.from_) and not (message.sender_chat or message.is_automatic_forward)
        if is_said and (message.text is not None or message.caption is not None):
            done = {**self._done(message), "at": moment(message.edit_date or message.date)}
            yield MessageEdited(message=id_of(message.message_id), text=text_of(message), **done)

    def _done(self, message: shape.Message) -> dict[str, Any]:
        assert message.from_, "only what a person said is read"
        actor = actor_of(message.from_)
        return {"key": self._key, "at": moment(message.date), "actor": actor, "address": address_of(message)}

    def _answered(self, message: shape.Message) -> dict[str, Any]:
        """In a topic, every message replies to the one that opened it: that is no answer."""
        other = message.reply_to_message
        if other is None or other.forum_topic_created is not None:
            return {}
        quoted = None
        if other.from_ is not None:
            quoted = Quoted(
                user=id_of(other.from_.id),
                text=text_of(other),
                attachments=attachments_of(other),
                is_ours=str(other.from_.id) == self._known.bot,
            )
        return {"reply_to": id_of(other.message_id), "quoted": quoted}

    def _migration(self, message: shape.Message) -> Event:
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        return SpaceMigrated(
            key=key_of(self._known.bot, f"moved:{old}:{new}"),  # both chats tell of it
            at=moment(message.date),
            old=Address(platform=PLATFORM, chat=id_of(old)),
            new=Address(platform=PLATFORM, chat=id_of(new)),
        )

    def _passing(self, message: shape.Message) -> Iterator[Event]:
        at, address = moment(message.date), chat_address(message.chat)
        for number, user in enumerate(message.new_chat_members or ()):
            if _is_person(user):
                yield MemberJoined(key=self._part(f"joined:{number}"), at=at, actor=actor_of(user), address=address)
        if _is_person(message.left_chat_member):
            yield MemberLeft(key=self._key, at=at, actor=actor_of(message.left_chat_member), address=address)

    def _part(self, name: str) -> EventKey:
        return EventKey(f"{self._key}:{name}")

    # --- what people do with messages ---------------------------------------------------------------------------------

    def _press(self, query: shape.CallbackQuery) -> Iterator[Event]:
        if query.message is None or query.data is None:
            return
        command = self._known.kept.get(query.data, "") if is_kept(query.data) else query.data
        yield ButtonPressed(
            key=self._key,
            at=self._known.at,
            actor=actor_of(query.from_),
            address=address_of(query.message),
            message=id_of(query.message.message_id),
            command=clean_text(command) or "help",  # of a button whose command nobody knows any more
            interaction=clean_text(query.id),
        )

    def _reactions(self, change: shape.MessageReaction) -> Iterator[Event]:
        if not _is_person(change.user):
            return
        old, new = _emojis(change.old_reaction), _emojis(change.new_reaction)
        done: dict[str, Any] = {"at": moment(change.date), "actor": actor_of(change.user)}
        done |= {"address": chat_address(change.chat), "message": id_of(change.message_id)}
        for number, emoji in enumerate(emoji for emoji in old if emoji not in new):
            yield ReactionRemoved(key=self._part(f"removed:{number}"), reaction=emoji, **done)
        for number, emoji in enumerate(emoji for emoji in new if emoji not in old):
            yield ReactionAdded(key=self._part(f"added:{number}"), reaction=emoji, **done)

    def _vote(self, answer: shape.PollAnswer) -> Iterator[Event]:
        poll = self._known.polls.get(answer.poll_id)
        if poll and _is_person(answer.user):
            yield PollVoted(
                key=self._key,
                at=self._known.at,
                actor=actor_of(answer.user),
                address=Address(platform=PLATFORM, chat=poll["chat"]),
                poll=poll["key"],
                options=tuple(answer.option_ids),
            )

    # --- who is where -------------------------------------------------------------------------------------------------

    def _member(self, change: shape.ChatMemberUpdated) -> Iterator[Event]:
        user = change.new_chat_member.user
        if not _is_person(user) or change.chat.type not in ("group", "supergroup"):
            return
        done: dict[str, Any] = {"at": moment(change.date), "actor": actor_of(user)}
        done |= {"address": chat_address(change.chat)}
        was_in, is_in = _is_in(change.old_chat_member), _is_in(change.new_chat_member)
        if is_in and not was_in:
            yield MemberJoined(key=self._part("joined"), **done)
        managed, manages = (one.status in ADMINS for one in (change.old_chat_member, change.new_chat_member))
        if managed != manages:
            yield PowersChanged(key=self._part("powers"), is_manager=manages, **done)
        if was_in and not is_in:
            yield MemberLeft(key=self._part("left"), **done)

    def _own_place(self, change: shape.ChatMemberUpdated) -> Iterator[Event]:
        """Where the bot itself is, and may do what; in private that is whether a person has blocked it."""
        address, at, actor = chat_address(change.chat), moment(change.date), actor_of(change.from_)
        was_in, is_in = _is_in(change.old_chat_member), _is_in(change.new_chat_member)
        if address.private:
            yield ContactChanged(key=self._key, at=at, actor=actor, address=address, is_open=is_in)
        elif change.chat.type != "channel":
            cause = _CAUSES[was_in, is_in]
            yield PlaceSeen(
                key=self._key,
                at=at,
                address=address,
                title=clean_text(change.chat.title),
                cause=cause,
                is_in=is_in,
                by=actor,
            )

    def _join_request(self, request: shape.ChatJoinRequest) -> Iterator[Event]:
        yield JoinRequested(
            key=self._key, at=moment(request.date), actor=actor_of(request.from_), address=chat_address(request.chat)
        )


_CAUSES: dict[tuple[bool, bool], Any] = {
    (False, True): "added",
    (True, False): "removed",
    (True, True): "changed",
    (False, False): "changed",
}


def text_of(message: shape.Message) -> str:
    """The words of a message, or those below its file."""
    return clean_text(message.text or message.caption or "")


def attachments_of(message: shape.Message) -> tuple[Attachment, ...]:
    """The files of a message: one at most, as each of an album is a message of its own."""
    if message.photo:
        return (_attachment(message.photo[-1], "photo.jpg", "image/jpeg"),)
    for kind, (name, media_type) in _FILES.items():
        file: shape.File | None = getattr(message, kind)
        if file is not None:
            return (_attachment(file, file.file_name or name, file.mime_type or media_type),)
    return ()


def _attachment(file: shape.File, name: str, media_type: str) -> Attachment:
    return Attachment(
        name=clean_text(name),
        media_type=clean_text(media_type),
        size=file.file_size,
        ref=clean_text(file.file_id),
        identity=clean_text(file.file_unique_id),
    )


_FILES = {
    "document": ("file", "application/octet-stream"),
    "voice": ("voice.ogg", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
}


def _command(name: str, text: str, said: dict[str, Any]) -> CommandInvoked:
    """A link that opens the private chat arrives as `/start PARAMETER`, as if the person had typed it."""
    if name == "start" and text and said["address"].private:
        linked_name, linked_text = linked(text)
        return CommandInvoked(name=linked_name or "start", text=linked_text, via="link", **said)
    return CommandInvoked(name=name, text=text, **said)


def _is_person(user: shape.User | None) -> TypeGuard[shape.User]:
    return user is not None and not user.is_bot


def _is_in(member: shape.ChatMember) -> bool:
    return is_in({"status": member.status, "is_member": member.is_member})


def _emojis(reactions: list[shape.ReactionType]) -> list[str]:
    """Custom emoji are pictures of somebody's own: they mean nothing to a rule."""
    those = (clean_text(one.emoji) for one in reactions if one.type == "emoji" and one.emoji)
    return [_FULL.get(emoji, emoji) for emoji in those]

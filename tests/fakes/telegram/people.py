"""What people say and send, each with the updates it makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.hearing import hears, stands, tell
from tests.fakes.telegram.limits import units
from tests.fakes.telegram.methods.sending import new_media
from tests.fakes.telegram.state import ANONYMOUS_ADMIN, Chat, Json, Message, User, World

Place = Chat | User | int  # a User means the private chat with the bot

_FOUND = {
    "bot_command": re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@\w+)?"),
    "mention": re.compile(r"(?<![\w/])@\w{4,}"),
    "hashtag": re.compile(r"(?<!\w)#\w+"),
    "url": re.compile(r"https?://[^\s]+"),
}
PNG = b"\x89PNG\r\n\x1a\n"


def entities_in(text: str) -> list[Json]:
    """What the server marks by itself."""
    found = [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
        for kind, pattern in _FOUND.items()
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda entity: entity["offset"])


class People:
    """Mixed into FakeTelegram. Everything returns at once; the bot hears of it when it asks."""

    world: World

    def chat_at(self, place: Place) -> Chat:
        """The chat as people find it: a group that became a supergroup is the supergroup."""
        if isinstance(place, User):
            return self.world.private(place)
        chat = self.world.chats[place] if isinstance(place, int) else place
        while chat.migrated_to is not None:
            chat = chat.migrated_to
        return chat

    def says(
        self,
        user: User,
        place: Place,
        text: str,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        entities: Sequence[Json] | None = None,
    ) -> int:
        """Posts a text; gives its message id. Commands, mentions, hashtags and links are marked unless `entities`."""
        marks = list(entities) if entities is not None else entities_in(text)
        message = self._posts(user, place, topic=topic, reply_to=reply_to, text=text, entities=marks)
        tell(self.world, "message", message)
        return message.id

    def says_anonymously(self, place: Place, text: str) -> int:
        """An administrator writes as the group itself: nobody can tell who it was."""
        group = User(id=ANONYMOUS_ADMIN, first_name="Group", username="GroupAnonymousBot", is_bot=True)
        chat = self.chat_at(place)
        message = self.world.post(chat, group, text=text, entities=entities_in(text), is_anonymous=True)
        tell(self.world, "message", message)
        return message.id

    def edits(self, user: User, place: Place, message_id: int, text: str) -> None:
        """Changes the text or the caption of an own message."""
        message = self.chat_at(place).messages[message_id]
        assert message.sender is user, "people edit their own messages only"
        if message.media is None:
            message.text = text
        else:
            message.caption = text
        message.entities = entities_in(text)
        message.edited_at = self.world.seconds
        tell(self.world, "edited_message", message)

    def sends_photo(self, user: User, place: Place, content: bytes = PNG, **more: Any) -> int:
        """`more`: caption, reply_to, topic."""
        return self._sends(user, place, "photo", content, name=None, mime=None, **more)

    def sends_document(
        self,
        user: User,
        place: Place,
        content: bytes = b"text",
        *,
        name: str = "work.txt",
        mime: str = "text/plain",
        **more: Any,
    ) -> int:
        return self._sends(user, place, "document", content, name=name, mime=mime, **more)

    def sends_voice(self, user: User, place: Place, content: bytes = b"OggS", **more: Any) -> int:
        return self._sends(user, place, "voice", content, name=None, mime="audio/ogg", **more)

    def sends_video(self, user: User, place: Place, content: bytes = b"ftyp", **more: Any) -> int:
        return self._sends(user, place, "video", content, name="clip.mp4", mime="video/mp4", **more)

    def sends_album(
        self, user: User, place: Place, photos: Sequence[bytes] = (PNG, PNG), *, caption: str | None = None, **more: Any
    ) -> list[int]:
        """One update per photo, with one media_group_id; the first carries the caption."""
        album = str(20_000_000_000 + self.world.number())
        captions = [caption, *[None] * (len(photos) - 1)]
        return [
            self._sends(user, place, "photo", photo, name=None, mime=None, caption=text, album=album, **more)
            for photo, text in zip(photos, captions, strict=True)
        ]

    def forwards(self, user: User, source: Place, message_id: int, place: Place) -> int:
        """Forwards a message that is there into another chat, to the bot say."""
        it = self.chat_at(source).messages[message_id]
        origin = {"type": "user", "date": it.date, "sender_user": shapes.user(it.sender)}
        content = {name: getattr(it, name) for name in ("text", "caption", "entities", "media", "poll")}
        message = self._posts(user, place, origin=origin, **content)
        tell(self.world, "message", message)
        return message.id

    def _sends(
        self,
        user: User,
        place: Place,
        kind: str,
        content: bytes,
        *,
        name: str | None,
        mime: str | None,
        caption: str | None = None,
        **more: Any,
    ) -> int:
        media = new_media(self.world, kind, content, name=name, mime=mime)
        marks = entities_in(caption or "")
        message = self._posts(user, place, media=media, caption=caption, entities=marks, **more)
        tell(self.world, "message", message)
        return message.id

    def _posts(self, user: User, place: Place, *, topic: int | None = None, **content: Any) -> Message:
        """Whoever writes to the bot has opened the private chat."""
        chat = self.chat_at(place)
        above = chat.messages.get(content.get("reply_to") or 0)
        if topic is None and above is not None:
            topic = above.topic
        if chat.is_private:
            assert chat.owner is user, "a private chat is with oneself and the bot"
            assert not chat.is_blocked, "unblock the bot first"
            chat.is_started = True
        else:
            assert chat.member(user).is_in, f"{user.first_name} is not in {chat.title}"
            assert topic is None or topic in chat.topics, f"there is no topic {topic}"
        return self.world.post(chat, user, topic=topic, **content)

    def starts(self, user: User, payload: str | None = None) -> int:
        """Presses Start, perhaps after a deep link; lets a blocked bot in again."""
        if self.world.private(user).is_blocked:
            self.unblocks(user)
        return self.says(user, user, f"/start {payload}" if payload else "/start")

    def blocks(self, user: User) -> None:
        """The bot hears it as `my_chat_member`, in the private chat."""
        self._may_write(user, is_allowed=False)

    def unblocks(self, user: User) -> None:
        self._may_write(user, is_allowed=True)

    def _may_write(self, user: User, *, is_allowed: bool) -> None:
        chat = self.world.private(user)
        before = chat.member(self.world.bot)
        before.status = "kicked" if chat.is_blocked else "member"
        chat.is_blocked = not is_allowed
        stands(self.world, chat, before, user, status="member" if is_allowed else "kicked")

    def heard(self, place: Place, message_id: int) -> bool:
        """Whether the bot would get to know of this message."""
        return hears(self.world, self.chat_at(place).messages[message_id])

"""What people do with what is there: press, react, vote."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.telegram import shapes
from tests.fakes.telegram.hearing import tell, tell_as_admin
from tests.fakes.telegram.limits import REACTIONS, bare
from tests.fakes.telegram.people import People, Place
from tests.fakes.telegram.state import Chat, Message, Query, User


class Touches(People):
    """Mixed into FakeTelegram."""

    def presses(self, user: User, place: Place, message_id: int, label: str) -> str | None:
        """Presses the button whose label has these words; the id of the callback query, if one is made.

        A link to the bot (`https://t.me/BOT?start=…`) opens the private chat and presses Start there.
        """
        message = self.chat_at(place).messages[message_id]
        button = _button(message, label)
        if "url" in button:
            self.opens(user, button["url"])
            return None
        return self.presses_data(user, place, message_id, button["callback_data"])

    def presses_data(self, user: User, place: Place, message_id: int, data: str) -> str:
        """A press with this callback data, even of a button that is not there any more (an old client, a forger)."""
        chat = self.chat_at(place)
        query = Query(id=str(4_000_000_000 + self.world.number()), user=user, asked_at=self.world.now())
        self.world.queries[query.id] = query
        message = chat.messages.get(message_id)
        gone = {"chat": shapes.chat(chat), "message_id": message_id, "date": 0}
        body = {
            "id": query.id,
            "from": shapes.user(user),
            "message": shapes.message(message) if message else gone,
            "chat_instance": str(-7_000_000_000_000_000_000 + chat.id),
            "data": data,
        }
        self.world.inbox.push("callback_query", body)
        return query.id

    def opens(self, user: User, url: str) -> None:
        """Follows a link; one to the bot with a start parameter starts it."""
        parts = urlsplit(url)
        is_ours = parts.path.strip("/").lower() == (self.world.bot.username or "").lower()
        if parts.netloc in {"t.me", "telegram.me"} and is_ours:
            self.starts(user, parse_qs(parts.query).get("start", [None])[0])

    def reacts(self, user: User, place: Place, message_id: int, emoji: str, *, add: bool = True) -> None:
        """Adds a reaction or takes it back; the bot hears it as an administrator, and if it asked for it."""
        chat, emoji = self.chat_at(place), bare(emoji)
        assert emoji in REACTIONS, f"{emoji} is no reaction"
        message = chat.messages[message_id]
        old = message.reactions.get(user.id, [])
        new = [each for each in old if each != emoji] + ([emoji] if add else [])
        message.reactions[user.id] = new
        body = {
            "chat": shapes.chat(chat),
            "message_id": message_id,
            "user": shapes.user(user),
            "date": self.world.seconds,
            "old_reaction": shapes.reactions(old),
            "new_reaction": shapes.reactions(new),
        }
        tell_as_admin(self.world, chat, "message_reaction", body)

    def votes(self, user: User, place: Place, message_id: int, *options: str) -> None:
        """Votes for these options; none takes the vote back. The bot hears of its own polls."""
        message = self.chat_at(place).messages[message_id]
        poll = message.poll
        assert poll is not None, "there is no poll in this message"
        assert not poll.is_closed, "the poll is closed"
        chosen = tuple(poll.options.index(option) for option in options)
        assert len(chosen) <= 1 or poll.allows_multiple_answers, "one answer only"
        poll.votes[user.id] = chosen
        if message.sender is not self.world.bot:
            return
        self.world.inbox.push("poll", shapes.poll(poll))
        if not poll.is_anonymous:
            answer = {
                "poll_id": poll.id,
                "user": shapes.user(user),
                "option_ids": list(chosen),
                "option_persistent_ids": [f"{poll.id}-{index}" for index in chosen],
            }
            self.world.inbox.push("poll_answer", answer)

    def pins(self, user: User, place: Place, message_id: int) -> None:
        """Pins as a person; the bot hears the service message."""
        chat: Chat = self.chat_at(place)
        chat.pinned.append(message_id)
        note = {"pinned_message": shapes.message(chat.messages[message_id], with_reply=False)}
        self._notes(chat, user, **note)

    def deletes(self, place: Place, message_id: int) -> None:
        """Takes a message away; no bot ever hears of that."""
        chat = self.chat_at(place)
        del chat.messages[message_id]
        chat.pinned = [number for number in chat.pinned if number != message_id]

    def _notes(self, chat: Chat, user: User, **service: Any) -> Message:
        """A service message that the bot hears if it is there."""
        message = self.world.post(chat, user, service=service)
        tell(self.world, "message", message)
        return message


def _button(message: Message, label: str) -> dict[str, Any]:
    rows = (message.markup or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    found = [button for button in buttons if button["text"] == label] or [
        button for button in buttons if label in button["text"]
    ]
    assert found, f"no button {label!r}, only {[button['text'] for button in buttons]}"
    return dict(found[0])

"""The Bot API server of the tests as a town: it answers late now and then, so that kills fall between both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bench.crash.course import space
from bench.crash.town import Asked, Heard, some_of
from bench.crash.values import MAIN, READER, ROOMS, STAFF, Posted
from tests.fakes.telegram import Chat, FakeTelegram, User

_FOR_EVER = 10**9
_LATE = ((0.15, 0.3), (0.5, 0.08))  # the share of what is sent, and how many seconds later it is answered


class TelegramTown:
    """Whoever is in it is in all its groups, and has opened the private chat."""

    platform, workers, keeps_every_edit, is_exact = "telegram", 1, True, False
    seldom: Mapping[str, float] = MappingProxyType({"run": 15.0, "question": 15.0, "newcomer": 0.5})

    def __init__(self, server: FakeTelegram, chance: random.Random) -> None:
        self._server = server
        self._chen = server.person("Chen", username="chen")
        self._people: dict[str, User] = {"chen": self._chen}
        self._rooms: dict[str, Chat] = {
            room: server.group(room, owner=self._chen, bot="administrator") for room in (*ROOMS, STAFF)
        }
        self._posted: list[Posted] = []
        self.life = 0
        self._asked = False
        for share, seconds in _LATE:
            server.fail("sendMessage", "slow", _FOR_EVER, some_of(chance, share), seconds=seconds)

    # --- the process --------------------------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        return {"token": "env:TELEGRAM_TOKEN", "api": self._server.url}

    def spaces(self) -> list[dict[str, Any]]:
        return [space(room, telegram=chat.id) for room, chat in self._rooms.items()]

    def admin(self) -> str:
        return f"telegram:{self._chen.id}"

    def launched(self) -> None:
        self._asked = False

    async def is_at_work(self) -> bool:
        self._take()
        return self._asked

    def killed(self) -> None:
        self._take()

    # --- people -------------------------------------------------------------------------------------------------------

    async def enter(self, name: str) -> str:
        user = self._people[name] = self._server.person(name, username=name)
        for room in ROOMS:
            self._rooms[room].member(user).status = "member"
        if not name.startswith(READER):  # all that they are told is what they ask for
            self._server.starts(user)
        return str(user.id)

    async def says(self, name: str, room: str, text: str) -> tuple[str, str]:
        user = self._people[name]
        place = self._rooms.get(room, user)
        id = self._server.says(user, place, text)
        chat = place.id
        return str(id), f"message telegram:{chat}:{id}"

    async def edits(self, name: str, room: str, message: str, text: str) -> None:
        self._server.edits(self._people[name], self._rooms[room], int(message), text)

    async def asks(self, name: str, room: str, command: str, **options: str) -> Asked:
        await self.says(name, room, " ".join([f"/{command}", *options.values()]))
        world = self._server.world
        return Asked(cause=f"telegram:{world.bot.id}:{world.inbox.next_id - 1}")  # that of the update just queued

    async def presses(self, name: str) -> Heard | None:
        main = self._rooms[MAIN]
        for message in reversed(main.messages.values()):
            for row in (message.markup or {}).get("inline_keyboard", []):
                if row[0].get("callback_data", "").startswith("checkin"):
                    self._server.presses_data(self._people[name], main, message.id, row[0]["callback_data"])
                    return lambda: True
        return None

    # --- the bot ------------------------------------------------------------------------------------------------------

    def is_quiet(self) -> bool:
        return self._server.pending == 0

    @property
    def posts(self) -> int:
        calls = sum(call.method == "sendMessage" for call in self._server.calls)
        return len(self._posted) + calls

    def posted(self) -> list[Posted]:
        self._take()
        return self._posted

    def shown(self) -> dict[tuple[str, str], str]:
        chats = self._rooms.values()
        return {(str(chat.id), str(id)): one.words for chat in chats for id, one in chat.messages.items()}

    def _take(self) -> None:
        """What was sent, out of the log of calls, which would grow for ever; what is not answered yet stays there."""
        calls = self._server.calls
        open_ = [call for call in calls if not call.answer and call.method.startswith("send")]
        for call in calls:
            self._asked |= call.method == "getUpdates"
            done = call.answer.get("result")
            if call.method.startswith("send") and isinstance(done, dict) and "message_id" in done:
                text = done.get("text") or done.get("caption") or ""
                room, id = str(done["chat"]["id"]), str(done["message_id"])
                self._posted.append(Posted(room=room, id=id, text=text, life=self.life))
        calls[:] = open_

    async def close(self) -> None:
        await self._server.__aexit__(None, None, None)


async def opened(chance: random.Random, now: Any) -> TelegramTown:
    """A running server. What the bot must know of it by the environment: TELEGRAM_TOKEN."""
    server = await FakeTelegram(wall=now, longest_poll=5.0).__aenter__()
    return TelegramTown(server, chance)

"""The Discord of the tests as a town: it answers late now and then, so that kills fall between both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bench.crash.course import space
from bench.crash.town import Asked, Heard, some_of
from bench.crash.values import MAIN, ROOMS, STAFF, Posted
from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.fakes.discord.people import buttons

_FOR_EVER = 10**9
_LATE = ((0.15, 0.3), (0.5, 0.08))  # the share of what is sent, and how many seconds later it is answered
_SENDING = "POST /channels/*/messages"


class DiscordTown:
    """Whoever is in it is in its one server."""

    platform, workers, keeps_every_edit, is_exact = "discord", 1, False, True
    seldom: Mapping[str, float] = MappingProxyType({"run": 3.0, "question": 3.0})

    def __init__(self, server: FakeDiscord, chance: random.Random) -> None:
        self._server = server
        self._chen = server.person("Chen")
        self._people: dict[str, User] = {"chen": self._chen}
        self._guild = server.guild("Writing camp", self._chen)
        server.makes_admin(self._chen, self._guild)
        self._rooms: dict[str, Channel] = {room: server.channel(self._guild, room) for room in (*ROOMS, STAFF)}
        server.gateway.limits = GatewayLimits.off()
        server.world.starts_left = _FOR_EVER
        self.life = self.posts = 0
        self._posted: dict[str, Posted] = {}
        self._identifies = 0
        for share, seconds in _LATE:
            server.fail(_SENDING, "slow", _FOR_EVER, some_of(chance, share), seconds=seconds)

    # --- the process --------------------------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        return {"token": "env:DISCORD_TOKEN", "api": self._server.api, "gateway": self._server.gateway_url}

    def spaces(self) -> list[dict[str, Any]]:
        return [space(room, discord=channel.id) for room, channel in self._rooms.items()]

    def admin(self) -> str:
        return f"discord:{self._chen.id}"

    def launched(self) -> None:
        self._identifies = self._server.gateway.identifies

    async def is_at_work(self) -> bool:
        self._take()
        return self._server.gateway.identifies > self._identifies

    def killed(self) -> None:
        self._take()
        sessions = self._server.gateway.sessions  # nobody resumes them; each would keep all that is said from now on
        for id in [id for id, session in sessions.items() if session.connection is None]:
            del sessions[id]

    # --- people -------------------------------------------------------------------------------------------------------

    async def enter(self, name: str) -> str:
        user = self._people[name] = self._server.person(name)
        self._server.joins(user, self._guild)
        return str(user.id)

    async def says(self, name: str, room: str, text: str) -> tuple[str, str]:
        user = self._people[name]
        place = self._place(name, room)
        id = self._server.says(user, place, text)
        return str(id), f"message discord:{place.id}:{id}"

    async def edits(self, name: str, room: str, message: str, text: str) -> None:
        self._server.edits(self._people[name], self._rooms[room], int(message), text)

    async def asks(self, name: str, room: str, command: str, **options: str) -> Asked:
        """Nobody is told again of what was asked while the bot was away: who asks sees that it has failed."""
        if not self._server.world.commands.get(None):
            return Asked(cause="", is_heard=lambda: False)
        given: dict[str, Any] = {key: self._people.get(value, value) for key, value in options.items()}
        asked = self._server.types_command(self._people[name], self._place(name, room), command, given)
        return Asked(cause=f"discord:{self._server.bot}:interaction:{asked}", is_heard=self._answered(asked))

    async def presses(self, name: str) -> Heard | None:
        main = self._rooms[MAIN]
        for message in reversed(main.messages.values()):
            for button in buttons(message):
                if button.get("custom_id", "").startswith("checkin"):
                    pressed = self._server.presses_id(self._people[name], main, message.id, button["custom_id"])
                    return self._answered(pressed)
        return None

    def _place(self, name: str, room: str) -> Channel:
        return self._rooms.get(room) or self._server.channel_at(self._people[name])

    def _answered(self, interaction: int) -> Heard:
        return lambda: self._server.world.interactions[interaction].is_answered

    # --- the bot ------------------------------------------------------------------------------------------------------

    def is_quiet(self) -> bool:
        return True

    def posted(self) -> list[Posted]:
        self._take()
        return list(self._posted.values())

    def shown(self) -> dict[tuple[str, str], str]:
        rooms = self._rooms.values()
        return {(str(room.id), str(id)): one.content for room in rooms for id, one in room.messages.items()}

    def _take(self) -> None:
        """What was posted, out of the log of calls, which would grow for ever; by its id, as a nonce finds it again.

        Not as it stands there now: some messages are taken back after a while.
        """
        calls = self._server.calls
        for call in calls:
            done = call.answer
            if call.method == "POST" and call.route == "/channels/{channel}/messages" and isinstance(done, dict):
                self.posts += 1
                if "id" in done:
                    room = _room(self._server.world.channels[int(done["channel_id"])])
                    one = Posted(room=room, id=done["id"], text=done["content"], life=self.life)
                    self._posted.setdefault(one.id, one)
        calls[:] = [call for call in calls if call.status == 0]

    async def close(self) -> None:
        await self._server.__aexit__(None, None, None)


def _room(channel: Channel) -> str:
    if channel.person is not None:
        return str(channel.person.id)
    return str(channel.parent.id if channel.is_thread and channel.parent else channel.id)


async def opened(chance: random.Random, now: Any) -> DiscordTown:
    """A running server. What the bot must know of it by the environment: DISCORD_TOKEN."""
    server = await FakeDiscord(now=now, limits=Limits.off()).__aenter__()
    return DiscordTown(server, chance)

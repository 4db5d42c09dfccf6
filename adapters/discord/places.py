"""How the bot stands in servers and channels: told when it comes, goes, or what it may do there changes."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, Protocol

import discord
from msgspec import structs

from adapters.discord.errors import FAILURES
from adapters.discord.standing import Here, Json, in_channel, lacks_of
from adapters.discord.traits import PLATFORM
from bot.domain.errors import StorageTrouble
from bot.domain.events import PlaceSeen
from bot.domain.ids import EventKey
from bot.domain.places import Address
from bot.domain.ports import AdapterStore, Clock, Sink

log = logging.getLogger(__name__)

Cause = Literal["added", "removed", "changed", "asked", "start"]

_KIND = "guild"
"""Documents of the servers that the bot is known to be in, by their ids."""

OUR_ROLES = "role"
"""Documents of our roles by `SERVER:COURSE:MARK`: the role's id, and what we called it."""

_MOST_ROLES = 10_000  # of ours, on all servers
_PAUSE = 2.0  # seconds: who tidies up roles changes several in a row
_TEXT = (0, 5)  # channels that one may say hello in: text, announcements
_OF_RIGHTS = (
    "GUILD_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
    "CHANNEL_UPDATE",
    "GUILD_MEMBER_UPDATE",
)


class Call(Protocol):
    """Asks something of the API."""

    async def __call__(self, method: str, path: str, *args: Any, **ids: Any) -> Any: ...


class Places:
    """Knows which server each channel is in, and how the bot stood in the course's channels when it last looked."""

    def __init__(
        self, call: Call, store: AdapterStore, bot: str, bound: Callable[[], Iterable[Address]], clock: Clock
    ) -> None:
        self._call = call
        self._store = store
        self._bot = bot
        self._bound = bound
        self._clock = clock
        self._guilds: dict[str, str] = {}  # by channel
        self._lacks: dict[str, tuple[str, ...]] = {}  # by channel
        self._present: set[str] = set()  # servers that this process has heard of; one in an outage stays
        self._doubtful: set[str] = set()  # servers in which something has changed
        self._woken = asyncio.Event()

    # --- what the gateway tells ---------------------------------------------------------------------------------------

    async def heard(self, name: str, data: Json) -> list[PlaceSeen]:
        """Learn from a raw event; what follows from it at once."""
        match name:
            case "READY":
                self._present |= {guild["id"] for guild in data["guilds"]}  # of this shard
            case "GUILD_CREATE" if not data.get("unavailable"):
                return await self._entered(data)
            case "GUILD_DELETE" if not data.get("unavailable"):
                return await self._left(data["id"])
            case "CHANNEL_CREATE":
                self._learn(data)
            case "CHANNEL_DELETE":
                return self._gone([data["id"]]) if data["id"] in self._rooms() else []
            case _ if name in _OF_RIGHTS:
                self._doubt(name, data)
        return []

    async def _entered(self, guild: Json) -> list[PlaceSeen]:
        for channel in guild.get("channels", ()):
            self._learn({**channel, "guild_id": guild["id"]})
        is_known = await self._store.get(_KIND, guild["id"]) is not None
        if not is_known:
            await self._store.put(_KIND, guild["id"], {})
        came_just_now = guild["id"] not in self._present
        self._present.add(guild["id"])
        lives_here = [channel for channel in guild.get("channels", ()) if channel["id"] in self._rooms()]
        is_news = came_just_now or not (is_known or lives_here)
        here = self._here(guild)
        if here is None or not is_news:
            return []  # what has changed while nobody listened is seen by `look_around`
        greeted = room_to_greet(here)
        return [await self._seen(one, here, "added") for one in lives_here or ([greeted] if greeted else [])]

    def _here(self, guild: Json) -> Here | None:
        mine = [one for one in guild.get("members", ()) if one["user"]["id"] == self._bot]
        return Here(guild, mine[0], self._bot) if mine else None

    async def _left(self, guild: str) -> list[PlaceSeen]:
        self._present.discard(guild)
        await self._store.delete(_KIND, guild)
        return self._gone([room for room in self._rooms() if self._guilds.get(room) == guild])

    def _gone(self, rooms: Iterable[str]) -> list[PlaceSeen]:
        return [self._absent(room, "removed") for room in rooms]

    def _learn(self, channel: Json) -> None:
        if "guild_id" in channel:
            self._guilds[channel["id"]] = channel["guild_id"]

    def _doubt(self, name: str, data: Json) -> None:
        if name == "GUILD_MEMBER_UPDATE" and data["user"]["id"] != self._bot:
            return
        if name == "CHANNEL_UPDATE" and data["id"] not in self._rooms():
            return
        self._doubtful.add(data["id"] if name == "GUILD_UPDATE" else data["guild_id"])
        self._woken.set()

    # --- looking ------------------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Look once at everything, then again wherever something has changed, for ever."""
        await self.look_around(sink)
        while True:
            await self._woken.wait()
            await asyncio.sleep(_PAUSE)
            self._woken.clear()
            await self.look_again(sink)

    async def look_around(self, sink: Sink) -> None:
        """How things stand in each of the course's channels; told at most once a day."""
        for room in self._rooms():
            if seen := await self._looked(room, "start"):
                key = EventKey(f"{PLATFORM}:{self._bot}:seen:{room}:{seen.at.date()}")
                await self._tell(sink, seen, key)

    async def look_again(self, sink: Sink) -> None:
        """Tell what has changed where something may have."""
        guilds, self._doubtful = self._doubtful, set()
        for room in [room for room in self._rooms() if self._guilds.get(room) in guilds]:
            before = self._lacks.get(room)
            seen = await self._looked(room, "changed")
            if seen and (seen.lacks != before or not seen.is_in):
                await self._tell(sink, seen, seen.key)

    async def asked(self, address: Address, key: EventKey) -> PlaceSeen:
        """How things stand in this channel. Raises what `errors.outcome_of` understands."""
        return _with_key(await self._look(address.room, "asked"), key)

    async def _looked(self, room: str, cause: Cause) -> PlaceSeen | None:
        try:
            return await self._look(room, cause)
        except FAILURES as error:
            log.warning("how the bot stands in a channel is not known: %s", type(error).__name__)
            return None

    async def _look(self, room: str, cause: Cause) -> PlaceSeen:
        """A channel that is there and that it may not see is known by its server only."""
        try:
            channel = await self._call("GET", "/channels/{channel_id}", channel_id=room)
            here = await here_in(self._call, channel.get("guild_id", ""), self._bot)
        except discord.NotFound:
            return self._absent(room, cause)
        except discord.Forbidden:
            return await self._unseen(room, cause)
        self._learn(channel)
        return await self._seen(channel, here, cause)

    async def _unseen(self, room: str, cause: Cause) -> PlaceSeen:
        guild = self._guilds.get(room)
        if guild is None:
            return self._absent(room, cause)
        try:
            here = await here_in(self._call, guild, self._bot)
        except (discord.NotFound, discord.Forbidden):
            return self._absent(room, cause)
        hidden = {"id": room, "permission_overwrites": _hides(guild)}
        return await self._seen(hidden, here, cause)

    async def _tell(self, sink: Sink, seen: PlaceSeen, key: EventKey) -> None:
        try:
            await sink([_with_key(seen, key)])
        except StorageTrouble:
            log.warning("how the bot stands in a channel could not be told now")

    # --- what is told -------------------------------------------------------------------------------------------------

    async def _seen(self, channel: Json, here: Here, cause: Cause) -> PlaceSeen:
        self._lacks[channel["id"]] = lacks = lacks_of(here, channel, await self._marks(here.guild["id"]))
        title = f"{here.guild.get('name', '')} #{channel['name']}" if channel.get("name") else ""
        return self._event(channel["id"], cause, title=title, lacks=lacks)

    async def _marks(self, guild: str) -> set[str]:
        """The ids of the roles that we made there."""
        documents = await self._store.since(OUR_ROLES, 0, limit=_MOST_ROLES)
        return {one.value["id"] for one in documents if one.key.startswith(f"{guild}:")}

    def _absent(self, room: str, cause: Cause) -> PlaceSeen:
        self._lacks.pop(room, None)
        return self._event(room, cause, is_in=False)

    def _event(self, room: str, cause: Cause, *, title: str = "", **more: Any) -> PlaceSeen:
        now = self._clock.now()
        key = EventKey(f"{PLATFORM}:{self._bot}:{cause}:{room}:{now.isoformat()}")
        return PlaceSeen(
            key=key, at=now, address=Address(platform=PLATFORM, chat=room), title=title, cause=cause, **more
        )

    def _rooms(self) -> Collection[str]:
        """The course's channels, each once."""
        return dict.fromkeys(address.room for address in self._bound() if not address.private)


def _with_key(seen: PlaceSeen, key: EventKey) -> PlaceSeen:
    return structs.replace(seen, key=key)


def _hides(guild: str) -> list[Mapping[str, Any]]:
    """What a channel must have that its server shows and that we may not read."""
    view = discord.Permissions(view_channel=True).value
    return [{"id": guild, "type": 0, "allow": "0", "deny": str(view)}]


async def here_in(call: Call, guild: str, bot: str) -> Here:
    """The bot in a server, as it is now. Raises what `errors.outcome_of` understands."""
    found = await call("GET", "/guilds/{guild_id}", guild_id=guild)
    member = await call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=bot)
    return Here(found, member, bot)


def room_to_greet(here: Here) -> Json | None:
    """The channel where Discord itself says hello, else the first one where the bot may write."""
    channels = [one for one in here.guild.get("channels", ()) if one["type"] in _TEXT]
    system = here.guild.get("system_channel_id")
    channels.sort(key=lambda one: (one["id"] != system, one.get("position", 0), int(one["id"])))

    def may_write(channel: Json) -> bool:
        may = in_channel(here, channel)
        return may.view_channel and may.send_messages

    return next(filter(may_write, channels), None)

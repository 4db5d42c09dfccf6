"""What comes into the bot's sight and goes out of it: servers and channels, by invitations, rights and outages."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from adapters.discord.homes import Homes
from adapters.discord.rooms import Room, Rooms
from adapters.discord.standing import Here, in_channel

_OF_CHANNELS = ("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE")
_OF_SERVERS = ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE")
_WITHIN_SERVERS = ("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "THREAD_LIST_SYNC")


class Changed(NamedTuple):
    """The ids of channels and threads of courses that the bot sees now, and of those that it does not see any more."""

    shown: set[str]
    hidden: set[str]


class Sight:
    """What `rooms` learn, compared with what they knew."""

    def __init__(self, rooms: Rooms, homes: Homes) -> None:
        self._rooms = rooms
        self._homes = homes

    def learn(self, name: str, data: Mapping[str, Any]) -> Changed:
        """Take in one raw event. A server that comes back after an outage has changed, too."""
        before = self._seen(name, data)
        self._rooms.learn(name, data)
        after = self._seen(name, data)
        if name == "GUILD_DELETE" and data.get("unavailable"):
            return Changed(set(), before)
        return Changed(after if name == "GUILD_CREATE" else after - before, before - after)

    def _seen(self, name: str, data: Mapping[str, Any]) -> set[str]:
        """Of the places that such an event may show or hide, those that the bot sees."""
        mine = [room for room in self._touched(name, data) if self._homes.hold_room(room)]
        return {room.id for room in mine if self._sees(room)}

    def _touched(self, name: str, data: Mapping[str, Any]) -> Iterable[Room]:
        if name in _OF_CHANNELS:
            return [*self._known(data["id"]), *self._rooms.threads_of(str(data["id"]))]
        if name == "THREAD_CREATE" and not data.get("newly_created"):  # the bot was added to it, or it is open again
            return self._known(data["id"])
        if name in _OF_SERVERS:
            return self._rooms.rooms_of(str(data["id"]))
        is_own = name == "GUILD_MEMBER_UPDATE" and str(data["user"]["id"]) == self._rooms.bot
        return self._rooms.rooms_of(str(data["guild_id"])) if is_own or name in _WITHIN_SERVERS else ()

    def _known(self, id: object) -> list[Room]:
        room = self._rooms.room(str(id))
        return [room] if room else []

    def _sees(self, room: Room) -> bool:
        """A thread is seen with its channel."""
        guild = self._rooms.guild(room.guild)
        channel = self._rooms.room(room.parent or "") if room.is_thread else room
        if guild is None or channel is None:
            return False
        roles = [{"id": role.id, "permissions": role.permissions} for role in guild.roles.values()]
        here = Here(
            {"id": guild.id, "owner_id": guild.owner, "roles": roles}, {"roles": guild.own_roles}, self._rooms.bot
        )
        return in_channel(here, {"permission_overwrites": channel.overwrites}).view_channel

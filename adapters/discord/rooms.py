"""What channels and servers there are, learned from the gateway's raw events, and nowhere else asked for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from adapters.discord.traits import PLATFORM
from bot.domain.places import Address

THREADS = (10, 11, 12)
FORUMS = (15, 16)
_PRIVATE, _PRIVATE_THREAD = 1, 12  # types of channels
_ADMINISTRATOR, _VIEW = 1 << 3, 1 << 10  # permissions


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A channel, or a thread or forum post, whose `parent` is its channel (of a channel: its category)."""

    id: str
    guild: str
    parent: str | None = None
    type: int = 0
    name: str = ""
    last_message: str | None = None
    tags: tuple[tuple[str, str], ...] = ()  # of a forum: id and name of each that a post may have
    applied: tuple[str, ...] = ()  # of a forum post: the ids of those that it has
    overwrites: tuple[Mapping[str, Any], ...] = ()  # as Discord writes them
    is_archived: bool = False

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS


class Role(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    permissions: int = 0
    position: int = 0
    is_managed: bool = False


class Guild(msgspec.Struct, frozen=True, kw_only=True):
    """A server that the bot is in; `own_roles` are the bot's, without the one that everybody has."""

    id: str
    name: str = ""
    owner: str = ""
    roles: Mapping[str, Role] = {}
    own_roles: tuple[str, ...] = ()
    own_nick: str | None = None


class Rooms:
    """The places that the bot sees. It learns in the order in which events come."""

    def __init__(self) -> None:
        self.bot = ""  # known when the first session begins
        self._rooms: dict[str, Room] = {}
        self._guilds: dict[str, Guild] = {}
        self._private: dict[str, str] = {}  # the person of each private channel
        self._lessons: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
            "READY": self._begin,
            "GUILD_CREATE": self._guild_is_there,
            "GUILD_UPDATE": self._guild_is_there,
            "GUILD_DELETE": self._guild_is_gone,
            "GUILD_ROLE_CREATE": self._role_is_there,
            "GUILD_ROLE_UPDATE": self._role_is_there,
            "GUILD_ROLE_DELETE": self._role_is_gone,
            "GUILD_MEMBER_UPDATE": self._member,
            "CHANNEL_CREATE": self._room_is_there,
            "CHANNEL_UPDATE": self._room_is_there,
            "CHANNEL_DELETE": self._room_is_gone,
            "THREAD_CREATE": self._room_is_there,
            "THREAD_UPDATE": self._room_is_there,
            "THREAD_DELETE": self._room_is_gone,
            "THREAD_LIST_SYNC": self._threads,
            "MESSAGE_CREATE": self._message,
            "INTERACTION_CREATE": self._interaction,
            "MESSAGE_REACTION_ADD": self._acted,
            "MESSAGE_POLL_VOTE_ADD": self._acted,
        }

    # --- what is known ------------------------------------------------------------------------------------------------

    def room(self, id: str) -> Room | None:
        return self._rooms.get(id)

    def rooms_of(self, guild: str) -> list[Room]:
        return [room for room in self._rooms.values() if room.guild == guild]

    def threads_of(self, channel: str) -> list[Room]:
        """The threads and posts of a channel that are known: all that are not archived."""
        return [room for room in self._rooms.values() if room.is_thread and room.parent == channel]

    def guild(self, id: str) -> Guild | None:
        return self._guilds.get(id)

    def guilds(self) -> list[Guild]:
        return list(self._guilds.values())

    def guild_of(self, address: Address) -> str | None:
        """The server that a channel or thread belongs to."""
        room = self._rooms.get(address.room)
        return room.guild if room else None

    def address_of(self, channel: str, guild: str | None) -> Address | None:
        """Where that is; None where it is not known."""
        if guild is None:
            person = self._private.get(channel)
            return Address(platform=PLATFORM, chat=person, private=True) if person else None
        room = self._rooms.get(channel)
        if room is None:
            return None
        chat = f"{room.parent}/{room.id}" if room.is_thread and room.parent else room.id
        return Address(platform=PLATFORM, chat=chat)

    def is_open(self, address: Address) -> bool:
        """Whether everybody on the server sees it, who has just come included."""
        room = self._rooms.get(address.chat.rpartition("/")[2])
        channel = self._rooms.get(address.room)
        if room is None or channel is None or room.type == _PRIVATE_THREAD:
            return False
        everybody = self._guilds.get(room.guild, Guild(id=room.guild)).roles.get(room.guild)
        found = next((one for one in channel.overwrites if str(one["id"]) == room.guild), {})
        may = ((everybody.permissions if everybody else 0) & ~int(found.get("deny") or 0)) | int(
            found.get("allow") or 0
        )
        return bool(may & (_VIEW | _ADMINISTRATOR))

    def private_channel(self, user: str) -> str | None:
        """The private channel with a person, if one has been seen."""
        return next((channel for channel, person in self._private.items() if person == user), None)

    # --- learning -----------------------------------------------------------------------------------------------------

    def met(self, channel: str, user: str) -> None:
        """This is the private channel with that person."""
        self._private[channel] = user

    def learn(self, name: str, data: Mapping[str, Any]) -> None:
        """Take in one raw event; those that tell nothing of places change nothing."""
        if lesson := self._lessons.get(name):
            lesson(data)

    def _begin(self, data: Mapping[str, Any]) -> None:
        """A session begins with the ids of all the servers that are its shard's."""
        self.bot = str(data["user"]["id"])
        shard, shards = data.get("shard") or (0, 1)
        here = {str(guild["id"]) for guild in data.get("guilds", ())}
        for id in [id for id in self._guilds if (int(id) >> 22) % shards == shard and id not in here]:
            self._forget(id)

    def _guild_is_there(self, data: Mapping[str, Any]) -> None:
        id = str(data["id"])
        if data.get("unavailable"):
            return
        known = self._guilds.get(id) or Guild(id=id)
        roles = {role.id: role for role in map(_role, data.get("roles", ()))} or known.roles
        name, owner = data.get("name") or known.name, str(data.get("owner_id") or known.owner)
        self._guilds[id] = msgspec.structs.replace(known, name=name, owner=owner, roles=roles)
        for member in data.get("members", ()):
            self._member({**member, "guild_id": id})
        if "channels" in data:  # of its threads, all that are not archived
            self._rooms = {room.id: room for room in self._rooms.values() if room.guild != id or room.is_archived}
        self._take(id, (*data.get("channels", ()), *data.get("threads", ())))

    def _guild_is_gone(self, data: Mapping[str, Any]) -> None:
        if not data.get("unavailable"):  # else it has an outage, and comes back as it was
            self._forget(str(data["id"]))

    def _forget(self, guild: str) -> None:
        self._guilds.pop(guild, None)
        self._forget_rooms(guild)

    def _forget_rooms(self, guild: str) -> None:
        self._rooms = {id: room for id, room in self._rooms.items() if room.guild != guild}

    def _role_is_there(self, data: Mapping[str, Any]) -> None:
        role = _role(data["role"])
        self._change_roles(str(data["guild_id"]), lambda roles: {**roles, role.id: role})

    def _role_is_gone(self, data: Mapping[str, Any]) -> None:
        gone = str(data["role_id"])
        self._change_roles(str(data["guild_id"]), lambda roles: {id: roles[id] for id in roles if id != gone})

    def _change_roles(self, guild: str, change: Callable[[Mapping[str, Role]], Mapping[str, Role]]) -> None:
        if known := self._guilds.get(guild):
            self._guilds[guild] = msgspec.structs.replace(known, roles=change(known.roles))

    def _member(self, data: Mapping[str, Any]) -> None:
        known = self._guilds.get(str(data["guild_id"]))
        if known and str(data["user"]["id"]) == self.bot:
            own = tuple(map(str, data.get("roles", ())))
            self._guilds[known.id] = msgspec.structs.replace(known, own_roles=own, own_nick=data.get("nick"))

    def _room_is_there(self, data: Mapping[str, Any]) -> None:
        if data.get("guild_id"):
            self._take(str(data["guild_id"]), (data,))
        elif data.get("type") == _PRIVATE and data.get("recipients"):
            self.met(str(data["id"]), str(data["recipients"][0]["id"]))

    def _room_is_gone(self, data: Mapping[str, Any]) -> None:
        gone = str(data["id"])
        for id in [gone, *(thread.id for thread in self.threads_of(gone))]:
            self._rooms.pop(id, None)

    def _threads(self, data: Mapping[str, Any]) -> None:
        """All that are not archived, of these channels or of the whole server."""
        guild, parents = str(data["guild_id"]), data.get("channel_ids")
        for room in [room for room in self.rooms_of(guild) if room.is_thread]:
            if not room.is_archived and (not parents or room.parent in parents):
                self._rooms.pop(room.id)
        self._take(guild, data.get("threads", ()))

    def _take(self, guild: str, channels: Iterable[Mapping[str, Any]]) -> None:
        for data in channels:
            room, known = _room(guild, data), self._rooms.get(str(data["id"]))
            if room.last_message is None and known:
                room = msgspec.structs.replace(room, last_message=known.last_message)
            self._rooms[room.id] = room

    # --- who is behind a private channel ------------------------------------------------------------------------------

    def _message(self, data: Mapping[str, Any]) -> None:
        channel, author = str(data["channel_id"]), data["author"]
        if data.get("guild_id") is None:
            self._met_person(channel, str(author["id"]), is_bot=bool(author.get("bot")))
        elif room := self._rooms.get(channel):
            self._rooms[channel] = msgspec.structs.replace(room, last_message=str(data["id"]))

    def _interaction(self, data: Mapping[str, Any]) -> None:
        channel = data.get("channel") or {}
        if data.get("guild_id") is None and data.get("user") and data.get("channel_id"):
            self.met(str(data["channel_id"]), str(data["user"]["id"]))
        elif channel.get("id") and str(channel["id"]) not in self._rooms and "type" in channel:
            self._take(str(data["guild_id"]), (channel,))

    def _acted(self, data: Mapping[str, Any]) -> None:
        if data.get("guild_id") is None:
            self._met_person(str(data["channel_id"]), str(data["user_id"]), is_bot=False)

    def _met_person(self, channel: str, user: str, *, is_bot: bool) -> None:
        if user != self.bot and not is_bot:
            self.met(channel, user)


def _room(guild: str, data: Mapping[str, Any]) -> Room:
    return Room(
        id=str(data["id"]),
        guild=guild,
        parent=str(data["parent_id"]) if data.get("parent_id") else None,
        type=int(data.get("type", 0)),
        name=data.get("name") or "",
        last_message=str(data["last_message_id"]) if data.get("last_message_id") else None,
        tags=tuple((str(tag["id"]), tag["name"]) for tag in data.get("available_tags") or ()),
        applied=tuple(map(str, data.get("applied_tags") or ())),
        overwrites=tuple(data.get("permission_overwrites") or ()),
        is_archived=bool((data.get("thread_metadata") or {}).get("archived")),
    )


def _role(data: Mapping[str, Any]) -> Role:
    return Role(
        id=str(data["id"]),
        name=data.get("name") or "",
        permissions=int(data.get("permissions") or 0),
        position=int(data.get("position") or 0),
        is_managed=bool(data.get("managed")),
    )

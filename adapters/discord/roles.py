"""Marks on people's names: roles of our own, made without any permission, given and taken by what people are."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import discord

from adapters.discord.errors import FAILURES, outcome_of
from adapters.discord.outcomes import id_of, read
from adapters.discord.places import OUR_ROLES, Call, here_in
from adapters.discord.standing import Here, Json, in_guild, top_of
from bot.domain.errors import Refused, Unknown
from bot.domain.messages import MarkNames, Marks
from bot.domain.places import Address
from bot.domain.ports import AdapterStore

log = logging.getLogger(__name__)

_BEGUN = "role_begun"
"""Documents of roles that may have been made, by the same key: the ids of those that there were before (`before`)."""

_LONGEST = 100  # characters of a role's name
_MOST = 10_000  # of our roles, on all servers
_UNKNOWN_ROLE = 10011

Ours = dict[str, dict[str, Any]]
"""Our roles of one course on one server, by mark."""


class Roles:
    """Makes, gives and takes the roles of marks. `guild_of` says which server a channel is in."""

    def __init__(self, call: Call, store: AdapterStore, bot: str, guild_of: Callable[[str], str | None]) -> None:
        self._call = call
        self._store = store
        self._bot = bot
        self._guild_of = guild_of

    # --- the roles themselves -----------------------------------------------------------------------------------------

    async def make(self, address: Address, names: MarkNames) -> None:
        """Let there be a role for each mark; nothing where the bot may not manage roles, of which `lacks` tells.

        Raises Refused, StorageTrouble, and what `errors.outcome_of` understands.
        """
        guild = await self._guild(address)
        here = await self._here(guild)
        if not in_guild(here).manage_roles:
            log.warning("the bot may not manage roles on server %s: nobody gets marks there", guild)
            return
        ours = await self._ours(guild, names.course)
        taken = {role["id"] for role in await self._all(guild)}
        roles = {role["id"] for role in here.guild["roles"]}
        for mark, label in names.labels.items():
            name, key = label[:_LONGEST], f"{guild}:{names.course}:{mark}"
            known = ours.get(mark)
            if known and known["id"] in roles:
                await self._rename(here, known, name)
                role = known["id"]
            else:
                role = await self._create(here, key, name, taken)
            taken.add(role)
            await self._store.put(OUR_ROLES, key, {"id": role, "name": name})
            await self._store.delete(_BEGUN, key)

    async def _here(self, guild: str) -> Here:
        here = await here_in(self._call, guild, self._bot)
        read(here.guild, dict), read(here.member, dict)
        return here

    async def _create(self, here: Here, key: str, name: str, taken: set[str]) -> str:
        """A new role. One that has this name already is somebody's own, unless a reply of ours was lost."""
        begun = await self._store.get(_BEGUN, key)
        made = _made(here, name, taken | set(begun["before"])) if begun else None
        if made:
            return made
        await self._store.put(_BEGUN, key, {"before": [role["id"] for role in here.guild["roles"]]})
        body = {"name": name, "permissions": 0, "hoist": False, "mentionable": False}
        try:
            return id_of(await self._call("POST", "/guilds/{guild_id}/roles", json=body, guild_id=here.guild["id"]))
        except FAILURES as error:
            if not isinstance(outcome_of(error), Unknown):
                await self._store.delete(_BEGUN, key)
            raise

    async def _rename(self, here: Here, known: Mapping[str, Any], name: str) -> None:
        """Only when we call it otherwise than before: what people have named it since then stays."""
        position = next(role["position"] for role in here.guild["roles"] if role["id"] == known["id"])
        if known["name"] == name or position >= top_of(here):
            return
        ids = {"guild_id": here.guild["id"], "role_id": known["id"]}
        await self._call("PATCH", "/guilds/{guild_id}/roles/{role_id}", json={"name": name}, **ids)

    # --- who has them -------------------------------------------------------------------------------------------------

    async def give(self, address: Address, marks: Marks) -> None:
        """Let a person have exactly these of our roles, and leave all others alone.

        Raises Refused, StorageTrouble, and what `errors.outcome_of` understands.
        """
        guild = await self._guild(address)
        ours = await self._ours(guild, marks.course)
        if not ours:
            return  # there was nothing that we could have made
        ids = {"guild_id": guild, "user_id": marks.user}
        member = read(await self._call("GET", "/guilds/{guild_id}/members/{user_id}", **ids), dict)
        has = set(member["roles"])
        forbidden: discord.Forbidden | None = None
        for mark, role in ours.items():
            try:
                if (mark in marks.names) != (role["id"] in has):
                    await self._change("PUT" if mark in marks.names else "DELETE", mark, role["id"], marks, ids)
            except discord.Forbidden as error:  # somebody has put it above the bot's own; the others are not
                forbidden = error
        if forbidden:
            raise forbidden

    async def _change(self, method: str, mark: str, role: str, marks: Marks, ids: Mapping[str, str]) -> None:
        path = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
        try:
            await self._call(method, path, **ids, role_id=role)
        except discord.NotFound as error:
            if error.code != _UNKNOWN_ROLE:
                raise
            # Somebody has deleted it; it is made anew with the next names.
            await self._store.delete(OUR_ROLES, f"{ids['guild_id']}:{marks.course}:{mark}")

    # --- which are ours -----------------------------------------------------------------------------------------------

    async def _guild(self, address: Address) -> str:
        """The gateway may not have told yet."""
        guild = self._guild_of(address.room)
        if guild is None:
            channel = read(await self._call("GET", "/channels/{channel_id}", channel_id=address.room), dict)
            guild = channel.get("guild_id")
        if guild is None:
            raise Refused("the channel is on no server", why="gone")
        return guild

    async def _all(self, guild: str) -> list[dict[str, Any]]:
        documents = await self._store.since(OUR_ROLES, 0, limit=_MOST)
        return [one.value for one in documents if one.key.startswith(f"{guild}:")]

    async def _ours(self, guild: str, course: str) -> Ours:
        prefix = f"{guild}:{course}:"
        documents = await self._store.since(OUR_ROLES, 0, limit=_MOST)
        return {one.key.removeprefix(prefix): one.value for one in documents if one.key.startswith(prefix)}


def _made(here: Here, name: str, others: set[str]) -> str | None:
    """The role that we have just made: it gives nobody anything, as ours do."""

    def is_ours(role: Json) -> bool:
        is_bare = int(role["permissions"]) == 0 and not role.get("managed")
        return role["name"] == name and is_bare and role["position"] < top_of(here)

    return next((str(role["id"]) for role in here.guild["roles"] if is_ours(role) and role["id"] not in others), None)

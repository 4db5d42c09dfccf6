"""What the bot lacks in a Discord channel, and what it tells of servers and channels that it is in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import Permissions

from adapters.discord.places import OUR_ROLES, Places
from adapters.discord.standing import INVITED_WITH, Here, in_channel, in_guild, lacks_of, top_of
from bot.domain.events import Event, PlaceSeen
from bot.domain.ids import EventKey
from bot.domain.places import Address
from bot.simulation.memory import Memory
from tests.sources import ROOT

BOT, GUILD, ROLE = "7", "100", "101"
ALL = INVITED_WITH.value


def bits(**rights: bool) -> str:
    return str(Permissions(**rights).value)


def without(*rights: str) -> int:
    return ALL & ~Permissions(**dict.fromkeys(rights, True)).value


def here(mine: int = ALL, everyone: int = 0, owner: str = "1") -> Here:
    roles = [
        {"id": GUILD, "name": "@everyone", "permissions": str(everyone), "position": 0},
        {"id": ROLE, "name": "Homeroom", "permissions": str(mine), "position": 4, "managed": True},
        {"id": "102", "name": "Mods", "permissions": bits(administrator=True), "position": 9},
    ]
    return Here({"id": GUILD, "name": "Camp", "owner_id": owner, "roles": roles}, {"roles": [ROLE]}, BOT)


def channel(*overwrites: Mapping[str, Any], kind: int = 0, id: str = "200") -> dict[str, Any]:
    return {"id": id, "type": kind, "name": "main", "guild_id": GUILD, "permission_overwrites": list(overwrites)}


def overwrite(id: str, kind: int = 0, *, allow: str = "0", deny: str = "0") -> dict[str, Any]:
    return {"id": id, "type": kind, "allow": allow, "deny": deny}


SILENT, WRITES = bits(send_messages=True), bits(send_messages=True)


@pytest.mark.parametrize(
    ("found", "place", "missing"),
    [
        (here(), channel(), ""),
        (here(mine=0, everyone=ALL), channel(), ""),
        (here(mine=0, owner=BOT), channel(), ""),
        (here(mine=Permissions(administrator=True).value), channel(overwrite(GUILD, deny=bits(view_channel=True))), ""),
        (here(mine=0), channel(), "view.send"),
        (here(), channel(overwrite(GUILD, deny=bits(view_channel=True))), "view.send"),
        (here(), channel(overwrite(GUILD, deny=SILENT)), "send"),
        (here(), channel(overwrite(GUILD, deny=SILENT), overwrite(ROLE, allow=WRITES)), ""),
        (here(), channel(overwrite(ROLE, allow=WRITES), overwrite(BOT, 1, deny=SILENT)), "send"),
        (here(), channel(overwrite(ROLE, deny=SILENT), overwrite(BOT, 1, allow=WRITES)), ""),
        (here(), channel(overwrite("102", deny=SILENT)), ""),  # a role of others
        (here(without("read_message_history")), channel(), "history"),
        (here(without("embed_links", "attach_files")), channel(), "embeds files"),
        (here(without("add_reactions", "send_polls")), channel(), "reactions polls"),
        (here(without("pin_messages")), channel(), "pin"),
        (here(without("pin_messages") | Permissions(manage_messages=True).value), channel(), "pin"),
        (here(without("create_public_threads")), channel(), "threads"),
        (here(without("create_public_threads")), channel(kind=15), ""),  # a forum has posts
        (here(without("send_messages_in_threads")), channel(kind=15), "threads"),
        (here(without("manage_roles")), channel(), "roles"),
        (here(without("manage_roles")), channel(overwrite(ROLE, allow=bits(manage_roles=True))), "roles"),
    ],
)
def test_what_it_lacks(found: Here, place: dict[str, Any], missing: str) -> None:
    assert lacks_of(found, place) == tuple(f"lacks.discord.{word}" for word in missing.split())


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_invites_it_with_all_that_it_needs(readme: str) -> None:
    assert f"&permissions={INVITED_WITH.value}" in (ROOT / readme).read_text(encoding="utf-8")
    assert lacks_of(here(INVITED_WITH.value), channel()) == ()


def test_permissions_are_counted_as_discord_counts_them() -> None:
    assert in_guild(here()).value == ALL
    assert in_channel(here(), channel(overwrite(ROLE, deny=str(ALL)))).value == 0
    assert top_of(here()) == 4
    assert top_of(Here({"id": GUILD, "roles": []}, {"roles": []}, BOT)) == 0


# --- servers and channels ---------------------------------------------------------------------------------------------


def refusal(kind: type[discord.HTTPException], status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers={})
    return kind(response, {"code": code, "message": "no"})


class Discord:
    """One server, as the API tells of it; channels that are not here are not to be seen."""

    def __init__(self) -> None:
        self.here = here()
        self.channels = {"200": channel()}
        self.is_member = True
        self.calls = 0

    async def __call__(self, method: str, path: str, *, json: Any = None, **ids: str) -> Any:
        self.calls += 1
        if not self.is_member:
            raise refusal(discord.Forbidden, 403, 50001)
        if path == "/channels/{channel_id}":
            if ids["channel_id"] not in self.channels:
                raise refusal(discord.Forbidden, 403, 50001)
            return self.channels[ids["channel_id"]]
        return self.here.guild if path == "/guilds/{guild_id}" else self.here.member

    def created(self) -> dict[str, Any]:
        """The server as the gateway tells of it."""
        members = [{"user": {"id": "1"}, "roles": []}, {"user": {"id": BOT}, **self.here.member}]
        channels = [{k: v for k, v in one.items() if k != "guild_id"} for one in self.channels.values()]
        return {**self.here.guild, "members": members, "channels": channels, "system_channel_id": None}


class Watched:
    """Places with all that they need."""

    def __init__(self, *bound: str) -> None:
        self.discord = Discord()
        self.told: list[Event] = []
        self.bound = [Address(platform="discord", chat=chat) for chat in bound]
        self.store = Memory()
        self.minutes = 0
        clock: Any = SimpleNamespace(now=self._now)
        self.places = Places(self.discord, self.store, BOT, lambda: self.bound, clock)

    def _now(self) -> datetime:
        self.minutes += 1
        return datetime(2027, 3, 1, 9, self.minutes, tzinfo=UTC)

    async def hears(self, name: str, data: dict[str, Any]) -> list[PlaceSeen]:
        return await self.places.heard(name, data)

    async def looks(self) -> list[PlaceSeen]:
        self.told.clear()
        await self.places.look_again(self._take)
        return [event for event in self.told if isinstance(event, PlaceSeen)]

    async def starts(self) -> list[PlaceSeen]:
        await self.places.look_around(self._take)
        return [event for event in self.told if isinstance(event, PlaceSeen)]

    async def _take(self, events: Any, /) -> None:
        self.told += events


def said(seen: PlaceSeen) -> tuple[str, str, bool]:
    return seen.address.chat, seen.cause, seen.is_in


async def test_a_server_that_it_is_invited_to_is_greeted_where_it_may_write() -> None:
    watched = Watched()
    watched.discord.channels |= {
        "150": channel(overwrite(GUILD, deny=SILENT), id="150"),
        "300": channel(id="300") | {"position": 3},
        "160": channel(kind=2, id="160"),
    }
    await watched.hears("READY", {"guilds": []})
    [seen] = await watched.hears("GUILD_CREATE", watched.discord.created())
    assert (said(seen), seen.title, seen.lacks) == (("200", "added", True), "Camp #main", ())
    chosen = watched.discord.created() | {"system_channel_id": "300"}
    await watched.hears("GUILD_DELETE", {"id": GUILD})
    [seen] = await watched.hears("GUILD_CREATE", chosen)
    assert said(seen) == ("300", "added", True)


async def test_an_invitation_before_the_first_start_is_greeted_too_and_once() -> None:
    watched = Watched()
    await watched.hears("READY", {"guilds": [{"id": GUILD, "unavailable": True}]})
    assert [said(seen) for seen in await watched.hears("GUILD_CREATE", watched.discord.created())] == [
        ("200", "added", True)
    ]
    await watched.hears("READY", {"guilds": [{"id": GUILD, "unavailable": True}]})
    assert await watched.hears("GUILD_CREATE", watched.discord.created()) == []


async def test_a_server_that_the_course_lives_on_needs_no_greeting_at_the_start() -> None:
    watched = Watched("200")
    await watched.hears("READY", {"guilds": [{"id": GUILD, "unavailable": True}]})
    assert await watched.hears("GUILD_CREATE", watched.discord.created()) == []


async def test_who_removes_it_and_invites_it_again_is_noticed_in_each_channel() -> None:
    watched = Watched("200", "200/5", "900")
    await watched.hears("READY", {"guilds": [{"id": GUILD, "unavailable": True}]})
    await watched.hears("GUILD_CREATE", watched.discord.created())
    assert await watched.hears("GUILD_DELETE", {"id": GUILD, "unavailable": True}) == []  # an outage
    assert await watched.hears("GUILD_CREATE", watched.discord.created()) == []
    assert [said(seen) for seen in await watched.hears("GUILD_DELETE", {"id": GUILD})] == [("200", "removed", False)]
    assert [said(seen) for seen in await watched.hears("GUILD_CREATE", watched.discord.created())] == [
        ("200", "added", True)
    ]


async def test_a_channel_that_is_deleted_is_gone() -> None:
    watched = Watched("200")
    assert [said(seen) for seen in await watched.hears("CHANNEL_DELETE", channel())] == [("200", "removed", False)]
    assert await watched.hears("CHANNEL_DELETE", channel(id="201")) == []


async def test_changed_permissions_are_told_where_they_change_something() -> None:
    watched = Watched("200", "200/7")
    assert [(said(seen), seen.lacks) for seen in await watched.starts()] == [(("200", "start", True), ())]
    watched.discord.here = here(without("attach_files"))
    await watched.hears("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": {"id": ROLE}})
    await watched.hears("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": {"id": "102"}})
    [seen] = await watched.looks()
    assert (said(seen), seen.lacks) == (("200", "changed", True), ("lacks.discord.files",))
    await watched.hears("GUILD_MEMBER_UPDATE", {"guild_id": GUILD, "user": {"id": BOT}})
    assert await watched.looks() == []  # nothing that matters


async def test_a_role_of_ours_that_somebody_drags_above_the_bots_own_is_told_and_so_is_its_return() -> None:
    watched = Watched("200")
    await watched.store.put(OUR_ROLES, f"{GUILD}:camp:level:core", {"id": "103", "name": "Core"})
    core = {"id": "103", "name": "Core", "permissions": "0", "position": 1}
    watched.discord.here.guild["roles"].append(core)
    assert [seen.lacks for seen in await watched.starts()] == [()]
    for position, lacks in ((4, ("lacks.discord.roles_above",)), (1, ())):
        core["position"] = position
        await watched.hears("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": core})
        assert [(seen.cause, seen.lacks) for seen in await watched.looks()] == [("changed", lacks)]


async def test_nobody_looks_for_what_cannot_matter() -> None:
    watched = Watched("200")
    await watched.starts()
    before = watched.discord.calls
    await watched.hears("GUILD_MEMBER_UPDATE", {"guild_id": GUILD, "user": {"id": "55"}})
    await watched.hears("CHANNEL_UPDATE", channel(id="999"))
    await watched.hears("GUILD_ROLE_UPDATE", {"guild_id": "another", "role": {"id": "5"}})
    assert (await watched.looks(), watched.discord.calls) == ([], before)


async def test_a_channel_that_is_hidden_from_it_is_mute_and_not_gone() -> None:
    watched = Watched("200")
    await watched.starts()
    del watched.discord.channels["200"]
    await watched.hears("CHANNEL_UPDATE", channel())
    [seen] = await watched.looks()
    assert (said(seen), seen.lacks) == (("200", "changed", True), ("lacks.discord.view.send",))


async def test_who_asks_is_told_how_things_stand_now() -> None:
    watched = Watched()
    seen = await watched.places.asked(Address(platform="discord", chat="200/5"), EventKey("asked"))
    assert (seen.key, said(seen), seen.lacks) == ("asked", ("200", "asked", True), ())
    watched.discord.is_member = False
    assert not (await watched.places.asked(Address(platform="discord", chat="200"), EventKey("again"))).is_in

"""Marks as roles of a Discord server: made once, given and taken exactly, never anybody else's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import Permissions

from adapters.discord.client import Client
from adapters.discord.roles import Roles
from bot.domain.errors import Refused, Unknown
from bot.domain.messages import MarkNames, Marks
from bot.domain.places import Address
from bot.simulation.memory import Memory
from tests.fakes.discord import FakeDiscord, Limits, User

BOT, GUILD, MINE = "7", "100", "101"
HERE = Address(platform="discord", chat="200")
LABELS = {"level:core": "Core", "title:star": "🌟 Star", "role:assistant": "Assistant"}


def refused(kind: type[discord.HTTPException], status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers={})
    return kind(response, {"code": code, "message": "no"})


class Server:
    """A server with its roles and members; the bot's own role stands at 5."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Any]] = {}
        self.members: dict[str, set[str]] = {"55": set(), BOT: {MINE}}
        self.changes: list[str] = []
        self.replies: list[BaseException | str] = []  # to the next changes, instead of what would be said
        self.has(GUILD, "@everyone", 0, Permissions(send_messages=True))
        self.has(MINE, "Homeroom", 5, Permissions(manage_roles=True))

    def has(self, id: str, name: str, position: int, permissions: Permissions | None = None, **more: Any) -> None:
        value = str((permissions or Permissions()).value)
        self.roles[id] = {"id": id, "name": name, "position": position, "permissions": value, **more}

    async def __call__(self, method: str, path: str, *, json: Any = None, **ids: str) -> Any:
        if method == "GET":
            return self._tells(path.rpartition("/")[2], ids)
        self.changes.append(f"{method} {ids.get('role_id') or json['name']}")
        if method == "POST":
            assert json == {"name": json["name"], "permissions": 0, "hoist": False, "mentionable": False}
            self.has(id := str(500 + len(self.roles)), json["name"], 1)
            return self._replies(self.roles[id])
        if method == "PATCH":
            self.roles[ids["role_id"]] |= json
        else:
            self._marks(method, ids["role_id"], self.members[ids["user_id"]])
        return None

    def _replies(self, usual: Any) -> Any:
        reply = self.replies.pop(0) if self.replies else usual
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def _tells(self, what: str, ids: dict[str, str]) -> Any:
        if what == "{channel_id}":
            return {"guild_id": GUILD} if ids["channel_id"] == "202" else {"type": 1}
        if what == "{guild_id}":
            return {"id": GUILD, "owner_id": "1", "roles": list(self.roles.values())}
        if ids["user_id"] not in self.members:
            raise refused(discord.NotFound, 404, 10007)
        return {"roles": sorted(self.members[ids["user_id"]])}

    def _marks(self, how: str, role: str, theirs: set[str]) -> None:
        if role not in self.roles:
            raise refused(discord.NotFound, 404, 10011)
        if self.roles[role]["position"] >= 5:
            raise refused(discord.Forbidden, 403, 50013)
        (theirs.add if how == "PUT" else theirs.discard)(role)

    def named(self, name: str) -> list[dict[str, Any]]:
        return [role for role in self.roles.values() if role["name"] == name]

    def worn(self, user: str = "55") -> list[str]:
        return sorted(self.roles[id]["name"] for id in self.members[user])


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def roles(server: Server) -> Roles:
    return Roles(server, Memory(), BOT, {"200": GUILD, "201": GUILD}.get)


async def made(roles: Roles, labels: dict[str, str] = LABELS, course: str = "camp") -> None:
    await roles.make(HERE, MarkNames(labels=labels, course=course))


async def marked(roles: Roles, *names: str, course: str = "camp") -> None:
    await roles.give(HERE, Marks(user="55", names=names, course=course))


async def test_roles_are_made_once_and_give_nothing(roles: Roles, server: Server) -> None:
    await made(roles)
    await made(roles)
    assert server.changes == ["POST Core", "POST 🌟 Star", "POST Assistant"]


async def test_a_deleted_role_is_made_anew(roles: Roles, server: Server) -> None:
    await made(roles)
    [core] = server.named("Core")
    del server.roles[core["id"]]
    await marked(roles, "level:core", "title:star")
    assert server.worn() == ["🌟 Star"]
    await made(roles)
    await marked(roles, "level:core", "title:star")
    assert server.worn() == ["Core", "🌟 Star"]


async def test_without_the_permission_nothing_is_made_and_nobody_is_asked_about(roles: Roles, server: Server) -> None:
    server.has(MINE, "Homeroom", 5)
    await made(roles)
    await marked(roles, "level:core")
    assert server.changes == []


async def test_a_role_that_people_have_made_is_left_to_them_whatever_it_is_called(roles: Roles, server: Server) -> None:
    server.has("300", "Core", 2)
    server.members["55"].add("300")
    await made(roles, {"level:core": "Core"})
    await marked(roles, "level:core")
    assert server.worn() == ["Core", "Core"]
    await marked(roles)
    assert server.members["55"] == {"300"}


@pytest.mark.parametrize("reply", [ConnectionResetError(), "no JSON"])
async def test_a_role_whose_reply_was_lost_is_made_once(roles: Roles, server: Server, reply: Any) -> None:
    server.has("300", "Core", 2)
    server.replies = [reply]
    with pytest.raises((ConnectionResetError, Unknown)):
        await made(roles, {"level:core": "Core"})
    await made(roles, {"level:core": "Core"})
    await marked(roles, "level:core")
    assert len(server.named("Core")) == 2
    assert "300" not in server.members["55"]
    assert server.worn() == ["Core"]


async def test_a_role_that_was_refused_is_not_looked_for_among_those_of_others(roles: Roles, server: Server) -> None:
    server.replies = [refused(discord.Forbidden, 403, 50013)]
    with pytest.raises(discord.Forbidden):
        await made(roles, {"level:core": "Core"})
    server.roles = {id: role for id, role in server.roles.items() if role["name"] != "Core"}
    server.has("300", "Core", 2)
    await made(roles, {"level:core": "Core"})
    assert len(server.named("Core")) == 2


@pytest.mark.parametrize("part", ["guild_id", "user_id"])
async def test_a_spoilt_reply_leaves_it_unknown(part: str) -> None:
    server, memory = Server(), Memory()
    await made(Roles(server, memory, BOT, {"200": GUILD}.get))

    async def spoilt(method: str, path: str, **more: Any) -> Any:
        return "no JSON" if path.endswith(f"{{{part}}}") else await server(method, path, **more)

    roles = Roles(spoilt, memory, BOT, {"200": GUILD}.get)
    with pytest.raises(Unknown):
        await (made(roles) if part == "guild_id" else marked(roles, "level:core"))


async def test_another_name_renames_ours_and_respects_what_people_have_called_it(roles: Roles, server: Server) -> None:
    await made(roles)
    await made(roles, LABELS | {"level:core": "Inner circle"})
    [core] = server.named("Inner circle")
    core["name"] = "The Inner Circle"
    await made(roles, LABELS | {"level:core": "Inner circle"})
    assert (server.named("Core"), core["name"]) == ([], "The Inner Circle")


async def test_exactly_these_are_worn_and_those_of_others_stay(roles: Roles, server: Server) -> None:
    server.has("300", "Friends", 2)
    server.members["55"].add("300")
    await made(roles)
    await marked(roles, "level:core", "title:star")
    await marked(roles, "title:star")
    assert server.worn() == ["Friends", "🌟 Star"]
    server.changes.clear()
    await marked(roles, "title:star")
    assert server.changes == []
    await marked(roles)
    assert server.worn() == ["Friends"]


async def test_two_courses_on_one_server_leave_each_other_alone(roles: Roles, server: Server) -> None:
    await made(roles)
    await made(roles, course="other")
    assert len(server.named("Core")) == 2
    await marked(roles, "level:core")
    await marked(roles, "role:assistant", course="other")
    await marked(roles, course="other")
    assert server.worn() == ["Core"]


async def test_a_mark_that_there_is_no_role_for_is_left_out(roles: Roles, server: Server) -> None:
    await made(roles)
    await marked(roles, "level:core", "level:unheard_of")
    assert server.worn() == ["Core"]


async def test_a_role_that_somebody_has_put_above_the_bots_is_refused_and_the_others_are_given(
    roles: Roles, server: Server
) -> None:
    await made(roles)
    [core] = server.named("Core")
    core["position"] = 9
    with pytest.raises(discord.Forbidden):
        await marked(roles, *LABELS)
    assert server.worn() == ["Assistant", "🌟 Star"]


async def test_a_channel_that_the_gateway_has_not_told_of_is_looked_up(roles: Roles, server: Server) -> None:
    address = Address(platform="discord", chat="202")
    await roles.make(address, MarkNames(labels=LABELS))
    await roles.give(address, Marks(user="55", names=("level:core",)))
    assert server.worn() == ["Core"]


async def test_a_channel_on_no_server_is_refused(roles: Roles) -> None:
    with pytest.raises(Refused):
        await roles.give(Address(platform="discord", chat="999"), Marks(user="55", names=()))


# --- over HTTP --------------------------------------------------------------------------------------------------------


async def test_a_server_of_our_own_sees_the_roles_come_and_go() -> None:
    async with FakeDiscord(limits=Limits.off()) as world:
        ada = world.person("Ada")
        guild = world.guild("Camp", ada)
        main = world.channel(guild, "main")
        above = world.role(guild, "Core", is_above_bot=True)
        client = Client(world.token, world.api, world.gateway_url)
        await client.open()
        roles = Roles(client.call, Memory(), world.bot, lambda channel: None)
        address = Address(platform="discord", chat=str(main.id))

        def worn(who: User) -> list[str]:
            return sorted(guild.roles[id].name for id in guild.members[who.id].roles)

        await roles.make(address, MarkNames(labels=LABELS, course="camp"))
        assert len([role for role in guild.roles.values() if role.name == "Core"]) == 2
        await roles.give(address, Marks(user=str(ada.id), names=("level:core", "title:star"), course="camp"))
        assert (worn(ada), above.id in guild.members[ada.id].roles) == (["Core", "🌟 Star"], False)
        await roles.give(address, Marks(user=str(ada.id), names=("role:assistant",), course="camp"))
        assert worn(ada) == ["Assistant"]
        assert world.violations == []
        await client.close()

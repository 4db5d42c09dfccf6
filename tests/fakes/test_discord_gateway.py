"""The gateway of our own, with discord.py's client at the other end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from aiohttp import web

from tests.fakes.discord.gateway import Gateway, GatewayLimits
from tests.fakes.discord.gateway_intents import Intents

TOKEN = "the.token"
BOT, ADA = "1000", "1001"
CAMP, CLUB = str(8 << 22), str(9 << 22)  # of two shards, the first has the camp and the second the club
WHEN = "2027-03-01T12:00:00+00:00"


def _user(id: str, name: str) -> dict[str, Any]:
    return {"id": id, "username": name, "discriminator": "0", "global_name": name, "avatar": None, "bot": id == BOT}


def _member(id: str, name: str) -> dict[str, Any]:
    return {"user": _user(id, name), "roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}


MEMBERS = [_member(BOT, "homeroom"), _member(ADA, "ada")]
_UNSET = (
    *("icon", "splash", "discovery_splash", "banner", "description", "application_id", "afk_channel_id", "hub_type"),
    *("incidents_data", "public_updates_channel_id", "rules_channel_id", "safety_alerts_channel_id"),
    *("system_channel_id", "vanity_url_code"),
)
_ZERO = (
    *("verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level", "nsfw_level"),
    *("premium_tier", "system_channel_flags"),
)
_EMPTY = (
    *("features", "roles", "emojis", "threads", "presences", "voice_states", "stage_instances"),
    *("guild_scheduled_events", "soundboard_sounds"),
)


def _guild(id: str, name: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(_UNSET),
        **dict.fromkeys(_ZERO, 0),
        **{field: [] for field in _EMPTY},
        "id": id,
        "name": name,
        "owner_id": ADA,
        "afk_timeout": 300,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "joined_at": WHEN,
        "large": False,
        "member_count": len(MEMBERS),
        "members": MEMBERS,
        "channels": [{"id": f"{id}1", "guild_id": id, "type": 0, "name": "general", "position": 0}],
    }


def _message(id: int, content: str, *, guild: str | None = CAMP, mentions: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": str(id),
        "channel_id": f"{guild}1" if guild else "42",
        "author": _user(ADA, "ada"),
        "content": content,
        "timestamp": WHEN,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [_user(each, "someone") for each in mentions],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        **({"guild_id": guild} if guild else {}),
    }


@pytest.fixture
async def gateway(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    """With the three addresses of the REST API that a client asks before it connects."""
    guilds = [_guild(CAMP, "Camp"), _guild(CLUB, "Club")]
    gateway = Gateway(
        TOKEN,
        ready=lambda: {
            "user": _user(BOT, "homeroom"),
            "application": {"id": BOT, "flags": 0},
            "guilds": [{"id": each["id"], "unavailable": True} for each in guilds],
        },
        guilds=lambda: guilds,
        members=lambda _: MEMBERS,
        limits=GatewayLimits.off(),
    )
    application: dict[str, Any] = {
        "id": BOT,
        "name": "h",
        "description": "",
        "icon": None,
        "verify_key": "",
        "flags": 0,
    }
    application |= {"bot_public": True, "bot_require_code_grant": False, "owner": _user(ADA, "ada")}

    def says(body: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=discord.utils._to_json(body()), headers={"Content-Type": "application/json"})

        return answer

    start = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    app = web.Application()
    app.router.add_get("/gateway", gateway.handler)
    app.router.add_get("/api/users/@me", says(lambda: _user(BOT, "homeroom")))
    app.router.add_get("/api/oauth2/applications/@me", says(lambda: application))
    app.router.add_get(
        "/api/gateway/bot", says(lambda: {"url": gateway.url, "shards": 2, "session_start_limit": start})
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    gateway.url = f"ws://{host}/gateway"
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://{host}/api")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(gateway.url))
    yield gateway
    gateway.drop()
    await runner.cleanup()


class _Hearing(discord.Client):
    """Writes down what it hears; starts sessions as often as it likes."""

    def __init__(self, *, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(intents=intents or discord.Intents.all(), guild_ready_timeout=0.05, **options)
        self.heard: list[str] = []
        self.readies = 0

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None: ...

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message.content)

    async def on_ready(self) -> None:
        self.readies += 1


class _Sharded(_Hearing, discord.AutoShardedClient): ...


@asynccontextmanager
async def _running(client: _Hearing) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(client.start(TOKEN))
    try:
        yield task
    finally:
        await client.close()
        with suppress(Exception):
            await task


def _say(gateway: Gateway, *numbers: int) -> None:
    for number in numbers:
        gateway.dispatch("MESSAGE_CREATE", _message(number, f"no. {number}"), guild_id=CAMP)


async def test_a_client_becomes_ready_with_its_guilds_and_hears_messages(gateway: Gateway) -> None:
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        await client.wait_until_ready()
        assert {guild.name for guild in client.guilds} == {"Camp", "Club"}
        _say(gateway, 1, 2)
        await gateway.idle()
        assert client.heard == ["no. 1", "no. 2"]
    await gateway.disconnected()
    assert (gateway.connections, gateway.identifies, gateway.resumes) == (1, 1, 0)
    assert gateway.heartbeats > 0
    assert not gateway.violations


@pytest.mark.parametrize("code", [None, 1006, 4000, 1000, 1001, 1011])
async def test_what_happened_while_the_line_was_down_is_replayed(gateway: Gateway, code: int | None) -> None:
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        _say(gateway, 1)
        await gateway.idle()
        gateway.drop() if code in {None, 1006} else gateway.close(code or 0)
        _say(gateway, 2, 3)
        await gateway.connected()
        _say(gateway, 4)
        await gateway.idle()
        assert client.heard == ["no. 1", "no. 2", "no. 3", "no. 4"]
    assert (gateway.connections, gateway.identifies, gateway.resumes) == (2, 1, 1)
    assert not gateway.violations


async def test_a_client_that_is_asked_to_come_again_resumes(gateway: Gateway) -> None:
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        gateway.reconnect()
        _say(gateway, 1)
        await gateway.connected()
        gateway.invalidate(resumable=True)
        _say(gateway, 2)
        await gateway.connected()
        await gateway.idle()
        assert client.heard == ["no. 1", "no. 2"]
    assert (gateway.identifies, gateway.resumes) == (1, 2)


@pytest.mark.parametrize("way", ["invalidated", "lost", "timed out"])
async def test_without_its_session_a_client_starts_anew_and_misses_what_was(gateway: Gateway, way: str) -> None:
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        await client.wait_until_ready()
        if way == "invalidated":
            gateway.invalidate(resumable=False)
        elif way == "lost":
            gateway.lose_sessions()
            gateway.drop()
        else:
            gateway.close(4009)
        await gateway.until(lambda: gateway.identifies == 2, 10, "identified again")
        _say(gateway, 2)
        await gateway.idle()
        assert client.heard == ["no. 2"]
    assert gateway.resumes == (0 if way == "invalidated" else 1)
    assert not gateway.violations


async def test_a_session_is_not_kept_for_ever(gateway: Gateway) -> None:
    gateway.limits.resume_seconds = -1
    async with _running(_Hearing()):
        await gateway.connected()
        gateway.drop()
        await gateway.connected()
        await gateway.until(lambda: gateway.identifies == 2, 10, "identified again")
    assert gateway.resumes == 1


async def test_a_zombie_hears_nothing_until_it_notices_and_resumes(gateway: Gateway) -> None:
    gateway.heartbeat_interval = 50
    client = _Hearing(heartbeat_timeout=0.3)
    async with _running(client):
        await gateway.connected()
        gateway.zombie()
        _say(gateway, 1)
        await gateway.connected()
        await gateway.idle()
        assert client.heard == ["no. 1"]
    assert (gateway.identifies, gateway.resumes) == (1, 1)


async def test_a_first_connection_that_fails_ends_the_client_with_an_attribute_error(gateway: Gateway) -> None:
    """It wants the seq of a socket that it never had: who uses it has to start it again."""
    gateway.refuse_next()
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'sequence'"):
        async with _running(_Hearing()) as task:
            await task
    async with _running(_Hearing()):
        await gateway.connected()
    assert (gateway.connections, gateway.identifies) == (2, 1)


async def test_a_later_connection_that_fails_is_tried_again(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _: 0.01)
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        gateway.refuse_next(2)
        gateway.drop()
        _say(gateway, 1)
        await gateway.connected()
        await gateway.idle()
        assert client.heard == ["no. 1"]
    assert (gateway.connections, gateway.resumes) == (4, 1)


async def test_events_can_wait_and_come_twice(gateway: Gateway) -> None:
    client = _Hearing()
    async with _running(client):
        await gateway.connected()
        await gateway.idle()
        gateway.hold()
        gateway.deliver_twice()
        _say(gateway, 1, 2)
        await gateway.idle()
        assert client.heard == []
        gateway.release()
        await gateway.idle()
        assert client.heard == ["no. 1", "no. 1", "no. 2"]


async def test_a_client_dies_of_malformed_json(gateway: Gateway) -> None:
    async with _running(_Hearing()) as task:
        await gateway.connected()
        gateway.raw('{"op": 0, "t": "SOMETHING_NEW", "s": null, "d": {}}')
        gateway.raw('{"op": 0,')
        with pytest.raises(json.JSONDecodeError):
            await task


async def test_members_are_asked_for_and_come_in_a_chunk(gateway: Gateway) -> None:
    intents = discord.Intents.all()
    intents.presences = False  # with it, everyone comes with the guild
    client = _Hearing(intents=intents, chunk_guilds_at_startup=False)
    async with _running(client):
        await gateway.connected()
        await client.wait_until_ready()
        guild = client.get_guild(int(CAMP))
        assert guild is not None
        assert [member.name for member in guild.members] == ["homeroom"]
        assert [member.name for member in await guild.query_members("AD")] == ["ada"]
        assert [member.id for member in await guild.query_members(user_ids=[int(ADA), 5])] == [int(ADA)]
        assert len(await guild.chunk()) == 2
    assert not gateway.violations


async def test_every_shard_hears_of_its_own_guilds_and_the_first_of_private_messages(gateway: Gateway) -> None:
    client = _Sharded()
    async with _running(client):
        await gateway.connected(2)
        await client.wait_until_ready()
        assert {guild.name: guild.shard_id for guild in client.guilds} == {"Camp": 0, "Club": 1}
        gateway.dispatch("MESSAGE_CREATE", _message(1, "to the camp"), guild_id=CAMP)
        gateway.dispatch("MESSAGE_CREATE", _message(2, "to the club", guild=CLUB), guild_id=CLUB)
        gateway.dispatch("MESSAGE_CREATE", _message(3, "to you", guild=None))
        await gateway.idle()
        assert sorted(client.heard) == ["to the camp", "to the club", "to you"]
        gateway.drop()
        gateway.dispatch("MESSAGE_CREATE", _message(4, "while away", guild=CLUB), guild_id=CLUB)
        await gateway.connected(2)
        await gateway.idle()
        assert "while away" in client.heard
    assert (gateway.identifies, gateway.resumes) == (2, 2)
    assert not gateway.violations


async def test_without_the_intent_words_are_empty_unless_they_are_for_the_bot(gateway: Gateway) -> None:
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    client = _Hearing(intents=intents)
    async with _running(client):
        await gateway.connected()
        gateway.dispatch("MESSAGE_CREATE", _message(1, "hello all"), guild_id=CAMP)
        gateway.dispatch("MESSAGE_CREATE", _message(2, "hello bot", mentions=(BOT,)), guild_id=CAMP)
        gateway.dispatch("MESSAGE_CREATE", _message(3, "hello you", guild=None))
        gateway.dispatch("GUILD_MEMBER_ADD", {**_member("1002", "chen"), "guild_id": CAMP}, guild_id=CAMP)
        await gateway.idle()
        assert client.heard == ["", "hello bot", "hello you"]
        [session] = gateway.sessions.values()
        assert not any("GUILD_MEMBER_ADD" in event for event in session.told)


async def test_wrong_tokens_and_intents_that_were_not_allowed_are_refused(gateway: Gateway) -> None:
    gateway.privileged_allowed = Intents.GUILD_MEMBERS
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with _running(_Hearing()) as task:
            await task
    gateway.token = "another"
    with pytest.raises(discord.ConnectionClosed) as closed:
        async with _running(_Hearing()) as task:
            await task
    assert closed.value.code == 4004
    assert not gateway.violations


async def test_sessions_started_in_quick_succession_are_a_violation(gateway: Gateway) -> None:
    gateway.limits = GatewayLimits()
    gateway.started_at[0] = gateway.now()
    async with _running(_Hearing()):
        await gateway.until(lambda: bool(gateway.violations), 10, "violated")
    assert gateway.violations[0] == "IDENTIFY of shard 0 within 5.0 s of another"


@asynccontextmanager
async def _bare(gateway: Gateway) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection without discord.py and without compression; HELLO has come."""
    url = f"{gateway.url}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert (await socket.receive_json())["op"] == 10
        yield socket


async def test_a_session_whose_client_said_goodbye_is_forgotten(gateway: Gateway) -> None:
    """discord.py does not: it hangs up with 4000."""
    about = {"os": "linux", "browser": "", "device": ""}
    async with _bare(gateway) as socket:
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "properties": about, "intents": 0}})
        ready = await socket.receive_json()
        assert (ready["t"], ready["s"], ready["d"]["session_id"]) == ("READY", 1, *gateway.sessions)
        await socket.close(code=1000)
    await gateway.disconnected()
    assert not gateway.sessions


async def _closes(gateway: Gateway, *texts: str) -> int | None:
    """What a client without manners is closed with."""
    async with _bare(gateway) as socket:
        for text in texts:
            await socket.send_str(text)
        async for _ in socket:
            pass
        return socket.close_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 4002),
        ('{"op": 2, "d": {"token": "the.token"}}', 4002),
        ('{"op": 77}', 4001),
        ('{"op": 8, "d": {"guild_id": "1", "query": "", "limit": 0}}', 4003),
        ('{"op": 1, "d": "' + "x" * 5000 + '"}', 4002),
    ],
)
async def test_a_payload_that_breaks_the_rules_ends_the_connection(gateway: Gateway, text: str, code: int) -> None:
    assert await _closes(gateway, text) == code
    [violation] = gateway.violations
    assert violation.startswith(f"closed with {code}: ")


async def test_who_says_too_much_in_a_minute_is_closed(gateway: Gateway) -> None:
    gateway.limits = GatewayLimits()
    assert await _closes(gateway, *['{"op": 1, "d": null}'] * 121) == 4008
    assert gateway.violations == ["closed with 4008: 121 payloads in 60.0 s"]


async def test_an_event_of_a_wrong_shape_is_a_violation_of_the_world(gateway: Gateway) -> None:
    gateway.dispatch("MESSAGE_CREATE", {**_message(1, "hi"), "author": {"id": "x"}}, guild_id=CAMP)
    gateway.dispatch("MESSAGE_CREATE", _message(2, "hi", guild=None), guild_id=CAMP)
    gateway.dispatch("MESSAGE_INVENTED", {})
    assert [each.partition(":")[0] for each in gateway.violations] == [*["MESSAGE_CREATE"] * 2, "MESSAGE_INVENTED"]
    assert "$.author" in gateway.violations[0]

"""Interactions asked without a client library: in time, once, with what follows; and what else may go wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.fakes.discord.server import BEGINNING
from tests.fakes.discord_client import Reply, Rest

COMMAND = {"name": "页", "description": "a page", "options": [{"type": 3, "name": "text", "description": "its text"}]}
BUTTON = {"type": 2, "style": 1, "label": "Write", "custom_id": "write"}
INPUT = {"type": 4, "custom_id": "text", "style": 2, "max_length": 10}
MODAL = {
    "custom_id": "page",
    "title": "A page",
    "components": [
        {"type": 18, "label": "Text", "component": INPUT},
        {
            "type": 18,
            "label": "Mood",
            "component": {"type": 3, "custom_id": "mood", "options": [{"label": "Good", "value": "good"}]},
        },
        {"type": 18, "label": "Picture", "component": {"type": 19, "custom_id": "picture", "required": False}},
    ],
}


class Asked:
    """A command that was used, and how it is answered."""

    def __init__(self, discord: FakeDiscord, rest: Rest, id: int) -> None:
        self.id, self.rest = id, rest
        token = discord.world.interactions[id].token
        self.path = f"/interactions/{id}/{token}/callback"
        self.hook = f"/webhooks/{discord.application_id}/{token}"

    async def __call__(self, kind: int, data: Any = None, query: str = "") -> Reply:
        return await self.rest("POST", self.path + query, {"type": kind} | ({"data": data} if data else {}))


async def asks(discord: FakeDiscord, rest: Rest) -> tuple[User, Channel, Asked]:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    main = discord.channel(guild, "main")
    path = f"/applications/{discord.application_id}/guilds/{guild.id}/commands"
    assert (await rest("PUT", path, [COMMAND])).status == 200
    return ada, main, Asked(discord, rest, discord.types_command(ada, main, "页", {"text": "hello"}))


async def test_an_interaction_is_answered_once(discord: FakeDiscord, rest: Rest) -> None:
    ada, main, asked = await asks(discord, rest)
    assert discord.unanswered == [asked.id]
    assert (await rest("POST", asked.hook, {"content": "too soon"})).code == 10015
    first = await asked(4, {"content": "noted", "flags": 64}, "?with_response=true")
    assert first.body["resource"]["message"]["content"] == "noted"
    assert (await asked(4, {"content": "again"})).code == 40060
    assert discord.said(ada, main) == ["noted"]
    assert discord.said(discord.person("Ben"), main) == []
    assert (await rest("GET", f"/channels/{main.id}/messages")).body == []
    assert not discord.unanswered


async def test_an_answer_that_comes_late_is_unknown(discord: FakeDiscord, rest: Rest) -> None:
    _, _, asked = await asks(discord, rest)
    discord.time_runs_out()
    assert (await asked(5)).code == 10062
    _, _, other = await asks(discord, rest)
    discord.world.interactions[other.id].asked_at -= 3.1
    assert (await other(4, {"content": "late"})).code == 10062


async def test_what_follows_is_good_for_a_quarter_of_an_hour() -> None:
    now = [BEGINNING]
    async with FakeDiscord(now=lambda: now[0], limits=Limits.off()) as discord, Rest(discord) as rest:
        _, _, asked = await asks(discord, rest)
        await asked(5, {"flags": 64})
        await rest("PATCH", f"{asked.hook}/messages/@original", {"content": "done"})
        more = (await rest("POST", asked.hook, {"content": "more", "flags": 64})).body
        await rest("PATCH", f"{asked.hook}/messages/{more['id']}", {"content": "changed"})
        assert (await rest("GET", f"{asked.hook}/messages/@original")).body["content"] == "done"
        assert [seen.kind for seen in discord.answers(asked.id)] == ["thinking", "message", "message", "edited"]
        assert discord.told(asked.id) == ["done", "changed"]
        assert (await rest("DELETE", f"{asked.hook}/messages/@original")).status == 204
        assert discord.told(asked.id) == ["changed"]
        now[0] += timedelta(minutes=16)
        assert (await rest("POST", asked.hook, {"content": "late"})).code == 50027


async def test_buttons_open_modals_that_are_filled_in(discord: FakeDiscord, rest: Rest) -> None:
    ada, main, asked = await asks(discord, rest)
    await asked(4, {"content": "write", "components": [{"type": 1, "components": [BUTTON]}]})
    message = discord.last(ada, main)
    assert discord.labels(message) == ["Write"]
    pressed = Asked(discord, rest, discord.presses(ada, main, message.id, "Write"))
    assert (await pressed(9, MODAL)).status == 204
    with pytest.raises(AssertionError, match="must be filled in"):
        discord.submits(ada, pressed.id, {"Mood": "Good"})
    sent = discord.submits(ada, pressed.id, {"Text": "three", "mood": "Good"}, {"Picture": [("a.png", b"png")]})
    data = discord.world.interactions[sent].data
    assert [each["component"].get("value") or each["component"]["values"] for each in data["components"][:2]] == [
        "three",
        ["good"],
    ]
    assert [file["filename"] for file in data["resolved"]["attachments"].values()] == ["a.png"]
    submitted = Asked(discord, rest, sent)
    assert (await submitted(9, MODAL)).code == 50035  # a modal can't answer a modal
    assert (await submitted(7, {"content": "written", "components": []})).status == 204
    assert discord.last(ada, main).content == "written"


async def test_rate_limits_answer_as_discord_does() -> None:
    async with FakeDiscord(limits=Limits(overall=(7, 1.0))) as discord, Rest(discord) as rest:
        main = discord.channel(discord.guild("Camp"), "main")
        replies = [await rest("POST", f"/channels/{main.id}/messages", {"content": str(n)}) for n in range(6)]
        assert [reply.status for reply in replies] == [200] * 5 + [429]
        assert replies[4].headers["X-RateLimit-Remaining"] == "0"
        assert replies[5].headers["X-RateLimit-Scope"] == "user"
        assert "Via" in replies[5].headers
        assert not replies[5].body["global"]
        replies = [await rest("GET", f"/channels/{main.id}") for _ in range(3)]
        assert [reply.status for reply in replies] == [200, 200, 429]
        assert replies[2].body["global"]
        assert replies[2].headers["X-RateLimit-Global"] == "true"
        assert len(discord.refused_429) == 2


async def test_what_goes_wrong_on_purpose(discord: FakeDiscord, rest: Rest) -> None:
    main = discord.channel(discord.guild("Camp"), "main")
    path, say = f"/channels/{main.id}/messages", {"content": "hi"}

    async def fails(kind: Any, **more: Any) -> Reply:
        discord.fail("POST /channels/*/messages", kind, **more)
        return await rest("POST", path, say)

    assert (await fails("server", status=503)).status == 503
    assert b"<html>" in (await fails("html")).body
    assert (await fails("unauthorized")).status == 401
    limited = await fails("too_many", retry_after=0.5, is_global=True)
    assert (limited.status, limited.body["retry_after"], limited.body["global"]) == (429, 0.5, True)
    assert not main.messages
    for kind in ("closed", "lost_reply"):
        with pytest.raises(aiohttp.ClientError):
            await fails(kind)
    assert len(main.messages) == 1
    assert (await rest("GET", path)).status == 200
    assert [call.fault for call in discord.asked("POST /channels/{channel}/messages")] == [
        "server", "html", "unauthorized", "too_many", "closed", "lost_reply",
    ]  # fmt: skip

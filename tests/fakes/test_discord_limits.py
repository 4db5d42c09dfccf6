"""Who breaks the published schema or a limit gets a 400, and is remembered."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Rest

Json = dict[str, Any]


def button(**more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | more


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def option(number: int, **more: Any) -> Json:
    return {"label": str(number), "value": str(number)} | more


def select(*options: Json, **more: Any) -> Json:
    return {"type": 3, "custom_id": "s", "options": list(options)} | more


def poll(**more: Any) -> Json:
    return {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "a"}}], "duration": 1} | more


GOOD: list[Json] = [
    {"content": "x" * 2000},
    {"embeds": [{"title": "x" * 256, "description": "x" * 4096}]},
    {"content": "x", "components": [row(*(button(custom_id=f"{r}{n}") for n in range(5))) for r in range(5)]},
    {"content": "x", "components": [row(select(*(option(n) for n in range(25)), min_values=0, max_values=25))]},
    {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "url": "https://example.org"})]},
    {"poll": poll(answers=[{"poll_media": {"text": "a" * 55}}] * 10, duration=768)},
    {"content": "x", "nonce": "1" * 25, "flags": 4096, "allowed_mentions": {"parse": ["users"]}},
]
BAD: list[Json] = [
    {"content": "x" * 2001},
    {"content": 5},
    {"contents": "x"},
    {"content": "x", "nonce": "1" * 26},
    {"embeds": [{"title": "x" * 257}]},
    {"embeds": [{"description": "x" * 4097}]},
    {"embeds": [{"description": "x" * 3001}] * 2},
    {"embeds": [{"title": "x"}] * 11},
    {"content": "x", "components": [row(button(custom_id=str(n))) for n in range(6)]},
    {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
    {"content": "x", "components": [button()]},
    {"content": "x", "components": [row(button(), button())]},
    {"content": "x", "components": [row(button(custom_id="x" * 101))]},
    {"content": "x", "components": [row(button(label="x" * 81))]},
    {"content": "x", "components": [row(button(style=5))]},
    {"content": "x", "components": [row(button(), select(option(1)))]},
    {"content": "x", "components": [row(select(*(option(n) for n in range(26))))]},
    {"content": "x", "components": [row(select(option(1), option(1)))]},
    {"content": "x", "components": [row(select(option(1, description="x" * 101)))]},
    {"content": "x", "components": [row(select(option(1), max_values=2))]},
    {"poll": poll(question={"text": "x" * 301})},
    {"poll": poll(answers=[{"poll_media": {"text": "a" * 56}}])},
    {"poll": poll(answers=[{"poll_media": {"text": "a"}}] * 11)},
    {"poll": poll(duration=769)},
    {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
    {"content": "x", "attachments": [{"id": "0", "filename": "nothing"}]},
]


async def test_what_is_allowed_is_taken(discord: FakeDiscord, rest: Rest) -> None:
    main = discord.channel(discord.guild("Camp"), "main")
    for body in GOOD:
        assert (await rest("POST", f"/channels/{main.id}/messages", body)).status == 200, body
    assert not discord.violations


async def test_messages_beyond_the_limits_are_refused(discord: FakeDiscord, rest: Rest) -> None:
    main = discord.channel(discord.guild("Camp"), "main")
    for body in BAD:
        discord.violations.clear()
        reply = await rest("POST", f"/channels/{main.id}/messages", body)
        assert (reply.status, reply.code, len(discord.violations)) == (400, 50035, 1), body
    assert not main.messages
    assert (await rest("POST", f"/channels/{main.id}/messages", {"content": ""})).code == 50006
    assert (await rest("POST", f"/channels/{main.id}/messages", {}, files=(b"x" * (10 * 2**20 + 1),))).status == 413


def command(**more: Any) -> Json:
    return {"name": "page", "description": "a page"} | more


def text(name: str, **more: Any) -> Json:
    return {"type": 3, "name": name, "description": "d"} | more


async def test_commands_beyond_the_limits_are_refused(discord: FakeDiscord, rest: Rest) -> None:
    path = f"/applications/{discord.application_id}/commands"
    good = [command(name=f"c{number}") for number in range(99)]
    good += [
        command(name="打卡", name_localizations={"zh-CN": "打卡"}, options=[text("甲", required=True), text("乙")])
    ]
    good += [{"name": f"Thank {number}", "type": 3} for number in range(15)]
    assert (await rest("PUT", path, good)).status == 200
    ids = [each["id"] for each in (await rest("GET", path)).body]
    assert [each["id"] for each in (await rest("PUT", path, good)).body] == ids
    long = [
        text(f"o{number}", description="x" * 100, choices=[{"name": "n" * 100, "value": "v"}] * 4)
        for number in range(25)
    ]
    bad: list[list[Json]] = [
        [*good, command()],
        [*good, {"name": "Thank you", "type": 3}],
        [command(), command()],
        [command(name="Page")],
        [command(name="a page")],
        [command(description="")],
        [command(description="x" * 101)],
        [command(name_localizations={"zh": "页"})],
        [command(options=[text("a"), text("b", required=True)])],
        [command(options=[text(f"o{number}") for number in range(26)])],
        [command(options=[text("a", choices=[{"name": str(n), "value": str(n)} for n in range(26)])])],
        [command(options=[text("a", choices=[{"name": "x", "value": 1}])])],
        [command(options=[{"type": 1, "name": "sub", "description": "d"}, text("a")])],
        [command(options=long)],
        [{"name": "Thank", "type": 3, "description": "no"}],
    ]
    for commands in bad:
        discord.violations.clear()
        assert (await rest("PUT", path, commands)).code == 50035, commands
        assert len(discord.violations) == 1
    assert [each["id"] for each in (await rest("GET", path)).body] == ids


async def test_what_is_no_route_is_remembered(discord: FakeDiscord, rest: Rest) -> None:
    assert (await rest("GET", "/channel/5")).status == 404
    assert discord.violations == ["GET /channel/5: 404: Not Found"]
    assert (await rest("GET", "/channels/5")).code == 10003
    assert len(discord.violations) == 1

"""What people do in the Discord of our own, and what they see there."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord as dpy
import pytest

from tests.fakes.discord import PNG, FakeDiscord, Interaction, Kind, Limits, Right
from tests.fakes.discord.server import BEGINNING
from tests.fakes.discord_client import Rest, running

COMMANDS = [
    {
        "name": "points",
        "description": "points",
        "contexts": [0],
        "options": [
            {
                "type": 1,
                "name": "add",
                "description": "gives some",
                "options": [
                    {"type": 6, "name": "who", "description": "to whom", "required": True},
                    {"type": 4, "name": "number", "description": "how many", "min_value": 1, "required": True},
                    {"type": 11, "name": "proof", "description": "a picture"},
                ],
            }
        ],
    },
    {"name": "Praise", "type": 2},
    {"name": "ban", "description": "for admins", "default_member_permissions": Right.ADMINISTRATOR.value},
]


def asked(discord: FakeDiscord, id: int) -> Interaction:
    return discord.world.interactions[id]


async def test_commands_are_filled_in_as_the_client_lets_one(discord: FakeDiscord, rest: Rest) -> None:
    ada, ben = discord.person("Ada"), discord.person("Ben")
    guild = discord.guild("Camp", ada, ben)
    main = discord.channel(guild, "main")
    assert (await rest("PUT", f"/applications/{discord.application_id}/commands", COMMANDS)).status == 200
    given: dict[str, Any] = {"who": ben, "number": 3, "proof": ("a.png", PNG)}
    data = asked(discord, discord.types_command(ada, main, "points add", given)).data
    assert data["options"][0]["options"][:2] == [
        {"name": "who", "type": 6, "value": str(ben.id)},
        {"name": "number", "type": 4, "value": 3},
    ]
    assert data["resolved"]["users"][str(ben.id)]["username"] == "ben"
    assert data["resolved"]["attachments"]
    praise = discord.types_command(ada, main, "Praise", target=ben)
    assert asked(discord, praise).data["target_id"] == str(ben.id)
    for name, options in (
        ("point", {}),
        ("points", {}),
        ("points add", {"who": ben}),
        ("points add", {"who": ben, "number": 0}),
        ("points add", {"who": "ben", "number": 1}),
        ("points add", {"who": ben, "number": 1, "why": "so"}),
        ("ban", {}),
    ):
        with pytest.raises(AssertionError):
            discord.types_command(ada, main, name, options)
    with pytest.raises(AssertionError, match="not for DMs"):
        discord.types_command(ada, ada, "points add", given)
    discord.makes_admin(ada, guild)
    assert discord.types_command(ada, main, "ban")


async def test_selects_take_as_many_as_they_ask_for(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    main = discord.channel(discord.guild("Camp", ada), "main")
    options = [{"label": day, "value": day.lower()} for day in ("Sat", "Sun")]
    menus = [
        {"type": 3, "custom_id": "days", "options": options, "max_values": 2},
        {"type": 5, "custom_id": "who", "max_values": 1},
    ]
    body = {"content": "when?", "components": [{"type": 1, "components": [menu]} for menu in menus]}
    message = int((await rest("POST", f"/channels/{main.id}/messages", body)).body["id"])
    chosen = discord.selects(ada, main, message, ["Sat", "sun"], "days")
    assert asked(discord, chosen).data["values"] == ["sat", "sun"]
    who = discord.selects(ada, main, message, [ada], "who")
    assert str(ada.id) in asked(discord, who).data["resolved"]["users"]
    with pytest.raises(AssertionError, match="choose 1 to 2"):
        discord.selects(ada, main, message, [], "days")


async def test_people_do_only_what_they_may(discord: FakeDiscord) -> None:
    ada, ben = discord.person("Ada"), discord.person("Ben")
    guild = discord.guild("Camp", ada, ben)
    main, forum = discord.channel(guild, "main"), discord.channel(guild, "asks", "forum", tags=["open"])
    message = discord.says(ada, main, "hi")
    discord.edits(ada, main, message, "hello")
    thread = discord.thread(ben, main, "about", message=message, people=[ada])
    assert thread.id == message
    discord.archives(thread)
    discord.says(ada, thread, "and so on")
    assert not thread.is_archived
    secret = discord.thread(ben, main, "secret", is_private=True)
    assert secret.kind == Kind.PRIVATE_THREAD
    discord.overwrites(main, ada, deny=Right.SEND_MESSAGES)
    for wrong in (
        lambda: discord.says(ada, main, "more"),
        lambda: discord.says(ada, secret, "hm"),
        lambda: discord.says(ada, forum, "hm"),
        lambda: discord.says(ada, ben, "not my DM"),
        lambda: discord.edits(ben, main, message, "mine"),
        lambda: discord.deletes(ben, main, message),
        lambda: discord.posts_in_forum(ada, forum, "?", "?", ["closed"]),
    ):
        with pytest.raises(AssertionError):
            wrong()
    assert [each.content for each in discord.visible(ben, main) if not each.type] == ["hello"]
    assert discord.visible(ada, secret) == []


async def test_polls_end_by_the_clock() -> None:
    now = [BEGINNING]
    async with FakeDiscord(now=lambda: now[0], limits=Limits.off()) as discord, Rest(discord) as rest:
        ada = discord.person("Ada")
        main = discord.channel(discord.guild("Camp", ada), "main")
        poll = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "Yes"}}], "duration": 1}
        message = int((await rest("POST", f"/channels/{main.id}/messages", {"poll": poll})).body["id"])
        discord.votes(ada, main, message, "Yes")
        now[0] += timedelta(hours=2)
        with pytest.raises(AssertionError, match="the poll is over"):
            discord.votes(ada, main, message)
        discord.ends_polls()
        shown = (await rest("GET", f"/channels/{main.id}/messages/{message}")).body["poll"]["results"]
        assert shown["is_finalized"]
        assert shown["answer_counts"][0]["count"] == 1


async def test_the_client_lives_through_what_happens(discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    main = discord.channel(guild, "main")
    async with running(discord, monkeypatch) as client:
        second = discord.guild("Second", ada)
        await discord.until(lambda: client.get_guild(second.id))
        discord.renames(ada, guild, "Countess")
        role = discord.role(guild, "Starter")
        discord.gives_role(ada, guild, role)
        there = client.get_guild(guild.id)
        assert there is not None
        await discord.until(lambda: [each.name for each in _member(there, ada.id).roles] == ["@everyone", "Starter"])
        assert _member(there, ada.id).display_name == "Countess"
        discord.channel(guild, "news", "announcement")
        discord.deletes_channel(main)
        await discord.until(lambda: [channel.name for channel in there.channels] == ["news"])
        discord.goes_down(second)
        await discord.until(lambda: [each.unavailable for each in client.guilds] == [False, True])
        discord.comes_back(second)
        await discord.until(lambda: [each.unavailable for each in client.guilds] == [False, False])
        discord.removes_bot(second)
        await discord.until(lambda: client.get_guild(second.id) is None)
        discord.leaves(ada, guild)
        await discord.until(lambda: there.get_member(ada.id) is None)
        heard = asyncio.create_task(client.wait_for("message", timeout=5))
        await asyncio.sleep(0)
        discord.gateway.drop()
        discord.says(ada, ada, "in private")
        assert (await heard).content == "in private"  # after RESUME
    assert discord.gateway.resumes == 1
    assert not discord.gateway.violations


def _member(guild: dpy.Guild, id: int) -> dpy.Member:
    member = guild.get_member(id)
    assert member is not None
    return member

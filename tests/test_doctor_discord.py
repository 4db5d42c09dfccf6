"""`doctor` on Discord: what is well, what is not, what to do about it; it changes nothing and tells no secret."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.commands import registration
from adapters.publishing import digest_of
from bot.app import build, real_now
from bot.config import load_config, require_secrets
from bot.domain.errors import RulesRejected
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.slash import slash_commands_of
from bot.texts.catalogue import Catalogues
from scheduler.clock import RealClock
from storage.documents import Documents
from tests.community import COURSE, write_course
from tests.fakes.discord import OF_THE_BOT, FakeDiscord, Right
from tests.shell import Shell
from tests.sources import ROOT

WANTED = registration(slash_commands_of(Registry(FEATURES), Catalogues()))


class Patient:
    """An installation on Discord that is examined."""

    def __init__(self, shell: Shell, folder: Path, discord: FakeDiscord) -> None:
        self.shell = shell
        self.folder = folder
        self.discord = discord
        self.config = folder / "config.yaml"
        self.is_set_to(discord.api)
        self.lives_in(1)
        shell.has("BOT", discord.token)

    def is_set_to(self, api: str, language: str = "en") -> None:
        platform = f"{{token: env:BOT, api: '{api}'}}"
        text = f"language: {language}\ncourses: [./writing]\nplatforms: {{discord: {platform}}}\n"
        self.config.write_text(text, encoding="utf-8")

    def lives_in(self, channel: int) -> None:
        write_course(self.folder / "writing", course=COURSE.replace("local: main", f"discord: {channel}"))

    def has_registered(self, commands: list[dict[str, Any]]) -> None:
        self.discord.world.commands[None] = [{**one, "id": str(n)} for n, one in enumerate(commands, 1)]

    async def remembers(self, *documents: tuple[str, str, dict[str, Any]]) -> None:
        """What the adapter has written down while it ran."""
        app = build(load_config(self.config, {}), clock=RealClock())
        await app.start()
        await Documents(app.database, "discord").put_many(documents)
        await app.close()

    async def examined(self, *more: str) -> int:
        return await asyncio.to_thread(self.shell, "doctor", "-c", self.config, *more)

    def said(self, part: str) -> str:
        """The one line with these words."""
        [line] = [line for line in self.shell.lines if part in line]
        return line


@pytest.fixture
async def patient(tmp_path: Path, shell: Shell) -> AsyncIterator[Patient]:
    async with FakeDiscord(now=real_now) as discord:
        yield Patient(shell, tmp_path, discord)
        assert {call.method for call in discord.calls} <= {"GET"}
        assert discord.violations == []
        assert discord.token not in shell.out + shell.err


async def test_all_is_well(patient: Patient) -> None:
    guild = patient.discord.guild("Camp", patient.discord.person("Ada"))
    patient.lives_in(patient.discord.channel(guild, "main").id)
    patient.has_registered(WANTED)
    assert await patient.examined() == 0
    told = [line for line in patient.shell.lines if not line.startswith("[ok]")]
    assert [line for line in told if "database" not in line] == [patient.shell.lines[-1]]
    assert patient.said("Discord takes the token: homeroom")
    assert patient.said("the words of messages, and who the members are")
    assert patient.said("1000 new connections are left for today; shards: 1")
    assert patient.said(f"All {len(WANTED)} commands are registered")
    assert patient.said("main of writing: in “Camp #main” the bot may do all it needs")
    assert patient.said("The clock agrees")


async def test_it_speaks_the_operators_language_and_json(patient: Patient) -> None:
    patient.is_set_to(patient.discord.api, language="zh-CN")
    assert await patient.examined("--json") == 1
    rows = [json.loads(line) for line in patient.shell.lines]
    assert {"level": "ok", "id": "doctor.discord.token", "text": "Discord 密钥有效：homeroom"} in rows
    assert all(set(row) == {"level", "id", "text"} for row in rows)


# --- the token, the server, the intents -------------------------------------------------------------------------------


async def test_a_token_that_is_refused(patient: Patient) -> None:
    patient.shell.has("BOT", "another-token-that-is-wrong")
    assert await patient.examined() == 1
    assert patient.said("refuses the token").startswith("[problem]")
    assert "another-token" not in patient.shell.out + patient.shell.err


async def test_a_token_that_is_not_there(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT")
    assert await patient.examined() == 1
    assert "BOT" in next(line for line in patient.shell.lines if line.startswith("[problem]"))
    settings = load_config(patient.config, {})
    with pytest.raises(RulesRejected):
        require_secrets(settings.platforms, {}, patient.config)


@pytest.mark.parametrize("kind", ["server", "malformed", "lost_reply"])
async def test_a_server_that_fails(patient: Patient, kind: Any) -> None:
    patient.discord.fail("GET /users/@me", kind, times=3)
    assert await patient.examined() == 1
    assert patient.said("can't be asked").startswith("[problem]")


async def test_a_server_that_is_not_there(patient: Patient) -> None:
    patient.is_set_to("http://127.0.0.1:9/api/v10")
    assert await patient.examined() == 1
    assert patient.said("can't be asked").startswith("[problem]")


@pytest.mark.parametrize(("seconds", "mark"), [(3, "[ok]"), (-20, "[warning]"), (90, "[problem]")])
async def test_a_clock_that_is_off(patient: Patient, seconds: int, mark: str) -> None:
    patient.discord.world.now = lambda: real_now() + timedelta(seconds=seconds)
    await patient.examined()
    assert patient.said("clock agrees" if mark == "[ok]" else "clock is off").startswith(mark)


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        (1 << 14 | 1 << 18, []),  # a bot on many servers, whose intents were granted
        (1 << 15, ["Message Content Intent"]),
        (1 << 19, ["Server Members Intent"]),
        (0, ["Message Content Intent", "Server Members Intent"]),
    ],
)
async def test_intents_that_are_off(patient: Patient, flags: int, missing: list[str]) -> None:
    patient.discord.world.application_flags = flags
    await patient.examined()
    for name in ("Message Content Intent", "Server Members Intent"):
        told = [line for line in patient.shell.lines if name in line]
        assert [line.startswith("[problem]") for line in told] == [True] * (name in missing)


@pytest.mark.parametrize(("left", "mark"), [(3, "[warning]"), (0, "[problem]")])
async def test_connections_that_run_out(patient: Patient, left: int, mark: str) -> None:
    patient.discord.world.starts_left = left
    await patient.examined()
    assert patient.said(f"Only {left} new connections are left for the next 1 day").startswith(mark)


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_commands_that_are_others(patient: Patient) -> None:
    patient.has_registered(WANTED[:-2])
    await patient.examined()
    differ = f"The registered commands ({len(WANTED) - 2}) are not those of this version ({len(WANTED)})"
    assert patient.said(differ).startswith("[warning]")


async def test_commands_of_the_same_names_that_take_something_else(patient: Patient) -> None:
    patient.has_registered(WANTED)
    await patient.remembers(("commands", patient.discord.application_id, {"digest": digest_of(WANTED[:1])}))
    await patient.examined()
    assert patient.said("The registered commands").startswith("[warning]")
    await patient.remembers(("commands", patient.discord.application_id, {"digest": digest_of(WANTED)}))
    await patient.examined()
    assert patient.said("commands are registered").startswith("[ok]")


# --- channels and servers ---------------------------------------------------------------------------------------------


async def test_what_the_bot_lacks_in_each_channel(patient: Patient) -> None:
    discord = patient.discord
    guild = discord.guild("Camp", discord.person("Ada"), rights=OF_THE_BOT & ~Right.MANAGE_ROLES)
    main = discord.channel(guild, "main")
    discord.overwrites(main, deny=Right.ATTACH_FILES)
    patient.lives_in(main.id)
    await patient.examined()
    lacking = [line for line in patient.shell.lines if line.startswith("[warning] main of writing (“Camp #main”): ")]
    assert [bool(re.search("attach files|manage roles", line)) for line in lacking] == [True, True]


@pytest.mark.parametrize("where", ["nowhere", "hidden", "out"])
async def test_a_channel_that_the_bot_does_not_see(patient: Patient, where: str) -> None:
    discord = patient.discord
    guild = discord.guild("Camp", discord.person("Ada"))
    main = discord.channel(guild, "main")
    if where != "nowhere":
        patient.lives_in(main.id)
    if where == "hidden":
        discord.overwrites(main, deny=Right.VIEW_CHANNEL)
    if where == "out":
        discord.removes_bot(guild)
    assert await patient.examined() == 1
    assert patient.said("there is no such channel, or the bot can't see it").startswith("[problem] main of writing")


async def test_roles_that_stand_above_the_bots(patient: Patient) -> None:
    discord = patient.discord
    guild = discord.guild("Camp", discord.person("Ada"))
    patient.lives_in(discord.channel(guild, "main").id)
    role = discord.role(guild, "Core")
    await patient.remembers(("role", f"{guild.id}:writing:level:core", {"id": str(role.id), "name": "Core"}))
    role.position = 0
    await patient.examined()
    assert patient.said("In “Camp” the bot can give").startswith("[ok]")
    role.position = 101
    await patient.examined()
    assert "so it can't give them: Core." in patient.said("In “Camp” these roles stand above")


# --- what nobody knows any more ---------------------------------------------------------------------------------------


def _gap(since: datetime, *kinds: str) -> tuple[str, str, dict[str, Any]]:
    until = since + timedelta(hours=2)
    value = {"since": since.isoformat(), "until": until.isoformat(), "kinds": list(kinds)}
    return ("gaps", since.isoformat(), value)


async def test_what_was_lost_in_the_last_outages_is_said(patient: Patient) -> None:
    now = real_now()
    gaps = [_gap(now - timedelta(days=days), "interactions", "votes") for days in (1, 2, 3, 4, 30)]
    await patient.remembers(*gaps)
    await patient.examined()
    lines = [line for line in patient.shell.lines if "nobody listened to Discord" in line]
    assert len(lines) == 3
    assert all(line.endswith("(people have to use them again), votes in some polls.") for line in lines)


async def test_a_channel_that_waits_to_be_read_is_named(patient: Patient) -> None:
    at = datetime.fromisoformat("2027-03-01T09:00:00+00:00")
    value = {"channel": "5", "after": "1", "since": at.isoformat(), "reason": "403"}
    await patient.remembers(("unread", "5", value), ("unread", "5/threads", value))
    await patient.examined()
    assert patient.said("The messages of channel 5 since 1 Mar 09:00 (UTC)").startswith("[warning]")


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_examples_discord_section_can_be_switched_on(tmp_path: Path) -> None:
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    section = re.sub(r"^  # ?", "  ", example[example.index("  # discord:") :], flags=re.MULTILINE)
    config = tmp_path / "config.yaml"
    config.write_text("platforms:\n" + section, encoding="utf-8")
    discord = load_config(config, {}).platforms.discord
    assert discord is not None
    assert discord.model_dump(exclude_unset=True) == discord.model_dump()
    assert discord.token == "env:DISCORD_TOKEN"


@pytest.mark.parametrize("wrong", ["api: discord.com", "gateway: 'https://gateway.discord.gg'"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"platforms: {{discord: {{token: env:BOT, {wrong}}}}}\n", encoding="utf-8")
    with pytest.raises(RulesRejected):
        load_config(config, {})

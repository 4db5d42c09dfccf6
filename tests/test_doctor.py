"""`doctor`: what is well, what is not, and what to do about it; it changes nothing and gives no secret away."""

import asyncio
import json
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.app import App, build, real_now
from bot.cli import examined
from bot.config import load_config
from bot.domain.events import UpdateUnreadable
from bot.domain.ids import EventKey
from scheduler.clock import RealClock
from storage import migrate as schema
from storage.leases import Holder, take
from storage.tables import outbox
from tests.community import COURSE, write_course
from tests.fakes.telegram import ADMIN_RIGHTS, FakeTelegram
from tests.shell import Shell
from tests.sources import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:telegram")


class Patient:
    """An installation on Telegram that is examined."""

    def __init__(self, shell: Shell, folder: Path, telegram: FakeTelegram) -> None:
        self.shell = shell
        self.folder = folder
        self.telegram = telegram
        self.config = folder / "config.yaml"
        self.is_set_to()
        self.lives_in(-1)
        shell.has("BOT", telegram.token)
        shell.has("HOOK", "hook-secret")

    def is_set_to(self, more: str = "", language: str = "en") -> None:
        platform = f"{{token: env:BOT, api: '{self.telegram.url}'{more}}}"
        text = f"language: {language}\ncourses: [./writing]\nplatforms: {{telegram: {platform}}}\n"
        self.config.write_text(text, encoding="utf-8")

    def lives_in(self, chat: int) -> None:
        write_course(self.folder / "writing", course=COURSE.replace("local: main", f"telegram: {chat}"))

    async def starts(self) -> App:
        """The database as a process that has run leaves it."""
        app = build(load_config(self.config, {}), clock=RealClock())
        await app.start()
        return app

    async def examined(self, *more: str) -> int:
        return await asyncio.to_thread(self.shell, "doctor", "-c", self.config, *more)

    def said(self, part: str) -> str:
        """The one line with these words."""
        [line] = [line for line in self.shell.lines if part in line]
        return line


@pytest.fixture
async def patient(tmp_path: Path, shell: Shell) -> AsyncIterator[Patient]:
    async with FakeTelegram(wall=real_now) as telegram:
        yield Patient(shell, tmp_path, telegram)
        assert {call.method for call in telegram.calls} <= {"getMe", "getWebhookInfo", "getChat", "getChatMember"}
        assert telegram.violations == []


async def test_where_all_is_well_it_says_so(patient: Patient) -> None:
    group = patient.telegram.group("Writers", patient.telegram.person("Ada"), bot="administrator")
    patient.lives_in(group.id)
    await (await patient.starts()).close()
    assert await patient.examined() == 0
    assert [line for line in patient.shell.lines if not line.startswith("[ok] ")] == ["Done. Problems: 0, warnings: 0."]
    assert patient.said("in “Writers” the bot may do all it needs")
    assert patient.said("Telegram takes the token: @homeroom_bot")
    assert patient.said("Time zones are known: Europe/London")
    assert patient.said("The clock agrees")
    assert patient.said("No process is running now")


async def test_it_makes_nothing_where_nothing_was(patient: Patient) -> None:
    before = sorted(patient.folder.rglob("*"))
    patient.lives_in(patient.telegram.group("Writers", bot="administrator").id)
    assert await patient.examined() == 0
    assert patient.said("There is no database").startswith("[warning]")
    assert patient.said("in “Writers” the bot may do all it needs")  # as course.yaml names it
    assert sorted(patient.folder.rglob("*")) == before


async def test_it_speaks_the_operators_language_and_json(patient: Patient) -> None:
    patient.is_set_to(language="zh-CN")
    patient.lives_in(patient.telegram.group("写作营", bot="administrator").id)
    assert await patient.examined() == 0
    assert "[正常] Telegram 密钥有效：@homeroom_bot" in patient.shell.lines
    assert await patient.examined("--json") == 0
    rows = [json.loads(line) for line in patient.shell.lines]
    assert {"level": "ok", "id": "doctor.telegram.token", "text": "Telegram 密钥有效：@homeroom_bot"} in rows
    assert all(set(row) == {"level", "id", "text"} for row in rows)


# --- the token, the server, the clock ---------------------------------------------------------------------------------


async def test_a_token_that_is_refused(patient: Patient) -> None:
    patient.shell.has("BOT", "123456:another-token-that-is-wrong")
    assert await patient.examined() == 1
    assert patient.said("refuses the token").startswith("[problem]")
    assert "another-token" not in patient.shell.out + patient.shell.err


async def test_a_token_that_is_not_there(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT")
    assert await patient.examined() == 1
    assert "BOT" in next(line for line in patient.shell.lines if line.startswith("[problem]"))


@pytest.mark.parametrize("kind", ["server", "malformed", "lost_reply"])
async def test_a_server_that_fails(patient: Patient, kind: Any) -> None:
    patient.telegram.fail("getMe", kind)
    assert await patient.examined() == 1
    assert patient.said("can't be asked").startswith("[problem]")
    assert patient.telegram.token not in patient.shell.out + patient.shell.err


async def test_a_server_that_is_not_there(patient: Patient) -> None:
    patient.telegram.url = "http://127.0.0.1:9"
    patient.is_set_to()
    assert await patient.examined() == 1
    assert patient.said("can't be asked").startswith("[problem]")
    assert patient.said("The clock could not be compared").startswith("[warning]")


@pytest.mark.parametrize(("seconds", "code", "mark"), [(3, 0, "[ok]"), (-20, 0, "[warning]"), (90, 1, "[problem]")])
async def test_a_clock_that_is_off(patient: Patient, seconds: int, code: int, mark: str) -> None:
    patient.telegram.world.wall = lambda: real_now() + timedelta(seconds=seconds)
    patient.lives_in(patient.telegram.group("Writers", bot="administrator").id)
    assert await patient.examined() == code
    assert patient.said("clock agrees" if mark == "[ok]" else "clock is off").startswith(mark)


# --- how updates come in ----------------------------------------------------------------------------------------------


async def test_privacy_mode_is_said_with_its_remedy(patient: Patient) -> None:
    patient.telegram.privacy(True)
    await patient.examined()
    assert patient.said("Privacy mode is on").startswith("[warning]")
    assert "/setprivacy" in patient.said("Privacy mode is on")


async def test_a_webhook_in_the_way_of_polling(patient: Patient) -> None:
    hook(patient, "https://other.example.org/secret-path")
    await patient.examined()
    assert patient.said("but a webhook is set (other.example.org)").startswith("[warning]")
    assert "secret-path" not in patient.shell.out
    app = await patient.starts()
    other = Holder(id="another", host=socket.gethostname(), pid=os.getppid())
    await app.database.run(lambda db: take(db, "process:another", other, real_now()))
    await app.close()
    assert await patient.examined() == 1
    assert patient.said("but a webhook is set").startswith("[problem]")  # no start is going to mend it
    assert patient.said(f"Process {os.getppid()} is running").startswith("[ok]")


async def test_a_webhook_that_is_another_or_fails(patient: Patient) -> None:
    patient.is_set_to(", mode: webhook, webhook: {url: 'https://bot.example.org/tg', secret: 'env:HOOK'}")
    await patient.examined()
    assert patient.said("Telegram has another webhook than the config (–)").startswith("[warning]")
    hook(patient, "https://bot.example.org/tg", error="Wrong response from the webhook: 502 Bad Gateway", minutes=5)
    await patient.examined()
    assert patient.said("The webhook is the one in the config").startswith("[ok]")
    assert patient.said("failed 5 minutes ago: Wrong response from the webhook: 502").startswith("[warning]")


def hook(patient: Patient, url: str, error: str | None = None, minutes: int = 0) -> None:
    """A webhook that nothing is sent to."""
    from tests.fakes.telegram.delivery import Webhook

    set_ = Webhook(url=url, secret=None, max_connections=40)
    set_.last_error, set_.last_error_at = error, int((real_now() - timedelta(minutes=minutes)).timestamp())
    patient.telegram._delivery.webhook = set_


async def test_many_updates_that_wait(patient: Patient) -> None:
    await patient.examined()
    assert patient.said("0 updates wait").startswith("[ok]")
    for _ in range(101):
        patient.telegram.queue({})
    await patient.examined()
    assert patient.said("101 updates wait").startswith("[warning]")
    assert patient.telegram.pending == 101  # none was taken


# --- the chats --------------------------------------------------------------------------------------------------------


async def test_what_the_bot_lacks_in_each_chat(patient: Patient) -> None:
    group = patient.telegram.group("Writers", bot="administrator")
    group.member(patient.telegram.bot).rights = ADMIN_RIGHTS - {"can_pin_messages", "can_delete_messages"}
    patient.lives_in(group.id)
    assert await patient.examined() == 0
    lacking = [line for line in patient.shell.lines if line.startswith("[warning] main of writing (“Writers”): ")]
    assert [bool(re.search("may not (pin|delete)", line)) for line in lacking] == [True, True]


@pytest.mark.parametrize("where", ["nowhere", "out"])
async def test_a_chat_that_the_bot_is_not_in(patient: Patient, where: str) -> None:
    if where == "out":
        patient.lives_in(patient.telegram.group("Writers", bot="left").id)
    assert await patient.examined() == 1
    assert patient.said("there is no such chat, or the bot is not in it").startswith("[problem] main of writing")


# --- the house --------------------------------------------------------------------------------------------------------


async def test_what_could_not_be_understood_is_listed_without_secrets(patient: Patient) -> None:
    app = await patient.starts()
    raw = '{"update_id":7,"token":"' + patient.telegram.token + '",\n"message":"\u202e' + "x" * 500 + '"}'
    for number in range(7):
        key = EventKey(f"telegram:raw:{number}")
        await app.sink([UpdateUnreadable(key=key, at=real_now(), platform="telegram", raw=raw, error="no message")])
    await app.close()
    await patient.examined()
    lines = [line for line in patient.shell.lines if "could not be understood" in line]
    assert [line[: len("[warning] Update 7")] for line in lines[:5]] == [
        f"[warning] Update {n}" for n in (7, 6, 5, 4, 3)
    ]
    assert '{"update_id":7,"token":"…", "message":" x' in lines[0]
    assert lines[5:] == ["[warning] 2 more updates could not be understood."]
    assert patient.telegram.token not in patient.shell.out


async def test_messages_that_did_not_arrive_are_counted(patient: Patient) -> None:
    app = await patient.starts()
    now = real_now()

    def row(key: str, state: str, **age: int) -> dict[str, Any]:
        at = now - timedelta(**age)
        moments = {"not_before": at, "expires_at": at, "settled_at": at}
        return {
            "key": key,
            "lane": key,
            "platform": "telegram",
            "message": {},
            "state": state,
            "is_notice": False,
            **moments,
        }

    rows = [
        row("a", "dead", hours=1),
        row("b", "dead", days=2),
        row("c", "unknown", hours=2),
        row("d", "sent", hours=2),
    ]
    await app.database.run(lambda db: db.execute(insert(outbox), rows))
    await app.close()
    await patient.examined()
    assert patient.said("Within the last day telegram refused 1 message ")
    assert patient.said("nobody knows whether 1 message to telegram arrived")


async def test_files_that_cannot_be_taken(patient: Patient) -> None:
    write_course(patient.folder / "writing", course="title: [")
    assert await patient.examined() == 1
    assert "./homeroom check" in patient.said("files of the course writing can't be taken")


async def test_a_rule_that_is_off(patient: Patient) -> None:
    write_course(patient.folder / "writing", rules="check_in:\n  when: nothing.known\n  then: [{award: 1}]\n")
    await patient.examined()
    assert patient.said("In the course writing, 1 rule or ritual is off").startswith("[warning]")


async def test_a_database_of_another_version(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await patient.starts()).close()
    newest = schema.newest_revision()
    monkeypatch.setattr(schema, "newest_revision", lambda: "9999")
    await patient.examined()
    assert patient.said("is still at").startswith("[warning]")
    monkeypatch.setattr(schema, "newest_revision", lambda: "0001")
    assert await patient.examined() == 1
    assert newest in patient.said("was made by a newer version")


async def test_a_full_disk_and_old_rules_of_time_zones(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    nearly: Callable[[Any], Any] = lambda _: type("Usage", (), {"free": 50_000_000})  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", nearly)
    monkeypatch.setattr(examined, "zone_rules", lambda: "2019a")
    assert await patient.examined() == 1
    assert patient.said("Only 0.1 GB of disk space is free").startswith("[problem]")
    assert patient.said("The rules of time zones are of 2019a").startswith("[warning]")


async def test_a_house_without_telegram_is_examined_too(tmp_path: Path, shell: Shell) -> None:
    write_course(tmp_path / "writing")
    (tmp_path / "config.yaml").write_text("language: en\ncourses: [./writing]\nplatforms: {local: {}}\n")
    assert shell("doctor", "-c", tmp_path / "config.yaml") == 0
    assert "Telegram" not in shell.out


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_examples_telegram_section_can_be_switched_on(tmp_path: Path) -> None:
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    start, end = example.index("  # telegram:"), example.index("  # Discord. Make an application")
    section = re.sub(r"^  # ?", "  ", example[start:end], flags=re.MULTILINE)
    config = tmp_path / "config.yaml"
    config.write_text("platforms:\n" + section, encoding="utf-8")
    telegram = load_config(config, {}).platforms.telegram
    assert telegram is not None
    assert telegram.model_dump(exclude_unset=True) == telegram.model_dump(exclude={"webhook"})
    assert telegram.api == "https://api.telegram.org"
    hooked = re.sub(r"^    # (?=( *url| *listen| *secret|webhook):)", "    ", section, flags=re.MULTILINE)
    config.write_text("platforms:\n" + hooked.replace("mode: polling", "mode: webhook"), encoding="utf-8")
    telegram = load_config(config, {}).platforms.telegram
    assert telegram is not None
    assert telegram.webhook is not None
    assert telegram.webhook.listen == "127.0.0.1:8443"

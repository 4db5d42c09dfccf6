"""The real process at a Bot API server that we did not write, killed again and again: each update takes effect once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from scheduler.clock import RealClock
from tests.community import COURSE, write_course
from tests.process import Program, free_ports, rows, until

pytestmark = pytest.mark.kill

TOKEN = "4242:a-token-for-tests"
GROUP = -1001
PEOPLE = range(9001, 9101)
SAID = (
    "hello",
    "What I write about today is the sea.",
    "/checkin",
    "What I write about tomorrow is the moon.",
    "good night",
)
KILLS = 5


class Server:
    """The emulator as a process of its own, and its queue of updates."""

    def __init__(self, folder: Path) -> None:
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        program = Path(sys.executable).with_name("lo-bot-api-emulator")
        command = [str(program), "--port", str(port), "--enable-control", "--allow-insecure-loopback-webhooks"]
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        until(self._answers, "the server answers")

    def _answers(self) -> bool:
        try:
            return self.ask("getMe").status_code == 200
        except httpx.TransportError:
            return False

    def ask(self, method: str) -> httpx.Response:
        return self._client.post(f"/bot{TOKEN}/{method}")

    def queue(self, update: dict[str, Any]) -> None:
        self._control("updates", update=update)

    def push(self) -> None:
        """Send what waits to the webhook, until one is not taken."""
        self._control("deliver")

    def _control(self, what: str, **more: Any) -> None:
        self._client.post(f"/__fixture/{what}", json={"token": TOKEN, **more}).raise_for_status()

    @property
    def pending(self) -> int:
        return int(self.ask("getWebhookInfo").json()["result"]["pending_update_count"])

    def stop(self) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


def course_today() -> str:
    today = RealClock().now().date()
    course = yaml.safe_load(COURSE)
    course |= {"starts": today - timedelta(days=2), "ends": today + timedelta(days=10), "time_zone": "UTC"}
    course["spaces"] = [{"id": "main", "kind": "main", "telegram": GROUP}]
    course["staff"] = {"admins": ["telegram:1"]}
    return str(yaml.safe_dump(course, allow_unicode=True))


def program_of(folder: Path, server: Server, **telegram: Any) -> Program:
    write_course(folder / "writing", course=course_today(), rituals="{}", demo="people: []\nscript: []\n")
    settings = {
        "database": "sqlite:///data/homeroom.db",
        "language": "en",
        "courses": ["./writing"],
        "platforms": {"telegram": {"token": "env:TELEGRAM_TOKEN", "api": server.url, **telegram}},
    }
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return Program.run(folder, config)


def queue_everything(server: Server) -> None:
    """Five messages of each of a hundred people, as they would talk at the same time."""
    at = int(RealClock().now().timestamp())
    number = 0
    for text in SAID:
        for person in PEOPLE:
            number += 1
            sender = {"id": person, "is_bot": False, "first_name": f"Person {person}"}
            chat = {"id": GROUP, "type": "supergroup", "title": "Writing camp"}
            message = {"message_id": number, "date": at, "chat": chat, "from": sender, "text": text}
            if text.startswith("/"):
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
            server.queue({"message": message})


def handled(folder: Path) -> int:
    """How many updates have had their effect, as far as is committed."""
    database = folder / "data" / "homeroom.db"
    if not database.exists() or not rows(database, "select 1 from sqlite_master where name = 'event_claim'"):
        return 0
    [[count]] = rows(database, "select count(*) from event_claim where key like 'telegram:4242:%'")
    return int(count)


def check_every_effect_once(folder: Path) -> None:
    database = folder / "data" / "homeroom.db"
    assert handled(folder) == len(SAID) * len(PEOPLE)
    per_member = rows(
        database,
        "select user, (select count(*) from fact where member = a.member and kind = 'message.posted'),"
        " (select count(*) from checkin where member = a.member),"
        " (select sum(points) from ledger where member = a.member) from account a order by user",
    )
    # four plain messages, one check-in for 5 points, two thoughtful messages for 1 point each
    assert per_member == [(str(person), 4, 1, 7) for person in PEOPLE]
    assert rows(database, "select count(*) from set_aside") == [(0,)]
    assert rows(database, "select state, count(*) from outbox where state = 'dead' group by state") == []


def killed_while(program: Program, progress: Callable[[], int], go_on: Callable[[], None]) -> None:
    """Start it, and kill it at five moments in the midst of its work; then let it finish."""
    chance = random.Random(5)
    total = len(SAID) * len(PEOPLE)
    for kill in range(1, KILLS + 1):
        goal = kill * total // (KILLS + 2)
        program.launch()
        deadline = time.monotonic() + 60
        while progress() < goal:
            assert program.is_running, program.complaints
            assert time.monotonic() < deadline, f"only {progress()} of {goal}\n{program.complaints}"
            go_on()
        time.sleep(chance.random() * 0.1)
        program.kill()
    program.launch()


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("WEBHOOK_SECRET", "not-easily-guessed")


def killed_and_complete(folder: Path, server: Server, go_on: Callable[[], None], **telegram: Any) -> None:
    """A process that is killed again and again, until everything is handled; then each effect is looked at."""
    program = program_of(folder, server, **telegram)
    queue_everything(server)

    def is_done() -> bool:
        go_on()
        return handled(folder) == len(SAID) * len(PEOPLE) and server.pending == 0

    try:
        killed_while(program, lambda: handled(folder), go_on)
        until(is_done, "all are handled", within=60)
        program.stop()
    finally:
        if program.is_running:
            program.kill()
    check_every_effect_once(folder)
    assert TOKEN not in program.all_complaints


@pytest.mark.usefixtures("token")
def test_polling_loses_and_doubles_nothing(tmp_path: Path, server: Server) -> None:
    killed_and_complete(tmp_path, server, lambda: time.sleep(0.002))


@pytest.mark.usefixtures("token")
def test_a_webhook_loses_and_doubles_nothing(tmp_path: Path, server: Server) -> None:
    [port] = free_ports(1)
    webhook = {
        "url": f"http://127.0.0.1:{port}/telegram",
        "listen": f"127.0.0.1:{port}",
        "secret": "env:WEBHOOK_SECRET",
    }
    killed_and_complete(tmp_path, server, server.push, mode="webhook", webhook=webhook)


@pytest.mark.usefixtures("token")
def test_of_two_processes_one_polls_and_the_other_takes_over(tmp_path: Path, server: Server) -> None:
    first, second = program_of(tmp_path, server), Program.run(tmp_path, tmp_path / "config.yaml")
    first.logs_to(tmp_path / "first")
    second.logs_to(tmp_path / "second")
    queue_everything(server)
    total = len(SAID) * len(PEOPLE)
    try:
        first.launch()
        until(lambda: handled(tmp_path) > 0, "the first is at work")
        second.launch()
        until(lambda: "ready" in second.printed, "the second is there")
        first.kill()
        until(lambda: handled(tmp_path) == total and server.pending == 0, "all are handled", within=60)
        second.stop()
    finally:
        for program in (first, second):
            if program.is_running:
                program.kill()
    check_every_effect_once(tmp_path)
    assert "second_poller" not in first.all_complaints + second.all_complaints

"""The real process, killed and started again: nothing said is lost, nothing is counted twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import build, real_now
from bot.config import Settings, load_config
from bot.domain.events import CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from scheduler.clock import RealClock
from tests.community import COURSE, write_course
from tests.kill.crowd import Mover, Person, insist
from tests.kill.programs import Start, is_quiet, start_at_one_place
from tests.kill.recount import check_ins, points
from tests.process import Program, Talk, command, free_ports, rows, until

pytestmark = pytest.mark.kill

HELD = Path(__file__).with_name("held.py")

PEOPLE = """
people:
  - {id: ada, name: Ada, role: student}
  - {id: ben, name: Ben, role: student}
  - {id: cleo, name: Cleo, role: student}
  - {id: lin, name: Lin, role: assistant}
  - {id: chen, name: Chen, role: admin}
classmates:
  - {id: mia, name: Mia}
script:
  - {day: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], at: 12:00, who: mia, says: /checkin}
  - {day: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], at: 20:10, who: mia, says: What I write about is the sea.}
"""
DAYS = "days:\n" + "".join(f"  - {{day: {n}, title: Lesson {n}, task: Write {n} lines.}}\n" for n in range(1, 15))


def database_of(folder: Path) -> Path:
    return folder / "data" / "writing.db"


def demo_of(folder: Path, **changed: str) -> Program:
    course = write_course(folder / "writing", **{"demo": PEOPLE, "calendar": DAYS, **changed})
    return Program.demo(folder, "--course", str(course))


# --- many kills at random moments -------------------------------------------------------------------------------------

KILLS = 24
SEED = 20270301


def test_whatever_is_acknowledged_between_random_kills_counts_exactly_once(tmp_path: Path, started: Start) -> None:
    program = started(demo_of(tmp_path))
    address = start_at_one_place(program)
    stopping = threading.Event()
    people = [Person(address, who, SEED, stopping) for who in ("ada", "ben", "cleo", "lin")]
    mover = Mover(address, SEED, stopping, until="2027-03-13")
    moments: list[str] = []
    with ThreadPoolExecutor(8) as threads:
        lives = [threads.submit(live) for live in (mover.live, *(person.live for person in people))]
        try:
            kill_often(program, people, moments)
        finally:
            if not program.is_running:
                program.start()
            stopping.set()
        for life in lives:
            life.result()
    story = f"seed {SEED}, killed {', '.join(moments)}"
    assert program.is_running, story
    with ExitStack() as stack:
        talks = {who: stack.enter_context(Talk(address, who)) for who in ("ada", "ben", "cleo", "lin", "chen", "mia")}
        talks["ada"].say("that is all", key="the end")
        everything = {m["number"]: m for talk in talks.values() for m in talk.messages()}
        now = datetime.fromisoformat(talks["ada"].state()["now"])
    messages = [everything[number] for number in sorted(everything)]
    assert program.stop() == 0
    database = database_of(tmp_path)
    assert_said_once(messages, people, story)
    assert_check_ins(messages, database, story)
    assert_ledger(messages, database, story)
    assert_rituals(messages, database, now, story)
    assert_delivered(messages, database, story)
    assert_counters(messages, database, story)
    is_quiet(program)
    assert sum(person.acts for person in people) > 100, "hardly anything was said"


def kill_often(program: Program, people: list[Person], moments: list[str]) -> None:
    chance = random.Random(SEED)
    for _ in range(KILLS):
        if chance.random() < 0.3:
            after = chance.uniform(0, 1.2)
            moments.append(f"{after:.2f} s into a start")
            if program.is_running:
                program.kill()
            program.launch()
            time.sleep(after)  # anywhere in it: that is the point
            program.kill()
            continue
        if not program.is_running:
            program.start()
        wanted = sum(person.acts for person in people) + chance.randint(1, 30)
        until(partial(_have_acted, people, wanted), "something is acknowledged")
        time.sleep(chance.uniform(0, 0.06))
        moments.append(f"after {sum(person.acts for person in people)} acts")
        program.kill()


def _have_acted(people: list[Person], wanted: int) -> bool:
    return sum(person.acts for person in people) >= wanted


def assert_said_once(messages: list[dict[str, Any]], people: list[Person], story: str) -> None:
    for person in people:
        shown = {m["number"]: m["text"] for m in messages if m["author"] == person.who and m["text"] != "that is all"}
        assert shown == person.said, story
    script = Counter((m["author"], m["at"]) for m in messages if m["author"] == "mia")
    assert set(script.values()) <= {1}, story


def assert_check_ins(messages: list[dict[str, Any]], database: Path, story: str) -> None:
    """One for each person and date; each that was said is there, and each that is there was said or pressed."""
    kept = checked_in(database)
    assert set(Counter(kept).values()) <= {1}, story
    assert check_ins(messages) <= set(kept), story
    texts = {f"local:message:{m['number']}": (m["author"], date.fromisoformat(m["at"][:10])) for m in messages}
    facts = rows(
        database,
        "select account.user, local_date, cause from fact join account using (member) where kind = 'checkin.done'",
    )
    assert sorted((who, date.fromisoformat(day)) for who, day, _ in facts) == sorted(kept), story
    for who, day, cause in facts:
        if not cause.startswith("local:press-"):
            assert texts[cause] == (who, date.fromisoformat(day)), story


def checked_in(database: Path) -> list[tuple[str, date]]:
    found = rows(database, "select account.user, local_date from checkin join account using (member)")
    return [(who, date.fromisoformat(day)) for who, day in found]


def assert_ledger(messages: list[dict[str, Any]], database: Path, story: str) -> None:
    query = "select account.user, rule, sum(points) from ledger join account using (member) group by 1, 2"
    kept = {(who, rule): total for who, rule, total in rows(database, query)}
    students = [(who, day) for who, day in checked_in(database) if who != "lin"]
    expected = points(messages, students)
    assistants = {key: value for key, value in points(messages, checked_in(database)).items() if key[0] == "lin"}
    assistants.pop(("lin", "check_in"), None)  # the rule is for students
    assert kept == {**expected, **assistants}, story


def assert_rituals(messages: list[dict[str, Any]], database: Path, now: datetime, story: str) -> None:
    days = [date(2027, 3, 1) + timedelta(days=n) for n in range(14)]

    def due(hour: int) -> list[str]:
        return [day.isoformat() for day in days if datetime(day.year, day.month, day.day, hour, tzinfo=UTC) <= now]

    for beginning, hour in (("Day ", 9), ("Tonight's sharing is open!", 20), ("Tonight's sharing is", 21)):
        is_closing = hour == 21
        posted = [
            m["at"]
            for m in messages
            if m["author"] == "bot"
            and m["text"].startswith(beginning)
            and not (is_closing and m["text"].startswith("Tonight's sharing is open"))
        ]
        assert posted == [f"{day}T{hour:02}:00:00+00:00" for day in due(hour)], f"{beginning}: {story}"
    states = rows(database, "select distinct state from occurrence where due_at <= (select now from clock)")
    assert states in ([("done",)], []), story


def assert_delivered(messages: list[dict[str, Any]], database: Path, story: str) -> None:
    """Every decided message arrived once; none is under way, none is in the chat that nobody decided on."""
    states = dict(rows(database, "select state, count(*) from outbox group by 1"))
    assert set(states) == {"sent"}, f"{states}: {story}"
    arrived = [sent_as for (sent_as,) in rows(database, "select sent_as from outbox where edits is null")]
    numbers = sorted(int(sent_as) for sent_as in arrived if sent_as.isdigit())
    assert len(arrived) == len(set(arrived)), story
    staff = {
        int(key)
        for (key,) in rows(
            database,
            "select key from adapter_document where kind = 'message:staff' and json_extract(value, '$.author') = 'bot'",
        )
    }
    assert numbers == sorted({m["number"] for m in messages if m["author"] == "bot"} | staff), story
    assert rows(database, "select count(*) from adapter_document where kind = 'update'") == [(0,)], story
    assert rows(database, "select count(*) from set_aside") == [(0,)], story


def assert_counters(messages: list[dict[str, Any]], database: Path, story: str) -> None:
    """The post of each day shows what came of it in the end."""
    wanted = Counter(day for _, day in checked_in(database))
    shown = {}
    for message in messages:
        if message["author"] == "bot" and message["text"].startswith("Check-in, "):
            counted = re.search(r"(\d+) so far", message["text"])
            assert counted
            day = date.fromisoformat(message["at"][:10])
            assert day not in shown, f"two counters of {day}: {story}"
            shown[day] = int(counted[1])
    assert shown == dict(wanted), story


# --- kills at one instruction -----------------------------------------------------------------------------------------

POINTS = [
    ("scheduler.clock:VirtualClock.move", "after", 1),
    ("scheduler.clock:VirtualClock.move", "after", 3),
    ("bot.app:App.run_due", "before", 3),
    ("bot.engine.agenda:take", "after", 1),
    ("bot.engine.agenda:take", "after", 3),
    ("bot.engine.pipeline:Pipeline.process", "before", 2),
    ("bot.engine.pipeline:Pipeline.process", "after", 1),
    ("bot.engine.pipeline:Pipeline.process", "after", 3),
    ("bot.engine.pipeline:Pipeline.process", "after", 5),
    ("adapters.local.chat:LocalChat.say", "after", 1),
    ("adapters.local.chat:LocalChat.say", "after", 4),
    ("adapters.local.chat:LocalChat.press", "after", 1),
    ("adapters.local.chat:LocalChat.acknowledge", "after", 2),
    ("adapters.local.chat:LocalChat.post", "before", 2),
    ("adapters.local.chat:LocalChat.post", "after", 1),
    ("adapters.local.chat:LocalChat.post", "after", 4),
    ("adapters.local.chat:LocalChat.post", "after", 6),
    ("storage.outbox:claim", "after", 4),
    ("storage.outbox:settle", "after", 3),
]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The first day as it reads when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    program = demo_of(folder)
    try:
        start_at_one_place(program)
        return first_day(program)
    finally:
        program.kill()


def first_day(program: Program) -> list[tuple[str, str]]:
    """Plays it, goes on when the program has been killed meanwhile, and returns what stands in the chat."""
    address = program.ready()
    with Talk(address, "ada") as ada, Talk(address, "ben") as ben, Talk(address, "chen") as chen:

        def go(hour: int) -> None:
            if datetime.fromisoformat(ada.state()["now"]).hour < hour:
                ada.advance(f"next {hour:02}:00")

        insist(lambda: go(9))
        insist(lambda: until(lambda: "Write 1 lines." in "".join(ada.texts()), "the task stands there", within=10))
        insist(lambda: ada.press("Check in"))
        insist(lambda: ben.say("/checkin", key="ben-1"))
        insist(lambda: go(20))
        insist(lambda: until(lambda: "is open!" in "".join(ada.texts()), "the sharing is open", within=10))
        insist(lambda: ada.say("I write about the hills behind our house", key="ada-1"))
        insist(lambda: ben.say("I write about trains", key="ben-2"))
        insist(lambda: go(21))
        insist(lambda: until(lambda: "is closed." in "".join(ada.texts()), "the sharing is closed", within=10))
        insist(lambda: chen.say("/grant @ada +5 first on stage", room="staff", key="chen-1"))
        insist(lambda: ada.say("/points", key="ada-2"))
        seen = {m["number"]: m for talk in (ada, ben, chen) for m in insist(talk.messages)}
        staff = insist(lambda: chen.messages(room="staff"))
    return [(m["author"], m["text"]) for m in (*(seen[number] for number in sorted(seen)), *staff)]


@pytest.mark.parametrize(("function", "moment", "number"), POINTS, ids=lambda value: str(value).rpartition(".")[2])
def test_killed_at_any_instruction_the_first_day_reads_the_same(
    tmp_path: Path, started: Start, undisturbed: list[tuple[str, str]], function: str, moment: str, number: int
) -> None:
    program = started(demo_of(tmp_path))
    armed = tmp_path / "armed"
    program.begins_with(HELD, str(armed), function, moment, str(number))
    start_at_one_place(program)
    armed.touch()
    with ThreadPoolExecutor(1) as thread:
        playing = thread.submit(first_day, program)
        until(lambda: "held" in program.printed or playing.done(), "it stands still")
        assert not playing.done(), f"the moment never came: {playing.result()}"
        program.kill()
        program.begins_with()
        program.start()
        found = playing.result()
    again = [("bot", "You have checked in today already: 1 day in a row. See you tomorrow!")]
    assert sorted(line for line in found if line not in again) == sorted(undisturbed)
    states = dict(rows(database_of(tmp_path), "select state, count(*) from outbox group by 1"))
    assert set(states) == {"sent"}
    is_quiet(program)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_was_due_when_it_was_killed_stands_there_after_the_start(
    tmp_path: Path, started: Start, moment: str
) -> None:
    program = started(demo_of(tmp_path))
    armed = tmp_path / "armed"
    program.begins_with(HELD, str(armed), "bot.app:App.run_due", moment, "2")
    address = start_at_one_place(program)
    armed.touch()
    with ThreadPoolExecutor(1) as thread, Talk(address, "ada") as ada:
        moving = thread.submit(ada.advance, "next 09:00")
        until(lambda: "held" in program.printed, "it stands still")
        program.kill()
        with pytest.raises(httpx.TransportError):
            moving.result()
    program.begins_with()
    with Talk(program.start(), "ada") as ada:
        until(lambda: len(ada.messages()) == 1, "the task is posted, and nobody had to move the clock")
        assert ada.texts()[0].startswith("Day 1 · Lesson 1")


def test_what_was_said_before_the_end_of_a_sharing_counts_when_the_clock_is_moved_at_once(
    tmp_path: Path, started: Start
) -> None:
    program = started(demo_of(tmp_path))
    with ExitStack() as stack:
        address = program.start()
        ada, ben = (stack.enter_context(Talk(address, who)) for who in ("ada", "ben"))
        ada.advance("next 20:00")
        threads = stack.enter_context(ThreadPoolExecutor(2))
        for day in range(5):
            text = f"What I have learned on day {day}"
            saying = threads.submit(ada.say, text, wait=False)
            ben.say(text, wait=False)
            ben.advance("+1h")
            saying.result()
            ben.advance("next 20:00")
        at = {(m["author"], m["at"][:13]) for m in ada.messages() if m["text"].startswith("What I have")}
    shares = rows(
        database_of(tmp_path),
        "select account.user, local_date from share join sharing_session on session = sharing_session.id "
        "join account using (member)",
    )
    expected = {(who, hour[:10]) for who, hour in at if hour.endswith("T20")}
    assert len(expected) >= 5
    assert {(who, day) for who, day in shares if who != "mia"} == expected


# --- the first start --------------------------------------------------------------------------------------------------

MIGRATION = [
    ("storage.migrate:_upgrade", "before", 1),
    ("alembic.operations:Operations.create_table", "after", 1),
    ("alembic.operations:Operations.create_table", "after", 9),
    ("storage.migrate:_check_foreign_keys", "before", 1),
    ("storage.migrate:_check_foreign_keys", "after", 1),
    ("storage.migrate:_upgrade", "after", 1),
    ("bot.demo:opened_clock", "after", 1),
    ("bot.engine.library:Library.activate", "after", 1),
    ("bot.leasing:Leases.take", "after", 1),
]


@pytest.mark.parametrize(("function", "moment", "number"), MIGRATION, ids=lambda value: str(value).rpartition(".")[2])
def test_killed_in_its_first_start_the_next_one_completes_it(
    tmp_path: Path, started: Start, function: str, moment: str, number: int
) -> None:
    program = started(demo_of(tmp_path))
    program.begins_with(HELD, str(tmp_path), function, moment, str(number))
    program.launch()
    until(lambda: "held" in program.printed, f"it stands still: {program.complaints}")
    program.kill()
    program.begins_with()
    with Talk(program.start(), "ada") as ada:
        ada.advance("next 09:00")
        assert (ada.press("Check in") or "").startswith("Checked in! 1 day in a row.")
    assert program.stop() == 0
    assert rows(database_of(tmp_path), "pragma integrity_check") == [("ok",)]
    assert rows(database_of(tmp_path), "pragma foreign_key_check") == []
    is_quiet(program)


def test_four_first_starts_at_once_agree_on_one(tmp_path: Path, started: Start) -> None:
    programs = [started(demo_of(tmp_path)) for _ in range(4)]
    for number, program in enumerate(programs):
        program.logs_to(tmp_path / f"log{number}")
        program.launch()
    until(lambda: sum(program.is_running for program in programs) == 1, "three of them have given up")
    served = next(program for program in programs if program.is_running)
    for program in programs:
        if program is not served:
            assert program.exit_code == 1
            assert program.complaints == (
                f"A demo is already running on this data (process {served.pid}). "
                "Use its page, or choose another folder with --data.\n"
            )
    with Talk(served.ready(), "ada") as ada:
        ada.advance("next 09:00")
        assert len(ada.messages()) == 1


# --- the end in good order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_under_way_settle_and_ends_with_0(
    tmp_path: Path, started: Start, number: signal.Signals
) -> None:
    program = started(demo_of(tmp_path))
    address = start_at_one_place(program)
    stopping = threading.Event()
    people = [Person(address, who, SEED, stopping) for who in ("ada", "ben", "cleo")]
    with ThreadPoolExecutor(4) as threads:
        mover = Mover(address, SEED, stopping, until="2027-03-03")
        lives = [threads.submit(live) for live in (mover.live, *(person.live for person in people))]
        until(lambda: sum(person.acts for person in people) >= 20, "something is acknowledged")
        began = time.monotonic()
        assert program.stop(number) == 0
        assert time.monotonic() - began < 10
        assert program.printed.endswith("Stopped; everything is kept.\n")
        under_way = rows(database_of(tmp_path), "select state, count(*) from outbox where state = 'sending' group by 1")
        leases = rows(database_of(tmp_path), "select name from lease where expires_at > 0")
        program.start()
        stopping.set()
        for life in lives:
            life.result()
    assert under_way == []
    assert leases == []
    assert program.stop(number) == 0
    assert dict(rows(database_of(tmp_path), "select state, count(*) from outbox group by 1")).keys() == {"sent"}
    for person in people:
        texts = rows(
            database_of(tmp_path),
            "select key from adapter_document where kind = 'message:main' "
            f"and json_extract(value, '$.author') = '{person.who}' order by key",
        )
        assert [int(key) for (key,) in texts] == sorted(person.said)
    is_quiet(program)


def test_an_open_page_does_not_hold_up_the_end(tmp_path: Path, started: Start) -> None:
    program = started(demo_of(tmp_path))
    host, _, port = program.start().removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as page:
        page.sendall(f"GET /api/state HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert page.recv(100).startswith(b"HTTP/1.1 200")
        assert program.stop(within=8) == 0
    is_quiet(program)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_anywhere_in_the_start_ends_it_without_a_bug_report(
    tmp_path: Path, started: Start, number: signal.Signals
) -> None:
    chance = random.Random(SEED)
    for _ in range(6):
        program = started(demo_of(tmp_path))
        program.launch()
        time.sleep(chance.uniform(0.3, 1.2))
        assert program.stop(number) in (0, -number, 128 + number)
        is_quiet(program)
    with Talk(program.start(), "ada") as ada:
        ada.advance("next 09:00")
        assert len(ada.messages()) == 1


# --- two processes on one database ------------------------------------------------------------------------------------


@dataclass
class Pair:
    """Two configurations of one installation, with different ports."""

    folder: Path
    configs: list[Path]
    ports: list[int]

    @classmethod
    def of(cls, folder: Path) -> Pair:
        today = real_now().date()
        dates = {"2027-03-01": today - timedelta(days=1), "2027-03-14": today + timedelta(days=12)}
        course = COURSE
        for old, new in dates.items():
            course = course.replace(old, new.isoformat())
        write_course(folder / "writing", course=course)
        ports = free_ports(2)
        configs = [folder / f"config{number}.yaml" for number in (1, 2)]
        for config, port in zip(configs, ports, strict=True):
            config.write_text(
                "database: sqlite:///data/homeroom.db\nlanguage: en\ncourses: [./writing]\n"
                f"platforms: {{local: {{port: {port}}}}}\n"
            )
        return cls(folder, configs, ports)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "homeroom.db"

    def programs(self) -> list[Program]:
        return [Program.run(self.folder / f"log{n}", config) for n, config in enumerate(self.configs, 1)]

    def signed_in(self, which: int, name: str) -> Talk:
        """A person with a session on one of the two pages."""
        made = command(self.folder, "signin", "-c", str(self.configs[which]), name)
        link = re.search(r"http://\S+", made.stdout)
        assert link, made.stderr
        talk = Talk(f"http://127.0.0.1:{self.ports[which]}")
        assert talk.sign_in(link[0]).status_code == 303
        return talk


def test_of_two_on_one_database_the_second_stands_by_and_takes_over(tmp_path: Path, started: Start) -> None:
    pair = Pair.of(tmp_path)
    first, second = map(started, pair.programs())
    first.start()
    second.launch()
    waits = f"Process {first.pid} on {socket.gethostname()} serves this database. This one stands by"
    until(lambda: waits in second.complaints, "the second says that it stands by")
    until(lambda: "Homeroom is ready: writing" in second.printed, "the second is ready")
    with pair.signed_in(0, "Ada") as ada:
        said = {ada.say("/checkin"): "/checkin"}
        said |= {ada.say(text): text for text in (f"I write about the hills, {n}" for n in range(5))}
        with pytest.raises(httpx.ConnectError):  # its page is not there, rather than out of date
            ada.ask("GET", f"http://127.0.0.1:{pair.ports[1]}/api/state")
        last = ada.say("just before the end, some words", wait=False)
        said[last] = "just before the end, some words"
        first.kill()
    assert second.is_running
    began = time.monotonic()
    second.ready(within=15)
    print(f"taken over after {time.monotonic() - began:.1f} s")
    with pair.signed_in(1, "Ben") as ben, pair.signed_in(1, "Ada") as ada:
        said[ben.say("/checkin")] = "/checkin"
        said[ada.say("/checkin")] = "/checkin"
        said[ada.say("and here I am again, on the other page")] = "and here I am again, on the other page"
        first.launch()
        waits = f"Process {second.pid} on {socket.gethostname()} serves this database. This one stands by"
        until(lambda: waits in first.complaints, "now the first stands by")
        said[ben.say("a last word from the second of the two")] = "a last word from the second of the two"
        shown = {m["number"]: m["text"] for talk in (ada, ben) for m in talk.messages() if m["author"] != "bot"}
        assert shown == said
    assert second.is_running
    assert first.is_running
    assert [first.stop(), second.stop()] == [0, 0]
    is_quiet(first)
    is_quiet(second)
    assert rows(pair.database, "select count(*) from checkin") == [(2,)]
    query = "select account.user, rule, sum(points) from ledger join account using (member) group by 1, 2 order by 1, 2"
    expected = [("ada", "check_in", 5), ("ada", "thoughtful", 2), ("ben", "check_in", 5), ("ben", "thoughtful", 1)]
    assert [row for row in rows(pair.database, query) if row[1] != "share"] == expected
    assert rows(pair.database, "select distinct state from outbox") == [("sent",)]


def test_what_is_said_while_the_first_dies_again_and_again_is_handled_once(tmp_path: Path, started: Start) -> None:
    """Each takes over from the other in turn; whoever talks, talks to the one that serves."""
    pair = Pair.of(tmp_path)
    programs = [started(program) for program in pair.programs()]
    programs[0].start()
    said: dict[int, str] = {}
    for turn in range(4):
        serving, waiting = (programs[(turn + n) % 2] for n in (0, 1))
        waiting.launch()
        until(lambda p=waiting: "stands by" in p.complaints, "the other stands by")  # type: ignore[misc]
        with pair.signed_in(turn % 2, "Ada") as ada:
            for n in range(5):
                text = f"/checkin {turn} {n}" if n == 2 else f"in turn {turn} this is said, as number {n}"
                number = ada.say(text, wait=n < 3)
                assert number not in said
                said[number] = text
        serving.kill()
        waiting.ready(within=15)
    with pair.signed_in(0, "Ada") as ada:
        ada.say("that is all")
        shown = {m["number"]: m["text"] for m in ada.messages() if m["author"] == "ada"}
    assert {number: text for number, text in shown.items() if text != "that is all"} == said
    facts = rows(pair.database, "select count(*), count(distinct cause) from fact where kind = 'message.posted'")
    assert facts == [(17, 17)]
    assert rows(pair.database, "select count(*) from checkin") == [(1,)]


# --- two pipelines at once --------------------------------------------------------------------------------------------

EVENTS = 400


def test_two_processes_that_hand_in_the_very_same_events_count_each_once(tmp_path: Path) -> None:
    write_course(tmp_path / "writing")
    config = tmp_path / "config.yaml"
    config.write_text("database: sqlite:///data/homeroom.db\nlanguage: en\ncourses: [./writing]\n")
    settings = load_config(config, {})
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    workers = [context.Process(target=hand_in, args=(settings, seed, barrier)) for seed in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(90)
        assert worker.exitcode == 0
    database = tmp_path / "data" / "homeroom.db"
    everything = events()
    plain = [event for event in everything if isinstance(event, MessagePosted)]
    counted = rows(database, "select count(*), count(distinct cause) from fact where kind = 'message.posted'")
    assert counted == [(len(plain), len(plain))]
    assert rows(database, "select count(*) from member") == [(8,)]
    commands = {event.actor.user for event in everything if isinstance(event, CommandInvoked)}
    assert rows(database, "select count(*) from checkin") == [(len(commands),)]
    assert rows(database, "select count(*) from event_claim") == [(EVENTS,)]
    by_rule = dict(rows(database, "select rule, sum(points) from ledger group by 1"))
    long = Counter(event.actor.user for event in plain if len(event.text) >= 20)
    assert by_rule == {"check_in": 5 * len(commands), "thoughtful": sum(min(n, 2) for n in long.values())}
    assert rows(database, "select count(*) from set_aside") == [(0,)]
    assert rows(database, "select count(*) from snapshot") == [(1,)]


def hand_in(settings: Settings, seed: int, barrier: Any) -> None:
    """In a process of its own: all events, in batches of any size, and each batch again later."""
    asyncio.run(_hand_in(settings, seed, barrier))


async def _hand_in(settings: Settings, seed: int, barrier: Any) -> None:
    app = build(settings, clock=RealClock())
    barrier.wait(30)  # so that both also start at once
    await app.start()
    barrier.wait(30)
    chance, left = random.Random(seed), events()
    while left:
        size = chance.choice((1, 3, 20))
        batch, left = left[:size], left[size:]
        await app.sink(batch)
        if chance.random() < 0.3:
            await app.sink(batch[::-1])
    await app.close()


def events() -> list[Event]:
    chance = random.Random(SEED)
    return [_event(number, chance) for number in range(EVENTS)]


def _event(number: int, chance: random.Random) -> Event:
    who = f"person{chance.randrange(8)}"
    common: dict[str, Any] = {
        "key": EventKey(f"local:message:{number}"),
        "at": datetime(2027, 3, 1, 10, tzinfo=UTC) + timedelta(seconds=number),
        "actor": Actor(platform="local", user=who, name=who.title(), handle=who, language=None),
        "address": Address(platform="local", chat="main"),
        "message": str(number),
        "reply_to": None,
        "attachments": (),
    }
    if chance.random() < 0.3:
        return CommandInvoked(name="checkin", text="", **common)
    return MessagePosted(text=chance.choice(["ok", f"{number}: words, and enough of them to count"]), **common)

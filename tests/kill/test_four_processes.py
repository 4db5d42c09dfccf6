"""Four processes on one database, killed at random: each occurrence is done once, and what is sent is accounted for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, RowMapping, create_engine, func, select

from bot.features.checkin.store import table as checkin
from bot.features.sharing.tables import session, share
from storage import boards
from storage.tables import account, fact, ledger, occurrence, outbox, set_aside
from tests.kill import camp, camp_recount
from tests.kill.camp_recount import Due
from tests.kill.fleet import SIZE, Orders
from tests.kill.outpost import Outpost
from tests.postgres import postgres
from tests.process import until

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[2]
KILLS = 120
LASTS = 60.0  # seconds for the kills
BUSY = "keeps the database"  # who loses a deadlock on PostgreSQL says so, and tries again
SEEDS = {"sqlite": 20270313, "postgresql": 20270314}


@dataclass
class Sunday:
    """A day of the three courses that four processes have run, and what one finds afterwards."""

    folder: Path
    database: Engine
    seed: int
    happened: list[dict[str, Any]] = field(default_factory=list)  # what the fleet told

    @property
    def outpost(self) -> Outpost:
        return Outpost(self.folder)

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    @property
    def story(self) -> str:
        """All that is needed to understand a failure."""
        lines = [f"seed {self.seed}", *(json.dumps(one) for one in self.happened)]
        return "\n".join([*lines, *self.log.splitlines()[-60:]])

    def rows(self, query: Any) -> list[RowMapping]:
        with self.database.connect() as db:
            return list(db.execute(query).mappings())


# --- running it -------------------------------------------------------------------------------------------------------


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        (tmp_path / "data").mkdir()  # so that one may look before the first process is there
        yield f"sqlite:///{tmp_path}/data/homeroom.db"
    else:
        with postgres() as url:
            yield url


@contextmanager
def running(sunday: Sunday, config: Path) -> Iterator[subprocess.Popen[str]]:
    """The fleet; it ends its processes when it is no longer listened to."""
    orders = Orders(config=str(config), folder=str(sunday.folder), seed=sunday.seed, kills=KILLS, lasts=LASTS)
    path = sunday.folder / "orders.json"
    path.write_bytes(msgspec.json.encode(orders))
    command = [sys.executable, "-P", "-m", "tests.kill.fleet", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    fleet = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield fleet
    finally:
        rest, _ = fleet.communicate(timeout=60)
        sunday.happened += map(json.loads, rest.splitlines())


def listen(fleet: subprocess.Popen[str], sunday: Sunday) -> None:
    """Until all kills are done."""
    assert fleet.stdout
    for line in fleet.stdout:
        sunday.happened.append(json.loads(line))
        if sunday.happened[-1]["what"] == "done":
            return
    raise AssertionError("the fleet ended early")


def is_settled(sunday: Sunday) -> bool:
    said = sunday.outpost.updates()
    planned = sunday.rows(select(occurrence.c.id).where(occurrence.c.state == "planned").limit(1))
    under_way = sunday.rows(select(outbox.c.id).where(outbox.c.state.in_(("pending", "sending"))).limit(1))
    return sunday.outpost.acknowledged >= said[-1].id and not planned and not under_way


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_killed_a_hundred_times_four_processes_do_everything_once(tmp_path: Path, database: str) -> None:
    began = time.monotonic()
    seed = SEEDS[database.partition("+")[0].partition(":")[0]]
    folders = camp.write_courses(tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text(f"database: '{database}'\nlanguage: en\ncourses: {json.dumps([*map(str, folders)])}\n")
    sunday = Sunday(tmp_path, create_engine(database), seed)
    sunday.outpost.fill(camp.updates(seed))
    try:
        run(sunday, config)
        told = Counter(one["what"] for one in sunday.happened)
        print(f"{dict(told)}, {len(sunday.outpost.arrived())} messages, {time.monotonic() - began:.0f} s")
        for check in CHECKS:
            check(sunday)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{sunday.story}") from error
    finally:
        sunday.database.dispose()


def run(sunday: Sunday, config: Path) -> None:
    with running(sunday, config) as fleet:
        listen(fleet, sunday)
        until(lambda: is_settled(sunday), "everything is settled", within=60)


# --- what must be so afterwards ---------------------------------------------------------------------------------------


def was_killed_often(sunday: Sunday) -> None:
    told = Counter(one["what"] for one in sunday.happened)
    assert told["killed"] >= 100
    assert told["ended"] == 0
    stopped = [one["status"] for one in sunday.happened if one["what"] == "stopped"]
    assert len(stopped) == SIZE
    assert set(stopped) <= {0, -signal.SIGTERM}, "in good order, or before it had begun"
    assert "Traceback" not in sunday.log
    errors = [line for line in sunday.log.splitlines() if " ERROR " in line and BUSY not in line]
    assert not errors, f"{errors}"
    assert not sunday.rows(select(set_aside))


def each_occurrence_is_done_once(sunday: Sunday) -> None:
    expected = camp_recount.occurrences()
    found = {_due(row): row for row in sunday.rows(select(occurrence))}
    assert set(found) == set(expected), f"{set(found) ^ set(expected)}"
    not_done = {due: (row["state"], row["reason"]) for due, row in found.items() if row["state"] != "done"}
    assert not not_done, f"{not_done}"
    wrong = {due: row["due_at"] for due, row in found.items() if row["due_at"] not in expected[due]}
    assert not wrong, f"{wrong}"
    early = {due: row["settled_at"] for due, row in found.items() if row["settled_at"] < row["due_at"]}
    assert not early, f"{early}"


def _due(row: RowMapping) -> Due:
    return Due(row["course"], row["ritual"], row["space"], row["local_date"], row["slot"])


def the_ledger_is_exact(sunday: Sunday) -> None:
    said = sunday.outpost.updates()
    entries = select(ledger.c.course, account.c.user, ledger.c.rule, func.sum(ledger.c.points).label("sum"))
    entries = entries.join(account, account.c.member == ledger.c.member)
    query = entries.group_by(ledger.c.course, account.c.user, ledger.c.rule)
    kept = {(row["course"], row["user"], row["rule"]): row["sum"] for row in sunday.rows(query)}
    assert kept == dict(camp_recount.points(said))
    there = select(checkin.c.course, account.c.user)
    rows = sunday.rows(there.join(account, account.c.member == checkin.c.member))
    assert sorted((row["course"], row["user"]) for row in rows) == sorted(camp_recount.check_ins(said))
    with sunday.database.connect() as db:
        assert not boards.wrong(db)


def all_that_was_said_is_recorded_once(sunday: Sunday) -> None:
    rows = sunday.rows(select(fact.c.kind, fact.c.cause, fact.c.member, fact.c.object))
    twice = [one for one, times in Counter(tuple(row.values()) for row in rows).items() if times > 1]
    assert not twice, f"{twice}"
    recorded = {row["cause"] for row in rows if row["kind"] == "message.posted"}
    assert recorded == {f"outpost:{one.id}" for one in sunday.outpost.updates() if camp_recount.is_plain(one)}


def each_message_is_accounted_for(sunday: Sunday) -> None:
    """What was sent arrived as often as its policy allows; what nobody knows of, or came too late, staff were told."""
    arrivals = Counter(one["key"] for one in sunday.outpost.arrived())
    rows = _sent(sunday)
    assert set(arrivals) <= set(rows)
    for key, row in rows.items():
        problem = _problem(row, arrivals[key], rows)
        assert problem is None, f"{key}, {arrivals[key]} times: {problem}, {dict(row)}"
    for due in camp_recount.occurrences():
        if due.ritual == "hourly" or (due.slot == 0 and due.ritual != "day_end" and not _begins_session(due)):
            key = f"occurrence:{due.course}:{due.ritual}:{due.space}:{due.local_date}:{due.slot}"
            assert f"{key}@{camp.PLATFORM}:{due.course}-main" in rows
    sessions = sunday.rows(select(session))
    begun = [(due.course, due.ritual) for due in camp_recount.occurrences() if _begins_session(due)]
    assert sorted((row["course"], row["ritual"]) for row in sessions) == sorted(begun)
    for row in sessions:
        assert f"sharing:{row['id']}:opening@{camp.PLATFORM}:{row['course']}-main" in rows


def _begins_session(due: Due) -> bool:
    return due.slot == 0 and due.ritual.startswith("sharing_")


def _sent(sunday: Sunday) -> dict[str, RowMapping]:
    """By the key that the message had when it went out: an edit that still waited was replaced by the next one."""
    return {row["message"]["key"]: row for row in sunday.rows(select(outbox))}


def _problem(row: RowMapping, arrived: int, rows: dict[str, RowMapping]) -> str | None:
    policy = row["message"].get("policy", "at_least_once")
    if arrived > row["attempts"]:
        return "it arrived more often than it was tried"
    if policy == "at_most_once" and arrived > 1:
        return "it arrived twice"
    match row["state"]:
        case "sent":
            return None if arrived else "it never arrived"
        case "unknown":
            is_told = any(key.startswith(f"delivery.unknown:{row['id']}@") for key in rows)
            return None if is_told and policy == "at_most_once" else "nobody knows, and nobody was told"
        case "expired":
            is_answer = "only_for" in row["message"] or "reply_to" in row["message"]
            is_told = any(key.startswith(f"delivery.expired:{row['id']}@") for key in rows)
            return None if is_answer or is_told or policy == "replaceable" else "it expired, and nobody was told"
        case _:
            return "it was not delivered"


def each_lane_kept_its_order(sunday: Sunday) -> None:
    """Of what the clock says, and of what is answered: on PostgreSQL both may be decided on at the same moment."""
    numbers = {key: row["id"] for key, row in _sent(sunday).items()}
    lanes: dict[tuple[str, bool], dict[str, int]] = {}
    for one in sunday.outpost.arrived():
        lane = lanes.setdefault((one["chat"], _is_by_clock(one["key"])), {})
        lane.setdefault(one["key"], numbers[one["key"]])  # when it came first
    for name, order in lanes.items():
        assert [*order.values()] == sorted(order.values()), f"{name}"


def _is_by_clock(key: str) -> bool:
    return key.startswith(("occurrence:", "sharing:")) and ":edit:" not in key


def the_posts_show_what_came_of_it(sunday: Sunday) -> None:
    """Counters and summaries are edited until they are right, whoever counted at the same time."""
    said = sunday.outpost.updates()
    shown: dict[str, str] = {}
    for one in sunday.outpost.arrived():
        shown[one["edits"] or one["key"]] = one["text"]
    for course, count in Counter(course for course, _ in camp_recount.check_ins(said)).items():
        text = shown[f"checkin:{course}:{camp.DAY}@{camp.PLATFORM}:{course}-main"]
        assert f" {count} so far" in text, f"{count}, not: {text}"
    shared = Counter((course, at) for course, _, at in camp_recount.shares(said))
    for row in sunday.rows(select(session)):
        at = next(at for at in camp.SESSIONS if row["ritual"] == f"sharing_{at:%H%M}")
        count = shared[row["course"], at]
        kept = sunday.rows(select(func.count().label("n")).where(share.c.session == row["id"]))[0]["n"]
        assert kept == count
        if count:  # else nothing is said when it is closed late
            text = shown[f"sharing:{row['id']}:summary@{camp.PLATFORM}:{row['course']}-main"]
            assert f" {count} member" in text, f"{count}, not: {text}"


CHECKS: list[Callable[[Sunday], None]] = [
    was_killed_often,
    each_occurrence_is_done_once,
    the_ledger_is_exact,
    all_that_was_said_is_recorded_once,
    each_message_is_accounted_for,
    each_lane_kept_its_order,
    the_posts_show_what_came_of_it,
]

"""One process and two on one PostgreSQL server, with the same events to handle.

Two processes share their work by platform: each has the lease of one, as two `bot run` with different sections
`platforms` have. Alone, a process has both. What people say is spread evenly over both platforms, and over courses that
each have a group on either one: so both processes write to the same courses, ledgers and boards. Everybody is known
before, says some plain messages, and checks in. The server keeps what is committed (`fsync` is on).

The throughput is that of commits; CPU counts until everything is sent, too.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import structs
from sqlalchemy.engine import URL, make_url

from bench._courses import write_config, write_courses
from bench._processes import environment
from bench._server_load import Server
from bench._worker import Orders
from bench.course import check
from bench.table import Row
from scheduler.clock import RealClock
from storage.database import Database
from storage.migrate import migrate
from tests.postgres import postgres

_PLATFORMS = ("telegram", "discord")
_SPACES = 2  # of a course; people talk in the first
_PATIENCE = 900.0  # seconds, for one round
_TARGETS = {"CPU of ours": "≤ 1.15 ×", "CPU of all": "≤ 1.15 ×", "throughput": "≥ 1.7 × on 6 cores"}


class Size(NamedTuple):
    """The load, and how often."""

    courses: int
    people: int  # on each platform, in each course
    messages: int  # of each
    rounds: int


FULL = Size(courses=4, people=50, messages=10, rounds=3)
TINY = Size(courses=1, people=3, messages=2, rounds=1)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one arrangement took; times in seconds."""

    events: int
    wall: float
    ours: float  # CPU of our processes, together
    servers: float  # CPU of PostgreSQL's
    waits: float  # of all looks at the server, how many found one that waits for another's lock, 0 to 1
    deadlocks: int


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """The rounds of one process and of two follow each other in turns; each begins on a new database."""
    alone: list[Round] = []
    together: list[Round] = []
    with postgres() as address:
        url = make_url(address)
        _prepare(url, folder)
        for number in range(size.rounds):
            alone.append(_round(pack, folder / f"one_{number}", url, size, [_PLATFORMS]))
            together.append(_round(pack, folder / f"two_{number}", url, size, [(name,) for name in _PLATFORMS]))
    floors = _rows("one process", alone)
    return [*floors, *_beside(_rows("two processes", together), floors)]


def _beside(rows: Sequence[Row], floors: Sequence[Row]) -> Iterator[Row]:
    for row, floor in zip(rows, floors, strict=True):
        compared = row.beside(floor, "one process") if floor.median else row
        yield structs.replace(
            compared, target=next((told for name, told in _TARGETS.items() if name in row.what), None)
        )


def _rows(what: str, rounds: Sequence[Round]) -> list[Row]:
    def row(name: str, figures: Sequence[float], unit: str) -> Row:
        return Row.of(f"{what}: {name}", figures, unit)

    return [
        row("throughput", [one.events / one.wall for one in rounds], "/s"),
        row("CPU of ours for an event", [one.ours / one.events * 1e6 for one in rounds], "µs"),
        row("server's CPU for an event", [one.servers / one.events * 1e6 for one in rounds], "µs"),
        row("CPU of all for an event", [(one.ours + one.servers) / one.events * 1e6 for one in rounds], "µs"),
        row("one waits for another's lock", [one.waits * 100 for one in rounds], "%"),
        row("deadlocks", [one.deadlocks for one in rounds], ""),
    ]


def _prepare(url: URL, folder: Path) -> None:
    """A server that keeps what is committed, and an empty database for the rounds to copy."""
    with Server(url) as server:
        server.do("alter system set fsync = on")
        server.do("select pg_reload_conf()")
    database = Database(url.render_as_string(hide_password=False))
    migrate(database, folder, RealClock().now())
    database.close()


def _round(pack: Path, home: Path, url: URL, size: Size, shares: Sequence[Sequence[str]]) -> Round:
    """A process for each of the shares: the platforms that it has."""
    home.mkdir()
    with Server(url) as server:
        server.do(f'create database "{home.name}" template "{url.database}"')
        return asyncio.run(_handled(pack, home, url.set(database=home.name), size, shares, server))


async def _handled(
    pack: Path, home: Path, url: URL, size: Size, shares: Sequence[Sequence[str]], server: Server
) -> Round:
    rooms = [str(-1001 - number) for number in range(size.courses * _SPACES)]
    courses = write_courses(pack, home, dict.fromkeys(_PLATFORMS, rooms), each=_SPACES, today=RealClock().now().date())
    config = write_config(home, courses, platforms={}, database=url.render_as_string(hide_password=False))
    everything = Orders(config=str(config), chats={}, people=size.people, messages=size.messages)
    orders = [
        _ordered(structs.replace(everything, chats=dict.fromkeys(share, rooms[::_SPACES])), home / f"{number}.json")
        for number, share in enumerate(shares)
    ]
    looks: list[bool] = []
    people = size.courses * size.people * len(_PLATFORMS)
    async with AsyncExitStack() as stack, asyncio.timeout(_PATIENCE):
        workers = [await stack.enter_async_context(_worker(file)) for file in orders]
        await asyncio.gather(*map(_line, workers))  # everybody is known
        spent = server.cpu()
        watching = asyncio.create_task(server.watch(home.name, looks))
        times = [json.loads(line) for line in await _go_on(workers)]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await server.until_sent(home.name)  # else a part of the work would be nobody's
        ours = sum(map(json.loads, await _go_on(workers)))
        taken = Round(
            events=people * size.messages,
            wall=max(ended for _, ended in times) - min(began for began, _ in times),
            ours=ours,
            servers=server.cpu() - spent,
            waits=sum(looks) / max(len(looks), 1),
            deadlocks=server.deadlocks(home.name),
        )
    _check(url, messages=people * size.messages, check_ins=people)
    return taken


def _check(url: URL, *, messages: int, check_ins: int) -> None:
    """Of each person's messages the last is a check-in, but one came before, which made them known."""
    database = Database(url.render_as_string(hide_password=False))
    with database.begin() as db:
        check(db, messages=messages, check_ins=check_ins)
    database.close()


def _ordered(orders: Orders, file: Path) -> Path:
    file.write_bytes(msgspec.json.encode(orders))
    return file


@asynccontextmanager
async def _worker(orders: Path) -> AsyncIterator[Process]:
    """It ends after the third line that it reads, which is the end of what it is told."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bench._worker", str(orders), env=environment(), stdin=PIPE, stdout=PIPE
    )
    try:
        yield worker
    finally:
        if worker.stdin:
            worker.stdin.close()
        await worker.wait()


async def _go_on(workers: Sequence[Process]) -> list[bytes]:
    """Let all go on at once; what each has to say then."""
    for worker in workers:
        assert worker.stdin
        worker.stdin.write(b"\n")
    return await asyncio.gather(*map(_line, workers))


async def _line(worker: Process) -> bytes:
    assert worker.stdout
    line = await worker.stdout.readline()
    assert line, "a process of the benchmark has ended; it said why on standard error"
    return line

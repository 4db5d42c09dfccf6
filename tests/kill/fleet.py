"""Several processes of the real program on one database, killed with `kill -9` at random moments and started again.

`python -m tests.kill.fleet ORDERS` forks them, kills, and tells what it does, a line of JSON for each event. When all
kills are done it lets them work until its standard input is closed; then it ends them in good order.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import random
import select
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, NoReturn

import msgspec

import bot.app
from bot.app import build
from bot.config import load_config
from bot.domain.ports import Agenda, Clock, Watchman
from scheduler.evenness import Reading
from scheduler.ticker import Ticker
from tests.kill.camp import END, PLATFORM, move_ritual
from tests.kill.outpost import TRAITS, Outpost, OutpostAdapter
from tests.kill.quick_clock import QuickClock

SIZE = 4
_TICK = timedelta(seconds=0.2)
_MOVES = 12  # times that a file of the first course changes
_EARLY = 0.15  # the share of kills that are followed by one of the process that has just been started
_MANY = 10  # processes that end by themselves: no need to go on


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a fleet is to do."""

    config: str
    folder: str
    seed: int
    kills: int
    lasts: float  # seconds for the kills, and for the whole time of the courses


# --- one of the processes ---------------------------------------------------------------------------------------------


def serve(orders: Orders, clock: QuickClock, number: int) -> NoReturn:
    """Run the program in this process, which was just forked, until it is told to stop."""
    status = 1
    try:
        _log_to(Path(orders.folder) / "log")
        asyncio.run(_serve(orders, clock, number))
        status = 0
    except BaseException:
        logging.getLogger(__name__).exception("process %d ends", number)
    finally:
        logging.shutdown()
        os._exit(status)


def _log_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    logging.basicConfig(level=logging.WARNING, format=f"{os.getpid()} %(levelname)s %(name)s: %(message)s")


async def _serve(orders: Orders, clock: QuickClock, number: int) -> None:
    _scale(clock)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    orphaned = asyncio.create_task(_stop_with(os.getppid(), stopping))
    app = build(load_config(Path(orders.config), {}), clock=clock, traits={PLATFORM: TRAITS})
    await app.start()
    chance = random.Random(f"{orders.seed}:process {number}")
    await app.run([OutpostAdapter(Outpost(Path(orders.folder)), clock, chance)], stopping)
    orphaned.cancel()


def _scale(clock: QuickClock) -> None:
    """What goes by seconds of real time, where a second is half an hour."""

    class QuickTicker(Ticker):
        """Looks often, and tells the clock how far everything is done."""

        def __init__(self, agenda: Agenda, _: Clock, watchman: Watchman) -> None:
            super().__init__(agenda, clock, watchman, tick=_TICK, reading=_even)

        async def _tick(self) -> datetime | None:
            now = clock.now()
            next_due = await super()._tick()
            clock.note("kept", now)
            return next_due

    bot.app.Ticker = QuickTicker  # type: ignore[attr-defined, assignment]
    bot.app._AWAY = timedelta(days=1)
    bot.app._PATIENCE = 0.3


def _even(wall: datetime) -> Reading:
    return Reading(wall, wall.timestamp(), wall.timestamp())


async def _stop_with(parent: int, stopping: asyncio.Event) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells nobody
        await asyncio.sleep(1)
    stopping.set()


# --- who starts and kills them ----------------------------------------------------------------------------------------


class Victim(NamedTuple):
    """A running process."""

    pid: int
    number: int  # of the start
    since: float


class Fleet:
    """Starts processes, and ends only those, by their own ids."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._clock = QuickClock(lasts=orders.lasts, places=SIZE)
        self._chance = random.Random(f"{orders.seed}:kills")
        self._running: dict[int, Victim] = {}  # by place
        self._starts = 0
        self._kills = 0
        self._ended = 0

    def begin(self) -> None:
        """The first starts, on an empty database, at once; killed, too."""
        for place in range(SIZE):
            self.launch(place)
        for place in range(SIZE):
            self._waits(self._chance.uniform(0, 0.4))
            self.replace(place)

    def kill_often(self) -> None:
        """Spread over the whole time: one, seldom several at once, and again while they start."""
        pause, moves = self._orders.lasts / self._orders.kills, 0
        while self._kills < self._orders.kills or (self._clock.now() < END and self._kills < 2 * self._orders.kills):
            many = self._chance.choice((1, 1, 1, 1, 1, 1, 2, SIZE))
            if self._waits(self._chance.uniform(0.2, 1.8) * pause * many) or self._ended > _MANY:
                return
            for place in self._chance.sample(range(SIZE), many):
                self.replace(place)
                if self._chance.random() < _EARLY:
                    self._waits(self._chance.uniform(0, 0.4))  # anywhere in its start
                    self.replace(place)
            if moves * self._orders.kills < self._kills * _MOVES:
                moves += 1
                move_ritual(Path(self._orders.folder) / "london", moves)
                self.tell("moved", number=moves)

    def wait(self) -> None:
        """Until we are told that it is enough."""
        self.tell("done")
        self._waits(600)

    def stop(self) -> None:
        """In good order; also those that are still starting."""
        for victim in self._running.values():
            os.kill(victim.pid, signal.SIGTERM)
        for victim in self._running.values():
            _, status = os.waitpid(victim.pid, 0)
            self.tell("stopped", process=victim.number, status=os.waitstatus_to_exitcode(status))

    def launch(self, place: int) -> None:
        self._starts += 1
        pid = os.fork()
        if pid == 0:
            serve(self._orders, self._clock.at(place), self._starts)
        self._running[place] = Victim(pid, self._starts, time.monotonic())

    def replace(self, place: int) -> None:
        """`kill -9`, wherever it is, and start another one."""
        victim = self._running.pop(place)
        os.kill(victim.pid, signal.SIGKILL)
        _, status = os.waitpid(victim.pid, 0)
        if os.WIFSIGNALED(status):
            self._kills += 1
            lived = round(time.monotonic() - victim.since, 3)
            self.tell("killed", process=victim.number, pid=victim.pid, lived=lived)
        else:
            self._ended += 1
            self.tell("ended", process=victim.number, pid=victim.pid, status=os.waitstatus_to_exitcode(status))
        self.launch(place)

    def _waits(self, seconds: float) -> bool:
        """False when the time is over; True when we are told something, or who started us has gone."""
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return bool(ready)

    def tell(self, what: str, **details: object) -> None:
        """One line, with the time of the courses."""
        print(json.dumps({"at": f"{self._clock.now():%d %H:%M}", "what": what, **details}), flush=True)


def main(path: Path) -> None:
    orders = msgspec.json.decode(path.read_bytes(), type=Orders)
    gc.freeze()
    fleet = Fleet(orders)
    for act in (fleet.begin, fleet.kill_often, fleet.wait, fleet.stop):
        act()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Starts the process, kills it at random moments, starts it again; in the end lets it finish, and audits."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from bench.crash import course, discord, local, model, sent, telegram
from bench.crash.kept import Kept
from bench.crash.load import Load
from bench.crash.town import Town
from bench.crash.values import Audit, Effects, Orders
from scheduler.clock import RealClock
from tests.fakes.discord.server import TOKEN as DISCORD_TOKEN
from tests.fakes.telegram.server import TOKEN as TELEGRAM_TOKEN
from tests.process import Program

ADAPTERS = ("telegram", "discord", "local")
Progress = Callable[[int, int], None]
"""Hears how many kills are done, and how many things people did."""

_ACTS = 60  # things done while it starts, at the most; and as many while it is at work, however long it has started
_LOOK = 0.005  # seconds between two looks at whether the moment has come
_LAST = 0.05  # seconds until the server has read what was still on its way to it
_START = 120.0  # seconds after which a start has failed
_WORK = 1.2  # seconds at work, at the most, on a machine that does nothing else
_LONGEST_LIFE = 4.0  # seconds at work, where the moment that was waited for does not come
_AGAIN = 1.0  # seconds between two looks at whether all is done
_END = 300.0  # seconds for what is left to do in the end, from when the last of what waits was sent
_MOST_WAITING = 200  # messages; while more wait to be sent, nobody acts: who lives for two seconds sends few
_NEAR = 3.0  # seconds around a full minute in which the load does not end: the posts of it go out then
_TROUBLE = ("Traceback", "ERROR")


async def run(orders: Orders, progress: Progress) -> Audit:
    """One adapter's run. The process finds the tokens of the servers in its environment."""
    os.environ["TELEGRAM_TOKEN"], os.environ["DISCORD_TOKEN"] = TELEGRAM_TOKEN, DISCORD_TOKEN
    chance = random.Random(orders.seed)  # noqa: S311 - the same again for the same seed
    town = await _town(orders, chance)
    clock = RealClock()
    program = course.write(orders, town, clock.now())
    supervisor = Supervisor(orders, town, program, chance, clock.now)
    try:
        return await supervisor.run(progress)
    finally:
        if program.is_running:
            program.kill()
        await town.close()


async def _town(orders: Orders, chance: random.Random) -> Town:
    if orders.adapter == "telegram":
        return await telegram.opened(chance, RealClock().now)
    if orders.adapter == "discord":
        return await discord.opened(chance, RealClock().now)
    return local.LocalTown(orders.database)


class Supervisor:
    """One process, and the people who talk to it."""

    def __init__(
        self, orders: Orders, town: Town, program: Program, chance: random.Random, now: Callable[[], datetime]
    ) -> None:
        self._orders = orders
        self._town = town
        self._program = program
        self._chance = chance
        self._now = now
        self._load = Load(town, orders.seed)
        self._start = 1.0  # seconds that the last start took
        self._is_keeping_up = True  # with sending, when it was last at work
        self._trouble: list[str] = []

    async def run(self, progress: Progress) -> Audit:
        began = time.monotonic()
        launched_at = self._now()
        await self._launch()
        await self._is_at_work()
        there_at = self._now()
        await self._load.enter()
        await self._knows_chen()
        await self._die_again_and_again(progress)
        with closing(Kept(self._orders.database)) as kept:
            await self._finish(kept)
            audit = self._audit(kept, launched_at, there_at)
        return structs.replace(audit, seconds=time.monotonic() - began)

    async def _die_again_and_again(self, progress: Progress) -> None:
        acting = asyncio.create_task(self._load.run())
        try:
            for kill in range(1, self._orders.kills + 1):
                await self._live_and_die()
                progress(kill, len(self._load.said))
                if acting.done():
                    acting.result()
            await self._launch()
            await self._is_at_work()
            self._load.stopping.set()
            await acting
        finally:
            acting.cancel()
            with suppress(asyncio.CancelledError):
                await acting

    async def _knows_chen(self) -> None:
        """Thanks are for somebody who is known."""
        chen = self._town.admin().partition(":")[2]
        with closing(Kept(self._orders.database)) as kept:
            while chen not in kept.people():
                if time.monotonic() > self._launched + 2 * _START:
                    raise RuntimeError(f"what chen said has had no effect:\n{self._program.complaints[-2000:]}")
                await asyncio.sleep(0.1)

    # --- one life -----------------------------------------------------------------------------------------------------

    async def _launch(self) -> None:
        self._town.life += 1
        self._load.allowance = _ACTS * self._is_keeping_up
        self._town.launched()
        self._launched = time.monotonic()
        if not self._program.is_running:
            self._program.launch()

    async def _is_at_work(self) -> None:
        while not await self._town.is_at_work():
            if not self._program.is_running:
                raise RuntimeError(f"it ended with {self._program.exit_code}:\n{self._program.complaints[-2000:]}")
            if time.monotonic() > self._launched + _START:
                raise RuntimeError(f"not at work after {_START:.0f} s:\n{self._program.complaints[-2000:]}")
            await asyncio.sleep(_LOOK)
        self._start = time.monotonic() - self._launched
        with closing(Kept(self._orders.database)) as kept:  # not while it is dead: it is to recover its files itself
            self._is_keeping_up = kept.waiting(self._now()) <= _MOST_WAITING
        self._load.allowance = _ACTS * self._is_keeping_up

    async def _live_and_die(self) -> None:
        """Anywhere in its start, at some moment of its work, or just after it has sent something."""
        way = self._chance.random()
        if not self._program.is_running:  # it is in its first life
            await self._launch()
        if way < 0.2:
            await asyncio.sleep(self._chance.uniform(0, 1.2 * self._start))
        else:
            await self._is_at_work()
            if way < 0.6:
                await asyncio.sleep(self._chance.uniform(0, self._work()))
            else:
                await self._has_sent(self._chance.randint(1, 10))
                await asyncio.sleep(self._chance.uniform(0, 0.05))
        self._notice_end()
        self._program.kill()
        await asyncio.sleep(_LAST)
        self._town.killed()
        self._read_log()

    def _notice_end(self) -> None:
        """What ended by itself was not killed."""
        if not self._program.is_running:
            self._trouble.append(f"it had ended by itself with {self._program.exit_code} before it was to end")

    def _work(self) -> float:
        """Seconds at work, at the most: where the start is slow, so is all else."""
        return min(_LONGEST_LIFE, max(_WORK, self._start / 2))

    async def _has_sent(self, count: int) -> None:
        """So many messages more; where the platform sees no such thing, so many things that people did."""
        goal, deadline = self._town.posts + count, time.monotonic() + _LONGEST_LIFE
        while self._town.posts < goal and time.monotonic() < deadline:  # noqa: ASYNC110 - a town tells nobody
            await asyncio.sleep(_LOOK)

    def _read_log(self) -> None:
        """A life's log is kept only where something is wrong in it: there are a thousand of them."""
        complaints = self._program.complaints
        if any(word in complaints for word in _TROUBLE):
            self._trouble.append(complaints.strip()[-300:])
            return
        for path in _logs(self._orders.folder):
            path.unlink()

    # --- the end ------------------------------------------------------------------------------------------------------

    async def _finish(self, kept: Kept) -> None:
        """Let it do what is left, then stop it in good order. What is not done by then is found by the audit."""
        deadline, fewest = time.monotonic() + _END, kept.waiting(self._now())
        while time.monotonic() < deadline:
            waiting = kept.waiting(self._now())
            if waiting < fewest:
                deadline, fewest = time.monotonic() + _END, waiting
            if not waiting and self._is_between_minutes() and self._town.is_quiet() and self._is_done(kept):
                break
            await asyncio.sleep(_AGAIN)
        self._until = self._now()
        self._notice_end()
        status = self._program.stop(within=30)
        if status != 0:
            self._trouble.append(f"it ended with {status}")
        self._town.killed()
        self._read_log()

    def _is_between_minutes(self) -> bool:
        second = self._now().second
        return _NEAR <= second <= 60 - _NEAR

    def _is_done(self, kept: Kept) -> bool:
        """Whether everything has had its effect."""
        found = kept.effects(self._load.said, self._rooms())
        return not any(one.lost for one in self._compared(found))

    def _compared(self, found: Mapping[str, Mapping[Any, int]]) -> list[Effects]:
        wanted = model.wanted(self._load.said, keeps_every_edit=self._town.keeps_every_edit)
        return [wanted[kind].against(kind, found[kind]) for kind in wanted]

    def _rooms(self) -> dict[str, str]:
        return {str(one[self._town.platform]): str(one["id"]) for one in self._town.spaces()}

    def _audit(self, kept: Kept, launched_at: datetime, there_at: datetime) -> Audit:
        said = self._load.said
        found = kept.effects(said, self._rooms())
        zone = course.zone_of(launched_at)
        declared = course.times_of(launched_at, self._orders.kills)
        surely = [at for at in model.minutes(there_at, self._until, zone) if at in declared]
        perhaps = [at for at in model.minutes(launched_at, self._until, zone) if at in declared]
        rituals = model.rituals(surely, perhaps).against("ritual", found["ritual"])
        effects = [*self._compared(found), rituals]
        decided = kept.decided(self._until)
        delivery = sent.compare(decided, self._town.posted(), shown=self._town.shown(), is_exact=self._town.is_exact)
        problems = [f"{one.kind}: {one.lost} lost, {one.doubled} doubled" for one in effects if not one.is_fine]
        if doubled := [who for who, times in kept.people().items() if times > 1]:
            problems.append(f"{len(doubled)} people are there twice, such as {doubled[0]}")
        if aside := kept.set_aside():
            problems.append(f"{aside} events could not be handled")
        return Audit(
            adapter=self._orders.adapter,
            seed=self._orders.seed,
            kills=self._orders.kills,
            seconds=0.0,
            acts=len(said),
            unsure=sum(row.is_unsure or row.state == "unknown" for row in decided),
            effects=tuple(effects),
            messages=delivery.messages,
            problems=(*problems, *delivery.problems, *self._trouble),
        )


def _logs(folder: Path) -> list[Path]:
    return [path for path in (folder / "logs").iterdir() if path.suffix in (".out", ".err")]

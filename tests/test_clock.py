"""The virtual clock on its way, and the alarm under real time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import StorageTrouble
from bot.domain.messages import Text
from scheduler.clock import RealClock, VirtualClock
from scheduler.ticker import Ticker
from scheduler.virtual import advance
from tests.community import Community

NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Kept:
    """Where a virtual clock keeps its moves."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []
        self.is_broken = False

    async def __call__(self, now: datetime) -> None:
        if self.is_broken:
            raise StorageTrouble(Text(id="storage.disk_full"))
        self.moments.append(now)


class Plan:
    """An agenda of moments; doing what is due there may plan more."""

    def __init__(self, now: Callable[[], datetime], *due: datetime) -> None:
        self._now = now
        self.due = set(due)
        self.plans_more: dict[datetime, datetime] = {}
        self.done: list[tuple[datetime, datetime]] = []  # when it was due, when it was done

    async def run_due(self) -> None:
        while ready := sorted(moment for moment in self.due if moment <= self._now()):
            self.due.remove(ready[0])
            self.done.append((ready[0], self._now()))
            if more := self.plans_more.pop(ready[0], None):
                self.due.add(more)

    async def next_due(self, after: datetime) -> datetime | None:
        return min((moment for moment in self.due if moment > after), default=None)


async def test_every_due_moment_on_the_way_is_visited_in_order() -> None:
    clock = VirtualClock(NINE, Kept())
    plan = Plan(clock.now, NINE, NINE + 5 * MINUTE, NINE + MINUTE, NINE + 60 * MINUTE, NINE + 61 * MINUTE)
    plan.plans_more = {NINE + MINUTE: NINE + 2 * MINUTE}
    await advance(clock, plan, NINE + 60 * MINUTE)
    visited = [NINE + minutes * MINUTE for minutes in (0, 1, 2, 5, 60)]
    assert plan.done == [(moment, moment) for moment in visited]
    assert clock.now() == NINE + 60 * MINUTE


async def test_what_was_planned_for_the_past_is_done_before_the_clock_moves() -> None:
    clock = VirtualClock(NINE, Kept())
    plan = Plan(clock.now, NINE - MINUTE)
    await advance(clock, plan, NINE + MINUTE)
    assert plan.done == [(NINE - MINUTE, NINE)]


async def test_a_virtual_clock_never_goes_back() -> None:
    kept = Kept()
    clock = VirtualClock(NINE, kept)
    await clock.move(NINE - MINUTE)
    await advance(clock, Plan(clock.now), NINE - timedelta(days=1))
    assert clock.now() == NINE
    assert kept.moments == []


async def test_a_move_that_cannot_be_kept_is_not_made() -> None:
    kept = Kept()
    clock = VirtualClock(NINE, kept)
    kept.is_broken = True
    with pytest.raises(StorageTrouble):
        await clock.move(NINE + MINUTE)
    assert clock.now() == NINE


async def test_the_virtual_clock_goes_on_where_it_stood(open_community) -> None:
    course: Community = await open_community()
    await course.passes(hours=30, minutes=7)
    stood = course.now
    course = await open_community()
    assert course.now == stood == datetime(2027, 3, 2, 14, 37, tzinfo=UTC)


async def test_a_jump_over_several_days_serves_each_of_them(course: Community) -> None:
    await course.passes(days=2)
    heads = [text.split(" (")[0] for text in await course.said() if text.startswith("Day")]
    assert heads == ["Day 1 · First words", "Day 2 · Second day"]
    at = [message.at for message in await course.messages() if message.text.startswith("Day")]
    assert at == ["2027-03-01T09:00:00+00:00", "2027-03-02T09:00:00+00:00"]


# --- the alarm --------------------------------------------------------------------------------------------------------

NEVER = timedelta(days=1)
INSTANT = timedelta(milliseconds=1)


class Alarmed:
    """An agenda that counts how often it was woken, and hears what becomes of time."""

    def __init__(self, *next_due: datetime | Exception | None) -> None:
        self.answers = list(next_due)
        self.times = 0
        self.heard: list[str] = []
        self._changed = asyncio.Condition()

    async def run_due(self) -> None:
        async with self._changed:
            self.times += 1
            self._changed.notify_all()

    async def next_due(self, after: datetime) -> datetime | None:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def alive(self, now: datetime) -> None:
        pass

    async def lost(self, kind: str, since: datetime, now: datetime) -> None:
        self.heard.append(kind)

    async def woken(self, times: int) -> None:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: self.times >= times)


@contextlib.asynccontextmanager
async def running(ticker: Ticker) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(ticker.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_alarm_looks_at_the_agenda_at_once_and_then_at_every_tick() -> None:
    agenda = Alarmed()
    async with running(Ticker(agenda, RealClock(), agenda, tick=INSTANT)):
        await agenda.woken(4)


async def test_the_alarm_rings_at_the_moment_of_the_next_thing_without_waiting_for_the_tick() -> None:
    clock = RealClock()
    agenda = Alarmed(*[clock.now() + n * INSTANT for n in (1, 2, 3)])
    async with running(Ticker(agenda, clock, agenda, tick=NEVER)):
        await agenda.woken(4)


async def test_a_moment_that_has_just_passed_rings_too() -> None:
    clock = RealClock()
    agenda = Alarmed(clock.now() - timedelta(hours=1))
    async with running(Ticker(agenda, clock, agenda, tick=NEVER)):
        await agenda.woken(2)


async def test_the_alarm_survives_a_database_in_trouble() -> None:
    trouble = StorageTrouble(Text(id="storage.locked"))
    agenda = Alarmed(trouble, trouble)
    async with running(Ticker(agenda, RealClock(), agenda, tick=INSTANT)) as task:
        await agenda.woken(4)
        assert not task.done()


async def test_a_bug_in_the_agenda_ends_the_alarm_for_its_supervisor_to_see() -> None:
    with pytest.raises(RuntimeError, match="a bug of ours"):
        await Ticker(bug := Alarmed(RuntimeError("a bug of ours")), RealClock(), bug).run()

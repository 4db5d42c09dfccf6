"""Under a platform's limits, and close to them."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.polling import Polling
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from bot.domain.traits import Limit, Limits, Traits
from bot.engine.pacing import Pacer
from bot.platforms import TRAITS
from scheduler.clock import RealClock
from storage import outbox
from storage.documents import Documents
from storage.files import FileStore
from storage.outbox import Queued, chat_lane
from storage.tables import outbox as outbox_table
from tests.community import write_course
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram import Limits as ServerLimits

LIMITS = Limits(in_all=Limit(30, 1), per_chat=Limit(1, 1), per_group=Limit(20, 60))
ON_DISCORD = Limits(in_all=Limit(50, 1), per_chat=Limit(5, 5))
START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def to_group(number: int, key: str = "k") -> OutgoingMessage:
    address = Address(platform="telegram", chat=str(-1000 - number))
    return OutgoingMessage(key=f"{key}{number}", address=address, body=(Span("hi"),))


def to_person(number: int) -> OutgoingMessage:
    address = Address(platform="telegram", chat=str(number), private=True)
    return OutgoingMessage(key=f"p{number}", address=address, body=(Span("hi"),))


class Platform:
    """Counts in sliding windows of its own time, as strict as can be."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.all: deque[datetime] = deque()
        self.chats: dict[str, deque[datetime]] = {}
        self.refused = 0

    def take(self, message: OutgoingMessage, at: datetime) -> None:
        chat = self.chats.setdefault(message.address.chat, deque())
        per_group = None if message.address.private else self.limits.per_group
        counted = ((self.all, self.limits.in_all), (chat, self.limits.per_chat), (chat, per_group))
        if any(limit and _within(times, at, limit.seconds) >= limit.most for times, limit in counted):
            self.refused += 1
            return
        self.all.append(at)
        chat.append(at)


def _within(times: Iterable[datetime], at: datetime, seconds: float) -> int:
    return sum(1 for time in times if at - time < timedelta(seconds=seconds))


def played(
    messages: Sequence[OutgoingMessage], latencies: Sequence[float], limits: Limits = LIMITS
) -> tuple[Platform, datetime, int]:
    """Send all of them as the worker does, each call taking as long as is said; the platform counts half way."""
    platform, pacer, now = Platform(limits), Pacer(limits), START
    waiting: dict[str, deque[OutgoingMessage]] = {}
    for message in messages:
        waiting.setdefault(chat_lane(message.address), deque()).append(message)
    under_way: list[tuple[datetime, int, OutgoingMessage]] = []
    arrivals: list[tuple[datetime, OutgoingMessage]] = []
    busy: set[str] = set()
    sent = 0
    while any(waiting.values()) or under_way:
        parked = set(pacer.parked(now)) | busy
        free = [lane for lane, queue in waiting.items() if queue and lane not in parked][: pacer.budget(now)]
        for lane in free:
            message = waiting[lane].popleft()
            latency = timedelta(seconds=latencies[sent % len(latencies)])
            sent += 1
            pacer.begin(message)
            busy.add(lane)
            arrivals.append((now + latency / 2, message))
            heapq.heappush(under_way, (now + latency, sent, message))
        done_at = under_way[0][0] if under_way else None
        free_at = pacer.next_free(now)
        now = min(moment for moment in (done_at, free_at) if moment is not None)
        while under_way and under_way[0][0] <= now:
            message = heapq.heappop(under_way)[2]
            pacer.end(message, now)
            busy.discard(chat_lane(message.address))
    for at, message in sorted(arrivals, key=lambda arrival: arrival[0]):
        platform.take(message, at)
    return platform, now, sent


@settings(max_examples=25)
@given(
    st.lists(st.one_of(st.integers(1, 6).map(to_group), st.integers(1, 40).map(to_person)), min_size=1, max_size=120),
    st.lists(st.floats(0.001, 3.0), min_size=1, max_size=10),
    st.sampled_from((LIMITS, ON_DISCORD)),
)
def test_whatever_the_network_does_no_limit_is_passed(
    messages: list[OutgoingMessage], latencies: list[float], limits: Limits
) -> None:
    platform, _, sent = played(messages, latencies, limits)
    assert (platform.refused, sent) == (0, len(messages))


def test_nine_hundred_groups_are_told_at_nearly_the_full_rate() -> None:
    platform, end, sent = played([to_group(number) for number in range(900)], [0.01, 0.03, 0.02])
    assert (platform.refused, sent) == (0, 900)
    after_the_first_window = (900 - 30) / ((end - START).total_seconds())
    assert after_the_first_window >= 0.93 * 30


def test_five_hundred_channels_are_told_at_nearly_the_full_rate_of_another_platform() -> None:
    platform, end, sent = played([to_group(number) for number in range(500)], [0.01, 0.03, 0.02], ON_DISCORD)
    assert (platform.refused, sent) == (0, 500)
    after_the_first_window = (500 - 50) / (end - START).total_seconds()
    assert after_the_first_window >= 0.90 * 50


def test_twenty_groups_get_thirty_messages_each_as_quickly_as_they_may() -> None:
    messages = [to_group(number, key=f"{turn}:") for turn in range(30) for number in range(20)]
    platform, end, sent = played(messages, [0.01, 0.03, 0.02])
    assert (platform.refused, sent) == (0, 600)
    soonest = 60 + 9  # twenty in the first minute, one a second; ten more in the second
    assert soonest / (end - START).total_seconds() >= 0.93


def test_a_restart_knows_what_was_sent_before() -> None:
    before = [(to_group(1), START - timedelta(seconds=30 - n)) for n in range(20)]
    pacer = Pacer(LIMITS)
    pacer.remember([*before, (to_group(2), None)], START)
    assert pacer.parked(START) == [chat_lane(to_group(1).address), chat_lane(to_group(2).address)]
    assert pacer.parked(START + timedelta(seconds=2)) == [chat_lane(to_group(1).address)]
    assert pacer.parked(START + timedelta(seconds=30)) == []


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    pacer = Pacer(LIMITS)
    for _ in range(20):
        pacer.begin(to_group(1))
        pacer.end(to_group(1), START)
    earlier = START - timedelta(hours=3)
    assert (pacer.budget(earlier), pacer.parked(earlier)) == (30, [])


# --- over real HTTP, in real time -------------------------------------------------------------------------------------


class Town:
    """The outbox's worker in front of a server that enforces the platform's limits."""

    def __init__(self, telegram: FakeTelegram, folder: Path, groups: int, traits: Traits = TRAITS["telegram"]) -> None:
        self.telegram = telegram
        self._folder, self._traits = folder, traits
        ada = telegram.person("Ada")
        self.groups = [telegram.group(f"Group {n}", ada, bot="administrator") for n in range(groups)]
        write_course(folder / "writing")
        self.starts()

    def starts(self) -> None:
        """A process, as it begins."""
        folder = self._folder
        config = Settings(
            database=f"sqlite:///{(folder / 'town.db').as_posix()}",
            data=folder,
            language="en",
            courses=(folder / "writing",),
            platforms=Platforms(),
        )
        self.app: App = build(config, clock=RealClock(), traits=TRAITS)
        self.client = open_client(self.telegram.token, self.telegram.url)
        store, files = Documents(self.app.database, "telegram"), FileStore(folder / "files")
        self.adapter = TelegramAdapter(self.client, store, files, self.app.clock, Polling(self.app.clock))
        self.adapter.traits = self._traits

    async def tells(self, each: int) -> float:
        """So many messages to each group; how long it took, in seconds."""
        await self.queues(each)
        return await self.works_until(lambda states: states == {"sent": each * len(self.groups)})

    async def queues(self, each: int, named: str = "Task") -> None:
        await self.app.start()
        now = self.app.clock.now()
        messages = [self._message(chat.id, f"{named} {number}") for number in range(each) for chat in self.groups]
        queued = [Queued(message=m, not_before=now, expires_at=now + timedelta(hours=1)) for m in messages]
        await self.app.database.run(lambda db: outbox.enqueue(db, queued))

    async def works_until(self, done: Callable[[dict[str, int]], bool]) -> float:
        """The process sends until that is so, and ends; how long it took, in seconds."""
        await self.app.start()
        await self.app.activate(self.adapter)
        loop = asyncio.get_running_loop()
        start, working = loop.time(), asyncio.create_task(self.app.deliverer.run())
        while not done(await self.states()):
            assert not working.done()
            await asyncio.sleep(0.2)
        took = loop.time() - start
        self.app.deliverer.stop()
        await working
        await self.client.hang_up()
        await self.app.close()
        return took

    def _message(self, chat: int, text: str) -> OutgoingMessage:
        address = Address(platform="telegram", chat=str(chat))
        return OutgoingMessage(key=f"{chat}:{text}", address=address, body=(Span(text),))

    async def states(self) -> dict[str, int]:
        from sqlalchemy import func, select

        query = select(outbox_table.c.state, func.count()).group_by(outbox_table.c.state)
        rows: Any = await self.app.database.run(lambda db: db.execute(query).all())
        return dict(rows)

    def heard(self) -> Counter[tuple[int, str]]:
        """How often each text was said in each group."""
        sent = self.telegram.asked("sendMessage")
        return Counter((int(call.params["chat_id"]), str(call.params["text"])) for call in sent)


async def test_after_a_restart_no_group_gets_more_than_it_may(tmp_path: Path) -> None:
    limits = Limits(in_all=Limit(30, 1), per_chat=Limit(20, 1), per_group=Limit(5, 60))
    enforced = ServerLimits(per_second=30, per_chat_second=20, per_group_minute=5)
    async with FakeTelegram(limits=enforced) as telegram:
        town = Town(telegram, tmp_path, 2, structs.replace(TRAITS["telegram"], limits=limits))
        await town.tells(3)
        town.starts()
        await town.queues(4, named="more")
        await town.works_until(lambda states: states.get("sent") == 10)
        town.starts()
        looks = iter(range(3))
        await town.works_until(lambda states: next(looks, None) is None)
        assert telegram.refused_429 == []
        assert len(telegram.asked("sendMessage")) == 10


@pytest.mark.long
async def test_a_broadcast_to_nine_hundred_groups_meets_no_429_and_loses_nothing(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        town = Town(telegram, tmp_path, 900)
        took = await town.tells(1)
        assert telegram.refused_429 == []
        assert set(town.heard().values()) == {1}
        assert len(town.heard()) == 900
        print(f"900 groups in {took:.1f} s: {(900 - 30) / took / 30:.3f} of the ceiling after the first window")


@pytest.mark.long
async def test_thirty_messages_to_each_of_twenty_groups_meet_no_429_and_none_is_lost(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        town = Town(telegram, tmp_path, 20)
        took = await town.tells(30)
        assert telegram.refused_429 == []
        assert set(town.heard().values()) == {1}
        assert len(town.heard()) == 600
        print(f"20 groups × 30 messages in {took:.1f} s: {69 / took:.3f} of the ceiling")

"""Many who redeem at the same moment, in three processes, on either database: what there is goes out exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.errors import StorageTrouble
from bot.domain.events import CommandInvoked, MessagePosted
from bot.domain.ids import CourseId, EventKey, MemberId
from bot.domain.places import Actor, Address
from bot.features.rewards import stocking, store
from bot.features.rewards.tables import code, redemption, stock
from scheduler.clock import VirtualClock
from storage import boards
from storage.persons import lock_person
from storage.tables import ledger
from tests import databases
from tests.community import RULES, write_course
from tests.databases import COURSE

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MEMBERS = 100
RICH = RULES + "rich:\n  when: message.posted\n  limit: {once_per: member}\n  then: [award: 300]\n"
LESSON = "rewards:\n  lesson: {title: Lesson, kind: privilege, price: 200, stock: 1}\n"
MUG = "rewards:\n  mug: {title: Mug, kind: goods, price: 200}\n"
COUPON = "rewards:\n  coupon: {title: Coupon, kind: code, price: 100}\n"
OWED = {
    "reward": "mug",
    "kind": "goods",
    "title": {"en": "Mug"},
    "at": NOON,
    "month": "2027-03",
    "price": 0,
    "worth": 0,
    "state": "owed",
}
MAIN = Address(platform="local", chat="main")


class Processes(NamedTuple):
    """As far as the database can see."""

    apps: list[App]

    async def all_at_once(self, events: list[CommandInvoked]) -> None:
        """Each process hands over its share, one event after the other, and the processes race."""
        await asyncio.gather(*(self._hand(app, events[n :: len(self.apps)]) for n, app in enumerate(self.apps)))

    async def _hand(self, app: App, events: list[CommandInvoked]) -> None:
        for event in events:
            await _until_taken(app, event)

    async def rows(self, query: Any) -> list[Any]:
        return list(await self.apps[0].database.run(lambda db: db.execute(query).all()))


async def _until_taken(app: App, event: CommandInvoked) -> None:
    """As adapters do: what was not stored is handed over again."""
    for _ in range(100):
        try:
            await app.sink([event])
        except StorageTrouble:
            await asyncio.sleep(0)
        else:
            return
    raise AssertionError("it was never taken")


@pytest.fixture
async def opened(tmp_path: Path, either_url: str) -> AsyncIterator[Any]:
    async def kept(_: datetime) -> None:
        pass

    async with AsyncExitStack() as stack:

        async def open_all(rewards: str, members: int = MEMBERS) -> Processes:
            settings = Settings(
                database=either_url,
                data=tmp_path,
                language="en",
                courses=(write_course(tmp_path / "writing", rules=RICH, rewards=rewards),),
                platforms=Platforms(),
            )
            apps = [build(settings, clock=VirtualClock(NOON, kept)) for _ in range(3)]
            for app in apps:
                await app.start()
                stack.push_async_callback(app.close)
            await apps[0].sink([said(who) for who in range(members)])
            return Processes(apps)

        yield open_all


def said(who: int) -> MessagePosted:
    return MessagePosted(
        key=EventKey(f"said:{who}"), at=NOON, actor=actor(who), address=MAIN, message=f"{who}", text="good morning"
    )


def actor(who: int) -> Actor:
    return Actor(platform="local", user=f"m{who}", name=f"M{who}")


def redeems(who: int, text: str, times: int = 1) -> list[CommandInvoked]:
    return [
        CommandInvoked(
            key=EventKey(f"redeem:{who}:{text}:{n}"),
            at=NOON,
            actor=actor(who),
            address=MAIN,
            name="redeem",
            text=text,
            message=f"r{who}:{n}",
        )
        for n in range(times)
    ]


async def spent(processes: Processes) -> int:
    [(points,)] = await processes.rows(select(func.sum(ledger.c.points)).where(ledger.c.category == "spent"))
    return -int(points or 0)


async def test_of_a_hundred_who_want_the_last_one_one_has_it_and_only_they_paid(opened: Any) -> None:
    processes = await opened(LESSON)
    await processes.all_at_once([event for who in range(MEMBERS) for event in redeems(who, "lesson 200")])
    [row] = await processes.rows(select(redemption))
    assert row.state == "given"
    assert await spent(processes) == 200
    assert await processes.rows(select(stock.c.taken)) == [(1,)]
    assert await processes.apps[0].database.run(boards.wrong) == 0


async def test_one_who_redeems_many_times_at_once_never_spends_more_than_they_have(opened: Any) -> None:
    processes = await opened(MUG, members=1)
    await processes.all_at_once(redeems(0, "mug 200", times=12))
    assert len(await processes.rows(select(redemption))) == 1
    assert await spent(processes) == 200


async def test_the_same_press_in_all_processes_at_once_buys_one(opened: Any) -> None:
    processes = await opened(COUPON, members=1)
    await put_in(processes, 12)
    await processes.all_at_once(redeems(0, "coupon 100 0", times=12))
    assert len(await processes.rows(select(redemption))) == 1
    assert await spent(processes) == 100


async def test_each_code_is_given_to_one_person_and_each_who_paid_has_one(opened: Any) -> None:
    processes = await opened(COUPON)
    await put_in(processes, 30)
    await processes.all_at_once([event for who in range(MEMBERS) for event in redeems(who, "coupon 100")])
    given = await processes.rows(select(code.c.redemption).where(code.c.state == "given"))
    assert len({row.redemption for row in given}) == 30
    assert len(await processes.rows(select(redemption))) == 30
    assert await spent(processes) == 3000


async def test_the_last_points_of_a_budget_are_spent_once(opened: Any) -> None:
    processes = await opened("budget: 700\n" + MUG)
    await processes.all_at_once([event for who in range(MEMBERS) for event in redeems(who, "mug 200")])
    assert len(await processes.rows(select(redemption))) == 3
    assert await spent(processes) == 600


async def put_in(processes: Processes, many: int) -> None:
    codes = [f"CODE-{number:04}" for number in range(many)]
    await processes.apps[0].database.run(lambda db: stocking.put_in(db, CourseId("writing"), "coupon", codes, NOON))


def test_staff_who_give_what_is_owed_and_members_who_redeem_do_not_wait_for_each_other(
    either_url: str, tmp_path: Path
) -> None:
    """Who settles a redemption holds its course's budget before its reward, as who redeems does."""
    database = databases.opened(either_url, tmp_path, [1, 2], at=NOON)
    with database.begin() as db:
        number = store.add(db, {**OWED, "course": COURSE, "member": 1}).id

    def settles(_: int) -> None:
        with database.begin() as db:
            store.locked(db, COURSE, [number], has_budget=True)
            store.lock_stock(db, COURSE, "mug", has_budget=True)  # as what is owed is given

    def redeems_one(_: int) -> None:
        with database.begin() as db:
            lock_person(db, MemberId(2))
            store.lock_stock(db, COURSE, "mug", has_budget=True)

    with ThreadPoolExecutor(6) as threads:
        those = [threads.submit(one, turn) for turn in range(60) for one in (settles, redeems_one)]
        for one in those:
            one.result()
    database.close()

"""Alarms: what a feature wants to hear of at a moment, and how that ends well whatever happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.app import build
from bot.config import Platforms, Settings
from bot.domain.events import AlarmsDue, CommandInvoked
from bot.domain.messages import Text
from bot.engine import alarms as engine
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.features import FEATURES
from scheduler.clock import VirtualClock
from storage import alarms
from storage.alarms import Due
from storage.database import Database
from tests.community import Community, write_course
from tests.postgres import postgres

HOUR = timedelta(hours=1)


class Bell:
    """A feature that asks to hear of things, and what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[datetime, tuple[str, ...]]] = []
        self.is_broken = False
        self.again: timedelta | None = None  # set once more at each ring, by so much before or after it
        self.feature = Feature("bell")
        self.feature.command("remember")(self.remember)
        self.feature.alarm("bell")(self.ring)

    def remember(self, ctx: Context, cmd: CommandInvoked) -> None:
        """`/remember OBJECT HOURS`; behind the present it is negative."""
        object, hours = cmd.text.split()
        alarms.put(ctx.db, ctx.course.id, "bell", [(object, ctx.now + float(hours) * HOUR)])

    def ring(self, ctx: Context, due: AlarmsDue) -> None:
        if self.is_broken:
            raise ZeroDivisionError("broken")
        objects = tuple(one.object for one in due.alarms)
        self.heard.append((ctx.now, objects))
        ctx.tell_staff(Text(id="word.yes"))
        if self.again is not None:
            alarms.put(ctx.db, ctx.course.id, "bell", [(one, ctx.now + self.again) for one in objects])

    @property
    def objects(self) -> list[tuple[str, ...]]:
        return [objects for _, objects in self.heard]


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def features(bell: Bell) -> tuple[Feature, ...]:
    return (*FEATURES, bell.feature)


@pytest.fixture
async def course(open_community: Callable[..., Awaitable[Community]], features: tuple[Feature, ...]) -> Community:
    return await open_community(features=features)


async def remember(course: Community, **hours: float) -> None:
    for object, count in hours.items():
        await course.types("ada", f"/remember {object} {count}")


async def left(course: Community) -> list[str]:
    """What is still to be heard."""
    rows = await course.rows(select(alarms.alarm).where(alarms.alarm.c.name == "bell"))
    return [row.object for row in rows]


# --- heard ------------------------------------------------------------------------------------------------------------


async def test_it_rings_at_its_moment_and_not_before(course: Community, bell: Bell) -> None:
    await remember(course, tea=2)
    began = course.now
    await course.passes(hours=1, minutes=59)
    assert bell.heard == []
    await course.passes(minutes=1)
    assert bell.heard == [(began + 2 * HOUR, ("tea",))]
    await course.passes(days=2)
    assert len(bell.heard) == 1
    assert await left(course) == []


async def test_what_is_due_at_once_is_heard_together(course: Community, bell: Bell) -> None:
    def put(db) -> None:
        alarms.put(db, "writing", "bell", [(f"o{number}", course.now + HOUR) for number in range(300)])

    await course.run.app.database.run(put)
    await course.passes(hours=2)
    [objects] = bell.objects
    assert len(set(objects)) == 300
    assert (await course.said("chen", "staff")).count("yes") == 1


async def test_more_than_are_looked_up_at_once_are_all_heard(course: Community, bell: Bell) -> None:
    def put(db) -> None:
        alarms.put(db, "writing", "bell", [(f"o{number}", course.now + HOUR) for number in range(2_300)])

    await course.run.app.database.run(put)
    await course.passes(hours=2)
    assert sum(len(objects) for objects in bell.objects) == 2_300
    assert await left(course) == []


async def test_one_that_is_set_again_is_moved(course: Community, bell: Bell) -> None:
    await remember(course, tea=2)
    await remember(course, tea=5)
    await course.passes(hours=4)
    assert bell.heard == []
    await course.passes(hours=1)
    assert bell.objects == [("tea",)]


async def test_one_that_is_dropped_is_not_heard(course: Community, bell: Bell) -> None:
    await remember(course, tea=1, coffee=1)
    await course.run.app.database.run(lambda db: alarms.drop(db, "writing", "bell", ["tea"]))
    await course.passes(hours=2)
    assert bell.objects == [("coffee",)]


async def test_one_in_the_past_rings_at_once_and_once(course: Community, bell: Bell) -> None:
    await remember(course, tea=-48)
    await course.passes(minutes=1)
    assert bell.objects == [("tea",)]
    await course.passes(hours=1)
    assert bell.objects == [("tea",)]


async def test_one_that_has_rung_and_is_set_anew_for_the_same_moment_rings_again(course: Community, bell: Bell) -> None:
    at = course.now - HOUR
    for _ in range(2):
        await course.run.app.database.run(lambda db: alarms.put(db, "writing", "bell", [("tea", at)]))
        await course.run.app.run_due()
    assert bell.objects == [("tea",), ("tea",)]
    assert await left(course) == []


async def test_a_handler_that_always_sets_it_into_the_past_hangs_nothing(course: Community, bell: Bell) -> None:
    bell.again = -HOUR
    await remember(course, tea=1)
    await course.passes(hours=1)
    before = len(bell.heard)
    for _ in range(3):  # as often as the clock ticks
        await course.run.app.run_due()
    assert len(bell.heard) == before + 3
    assert "Checked in" in await course.answer("ada", "/checkin")


async def test_one_that_is_set_anew_at_each_ring_rings_on(course: Community, bell: Bell) -> None:
    bell.again = HOUR
    await remember(course, tea=1)
    began = course.now
    await course.passes(hours=5)
    assert [at - began for at, _ in bell.heard] == [HOUR * number for number in range(1, 6)]


async def test_what_was_due_before_an_event_goes_first(course: Community, bell: Bell) -> None:
    """The process was away; people wrote after the alarm's moment, and the platform kept that."""
    await remember(course, tea=1)
    await course.is_away(hours=2)
    await course.types("ada", "/remember later 1")
    assert bell.objects == [("tea",)]
    await course.passes(hours=1)
    assert bell.objects == [("tea",), ("later",)]


# --- failures ---------------------------------------------------------------------------------------------------------


async def test_a_handler_that_fails_is_set_aside_once_and_a_replay_rings_it(course: Community, bell: Bell) -> None:
    bell.is_broken = True
    await remember(course, tea=1)
    await course.passes(hours=6)
    told = [text for text in await course.said("chen", "staff") if "/replay" in text]
    assert len(told) == 1
    assert await left(course) == ["tea"]
    bell.is_broken = False
    await course.passes(hours=1)
    assert bell.heard == []
    await course.types("chen", "/replay 1", room="staff")
    assert bell.objects == [("tea",)]
    assert await left(course) == []


async def test_one_that_failed_holds_up_no_other(course: Community, bell: Bell) -> None:
    bell.is_broken = True
    await remember(course, tea=1)
    await course.passes(hours=2)
    bell.is_broken = False
    await remember(course, coffee=1)
    await course.passes(hours=2)
    assert bell.objects == [("coffee",)]
    await remember(course, tea=1)  # set again, it is to be heard again
    await course.passes(hours=2)
    assert bell.objects == [("coffee",), ("tea",)]
    await course.types("chen", "/replay 1", room="staff")
    assert bell.objects == [("coffee",), ("tea",)]


async def test_one_that_fails_is_set_aside_alone_and_the_others_are_heard(
    open_community: Callable[..., Awaitable[Community]],
) -> None:
    heard: list[str] = []
    feature = Feature("bell")

    @feature.alarm("bell")
    def ring(ctx: Context, due: AlarmsDue) -> None:
        objects = [one.object for one in due.alarms]
        if "o7" in objects:
            raise ZeroDivisionError("broken")
        heard.extend(objects)

    course = await open_community(features=(*FEATURES, feature))

    def put(db) -> None:
        alarms.put(db, "writing", "bell", [(f"o{number}", course.now + HOUR) for number in range(20)])

    await course.run.app.database.run(put)
    await course.passes(hours=2)
    assert sorted(heard) == sorted(f"o{number}" for number in range(20) if number != 7)
    assert await left(course) == ["o7"]
    assert len([text for text in await course.said("chen", "staff") if "/replay" in text]) == 1


async def test_a_feature_hears_no_more_at_once_than_it_asks_for(
    open_community: Callable[..., Awaitable[Community]],
) -> None:
    heard: list[tuple[str, int]] = []
    feature = Feature("bell")

    @feature.alarm("bell", most=50)
    def ring(ctx: Context, due: AlarmsDue) -> None:
        heard.append((ctx.event.key, len(due.alarms)))

    course = await open_community(features=(*FEATURES, feature))

    def put(db) -> None:
        alarms.put(db, "writing", "bell", [(f"o{number}", course.now + HOUR) for number in range(120)])

    await course.run.app.database.run(put)
    await course.passes(hours=2)
    assert [count for _, count in heard] == [50, 50, 20]
    assert len({key for key, _ in heard}) == 3


async def test_a_restart_forgets_nothing(
    open_community, features: tuple[Feature, ...], bell: Bell, course: Community
) -> None:
    await remember(course, tea=2)
    again = await open_community(features=features)
    await again.passes(hours=3)
    assert bell.objects == [("tea",)]


async def test_a_course_that_is_gone_is_heard_of_no_more(course: Community, bell: Bell) -> None:
    await course.run.app.database.run(lambda db: alarms.put(db, "elsewhere", "bell", [("tea", course.now + HOUR)]))
    await course.passes(hours=3)
    assert bell.heard == []


async def test_a_name_that_nobody_hears_does_no_harm(course: Community, bell: Bell) -> None:
    await course.run.app.database.run(lambda db: alarms.put(db, "writing", "nobody", [("tea", course.now + HOUR)]))
    await remember(course, coffee=2)
    await course.passes(hours=3)
    assert bell.objects == [("coffee",)]


async def test_the_clock_set_back_rings_nothing_twice(course: Community, bell: Bell) -> None:
    await remember(course, tea=1, coffee=3)
    await course.passes(hours=2)
    before = course.now - 2 * HOUR
    assert await course.run.app.database.run(lambda db: alarms.due(db, ["writing"], before)) == []
    await course.run.app._run_due(before)
    assert bell.objects == [("tea",)]
    await course.passes(hours=2)
    assert bell.objects == [("tea",), ("coffee",)]


# --- two processes ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def both(tmp_path: Path) -> list[Bell]:  # type: ignore[misc]
    """Two processes on one database, which have both seen the same alarm; the bells of each."""
    at = datetime(2027, 3, 1, 12, tzinfo=UTC)

    async def kept(_: datetime) -> None:
        pass

    with postgres() as url:
        settings = Settings(
            database=url,
            data=tmp_path,
            language="en",
            courses=(write_course(tmp_path / "writing"),),
            platforms=Platforms(),
        )
        async with AsyncExitStack() as stack:
            bells, apps = [Bell(), Bell()], []
            for bell in bells:
                app = build(settings, clock=VirtualClock(at, kept), features=(*FEATURES, bell.feature))
                await app.start()
                stack.push_async_callback(app.close)
                apps.append(app)
            await apps[0].database.run(lambda db: alarms.put(db, "writing", "bell", [("tea", at - HOUR)]))
            yield bells, apps, at


async def test_of_two_processes_one_hears_it(both) -> None:
    bells, apps, at = both
    seen = [await app.database.run(lambda db, app=app: app._due(db, at, at, newest=1)) for app in apps]
    for app, due in zip(apps, seen, strict=True):
        await app._process([one for one in due if isinstance(one, AlarmsDue)])
    assert sorted(len(bell.heard) for bell in bells) == [0, 1]


# --- rows -------------------------------------------------------------------------------------------------------------


def ringing(found: Sequence[Due], now: datetime) -> list[AlarmsDue]:
    return list(engine._events(list(found), now))


NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_the_key_is_that_of_these_alarms_at_these_moments() -> None:
    one, moved = Due(1, "writing", "bell", "tea", NOON), Due(1, "writing", "bell", "tea", NOON + HOUR)
    other = Due(2, "writing", "bell", "coffee", NOON)
    keys = [ringing(those, NOON)[0].key for those in ([one], [moved], [one, other], [other])]
    assert len(set(keys)) == 4
    assert ringing([one], NOON + HOUR)[0].key == keys[0]


@given(
    st.lists(
        st.tuples(st.sampled_from(["set", "drop", "take"]), st.sampled_from("abc"), st.integers(-3, 3)),
        max_size=20,
    )
)
def test_what_is_left_is_what_was_set_last_and_not_heard(new_database: Path, steps: list[tuple[str, str, int]]) -> None:
    database = Database(f"sqlite:///{new_database.as_posix()}")
    model: dict[str, datetime] = {}
    try:
        with database.engine.connect() as db, db.begin() as undone:
            for what, object, hours in steps:
                at = NOON + hours * HOUR
                if what == "set":
                    alarms.put(db, "writing", "bell", [(object, at)])
                    model[object] = at
                elif what == "drop":
                    alarms.drop(db, "writing", "bell", [object])
                    model.pop(object, None)
                else:
                    due = alarms.due(db, ["writing"], at)
                    assert {(one.object, one.due_at) for one in due} == {x for x in model.items() if x[1] <= at}
                    assert [one.due_at for one in due] == sorted(one.due_at for one in due)
                    those = [(one.row, one.due_at) for one in due]
                    assert alarms.take(db, those) == {one.row for one in due}
                    assert alarms.take(db, those) == set()
                    model = {object: moment for object, moment in model.items() if moment > at}
                later = [moment for moment in model.values() if moment > NOON]
                assert alarms.next_due(db, NOON) == min(later, default=None)
            undone.rollback()
    finally:
        database.close()


def test_one_that_was_moved_since_it_was_seen_is_not_taken(new_database: Path) -> None:
    database = Database(f"sqlite:///{new_database.as_posix()}")
    try:
        with database.engine.connect() as db, db.begin() as undone:
            alarms.put(db, "writing", "bell", [("tea", NOON)])
            [seen] = alarms.due(db, ["writing"], NOON)
            alarms.put(db, "writing", "bell", [("tea", NOON - HOUR)])
            assert alarms.take(db, [(seen.row, seen.due_at)]) == set()
            assert len(alarms.due(db, ["writing"], NOON)) == 1
            undone.rollback()
    finally:
        database.close()

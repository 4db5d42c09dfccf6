"""Nothing said is lost, nothing is counted twice: double delivery, bugs, bad files, full disk, locks, two processes."""

import itertools
import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Connection, Insert, Table, func, select, update

from adapters.local.parse import parse
from bot.app import real_now
from bot.demo import demo_settings, start_demo
from bot.domain.errors import NotSent, StorageTrouble
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId, EventKey
from bot.domain.messages import OutgoingMessage, Text
from bot.domain.places import Actor, Address
from bot.domain.traits import Can
from bot.engine.deliver import Deliverer
from bot.engine.feature import Feature
from bot.features import FEATURES
from storage import leases
from storage.database import Database, insert_new
from storage.leases import Holder
from storage.tables import fact, lease, occurrence, outbox, set_aside
from tests.community import RULES, Community, write_course


async def test_the_same_event_twice_counts_once(course: Community) -> None:
    await course.run.adapter.chat.say("ada", "main", "/checkin")
    await course.run.adapter.chat.say("ada", "main", "A thought of more than twenty characters")
    events = [parse(update.key, update.value) for update in await course.run.adapter.chat.updates()]
    for batch in (events, events, [*events, *events]):
        await course.run.app.sink(batch)
    await course.run.control.settle()  # and once more, from the queue
    assert await course.points("ada") == 6
    assert len([text for text in await course.said("ada") if text.startswith("Checked in!")]) == 1


async def test_a_restart_goes_on_where_it_stood(open_community) -> None:
    course = await open_community()
    await course.until(9)
    await course.types("ada", "/checkin")
    before = await course.messages("ada")
    course = await open_community()
    assert await course.messages("ada") == before
    assert course.now.isoformat() == "2027-03-01T09:00:00+00:00"
    await course.passes(minutes=1)
    assert await course.messages("ada") == before
    assert await course.points("ada") == 5


# --- our bugs ---------------------------------------------------------------------------------------------------------


def _faulty(switch: dict[str, bool]) -> Feature:
    feature = Feature("faulty")

    @feature.command("boom")
    def boom(ctx: Any, cmd: Any) -> None:
        ctx.reply("points.plus", points=1)
        if switch["on"]:
            raise RuntimeError("a bug of ours")

    @feature.watch_messages
    def watch(batch: Any, messages: Any) -> None:
        if switch["on"] and any("poison" in message.event.text for message in messages):
            raise RuntimeError("a message that we can't digest")

    return feature


async def test_a_handler_that_raises_is_set_aside_and_can_be_replayed(open_community) -> None:
    switch = {"on": True}
    course = await open_community(features=(*FEATURES, _faulty(switch)))
    chat = course.run.adapter.chat
    for who, text in (("ada", "/checkin"), ("ben", "/boom"), ("ben", "/checkin")):
        await chat.say(who, "main", text)
    await course.run.control.settle()
    assert (await course.points("ada"), await course.points("ben")) == (5, 5)
    assert "Sorry, something went wrong. It is recorded and the staff know: no need to send it again." in (
        await course.said("ben")
    )
    assert (await course.said("chen", "staff"))[-1] == (
        "⚠ Something could not be handled and is kept as #1. See /failures; once it is mended, /replay 1."
    )
    assert "RuntimeError: a bug of ours" in await course.answer("chen", "/failures", room="staff")
    still = await course.answer("chen", "/replay 1", room="staff")
    assert still == "#1 still fails: RuntimeError: a bug of ours. It is kept; mend the cause and /replay it again."
    await course.passes(days=2)  # what is said by a replay is said now, however old the event
    switch["on"] = False
    assert await course.answer("chen", "/replay 1", room="staff") == "#1 was handled again."
    assert (await course.said("ben"))[-1] == "+1 points"
    assert (await course.answer("chen", "/replay 1", room="staff")).startswith("There is no #1")


async def test_what_a_course_file_breaks_keeps_nobody_waiting(open_community) -> None:
    feature = Feature("faulty")

    @feature.on_other_courses
    def look(tx: Any, now: Any) -> None:
        raise ValueError("nobody thought of this")

    course = await open_community(features=(*FEATURES, feature))
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 5
    assert await course.answer("chen", "/failures", room="staff") == "Nothing is waiting: all is well."


async def test_a_poison_message_does_not_take_its_batch_with_it(open_community) -> None:
    course = await open_community(features=(*FEATURES, _faulty({"on": True})))
    for text in ("A thought of more than twenty characters", "poison", "Another one of more than twenty characters"):
        await course.run.adapter.chat.say("ada", "main", text)
    await course.run.control.settle()
    assert await course.points("ada") == 2
    assert len(await course.said("chen", "staff")) == 1


async def test_an_update_that_cannot_be_understood_blocks_nothing(course: Community) -> None:
    await course.run.adapter.chat.store.put("update", "message:999", {"kind": "message", "person": "?"})
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 5
    assert "ValidationError" in await course.answer("chen", "/failures", room="staff")


async def test_what_may_stand_there_twice_is_told_where_staff_look(course: Community) -> None:
    voice = course.run.app.engine.voice
    traits = voice._traits["local"]
    voice._traits = {**voice._traits, "local": structs.replace(traits, can=traits.can & ~Can.DEDUPE)}
    await course.until(9)
    sent = outbox.c.lane.contains("main") & (outbox.c.state == "sent")
    await course.run.app.database.run(lambda db: db.execute(update(outbox).where(sent).values(is_unsure=True)))
    told = await course.answer("chen", "/failures", room="staff")
    assert told.startswith("Within the last day 1 message may stand in a group twice")
    await course.passes(days=2)
    assert await course.answer("chen", "/failures", room="staff") == "Nothing is waiting: all is well."


HALF = Actor(platform="local", user="ben", name="Ben", handle="\ud800")


async def _a_check_in(course: Community) -> CommandInvoked:
    """Of Ada, that has not come yet."""
    await course.run.adapter.chat.say("ada", "main", "/checkin")
    [update] = await course.run.adapter.chat.updates()
    event = parse(update.key, update.value)
    assert isinstance(event, CommandInvoked)
    return event


async def _check_described(course: Community, *strange: CommandInvoked, fine: CommandInvoked) -> None:
    """They are kept as plain text, each once, and what is behind them has its effect."""
    for _ in range(2):  # a platform may bring them again
        await course.run.app.sink([*strange, fine])
    await course.run.control.settle()
    assert await course.points("ada") == 5
    kept = await course.rows(select(set_aside).order_by(set_aside.c.id))
    assert [row.event for row in kept] == [None] * len(strange)
    assert all("CommandInvoked" in row.raw and "a secret" not in row.raw for row in kept)
    assert len(await course.said("chen", "staff")) == len(strange)
    said = await course.answer("chen", "/failures", room="staff")
    assert "UnicodeEncodeError" in said or "value too long" in said


@pytest.mark.usefixtures("server")
async def test_what_no_database_can_hold_is_kept_as_a_description_and_blocks_nothing(open_community) -> None:
    course = await open_community()
    fine = await _a_check_in(course)
    await _check_described(
        course,
        structs.replace(fine, key=EventKey("local:who"), actor=HALF, interaction="a secret"),
        structs.replace(fine, key=EventKey("local:where"), address=Address(platform="local", chat="\ud800")),
        structs.replace(fine, key=EventKey("local:\ud800")),
        fine=fine,
    )


async def test_what_fails_under_a_key_that_is_too_long_is_kept_under_another(course: Community) -> None:
    fine = await _a_check_in(course)
    await _check_described(course, structs.replace(fine, key=EventKey("local:" + "x" * 500), actor=HALF), fine=fine)


async def test_a_ritual_that_fails_is_set_aside_once_and_the_clock_goes_on(open_community) -> None:
    feature = Feature("faulty")

    @feature.action("explode", _options(), preview=lambda course, occurrence: Text(id="preview.sharing_free"))
    def explode(ctx: Any, due: Any) -> None:
        raise RuntimeError("boom")

    rituals = "bad:\n  every: day\n  at: 09:00\n  do: explode\ntask:\n  every: day\n  at: 09:30\n  do: post_task\n"
    course = await open_community(features=(*FEATURES, feature), rituals=rituals)
    await course.until(10)
    assert (await course.said("ada"))[-1].startswith("Day 1 · First words")
    mine = select(occurrence.c.state).where(occurrence.c.ritual == "bad").order_by(occurrence.c.due_at)
    assert [row.state for row in await course.rows(mine)] == ["failed", "planned"]
    assert len(await course.said("chen", "staff")) == 1


def _options() -> Any:
    from rules.vocabulary import NoOptions

    return NoOptions


# --- admins' mistakes -------------------------------------------------------------------------------------------------

BROKEN = RULES.replace("award: 5", "award: five")


async def test_a_bad_rule_at_reload_is_off_and_the_others_live(course: Community) -> None:
    write_course(course.folder, rules=BROKEN)
    said = await course.answer("chen", "/reload", room="staff")
    assert "1 problem; off because of it is check_in, all else lives:" in said
    assert "writing/rules.yaml:8:14" in said
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 0
    await course.types("ada", "A thought of more than twenty characters")
    assert await course.points("ada") == 1


async def test_a_file_that_is_no_yaml_at_reload_changes_nothing(course: Community) -> None:
    write_course(course.folder, calendar="days: [{day: 1,")
    said = await course.answer("chen", "/reload", room="staff")
    assert said.startswith("The course files have 1 problem and were not taken; the last good ones stay in force.")
    await course.until(9)
    assert (await course.said("ada"))[-1].startswith("Day 1 · First words")


async def test_a_good_reload_is_live_at_once(course: Community) -> None:
    write_course(course.folder, rules=RULES.replace("award: 5", "award: 50"))
    assert await course.answer("chen", "/reload", room="staff") == "The changed course files are live now."
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 50
    assert await course.answer("chen", "/reload", room="staff") == "The course files have not changed."


@pytest.mark.sqlite
async def test_bad_files_at_the_start_leave_the_last_good_version_in_force(open_community, tmp_path: Path) -> None:
    from bot.app import build
    from scheduler.clock import RealClock

    course = await open_community()
    await course.close()
    write_course(course.folder, course="title: [")
    app = build(demo_settings(tmp_path / "data", "en", course.folder, 0), clock=RealClock())
    [activation] = await app.start()
    assert activation.refused
    assert [problem.file for problem in activation.problems] == ["writing/course.yaml"]
    [course_in_force] = (await app.live()).courses.values()
    assert course_in_force.rules[0].id == "check_in"
    await app.close()


async def test_bad_files_at_the_very_first_start_refuse_to_start(tmp_path: Path) -> None:
    from bot.app import CannotStart, build
    from scheduler.clock import RealClock

    folder = write_course(tmp_path / "writing", course="title: [")
    app = build(demo_settings(tmp_path / "data", "en", folder, 0), clock=RealClock())
    with pytest.raises(CannotStart) as refused:
        await app.start()
    assert refused.value.problems[0].file == "writing/course.yaml"
    await app.close()


async def test_a_reload_whose_commit_failed_was_never_live(course: Community) -> None:
    app = course.run.app
    write_course(course.folder, rules=RULES.replace("award: 5", "award: 500"))

    def reload_and_fail(db: Any) -> None:
        assert app.library.activate(db, CourseId("writing"), course.now).changed
        raise RuntimeError("the commit fails")

    with pytest.raises(RuntimeError):
        await app.database.run(reload_and_fail)
    write_course(course.folder, rules=RULES.replace("award: 5", "award: 6"))
    await course.types("chen", "/reload", room="staff")
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 6


async def test_a_course_that_is_away_for_a_while_finds_its_rituals_again(course: Community, tmp_path: Path) -> None:
    from bot.app import build
    from scheduler.clock import VirtualClock

    async def forget(_: Any) -> None:
        return None

    other = write_course(tmp_path / "other")
    at_nine = VirtualClock(course.now + timedelta(minutes=31), forget)
    app = build(demo_settings(tmp_path / "data", "en", other, 0), clock=at_nine, database=course.run.app.database)
    await app.run_due()  # a process that does not know this course
    assert {row.state for row in await course.rows(select(occurrence.c.state))} <= {"planned"}
    await course.until(9)
    assert (await course.said("ada"))[-1].startswith("Day 1")


async def test_a_ritual_moved_by_reload_is_not_posted_twice(course: Community) -> None:
    from tests.community import RITUALS

    await course.until(9, 10)
    posted = len(await course.said("ada"))
    write_course(course.folder, rituals=RITUALS.replace("09:00", "09:30"))
    await course.types("chen", "/reload", room="staff")
    await course.until(9, 40)
    assert len(await course.said("ada")) == posted
    await course.until(9, 31)
    assert (await course.said("ada"))[-1].startswith("Day 2")


async def test_a_ritual_moved_to_a_time_just_passed_is_late_not_lost(course: Community) -> None:
    from tests.community import RITUALS

    await course.passes(minutes=10)  # 08:40
    write_course(course.folder, rituals=RITUALS.replace("09:00", "08:35"))
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    assert (await course.said("ada"))[-1].startswith("Day 1")


# --- the machine ------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
async def test_a_full_disk_loses_nothing_and_says_what_to_do(
    course: Community, caplog: pytest.LogCaptureFixture
) -> None:
    chat, database = course.run.adapter.chat, course.run.app.database
    for number in range(300):
        await chat.say("ada", "main", f"A thought of more than twenty characters, number {number}")
    await database.run(_use_up_the_disk)
    with pytest.raises(StorageTrouble):
        await course.run.control.settle()
    assert "The disk is full, so the database" in caplog.text
    with pytest.raises(StorageTrouble, match=r"storage\.disk_full"):
        await chat.say("ben", "main", "too much " * 10_000)
    await database.run(lambda db: db.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    await course.run.control.settle()
    assert await course.points("ada") == 2
    facts = await course.rows(select(func.count()).select_from(fact).where(fact.c.kind == "message.posted"))
    assert facts[0][0] == 300


def _use_up_the_disk(db: Any) -> None:
    pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def test_a_locked_database_loses_nothing_and_says_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_course(tmp_path / "writing")
    settings = demo_settings(tmp_path / "data", "en", folder, 0)
    database = Database(settings.database, busy_timeout=timedelta(milliseconds=50))
    course = await Community.open(tmp_path / "data", folder, database=database)
    await course.run.adapter.chat.say("ada", "main", "/checkin")
    events = [parse(update.key, update.value) for update in await course.run.adapter.chat.updates()]
    intruder = sqlite3.connect(database.file or "", isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageTrouble):
        await course.run.app.sink(events)
    assert "Another program keeps the database" in caplog.text
    intruder.execute("ROLLBACK")
    intruder.close()
    await course.run.control.settle()
    assert await course.points("ada") == 5
    await course.close()


@pytest.mark.sqlite
async def test_a_second_demo_on_the_same_data_is_told_who_has_it(course: Community, tmp_path: Path) -> None:
    other = {"holder": "another process", "pid": os.getppid()}  # one that lives
    await course.run.app.database.run(lambda db: db.execute(lease.update().values(other)))
    second = await start_demo(demo_settings(tmp_path / "data", "en", course.folder, 0))
    assert isinstance(second, Holder)
    assert second.pid == os.getppid()


async def test_of_two_processes_that_take_a_lease_at_once_only_one_has_it(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, faster = (Holder(id=id, host="here", pid=pid) for id, pid in (("mine", os.getpid()), ("faster", 1)))

    def too_late(db: Connection, table: Table) -> Insert:
        monkeypatch.undo()
        assert leases.take(db, "adapter", faster, real_now()) is None
        return insert_new(db, table)

    monkeypatch.setattr("storage.leases.insert_new", too_late)
    database = course.run.app.database
    assert await database.run(lambda db: leases.take(db, "adapter", mine, real_now())) == faster
    assert await database.run(lambda db: leases.take(db, "adapter", faster, real_now())) is None


# --- delivery ---------------------------------------------------------------------------------------------------------


async def test_what_was_not_sent_is_sent_later_in_order(course: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    app, send, failures = course.run.app, course.run.adapter.send, [1, 2, 3]
    passed = itertools.count()  # minutes: the real clock goes on, the course's stands still
    app.deliverer = Deliverer(
        app.database,
        app.engine,
        app.active,
        holder=app.leases.holder,
        clock=app.clock,
        real_now=lambda: course.now + timedelta(minutes=next(passed)),
    )

    async def flaky(message: OutgoingMessage) -> str:
        if failures:
            failures.pop()
            raise NotSent("the line is down")
        return await send(message)

    monkeypatch.setattr(course.run.adapter, "send", flaky)
    await course.types("ada", "/checkin")
    await course.types("ada", "/me")
    while failures:
        assert await course.said("ada") == []
        await course.run.control.settle()
    await course.run.control.settle()
    assert [text.splitlines()[0] for text in await course.said("ada")] == [
        "Checked in! 1 day in a row.",
        "Check-in, Mon, 1 Mar · 1 so far",
        "Ada · student",
    ]


async def test_what_a_killed_process_was_sending_arrives_once(open_community) -> None:
    course = await open_community()
    await course.types("ada", "/checkin")
    stuck = outbox.update().where(outbox.c.key.like("reply:%")).values(state="sending", holder="a dead process")
    await course.run.app.database.run(lambda db: db.execute(stuck))
    course = await open_community()
    await course.run.control.settle()
    assert len([text for text in await course.said("ada") if text.startswith("Checked in!")]) == 1
    states = await course.rows(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    assert [tuple(row) for row in states] == [("sent", 2)]

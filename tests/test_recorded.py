"""Judging the recorded facts again gives exactly the ledger."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.errors import UserError
from bot.domain.ids import CourseId
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.recorded import facts_of, judged_again, versions_of
from bot.features import FEATURES
from storage.tables import ledger, shadow_ledger
from tests.community import COURSE, RULES, Community, write_course

LEVELS = """
levels:
  newcomer: {title: Newcomer}
  regular: {title: Regular, activity: 10, contribution: 2}
  core: {title: Core, activity: 20, contribution: 4}
"""
WORK = """
handed_in:
  when: work.handed_in
  where: {late: false}
  limit: {points_per_day: 12}
  then: [award: 6]
helped:
  when: work.helped
  counts_as: help
  limit: {once_per: day, cool_down: 2h}
  then: [award: 2]
early:
  when: work.handed_in
  where: {member.level: newcomer}
  limit: {once_per: week}
  then: [award: 1]
climbed:
  when: level.reached
  then: [award: 3]
regulars:
  when: message.posted
  where: {member.level: [regular, core]}
  limit: {once_per: day}
  then: [award: 2]
echo:
  when: message.posted
  limit: {novelty: true}
  then: [award: 1]
on_trial:
  when: work.handed_in
  shadow: 7d
  limit: {once_per: member}
  then: [award: 50]
"""
TODAY = """
helped_today:
  when: work.helped
  limit: {once_per: day}
  then: [award: 1]
"""
VERSIONS = (
    LEVELS + RULES + WORK,
    LEVELS.replace("activity: 10", "activity: 30") + RULES + WORK.replace("award: 6", "award: 4"),
    RULES + TODAY + WORK.replace("  shadow: 7d\n", ""),
)

work = Feature("work")
work.fact("work.handed_in", late="yes_no")
work.fact("work.helped", late="yes_no")


@work.command("hand", is_listed=False)
def hand(ctx: Context, cmd: Any) -> None:
    ctx.announce("work.handed_in", cmd.text, late=cmd.text == "late")


@work.command("help_out", is_listed=False)
def help_out(ctx: Context, cmd: Any) -> None:
    ctx.announce("work.helped", cmd.text, late=False)


@work.command("caught_up", is_listed=False)
def caught_up(ctx: Context, cmd: Any) -> None:
    """Today's first, then what yesterday was still missing."""
    ctx.announce("work.helped", cmd.text, late=False)
    ctx.announce("work.helped", f"{cmd.text} before", late=False, on=ctx.today - timedelta(days=1))


@work.command("sent_back", is_listed=False)
def sent_back(ctx: Context, cmd: Any) -> None:
    ctx.retract("work.handed_in", cmd.text)


@work.command("again", is_listed=False)
def again(ctx: Context, cmd: Any) -> None:
    """Judged anew: taken back and given in one go."""
    ctx.retract("work.handed_in", cmd.text)
    ctx.announce("work.handed_in", cmd.text, late=False)
    ctx.announce("work.handed_in", cmd.text, late=False)


@work.command("trips", is_listed=False)
def trips(ctx: Context, cmd: Any) -> None:
    """What a refused command announced never happened."""
    ctx.announce("work.handed_in", cmd.text, late=False)
    raise UserError("thanks.whom")


WHO = st.sampled_from(["ada", "ben", "mia"])
PIECE = st.sampled_from(["one", "two", "three", "late"])
TEXT = st.sampled_from(["a thought that is long enough, one", "a thought that is long enough, two", "short"])
STEP = st.one_of(
    st.tuples(WHO, st.builds("/hand {}".format, PIECE)),
    st.tuples(WHO, st.builds("/sent_back {}".format, PIECE)),
    st.tuples(WHO, st.builds("/trips {}".format, PIECE)),
    st.tuples(WHO, st.builds("/again {}".format, PIECE)),
    st.tuples(st.just("staff"), st.sampled_from(["", "local:ada", "local:lin, local:ada"])),
    st.tuples(WHO, st.builds("/help_out {}".format, PIECE)),
    st.tuples(WHO, st.builds("/caught_up {}".format, PIECE)),
    st.tuples(WHO, st.just("/checkin")),
    st.tuples(WHO, st.just("several"), st.lists(st.tuples(WHO, TEXT), min_size=1, max_size=6)),
    st.tuples(st.just("chen"), st.just("/grant Ada +7 because")),
    st.tuples(st.just("reload"), st.integers(0, len(VERSIONS) - 1)),
    st.tuples(st.just("hours"), st.sampled_from([1, 3, 25])),
    st.tuples(st.just("clock"), st.just("day")),
)


async def live_through(course: Community, steps: list[Any]) -> None:
    await course.types("ada", "hello")  # who is granted points must be there
    for who, what, *more in steps:
        if who == "reload":
            (course.folder / "rules.yaml").write_text(VERSIONS[what], encoding="utf-8")
            await course.types("chen", "/reload", room="staff")
        elif who == "staff":  # Ada becomes an assistant, or is a student again
            (course.folder / "course.yaml").write_text(COURSE.replace("local:lin", what), encoding="utf-8")
            await course.types("chen", "/reload", room="staff")
        elif who in ("hours", "clock"):
            await course.passes(hours=what if who == "hours" else 24)
        elif what == "several":
            for speaker, text in more[0]:  # judged together, as one batch
                await course.run.adapter.chat.say(speaker, "main", text)
            await course.run.control.settle()
        else:
            await course.types(who, what, room="staff" if who == "chen" else "main")


def shape(entry: Any) -> tuple[Any, ...]:
    """All of an entry but its number and a person's words."""
    return (
        entry.member, entry.points, entry.rule, entry.object, entry.round, entry.cause, entry.at, entry.local_date,
        entry.fact, entry.category, entry.text,
    )  # fmt: skip


@settings(max_examples=25)
@given(st.lists(STEP, max_size=14))
def test_judging_the_recorded_facts_again_gives_exactly_the_ledger(steps: list[Any]) -> None:
    async def scenario() -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = write_course(Path(folder) / "writing", rules=VERSIONS[0])
            course = await Community.open(Path(folder) / "data", files, features=[*FEATURES, work])
            try:
                await live_through(course, steps)
                database, vocabulary = course.run.app.database, course.run.app.registry.vocabulary()
                name = CourseId("writing")
                versions = await database.call(lambda: versions_of(database, name, vocabulary))
                again = await database.call(lambda: judged_again(facts_of(database, name), versions))
                kept = await course.rows(select(ledger).order_by(ledger.c.id))
                assert [shape(entry) for entry in again.entries] == [shape(row) for row in kept]
                dark = await course.rows(select(shadow_ledger).order_by(shadow_ledger.c.id))
                again_dark = [shape(entry) for entry in again.shadows]
                # Each trial starts anew: what an earlier one had counted is forgotten.
                assert [shape(row) for row in dark] == again_dark[len(again_dark) - len(dark) :]
            finally:
                await course.close()

    asyncio.run(scenario())


async def test_a_limit_counts_what_an_earlier_day_gave_when_it_is_asked_for_after_a_later_one(tmp_path: Path) -> None:
    files = write_course(tmp_path / "writing", rules=TODAY)
    course = await Community.open(tmp_path / "data", files, features=[*FEATURES, work])
    try:
        await course.types("ada", "/help_out one")
        await course.passes(hours=24)
        await course.types("ada", "/caught_up two")
        query = select(ledger.c.object).where(ledger.c.rule == "helped_today").order_by(ledger.c.id)
        assert [row.object for row in await course.rows(query)] == ["one", "two"]
    finally:
        await course.close()

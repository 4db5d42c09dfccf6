"""Whatever two accounts did: linking counts what one person could have got, undoing leaves all as it was."""

import asyncio
import re
import tempfile
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.ids import CourseId
from bot.engine.recorded import facts_of, judged_again, versions_of
from bot.features import FEATURES
from storage import boards
from storage.tables import ledger, member, shadow_ledger
from tests.community import DEMO, RULES, Community, write_course
from tests.test_recorded import LEVELS, WORK, shape, work

TWO = DEMO.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
KIND = """
thanked:
  when: thanks.received
  limit: {points_per_week: 4}
  then: [award: 2]
"""
ALL_RULES = LEVELS + RULES + WORK + KIND

WHO = st.sampled_from(["ada", "ada2", "ben"])
PIECE = st.sampled_from(["one", "two", "three", "late"])
STEP = st.one_of(
    st.tuples(WHO, st.builds("/hand {}".format, PIECE)),
    st.tuples(WHO, st.builds("/sent_back {}".format, PIECE)),
    st.tuples(WHO, st.builds("/again {}".format, PIECE)),
    st.tuples(WHO, st.builds("/help_out {}".format, PIECE)),
    st.tuples(WHO, st.sampled_from(["/checkin", "/makeup", "a thought that is long enough, by anybody"])),
    st.tuples(WHO, st.builds("/thanks {}".format, st.sampled_from(["Ada", "Ada Two", "Ben"]))),
    st.tuples(st.just("clock"), st.sampled_from([1, 24])),
)
STEPS = st.lists(STEP, max_size=6)


async def live_through(course: Community, steps: list[Any]) -> None:
    for who, what in steps:
        if who == "clock":
            await course.passes(hours=what)
        else:
            await course.types(who, what)


async def link(course: Community) -> None:
    code = re.search(r"[0-9A-F]{5}-[0-9A-F]{5}", await course.answer("ada", "/link"))
    assert code
    assert "Done" in await course.answer("ada2", f"/link {code[0]}")


async def unlink(course: Community) -> None:
    await course.types("chen", "/unlink @ada", room="staff")
    button = (await course.messages("chen", "staff"))[-1].buttons[0]
    assert "Parted" in await course.answer("chen", f"/{button.command}", room="staff")


async def state(course: Community) -> dict[str, Any]:
    """What people can see of two members, and of the boards."""
    found: dict[str, Any] = {who: await course.board(who, "/me") for who in ("ada", "ada2", "ben")}
    found["scores"] = sorted(
        (row.member, row.board, row.period, row.points, row.is_listed)
        for row in await course.rows(select(boards.score))
        if row.points
    )
    mine = select(member.c.id, member.c.level).where(member.c.role == "student")
    found["levels"] = sorted((row.id, row.level or "newcomer") for row in await course.rows(mine))  # empty: the first
    found["rank"] = [row[1:] for row in await course.board("ben", "/rank")]
    return found


async def assert_counted_once(course: Community, persons: set[int]) -> None:
    """A recount that knows nothing of links: awards that stand, of everything that one person can have but once."""
    rows = [row for row in await course.rows(select(ledger).order_by(ledger.c.id)) if row.member in persons]
    standing = {(row.rule, row.object, row.member): row for row in rows}
    given = [row for row in standing.values() if row.round % 2 == 0]
    assert max(Counter((row.rule, row.object) for row in given).values(), default=1) == 1
    daily = Counter((row.rule, row.local_date) for row in given if row.rule in ("check_in", "helped", "share"))
    assert max(daily.values(), default=1) == 1
    weekly = Counter(row.local_date.isocalendar()[:2] for row in given if row.rule == "early")
    assert max(weekly.values(), default=1) == 1
    for rule, most in (("handed_in", 12), ("thoughtful", 2), ("thanked", 4)):
        points = Counter[Any]()
        for row in given:
            points[row.local_date] += row.points if row.rule == rule else 0
        assert max(points.values(), default=0) <= most
    moments = sorted(row.at for row in given if row.rule == "helped")
    assert all(later - earlier >= timedelta(hours=2) for earlier, later in pairwise(moments))
    total = await course.board("ada", "/me")
    assert next(row[1] for row in total if row[0] == "Points") == str(sum(row.points for row in given))


async def assert_replays(course: Community) -> None:
    database, vocabulary = course.run.app.database, course.run.app.registry.vocabulary()
    name = CourseId("writing")
    versions = await database.call(lambda: versions_of(database, name, vocabulary))
    again = await database.call(lambda: judged_again(facts_of(database, name), versions))
    for table, entries in ((ledger, again.entries), (shadow_ledger, again.shadows)):
        kept = await course.rows(select(table).order_by(table.c.id))
        assert [shape(entry) for entry in entries] == [shape(row) for row in kept]
    levels = {row.id: row.level for row in await course.rows(select(member)) if row.role == "student"}
    assert {who: level for who, level in again.fold.levels.items() if (levels[who] or "newcomer") != level} == {}


@settings(max_examples=6)
@given(STEPS, STEPS, STEPS)
@example([("ada", "/hand one"), ("ada2", "/again one")], [], [])
def test_links_are_counted_and_undone_exactly(before: list[Any], between: list[Any], after: list[Any]) -> None:
    async def scenario() -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = write_course(Path(folder) / "writing", rules=ALL_RULES, demo=TWO)
            course = await Community.open(Path(folder) / "data", files, features=[*FEATURES, work])
            try:
                for who in ("ada", "ada2", "ben"):
                    await course.types(who, "hello")
                await live_through(course, before)
                seen = await state(course)
                await link(course)
                await assert_counted_once(course, {1, 2})
                await unlink(course)
                assert await state(course) == seen
                await link(course)
                await live_through(course, between)
                await assert_counted_once(course, {1, 2})
                assert await course.run.app.database.run(boards.wrong) == 0
                await unlink(course)
                await live_through(course, after)
                assert await course.run.app.database.run(boards.wrong) == 0
                await assert_replays(course)
            finally:
                await course.close()

    asyncio.run(scenario())

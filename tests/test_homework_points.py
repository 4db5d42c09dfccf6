"""Whatever becomes of a hand-in, its author has the points that it is worth as it stands, no more and no less."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.features.homework.store.tables import grade, hand_in, submission
from tests.community import Community, write_course
from tests.homework_course import GRADING, NOTE
from tests.test_homework_standing import LEVELS, PAID
from tests.test_links_property import assert_replays

HOMEWORK = GRADING + NOTE.replace("late: {accepted_for: 3d, loses: 10, per: 1d, at_most: 50}", "late: accepted")
RULES = PAID + LEVELS
EARLIER, LATER = (HOMEWORK.replace("day: 2, at: 22:00", when) for when in ("day: 2, at: 09:00", "day: 4, at: 22:00"))

OF_STUDENT = st.one_of(
    st.builds("/submit work {}".format, st.integers(1, 4)),
    st.builds("/homework 1 use {}".format, st.integers(1, 3)),
    st.sampled_from(["/homework 1 withdraw yes", "/homework 1 back", "/appeal 1 please look again"]),
)
OF_STAFF = st.sampled_from(
    [
        "/return 1 add figures",
        "/return 1 undo",
        "/grade 1 100",
        "/grade 1 10",
        "/extend note @ada 48h",
        "/extend note @ada back",
    ]
)
STEP = st.one_of(
    st.tuples(st.just("ada"), OF_STUDENT),
    st.tuples(st.just("lin"), OF_STAFF),
    st.tuples(st.just("edit"), st.integers(1, 4)),
    st.tuples(st.just("clock"), st.sampled_from([1, 20])),
    st.tuples(st.just("course"), st.sampled_from([EARLIER, LATER])),
)


async def live(course: Community, who: str, what: Any, post: int) -> None:
    if who == "clock":
        await course.passes(hours=what)
    elif who == "edit":
        await course.edits("ada", post, f"#作业 work {what}")
    elif who == "course":
        course.rewrites(homework=what, rules=RULES)
        await course.types("chen", "/reload", room="staff")
    else:
        await course.types(who, what, room="staff" if who == "lin" else "main")


async def assert_worth(course: Community) -> None:
    [row] = await course.rows(select(hand_in))
    versions = {one.version: one for one in await course.rows(select(submission))}
    grades = [one for one in await course.rows(select(grade).order_by(grade.c.id)) if one.kind != "undone"]
    stands = row.state in ("waiting", "graded")
    assert not stands or row.is_late == versions[row.counts].is_late
    assert row.state != "waiting" or row.appeal or row.counts > row.sent_back
    has_grade = stands and bool(grades) and grades[-1].kind == "graded" and (row.state == "graded" or row.appeal)
    worth = (2 if row.is_late else 7) if stands else 0
    assert await course.points("ada") == worth + (20 if has_grade and grades[-1].score >= 80 else 0)


@settings(max_examples=25)
@given(st.lists(STEP, max_size=9))
@example([("clock", 20), ("clock", 20), ("ada", "/submit work 2"), ("lin", "/extend note @ada 48h")])
@example([("ada", "/submit work 2"), ("ada", "/homework 1 use 1"), ("lin", "/return 1 add"), ("edit", 3)])
@example([("lin", "/grade 1 100"), ("ada", "/appeal 1 look"), ("lin", "/return 1 add"), ("lin", "/return 1 undo")])
@example([("lin", "/return 1 add figures"), ("edit", 2), ("lin", "/return 1 add figures"), ("lin", "/return 1 undo")])
def test_points_are_what_the_hand_in_is_worth_after_every_step(steps: list[Any]) -> None:
    async def scenario() -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = write_course(Path(folder) / "writing", rules=RULES, homework=HOMEWORK)
            course = await Community.open(Path(folder) / "data", files)
            try:
                await course.until(11)
                post = await course.types("ada", "#作业 work 1")
                for who, what in steps:
                    await live(course, who, what, post)
                    await assert_worth(course)
                await assert_replays(course)
            finally:
                await course.close()

    asyncio.run(scenario())

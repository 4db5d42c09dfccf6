"""What is kept long enough goes; points and reasons stay."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.domain.ids import CourseId
from bot.engine.feature import Registry
from bot.engine.figures import Figure, Stretch
from bot.features import FEATURES
from bot.features.contests import offered as contests
from bot.features.live_qa import offered as live_qa
from bot.features.sharing import offered as sharing
from storage.archive import forget_old_backups
from storage.retention import RETENTION, forget_old
from storage.tables import event_claim, fact, ledger, metadata, outbox
from tests.community import COURSE, Community

YEAR = COURSE.replace("ends: 2027-03-14", "ends: 2028-02-28")


async def test_claims_and_sent_messages_go_after_a_month_and_points_stay(open_community) -> None:
    course: Community = await open_community(course=YEAR)
    await course.types("ada", "/checkin")
    before = await _counts(course)
    await course.passes(days=32)
    claims, sent, facts, entries = await _counts(course)
    assert (facts, entries) == (before[2] + 2, before[3] + 1)  # Mia's check-in of the first day came after
    await course.passes(days=60)
    assert (await _counts(course))[2:] == (facts, entries)
    assert (await _counts(course))[0] <= claims + 3
    assert (await _counts(course))[1] <= sent + 3
    assert await course.points("ada") == 5


TERM = """
weekly_pk:
  {every: monday, at: 10:00, do: contest, enter_for: 1d, vote_for: 1d, voters: {member_for: 0s, check_ins: 0}}
evening: {every: monday, at: 20:00, do: sharing}
live: {every: wednesday, at: 20:00, do: live_qa}
asks: {every: monday, at: 21:30, do: post, poll: {question: Tea?, options: [Yes, No], closes_in: 1d}}
"""
OWN = ("contest_vote", "poll_vote", "contest_work", "share_post", "live_question", "live_attendance")


async def test_votes_go_after_a_month_or_two_texts_after_a_year_and_what_is_counted_outlasts_the_longest_course(
    open_community,
) -> None:
    course: Community = await open_community(rituals=TERM)
    await _take_part(course)
    figures = await _figures(course)
    points = await course.points("ada")
    assert sum(sum(one.counts) for one in figures) == 5
    assert await _left(course, days=25) == set(OWN)
    assert await _left(course, days=40) == set(OWN) - {"poll_vote"}
    assert await _left(course, days=70) == set(OWN) - {"poll_vote", "contest_vote"}
    assert await _left(course, days=399) == {"live_question", "live_attendance"}
    assert await _figures(course) == figures
    assert await _left(course, days=440) == set()
    assert await course.points("ada") == points


async def test_votes_of_what_was_never_closed_go_too(open_community) -> None:
    course: Community = await open_community(rituals=TERM)
    await _vote(course)
    assert {"contest_vote", "poll_vote"} <= await _left(course, days=300)
    assert await _left(course, days=380) == set()


async def _vote(course: Community) -> None:
    """On the second day at noon: a vote in the contest, and one in the poll."""
    await course.until(10)
    await course.types("ada", "/enter A line of mine")
    await course.types("ben", "/enter Another line")
    await course.until(20)
    await course.types("ada", "Today I rewrote my first line three times.")
    await course.until(21, 30)
    await course.presses("ada", "Yes")
    await course.until(12)
    await course.presses("mia", "Vote 1")


async def _take_part(course: Community) -> None:
    await _vote(course)
    await course.types("ada", "/ask live How do I find a title?")
    await course.until(20)
    await course.until(20)
    (code,) = re.findall(r"code: (\d{4})", "".join(await course.said("chen", "staff")))
    await course.types("ada", f"/here {code}")
    await course.passes(days=1)


async def _left(course: Community, *, days: int) -> set[str]:
    """The tables that still hold something when so many days have passed since the course began."""
    now = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(days=days)
    await course.run.app.database.run(lambda db: forget_old(db, now))
    return {name for name in OWN if await course.rows(select(metadata.tables[name]).limit(1))}


async def _figures(course: Community) -> list[Figure]:
    """What a report of the whole course counts."""
    told = course.run.app.library.courses.last_seen.courses[CourseId("writing")]
    whole = [Stretch(told.starts, told.ends)]

    def count(db: Connection) -> list[Figure]:
        return [one for offer in (contests, live_qa, sharing) for one in offer.figures(db, told, whole)]

    counted: list[Figure] = await course.run.app.database.run(count)
    return counted


async def _counts(course: Community) -> tuple[int, ...]:
    tables = (event_claim, outbox, fact, ledger)
    rows = [await course.rows(select(func.count()).select_from(table)) for table in tables]
    return tuple(row[0][0] for row in rows)


def test_backups_go_after_a_month_and_nothing_else_in_their_folder_does(tmp_path: Path) -> None:
    now = datetime(2027, 5, 1, tzinfo=UTC)
    ages = {
        "homeroom-20270301-090000.db": 31,
        "homeroom-20270301-090000.zip": 31,
        "before-restore-20270301-090000-2.db": 40,
        "homeroom-20270420-090000.db": 11,
        "my-own-copy.db": 400,
    }
    for name, days in ages.items():
        (tmp_path / name).write_bytes(b"x")
        moment = (now - timedelta(days=days)).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    forget_old_backups(tmp_path, now)
    assert {path.name for path in tmp_path.iterdir()} == {"homeroom-20270420-090000.db", "my-own-copy.db"}


def test_every_table_that_is_retained_is_there() -> None:
    Registry(FEATURES)  # their tables
    assert {kept.table for kept in RETENTION} <= set(metadata.tables)

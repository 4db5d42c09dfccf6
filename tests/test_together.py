"""Check-ins of many people in one batch: for each of them it is as if they had been alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from bot.domain.events import ButtonPressed, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Address
from bot.engine.feature import Feature
from bot.features import FEATURES
from bot.features.checkin.store import table as checkins
from storage.tables import fact, ledger, member, outbox
from tests.community import RULES, Community, write_course

PEOPLE = ("ada", "ben", "mia", "zoe", "lin", "chen")


def said(course: Community, number: int, who: str, what: str, room: str = "main", seconds: int = 0) -> Event:
    """`/…` is a command, `[…]` a button; all else is a message."""
    base: dict[str, Any] = {
        "key": EventKey(f"local:{number}"),
        "at": course.now + timedelta(seconds=seconds),
        "actor": course.actor(who),
        "address": Address(platform="local", chat=room),
        "message": str(number),
    }
    if what.startswith("/"):
        name, _, text = what[1:].partition(" ")
        return CommandInvoked(**base, name=name, text=text, via="slash")
    if what.startswith("["):
        return ButtonPressed(**base, command=what[1:-1])
    return MessagePosted(**base, text=what)


async def happens(course: Community, *events: Event, most: int = 1000) -> None:
    """So many of them in a batch."""
    for first in range(0, len(events), most):
        await course.run.app.sink(events[first : first + most])
    await course.settle()


async def replies(course: Community) -> dict[str, str]:
    """What each was answered, by the number of what they said."""
    mine = select(outbox.c.key, outbox.c.message).where(outbox.c.key.startswith("reply:local:"))
    return {row.key.removeprefix("reply:local:"): words(row.message) for row in await course.rows(mine)}


def words(message: dict[str, Any]) -> str:
    return "".join(span["text"] for span in message["body"])


async def test_each_is_answered_with_what_is_theirs(course: Community) -> None:
    await happens(course, said(course, 1, "ben", "打卡"))
    await happens(
        course,
        said(course, 2, "ada", "/checkin"),
        said(course, 3, "ben", "打卡"),
        said(course, 4, "lin", "签到"),
        said(course, 5, "mia", f"[checkin {course.now.date()}]"),
        said(course, 6, "mia", "/checkin"),
        said(course, 7, "zoe", "[checkin 2027-02-28]"),
        said(course, 8, "chen", "/checkin", room="staff"),
        said(course, 9, "zoe", "/checkin", room="elsewhere"),
    )
    points = "Checked in! 1 day in a row.\n+5 points, 5 in all"
    found = await replies(course)
    assert {number: found[number] for number in "1245"} == {
        "1": points,
        "2": points,
        "4": "Checked in! 1 day in a row.",
        "5": points,
    }
    assert found["3"] == found["6"] == "You have checked in today already: 1 day in a row. See you tomorrow!"
    assert found["7"].startswith("This button belongs to an earlier day.")
    assert found["8"].startswith("/checkin does not work here.")
    assert found["9"].startswith("No course lives here yet.")
    assert "Check-in, Mon, 1 Mar · 4 so far\nBen, Ada, Lin, Mia" in await course.said("ada")


async def test_a_batch_posts_its_counter_once_after_the_answers(course: Community) -> None:
    await happens(course, *(said(course, number, who, "/checkin") for number, who in enumerate(PEOPLE)))
    kept = await course.rows(select(outbox.c.key).where(outbox.c.lane == "local:main").order_by(outbox.c.id))
    mine = [row.key for row in kept if row.key.startswith(("reply:", "checkin:"))]
    assert mine == [*(f"reply:local:{n}" for n in range(len(PEOPLE))), "checkin:writing:2027-03-01@local:main"]


async def test_what_one_breaks_does_not_concern_the_others(open_community: Any) -> None:
    fragile = Feature("fragile")

    @fragile.on_fact("checkin.done")
    def breaks(ctx: Any, _: Any) -> None:
        if ctx.actor.user == "ben":
            raise ValueError("nobody thought of this")

    course = await open_community(features=(*FEATURES, fragile))
    await happens(course, *(said(course, number, who, "/checkin") for number, who in enumerate(("ada", "ben", "mia"))))
    assert [await course.points(who) for who in ("ada", "ben", "mia")] == [5, 0, 5]
    assert "Check-in, Mon, 1 Mar · 2 so far\nAda, Mia" in await course.said("ada")


async def test_a_hundred_take_hardly_more_statements_than_one(course: Community) -> None:
    counted = [0]

    def look(*_: Any) -> None:
        counted[0] += 1

    everybody = [f"p{number}" for number in range(100)]
    await happens(course, *(said(course, n, who, "good morning") for n, who in enumerate(everybody)))
    await happens(course, said(course, 200, "ada", "/checkin"))
    event.listen(course.run.app.database.engine, "before_cursor_execute", look)
    await course.run.app.sink([said(course, 201, "ben", "/checkin")])
    one, counted[0] = counted[0], 0
    await course.run.app.sink([said(course, 300 + n, who, "/checkin") for n, who in enumerate(everybody)])
    assert counted[0] < 2 * one


@pytest.mark.parametrize("seed", range(2))
async def test_in_batches_or_one_by_one_the_same_comes_of_it(seed: int, tmp_path: Path) -> None:
    """Over five days, with levels, streaks, mistakes, messages between them and two of the same person in a batch."""
    outcomes = []
    for most in (1, 1000, 7):
        home = tmp_path / str(most)
        rules = RULES + LEVELED
        course = await Community.open(home / "data", write_course(home / "writing", rules=rules))
        for part in conversation(course, random.Random(seed)):
            await happens(course, *part, most=most)
            await course.passes(days=1)
        outcomes.append(await course.run.app.database.run(outcome))
        await course.close()
    one_by_one, all_at_once, by_seven = outcomes
    assert one_by_one["ledger"]
    assert all_at_once == one_by_one
    assert by_seven == one_by_one


def conversation(course: Community, chance: random.Random) -> Iterator[list[Event]]:
    """What is said on each of five days."""
    number = 0
    for _ in range(5):
        today = []
        for second in range(30):
            number += 1
            what = chance.choice(
                ["/checkin", "打卡", f"[checkin {course.now.date()}]", "/makeup", WORDS.format(number)]
            )
            room = chance.choices(["main", "staff", "elsewhere"], [20, 1, 1])[0]
            today.append(said(course, number, chance.choice(PEOPLE), what, room, second))
        yield today


WORDS = "Number {} of what I have to say about this."
LEVELED = """
levels:
  new: {title: {zh: 新手, en: New}}
  known: {title: {zh: 熟手, en: Known}, activity: 10}
third_day:
  when: streak.reached
  where: {member.level: known}
  then:
    - award: 3
"""


def outcome(db: Connection) -> dict[str, Sequence[Any]]:
    """All that counts, whatever the order of what belongs to different people."""
    texts = db.execute(select(outbox.c.key, outbox.c.message).where(outbox.c.edits.is_(None)))
    facts = select(fact.c.member, fact.c.kind, fact.c.object, fact.c.cause, fact.c.local_date, fact.c["values"])
    entries = select(ledger.c.member, ledger.c.rule, ledger.c.object, ledger.c.round, ledger.c.points, ledger.c.cause)
    return {
        "said": sorted((key, words(message)) for key, message in texts if not key.startswith("checkin:")),
        "facts": sorted(map(repr, db.execute(facts))),
        "ledger": sorted(map(repr, db.execute(entries))),
        "check-ins": sorted(map(repr, db.execute(select(checkins)))),
        "levels": sorted(map(repr, db.execute(select(member.c.id, member.c.role, member.c.level)))),
    }

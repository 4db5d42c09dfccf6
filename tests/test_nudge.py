"""The nudge: for who asked for it and has not checked in; in private, at most once a day, never out of time."""

import re

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select

from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from storage.tables import account, outbox
from tests.community import COURSE, Community

pytestmark = pytest.mark.every_platform

NUDGE = "evening_nudge:\n  every: day\n  at: 19:00\n  do: nudge\n"
PLAIN = "You have not checked in today: one tap does it. And if today is not the day, that is fine too."
ON = "Reminders are on: if you have not checked in by 19:00, I tell you, and nobody else; at most once a day."


@pytest.fixture
async def nudged(open_community) -> Community:
    """Ada has asked to be reminded, Ben has not."""
    course: Community = await open_community(rituals=NUDGE)
    await course.types("ben", "hello")
    assert await course.answer("ada", "/nudge on") == ON
    return course


async def nudges(course: Community, who: str) -> list[str]:
    """What a person alone read that was no answer."""
    return [
        message.text
        for message in await course.messages(who)
        if message.only_for == who and any(button.command == "nudge off" for button in message.buttons)
    ]


async def test_who_asked_for_it_and_has_not_checked_in_is_reminded_alone(nudged: Community) -> None:
    await nudged.until(19)
    assert await nudges(nudged, "ada") == [PLAIN]
    assert await nudges(nudged, "ben") == []
    assert PLAIN not in await nudged.said("ben")


async def test_one_tap_checks_in_and_one_ends_the_reminders(nudged: Community) -> None:
    await nudged.until(19)
    assert (await nudged.presses("ada", "Check in") or "").startswith("Checked in! 1 day in a row.")
    assert await nudged.presses("ada", "No more reminders") == "Reminders are off. /nudge on brings them back."
    await nudged.passes(days=2)
    assert len(await nudges(nudged, "ada")) == 1


async def test_who_has_checked_in_is_left_alone(nudged: Community) -> None:
    await nudged.types("ada", "/checkin")
    await nudged.until(19)
    assert await nudges(nudged, "ada") == []


async def test_a_streak_that_is_at_stake_is_worth_a_word(nudged: Community) -> None:
    for _ in range(3):
        await nudged.types("ada", "/checkin")
        await nudged.passes(days=1)
    await nudged.until(19)
    assert await nudges(nudged, "ada") == ["You are 3 days in a row now. One tap keeps it going!"]


async def test_it_speaks_the_members_language(nudged: Community) -> None:
    await nudged.types("ada", "/language zh")
    await nudged.until(19)
    assert await nudges(nudged, "ada") == ["今天还没见你打卡，点一下就好。今天实在没空也没关系，明天接着来～"]
    assert (await nudged.answer("ada", "/nudge")).startswith("打卡提醒已打开：哪天到 19:00 还没打卡")


async def test_the_word_turns_it_on(open_community) -> None:
    course = await open_community(rituals=NUDGE, course=COURSE.replace("language: en", "language: zh-CN"))
    assert (await course.answer("ada", "提醒我打卡")).startswith("打卡提醒已打开")
    await course.until(19)
    assert len(await nudges(course, "ada")) == 1


async def test_there_is_one_a_day_whoever_sends_it(open_community) -> None:
    two = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")
    rituals = NUDGE + "  spaces: [main, books]\nlater_nudge:\n  every: day\n  at: 20:30\n  do: nudge\n"
    course = await open_community(rituals=rituals, course=two)
    await course.types("ada", "/nudge on")
    await course.until(21)
    await course.types("chen", "/run evening_nudge again", room="staff")
    await course.types("ada", "/nudge off")
    await course.types("ada", "/nudge on")
    await course.types("chen", "/run later_nudge again", room="staff")
    assert len(await nudges(course, "ada")) == 1
    await course.passes(days=1)
    assert len(await nudges(course, "ada")) == 2


async def test_it_goes_to_one_account_of_a_member_only(nudged: Community) -> None:
    await nudged.welcomes("ada2", "Ada at work")
    [found] = await nudged.rows(select(account).where(account.c.user == nudged.actor("ada").user))
    other = nudged.actor("ada2")
    linked = {"course": "writing", "platform": other.platform, "user": other.user, "member": found.member}
    await nudged.run.app.database.run(lambda db: db.execute(insert(account).values(linked)))
    await nudged.until(19)
    assert [len(await nudges(nudged, who)) for who in ("ada", "ada2")] == [1, 0]


async def test_who_has_left_is_left_alone_until_they_are_back(nudged: Community) -> None:
    await nudged.leaves("ada")
    await nudged.until(19)
    assert await nudges(nudged, "ada") == []
    await nudged.types("ada", "I am back")
    await nudged.passes(days=1)
    assert await nudges(nudged, "ada") == [PLAIN]


async def test_after_an_outage_it_still_comes_but_never_at_night_or_a_day_late(open_community) -> None:
    course = await open_community(rituals=NUDGE.replace("19:00", "23:00"))
    await course.types("ada", "/nudge on")
    await course.until(22, 30)
    await course.is_away(hours=1)
    await course.comes_back()
    assert len(await nudges(course, "ada")) == 1  # at 23:30
    await course.until(22, 30)
    await course.is_away(hours=2)
    await course.comes_back()
    assert len(await nudges(course, "ada")) == 1  # at 00:30 it would speak of yesterday


async def test_a_nudge_that_could_not_be_sent_is_no_news_the_next_day(nudged: Community) -> None:
    adapter = nudged.run.app.active.pop(nudged.address().platform)  # as if its platform were away
    await nudged.until(19)
    await nudged.is_away(hours=6)
    await nudged.run.app.activate(adapter)
    await nudged.comes_back()
    assert await nudges(nudged, "ada") == []
    assert not any("checked in" in text for text in await nudged.said("chen", "staff"))


async def test_the_day_is_the_courses_own(open_community) -> None:
    rituals = NUDGE.replace("19:00", "20:00") + "  time_zone: America/New_York\n"  # one in the morning in London
    course = await open_community(rituals=rituals)
    assert "by 01:00" in await course.answer("ada", "/nudge on")
    await course.types("ada", "/checkin")
    await course.until(1)
    assert await nudges(course, "ada") == [PLAIN]
    assert (await course.presses("ada", "Check in") or "").startswith("Checked in! 2 days in a row.")


async def test_a_quiet_day_is_quiet(open_community) -> None:
    course = await open_community(rituals=NUDGE, course=COURSE + "quiet_days: {weekdays: [monday]}\n")
    await course.types("ada", "/nudge on")
    await course.until(20)
    assert await nudges(course, "ada") == []


async def test_a_streak_goes_on_over_a_day_of_rest(open_community) -> None:
    course = await open_community(rituals=NUDGE, course=COURSE + "quiet_days: {dates: [2027-03-03]}\n")
    await course.types("ada", "/nudge on")
    for _ in range(2):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    await course.passes(days=1)
    await course.until(19)
    assert await nudges(course, "ada") == ["You are 2 days in a row now. One tap keeps it going!"]


async def test_outside_of_the_course_there_is_none(open_community) -> None:
    rituals = NUDGE + "  starts: 2027-02-20\n  ends: 2027-03-30\n"
    course = await open_community(rituals=rituals)
    await course.types("ada", "/nudge on")
    await course.passes(days=25)
    assert len(await nudges(course, "ada")) == 14
    assert "/checkin" not in await course.answer("ada", "/nudge off")


async def test_it_says_how_it_stands_and_how_to_change_it(nudged: Community) -> None:
    assert await nudged.answer("ada", "/nudge") == ON
    off = "Reminders are off. Turn them on, and if you have not checked in by 19:00, I tell you, and nobody else."
    assert await nudged.answer("ben", "/nudge") == off
    assert await nudged.presses("ben", "Remind me") == ON
    assert await nudged.answer("ada", "/nudge OFF") == "Reminders are off. /nudge on brings them back."
    assert await nudged.answer("ada", "/nudge at dawn") == "Write /nudge on or /nudge off."
    assert await nudged.answer("lin", "/nudge on") == "Reminders are for students."


async def test_where_there_is_no_nudge_one_is_told(course: Community) -> None:
    assert await course.answer("ada", "/nudge on") == "This course sends no reminders."
    assert await course.answer("ada", "/nudge off") == "Reminders are off. /nudge on brings them back."


async def test_where_nothing_can_be_said_in_private_nobody_is_promised_it(nudged: Community) -> None:
    event = CommandInvoked(
        key=EventKey("elsewhere:1"),
        at=nudged.now,
        actor=Actor(platform="elsewhere", user="7", name="Grace"),
        address=Address(platform="elsewhere", chat="42", private=True),
        name="nudge",
        text="on",
    )
    await nudged.run.app.sink([event])
    [row] = await nudged.rows(select(outbox.c.message).where(outbox.c.platform == "elsewhere"))
    assert "so reminders stay off" in str(row.message)


async def test_a_whole_class_costs_no_more_statements_than_one_student(open_community) -> None:
    course = await open_community(rituals=NUDGE)

    async def class_of(size: int) -> int:
        """So many students more, and how many statements their nudge takes."""
        for number in range(size):
            who = f"s{size}x{number}"
            await course.welcomes(who, who)
            await course.types(who, "/nudge on")
        await course.until(18, 59)
        seen: list[str] = []

        def see(connection: object, cursor: object, statement: str, *more: object) -> None:
            seen.append(statement)

        engine = course.run.app.database.engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", see)
        await course.until(19)
        sqlalchemy_event.remove(engine, "before_cursor_execute", see)
        return len([one for one in seen if re.search(r"\b(nudge|checkin|account|member)\b", one)])

    assert await class_of(1) == await class_of(60)
    assert len(await nudges(course, "s60x59")) == 1

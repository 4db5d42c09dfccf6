"""An answer that was promised and did not come: the asker hears of it, the post says so, and staff are not let off."""

from datetime import timedelta

import pytest

from tests.community import Community
from tests.questions_course import QUESTIONS
from tests.test_questions_clock import asks, goes_to, london, opened

pytestmark = pytest.mark.every_platform

DULL = "Why is my first line dull?"
SORRY = f"Q1, “{DULL}”, was to be answered by 1 Mar 14:00, and was not. Sorry!"


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(open_community)


async def told(course: Community, who: str) -> list[str]:
    """What somebody was told where nobody else reads it."""
    rooms = dict.fromkeys((course.alone, course.private_room, "main"))
    heard = [m for room in rooms for m in await course.messages(who, room)]
    return [m.text for m in heard if m.author == "bot" and m.only_for == who]


async def post(course: Community) -> str:
    """The public post of Q1, as it stands now."""
    return next(text for text in await course.said("ben") if "Q1" in text)


async def reminders(course: Community) -> list[str]:
    return [text for text in await course.said("chen", "staff") if "still overdue" in text]


async def test_the_asker_hears_once_that_it_is_late_and_its_post_says_so(course: Community) -> None:
    await asks(course, "ada", DULL)
    await goes_to(course, london("2027-03-01 13:59"))
    assert "An answer is due by 1 Mar 14:00. If you know, just reply here." in await post(course)
    assert not any("Sorry" in text for text in await told(course, "ada"))
    await goes_to(course, london("2027-03-01 14:00"))
    assert [text for text in await told(course, "ada") if SORRY in text]
    assert "Later than promised; staff have been reminded." in await post(course)
    await course.passes(days=2)
    assert len([text for text in await told(course, "ada") if "Sorry" in text]) == 1
    assert "late, staff reminded" in await course.answer("ada", "/questions", room=course.alone)
    assert "Later than promised" in await course.answer("ada", f"/ask {DULL}", room=course.alone)
    assert "later than promised" in await course.answer("ada", "/question Q1 more It is day one.", room=course.alone)


async def test_what_waits_anew_may_be_late_anew(course: Community) -> None:
    await asks(course, "ada", DULL)
    await course.passes(hours=5)
    await course.types("lin", "/answer Q1 It has no number.", room="staff")
    await course.types("ada", "/question Q1 reopen", room=course.alone)
    await course.passes(hours=5)
    assert len([text for text in await told(course, "ada") if "Sorry" in text]) == 2


async def test_staff_are_reminded_once_a_day_of_all_that_is_overdue_until_nothing_is(course: Community) -> None:
    await asks(course, "ada", DULL)
    await course.passes(minutes=10)
    await asks(course, "ben", "How do I add a picture?")
    await goes_to(course, london("2027-03-02 08:59"))
    assert await reminders(course) == []
    await goes_to(course, london("2027-03-02 09:00"))
    [line] = await reminders(course)
    assert line.startswith(f"2 questions are still overdue: Q1 “{DULL}” (by 1 Mar 14:00), Q2 ")
    await course.types("lin", "/answer Q1 It has no number.", room="staff")
    await goes_to(course, london("2027-03-03 12:00"))
    assert len(await reminders(course)) == 2
    assert (await reminders(course))[-1].startswith("1 question is still overdue: Q2 ")
    await course.presses("kim", "👋 Take Q2", room="staff")
    await course.types("kim", "/answer Q2 By the clip.", room="staff")
    await course.passes(days=3)
    assert len(await reminders(course)) == 2


async def test_at_night_and_on_days_of_rest_nobody_is_reminded(open_community) -> None:
    """Wednesday, the third, is a day of rest."""
    course = await opened(open_community, QUESTIONS + "rests_on: wednesday\n")
    await asks(course, "ada", DULL)
    await goes_to(course, london("2027-03-02 09:01"))
    assert len(await reminders(course)) == 1
    await goes_to(course, london("2027-03-03 23:59"))
    assert len(await reminders(course)) == 1
    await goes_to(course, london("2027-03-04 00:00"))
    assert len(await reminders(course)) == 2


async def test_who_gave_no_name_hears_it_alone(course: Community) -> None:
    await course.types("ada", f"/ask anonymous {DULL}", room=course.private_room)
    await course.passes(hours=4)
    assert [text for text in await told(course, "ada") if SORRY in text]
    everybody = [text for text in await course.said("ben") if "Q1" in text]
    assert len(everybody) == 1
    assert "Later than promised" in everybody[0]
    assert "Ada" not in everybody[0]


async def test_an_outage_delays_the_excuse_and_does_not_double_it(course: Community) -> None:
    await asks(course, "ada", DULL)
    await course.is_away(days=1.5)
    await course.comes_back()
    assert len([text for text in await told(course, "ada") if "Sorry" in text]) == 1
    await course.passes(seconds=timedelta(days=1).total_seconds())
    assert len(await reminders(course)) <= 2


async def test_the_card_does_not_ask_for_a_reply_that_nobody_would_hear(course: Community) -> None:
    await asks(course, "ada", DULL)
    card = await course.answer("ben", "/question Q1", room=course.alone)
    assert "An answer is due by 1 Mar 14:00." in card
    assert "just reply here" not in card

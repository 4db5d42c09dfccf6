"""Check-in, streak, make-up."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from storage.tables import outbox
from tests.community import Community

pytestmark = pytest.mark.every_platform


@pytest.mark.parametrize("words", ["/checkin", "打卡", "打卡！", "check in", "/打卡", "/CHECKIN"])
async def test_every_way_to_say_it_checks_in(course: Community, words: str) -> None:
    assert await course.answer("ada", words) == "Checked in! 1 day in a row.\n+5 points, 5 in all"


async def test_a_sentence_with_the_word_in_it_is_no_check_in(course: Community) -> None:
    await course.types("ada", "我今天忘了打卡怎么办")
    assert await course.points("ada") == 0


async def test_one_check_in_for_each_local_date(course: Community) -> None:
    await course.types("ada", "/checkin")
    again = "You have checked in today already: 1 day in a row. See you tomorrow!"
    assert await course.answer("ada", "/checkin") == again
    assert await course.points("ada") == 5


async def test_the_date_is_the_courses_own(course: Community) -> None:
    await course.until(23, 59)
    await course.types("ada", "/checkin")
    await course.passes(minutes=2)
    assert (await course.answer("ada", "/checkin")).startswith("Checked in! 2 days in a row.")


async def test_the_date_is_not_that_of_utc(open_community) -> None:
    from tests.community import COURSE

    course = await open_community(course=COURSE.replace("Europe/London", "Asia/Shanghai"))
    await course.until(7, 30)
    await course.types("ada", "/checkin")
    await course.until(8, 30)  # UTC has changed its date in between, the course has not
    assert "already" in await course.answer("ada", "/checkin")
    await course.until(7, 30)
    assert "already" not in await course.answer("ada", "/checkin")


async def test_a_streak_of_three_is_announced_once(course: Community) -> None:
    for _ in range(2):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    assert await course.answer("ada", "/checkin") == (
        "Checked in! 3 days in a row.\nThree days, Ada!\n+15 points, 25 in all"
    )
    await course.passes(days=1)
    assert await course.answer("ada", "/checkin") == "Checked in! 4 days in a row.\n+5 points, 30 in all"


async def test_a_missed_day_can_be_made_up_for_and_mends_the_streak(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    assert (await course.answer("ada", "/checkin")).startswith("Checked in! 1 day in a row.")
    assert await course.answer("ada", "/makeup") == (
        "Made up for Tue, 2 Mar. Your streak is 3 days.\nThree days, Ada!\n+12 points, 22 in all"
    )


async def test_make_ups_are_limited_in_number_and_days(course: Community) -> None:
    assert (await course.answer("ada", "/makeup")).startswith("You missed no check-in in the last 3 days")
    await course.passes(days=5)
    assert await course.answer("ada", "/makeup 3-1") == (
        "That day can't be made up for. These can: Wed, 3 Mar, Thu, 4 Mar, Fri, 5 Mar."
    )
    await course.types("ada", "/makeup 3-4")
    await course.types("ada", "补卡")
    assert (await course.answer("ada", "/makeup")).startswith("You have used your 2 make-ups of this course.")
    assert [row["object"] for row in await course.ledger() if row["who"] == "ada"] == ["2027-03-04", "2027-03-05"]


async def test_before_the_course_there_is_no_check_in(course: Community) -> None:
    await course.posts("ada", "/checkin")
    [event] = await course.withheld()
    await course.run.app.sink([replace(event, at=event.at - timedelta(days=1))])
    await course.settle()
    assert await course.points("ada") == 0
    rows = await course.rows(select(outbox.c.message).where(outbox.c.key == f"reply:{event.key}"))
    assert "The course has not begun yet. It starts on Mon, 1 Mar." in str(rows[0].message["body"])


async def test_after_the_course_there_is_no_check_in(course: Community) -> None:
    await course.passes(days=14)
    assert await course.answer("ada", "/checkin") == "The course ended on Sun, 14 Mar. Thank you for being part of it."
    assert (await course.answer("ada", "/task")).startswith("The course ended")


async def test_yesterdays_button_does_not_check_in_for_today(course: Community) -> None:
    await course.until(9)
    await course.passes(days=1)
    first = next(m for m in await course.messages("ada") if m.buttons)
    await course.presses_below("ada", first.number, first.buttons[0].label)
    said = (await course.messages("ada"))[-1]
    assert said.text.startswith("This button belongs to an earlier day.")
    assert said.only_for == "ada"
    assert await course.points("ada") == 0
    assert [button.label for button in said.buttons] == ["Check in for today", "Make up"]


async def test_three_hundred_check_ins_are_one_post_that_is_edited(course: Community) -> None:

    for number in range(300):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.posts(f"p{number}", "打卡")
    await course.settle()
    seen_by_ben = [m for m in await course.messages("ben") if m.author == "bot"]
    assert [m.text.splitlines()[0] for m in seen_by_ben] == ["Check-in, Mon, 1 Mar · 300 so far"]
    assert seen_by_ben[0].text.endswith("P11 and more")


async def test_members_see_their_own_language_and_the_group_its_courses(course: Community) -> None:
    assert await course.answer("ada", "/language zh") == "好的，以后用中文回复你。"
    assert await course.answer("ada", "/checkin") == "打卡成功！已连续 1 天。\n+5 分，累计 5 分"
    assert (await course.said("ben"))[-1] == "Check-in, Mon, 1 Mar · 1 so far\nAda"
    assert await course.answer("ada", "/language auto") == "All right: I will answer you in the course's language."
    assert await course.answer("ada", "/language klingon") == (
        "I don't speak “klingon” yet. Choose /language zh or /language en."
    )

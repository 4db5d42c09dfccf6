"""The 24-hour clock: who is told when that homework waits, how soon it was answered, who has not handed in."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.course import Course
from bot.domain.homework import Grading, HomeworkBook
from bot.engine.response_times import quantile
from bot.features.homework.pace import waiting
from tests.community import COURSE, Community
from tests.homework_course import HOMEWORK_NIGHTS, HOMEWORK_NOTE, HOMEWORK_QUIZ

TWO = COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:kim]")
DUTY = HOMEWORK_NOTE.replace("step: 4h", "step: 4h\n  duty: {monday: [local:lin], tuesday: [local:kim]}")
WORDS = "Today I rewrote my first line three times, and the third one stayed where it was."


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(open_community)


async def opened(open_community, homework: str = DUTY, course: str = TWO, **more: str) -> Community:
    """Monday, ten in the morning; the staff have been seen."""
    found: Community = await open_community(homework=homework, course=course, **more)
    await found.welcomes("kim", "Kim")
    for who in ("lin", "kim", "chen"):
        await found.types(who, "Good morning", room="staff")
        await found.types(who, "Good morning")
    await found.until(10)
    return found


async def hands_in(course: Community, *who: str) -> None:
    for one in who:
        await course.types(one, f"/submit note {WORDS} {one}")


async def notices(course: Community) -> list[str]:
    """What the staff room read of the clock."""
    words = ("due soon", "overdue", "快到时限", "超时还没批")
    return [text for text in await course.said("chen", "staff") if any(one in text for one in words)]


async def told(course: Community, who: str) -> list[str]:
    """What this member of staff was told alone."""
    return [m.text for m in await course.messages(who) if m.only_for == who and "overdue" in m.text]


# --- the ladder -------------------------------------------------------------------------------------------------------


@pytest.mark.every_platform
async def test_at_three_quarters_staff_read_one_notice_of_all_that_is_due(course: Community) -> None:
    await hands_in(course, "ada", "ben")
    await course.passes(hours=17, minutes=59)
    assert await notices(course) == []
    await course.passes(minutes=1)
    assert await notices(course) == [
        (
            "2 pieces of work are due soon: #1 Viral note (by 2 Mar 10:00), #2 Viral note (by 2 Mar 10:00). "
            "On duty today: Kim."
        )
    ]
    assert await told(course, "kim") == []


async def test_what_comes_within_half_an_hour_is_warned_of_together(course: Community) -> None:
    await course.passes(minutes=2)
    for who in ("ada", "ben", "mia"):
        await hands_in(course, who)
        await course.passes(minutes=13)
    await course.passes(hours=19)
    [notice] = await notices(course)
    assert notice.startswith("3 pieces of work are due soon")


@pytest.mark.parametrize(
    ("within", "warned"),
    [(timedelta(hours=24), (4, 30)), (timedelta(minutes=40), (10, 50)), (timedelta(minutes=10), (10, 20))],
)
def test_a_warning_never_comes_after_the_deadline(within: timedelta, warned: tuple[int, int]) -> None:
    course = cast("Course", SimpleNamespace(zone="UTC", book=HomeworkBook(grading=Grading(within=within))))
    found = waiting.warn_at(course, datetime(2027, 3, 1, 10, 9, tzinfo=UTC))
    assert (found.hour, found.minute) == warned


@pytest.mark.every_platform
async def test_then_rung_after_rung_is_told_alone_and_at_the_end_nobody_any_more(course: Community) -> None:
    await hands_in(course, "ada", "ben")
    await course.passes(hours=24)
    line = (
        "2 pieces of work are overdue: #1 Viral note (by 2 Mar 10:00), #2 Viral note (by 2 Mar 10:00). "
        "Students are waiting; could you take one?"
    )
    assert [await told(course, who) for who in ("kim", "lin", "chen")] == [[line], [], []]
    assert (await notices(course))[-1].endswith("Told in private: whoever is on duty.")
    await course.passes(hours=4)
    assert [await told(course, who) for who in ("kim", "lin", "chen")] == [[line, line], [line], []]
    assert (await notices(course))[-1].endswith("Told in private: all assistants.")
    await course.passes(hours=4)
    assert [len(await told(course, who)) for who in ("kim", "lin", "chen")] == [2, 1, 1]
    assert (await notices(course))[-1].endswith("Told in private: the admins.")
    before = len(await notices(course))
    await course.passes(days=3)
    assert len(await notices(course)) == before


@pytest.mark.every_platform
async def test_what_is_answered_meanwhile_is_nobody_told_of(course: Community) -> None:
    await hands_in(course, "ada", "ben")
    await course.types("lin", "/grade 1 hook=30 body=50 form=20", room="staff")
    await course.passes(hours=18)
    assert [text.partition(":")[2].partition(" Viral")[0] for text in await notices(course)] == [" #2"]
    await course.types("lin", "/grade 2 hook=30 body=50 form=20", room="staff")
    await course.passes(days=2)
    assert len(await notices(course)) == 1


@pytest.mark.every_platform
async def test_a_newer_version_starts_the_clock_anew(course: Community) -> None:
    await hands_in(course, "ada")
    await course.passes(hours=10)
    await course.types("ada", f"/submit note {WORDS} And then it rained.")
    await course.passes(hours=10)
    assert await notices(course) == []
    await course.passes(hours=8)
    assert "by 2 Mar 20:00" in (await notices(course))[0]


@pytest.mark.every_platform
async def test_the_notice_says_who_has_claimed_what(course: Community) -> None:
    await hands_in(course, "ada", "ben")
    await course.passes(hours=17)
    await course.types("lin", "/grade 2", room="staff")
    await course.passes(hours=1)
    assert (await notices(course))[0].splitlines()[1:] == ["Lin has taken #2."]


@pytest.mark.every_platform
async def test_the_button_of_the_notice_takes_the_one_that_waits_longest(course: Community) -> None:
    await hands_in(course, "ben", "ada")
    await course.passes(hours=18)
    await course.presses("kim", "Take the next", room="staff")
    await course.passes(hours=1)
    assert "#1" in (await course.answer("lin", "/queue", room="staff"))
    assert "Kim" in (await course.answer("lin", "/queue", room="staff"))


async def test_nights_do_not_count(open_community) -> None:
    """Twenty-four hours of fourteen a day: from Monday 10:00, twelve until night, twelve more until Tuesday 20:00."""
    course = await opened(open_community, HOMEWORK_NIGHTS)
    await hands_in(course, "ada")
    await course.passes(hours=24)
    assert await notices(course) == []
    await course.until(14)
    assert "by 2 Mar 20:00" in (await notices(course))[0]
    await course.until(20)
    assert "overdue" in (await notices(course))[-1]
    await course.until(9, 59)
    assert len(await notices(course)) == 2
    await course.until(10)
    assert (await notices(course))[-1].endswith("Told in private: all assistants.")


async def test_after_an_outage_each_is_told_once_of_all_that_has_come_due(course: Community) -> None:
    await hands_in(course, "ada", "ben")
    await course.is_away(hours=30)
    await course.comes_back()
    [notice] = await notices(course)
    assert notice.endswith("Told in private: whoever is on duty, all assistants.")
    assert [len(await told(course, who)) for who in ("kim", "lin", "chen")] == [1, 1, 0]


async def test_a_longer_limit_counts_for_what_waits_already(open_community) -> None:
    course = await opened(open_community)
    await hands_in(course, "ada")
    await course.passes(hours=12)
    course = await open_community(homework=DUTY.replace("within: 24h", "within: 48h"), course=TWO)
    await course.passes(hours=23)
    assert await notices(course) == []
    await course.passes(hours=1)
    assert "by 3 Mar 10:00" in (await notices(course))[0]


async def test_a_shorter_ladder_is_silent_sooner(open_community) -> None:
    course = await opened(open_community, DUTY.replace("step: 4h", "step: 4h\n  ladder: [admins]"))
    await hands_in(course, "ada")
    await course.passes(days=3)
    assert len(await notices(course)) == 2
    assert [len(await told(course, who)) for who in ("kim", "lin", "chen")] == [0, 0, 1]


async def test_where_nobody_has_ever_seen_who_is_on_duty_everybody_is(open_community) -> None:
    course = await open_community(homework=DUTY.replace("local:kim", "local:noa"), course=TWO)
    await course.until(10)
    await hands_in(course, "ada")
    await course.passes(hours=18)
    assert "On duty today: everybody" in (await notices(course))[0]


async def test_three_hundred_that_are_due_at_once_are_one_notice(open_community) -> None:
    course = await opened(open_community)
    for number in range(30):
        await course.welcomes(f"s{number}", f"S{number}")
        await course.posts(f"s{number}", f"/submit note {WORDS} {number}")
    await course.settle()
    await course.passes(hours=19)
    [notice] = await notices(course)
    assert notice.startswith("30 pieces of work are due soon: #1 Viral note")
    assert "25 more" in notice


@pytest.mark.every_platform
async def test_in_chinese(open_community) -> None:
    course = await opened(open_community, course=TWO.replace("language: en", "language: zh-CN"))
    await hands_in(course, "ada")
    await course.passes(hours=24)
    assert (await notices(course)) == [
        "1 份作业快到时限了：#1 爆款笔记（3月2日 10:00 前）。今天值班：Kim。",
        "1 份作业超时还没批：#1 爆款笔记（3月2日 10:00 前）。已私下提醒：值班助教。",
    ]


# --- how soon ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([5], 50, 5), ([1, 2, 3, 4], 50, 2), ([4, 1, 3, 2, 5], 50, 3), (range(1, 11), 90, 9), (range(1, 12), 90, 10)],
)
def test_a_quantile_is_by_nearest_rank(values: list[int], percent: int, found: int) -> None:
    assert quantile(list(values), percent) == found


@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 100))
def test_a_quantile_is_the_least_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    found = quantile(values, percent)
    assert found in values
    assert 100 * sum(one <= found for one in values) >= percent * len(values)
    assert 100 * sum(one < found for one in values) < percent * len(values)


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 50)


async def graded(course: Community) -> None:
    """Kim answers after two hours and after four, Lin after thirty."""
    await hands_in(course, "ada", "ben", "mia")
    await course.passes(hours=2)
    await course.types("kim", "/grade 1 hook=30 body=50 form=20", room="staff")
    await course.passes(hours=2)
    await course.types("kim", "/grade 2 hook=10 body=50 form=20", room="staff")
    await course.passes(hours=26)
    await course.types("lin", "/grade 3 hook=30 body=50 form=0", room="staff")


@pytest.mark.every_platform
async def test_an_admin_sees_how_soon_each_answered_and_all_together(course: Community) -> None:
    await graded(course)
    await course.types("chen", "/grading", room="staff")
    assert list((await course.messages("chen", "staff"))[-1].table) == [
        ("Who", "Works", "Mid", "In time"),
        ("Kim", "2", "2:00", "100%"),
        ("Lin", "1", "30:00", "0%"),
        ("All", "3", "4:00", "67%"),
    ]


@pytest.mark.every_platform
async def test_an_assistant_sees_themselves_and_the_sum(course: Community) -> None:
    await graded(course)
    await course.types("lin", "/grading course", room="staff")
    assert [row[0] for row in (await course.messages("lin", "staff"))[-1].table] == ["Who", "Lin", "All"]
    assert (await course.answer("lin", "/grading course @kim", room="staff")).startswith("You can see your own figures")


async def test_the_week_begins_on_monday(course: Community) -> None:
    await graded(course)
    await course.passes(days=6)
    assert "Nothing was graded in this time" in await course.answer("chen", "/grading week", room="staff")
    await course.types("chen", "/grading 全程 @kim", room="staff")
    assert [row[0] for row in (await course.messages("chen", "staff"))[-1].table] == ["Who", "Kim", "All"]


async def test_reports_count_it(course: Community) -> None:
    await graded(course)
    await course.types("chen", "/report week", room="staff")
    shown = {row[0]: row[1] for row in (await course.messages("chen", "staff"))[-1].table}
    assert (shown["Works handed in"], shown["Works answered"], shown["Answered in time"]) == ("3", "3", "2")


# --- who has not handed in --------------------------------------------------------------------------------------------


@pytest.mark.every_platform
async def test_staff_see_who_has_not_handed_in(course: Community) -> None:
    await course.types("mia", "hello")
    await course.types("ben", "hello")
    await hands_in(course, "ada")
    await course.passes(minutes=1)
    said = await course.answer("lin", "/missing note", room="staff")
    assert said.splitlines()[:2] == ["Viral note · due 2 Mar 22:00 · students: 3", "1 waiting, 2 not handed in"]
    assert "Ben" in said.splitlines()[2]
    assert "Ada" not in said


@pytest.mark.every_platform
async def test_one_button_reminds_them_alone_and_once_a_day(course: Community) -> None:
    await course.types("mia", "hello")
    await course.types("ben", "hello")
    await hands_in(course, "ada")
    await course.passes(minutes=1)
    await course.types("lin", "/missing note", room="staff")
    await course.presses("lin", "Remind them", room="staff")
    reminder = "“Viral note” is due 2 Mar 22:00, and yours is not here yet."
    heard = {
        who: sum(m.text.startswith(reminder) for m in await course.messages(who) if m.only_for == who)
        for who in ("ada", "ben")
    }
    assert heard == {"ada": 0, "ben": 1}
    assert (await course.answer("kim", "/missing note remind", room="staff")) == (
        "They were reminded today already; tomorrow is soon enough."
    )
    assert "reminded" in await course.answer("chen", "/audit", room="staff")
    await course.passes(days=1)
    assert "were reminded in private" in await course.answer("kim", "/missing note remind", room="staff")


async def test_nobody_is_reminded_of_what_is_closed_or_not_yet_open(open_community) -> None:
    course = await opened(open_community, HOMEWORK_QUIZ)
    assert "opens" in await course.answer("lin", "/missing quiz_1", room="staff")
    course = await opened(open_community)
    await course.passes(days=6)
    assert "There is nobody to remind" in await course.answer("lin", "/missing note remind", room="staff")


async def test_who_names_no_homework_is_asked_which(course: Community) -> None:
    await course.types("lin", "谁没交", room="staff")
    shown = await course.presses("lin", "Viral note", room="staff")
    assert "Viral note · due 2 Mar 22:00" in (shown or "")


async def test_staff_find_it_all_in_help_and_by_chinese_words(course: Community) -> None:
    helped = await course.answer("lin", "/help", room="staff")
    for command in ("queue", "grade", "return", "common", "missing", "alike", "grading", "items"):
        assert f"/{command}" in helped
    for word in ("待批作业", "批改作业", "打回修改", "共性问题", "谁没交", "相似作业", "批改数据", "题目分析"):
        before = len(await course.said("lin", "staff"))
        await course.types("lin", word, room="staff")
        assert len(await course.said("lin", "staff")) > before, word


async def test_students_do_not_see_who_is_missing(course: Community) -> None:
    assert "/missing is for" in await course.answer("ada", "/missing note")
    assert "/grading is for" in await course.answer("ada", "/grading")

"""The 4-hour clock of questions: who is told that one waits, in its exact minute, also when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.community import COURSE, Community
from tests.questions_course import DUTY, NIGHTS, QUESTIONS

pytestmark = pytest.mark.every_platform

TWO = COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:kim]")
SPRING = TWO.replace("starts: 2027-03-01", "starts: 2027-03-27").replace("ends: 2027-03-14", "ends: 2027-04-09")
AUTUMN = TWO.replace("starts: 2027-03-01", "starts: 2027-10-30").replace("ends: 2027-03-14", "ends: 2027-11-12")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(open_community)


async def opened(open_community, questions: str = QUESTIONS, course: str = TWO, **more: str) -> Community:
    """Ten in the morning of the first day; the staff have been seen."""
    found: Community = await open_community(questions=questions, course=course, **more)
    await found.welcomes("kim", "Kim")
    for who in ("lin", "kim", "chen"):
        await found.types(who, "Good morning", room="staff")
        await found.types(who, "Good morning")
    await found.until(10)
    return found


async def asks(course: Community, who: str, text: str) -> None:
    await course.types(who, f"/ask {text}", room=course.alone)


async def notices(course: Community) -> list[str]:
    """What the staff room read of the clock."""
    words, daily = ("due soon", "overdue", "快到时限", "个问题超时了"), ("still overdue", "同学还在等")
    said = [text for text in await course.said("chen", "staff") if any(one in text for one in words)]
    return [text for text in said if not any(one in text for one in daily)]


async def told(course: Community, who: str) -> list[str]:
    """What this member of staff was told alone."""
    return [m.text for m in await course.messages(who) if m.only_for == who and "overdue" in m.text]


def london(text: str, *, again: bool = False) -> datetime:
    """A moment as the wall shows it; `again`: of two such moments the later one."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"), fold=again).astimezone(UTC)


async def goes_to(course: Community, moment: datetime) -> None:
    await course.passes(seconds=(moment - course.now).total_seconds())


async def rings_at(course: Community, *moments: datetime) -> None:
    """Staff read something new in exactly these minutes, and in no other one up to the last."""
    for moment in moments:
        before = len(await notices(course))
        await goes_to(course, moment - MINUTE)
        assert len(await notices(course)) == before, f"before {moment}"
        await goes_to(course, moment)
        assert len(await notices(course)) == before + 1, f"at {moment}"


async def is_quiet(course: Community, **length: float) -> None:
    before = len(await notices(course))
    await course.passes(**length)
    assert len(await notices(course)) == before


# --- the ladder -------------------------------------------------------------------------------------------------------


async def test_each_rung_is_told_in_its_very_minute_and_then_nobody_any_more(course: Community) -> None:
    await course.passes(minutes=7)
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, london("2027-03-01 13:07"))
    assert (await notices(course))[-1] == (
        "1 question is due soon: Q1 “Why is my first line dull?” (by 1 Mar 14:07). On duty now: everybody."
    )
    assert [await told(course, who) for who in ("lin", "kim", "chen")] == [[], [], []]
    await rings_at(course, london("2027-03-01 14:07"))
    line = (
        "1 question is overdue: Q1 “Why is my first line dull?” (by 1 Mar 14:07). "
        "A student is waiting; could you answer it?"
    )
    assert [await told(course, who) for who in ("lin", "kim", "chen")] == [[line], [line], []]
    assert (await notices(course))[-1].endswith("Told in private: whoever is on duty.")
    await rings_at(course, london("2027-03-01 15:07"))
    assert (await notices(course))[-1].endswith("Told in private: all assistants.")
    await rings_at(course, london("2027-03-01 16:07"))
    assert (await notices(course))[-1].endswith("Told in private: the admins.")
    assert [await told(course, who) for who in ("lin", "kim", "chen")] == [[line] * 2, [line] * 2, [line]]
    await is_quiet(course, days=3)


async def test_what_was_asked_in_the_same_minute_is_told_of_together(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await asks(course, "ben", "How do I add a picture?")
    await course.passes(minutes=1)
    await asks(course, "mia", "What else may I read?")
    await rings_at(course, london("2027-03-01 13:00"), london("2027-03-01 13:01"))
    first, second = await notices(course)
    assert first.startswith("2 questions are due soon: Q1 “Why is my first line dull?” (by 1 Mar 14:00), Q2 ")
    assert second.startswith("1 question is due soon: Q3 ")


async def test_the_notice_has_a_button_to_take_each_and_says_who_has_taken_which(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await asks(course, "ben", "How do I add a picture?")
    await course.passes(hours=2, minutes=50)
    await course.types("kim", "/question Q2 claim", room="staff")
    await course.passes(minutes=10)
    [notice] = await notices(course)
    assert notice.splitlines()[1:] == ["Kim has taken Q2."]
    await course.presses("lin", "👋 Take Q1", room="staff")
    await course.presses("lin", "See all that wait", room="staff")
    shown = (await course.said("lin", "staff"))[-1]
    assert "Lin is on it" in shown
    assert "Kim is on it" in shown


async def test_what_is_claimed_is_told_of_all_the_same(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=3, minutes=45)
    await course.types("kim", "/question Q1 claim", room="staff")
    await rings_at(course, london("2027-03-01 14:00"))
    assert (await notices(course))[-1].splitlines()[1:] == ["Kim has taken Q1."]


# --- what stops it ----------------------------------------------------------------------------------------------------


async def test_nobody_is_told_of_what_was_answered_or_taken_back(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await asks(course, "ben", "How do I add a picture?")
    await course.passes(hours=3)
    await course.types("lin", "/answer Q1 It has no number.", room="staff")
    await course.types("ben", "/question Q2 withdraw", room=course.alone)
    await is_quiet(course, days=2)


async def test_a_classmate_who_answers_does_not_stop_the_clock(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await course.types("ben", "/answer Q1 Put a number into it.", room=course.alone)
    await rings_at(course, london("2027-03-01 13:00"), london("2027-03-01 14:00"))


async def test_the_clock_stands_while_the_asker_is_asked_and_begins_anew_when_they_have_said_it(
    course: Community,
) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=2)
    await course.types("lin", "/question Q1 back Which one do you mean?", room="staff")
    await is_quiet(course, hours=3)
    await course.types("ada", "/question Q1 more The first of day one.", room=course.alone)  # at 15:00
    await rings_at(course, london("2027-03-01 18:00"), london("2027-03-01 19:00"), london("2027-03-01 20:00"))


async def test_what_is_opened_again_waits_from_then_on(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=5)
    assert len(await notices(course)) == 3
    await course.types("lin", "/answer Q1 It has no number.", room="staff")
    await is_quiet(course, hours=4)
    await course.types("ada", "/question Q1 reopen", room=course.alone)  # at 19:00
    await rings_at(course, london("2027-03-01 22:00"), london("2027-03-01 23:00"), london("2027-03-02 00:00"))
    assert (await notices(course))[-2].endswith("Told in private: whoever is on duty.")


# --- pauses -----------------------------------------------------------------------------------------------------------


async def test_nights_do_not_count(open_community) -> None:
    """From 20:30, an hour and a half until night, and two and a half from eight on."""
    course = await opened(open_community, NIGHTS)
    await goes_to(course, london("2027-03-01 20:30"))
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, london("2027-03-02 09:30"), london("2027-03-02 10:30"), london("2027-03-02 11:30"))
    await asks(course, "ben", "How do I add a picture?")  # at 11:30
    await goes_to(course, london("2027-03-02 23:10"))
    await asks(course, "mia", "What else may I read?")  # at night: from eight in the morning on
    await rings_at(course, london("2027-03-03 11:00"), london("2027-03-03 12:00"))
    assert "Q3" in (await notices(course))[-1]


async def test_a_rung_that_falls_into_the_night_is_told_in_the_morning(open_community) -> None:
    course = await opened(open_community, NIGHTS)
    await goes_to(course, london("2027-03-01 17:30"))
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(
        course,
        london("2027-03-01 20:30"),
        london("2027-03-01 21:30"),
        london("2027-03-02 08:30"),
        london("2027-03-02 09:30"),
    )


async def test_quiet_days_and_days_of_the_week_do_not_count(open_community) -> None:
    """The second of March is quiet, and on Thursdays, the fourth, nobody answers."""
    course = await opened(
        open_community,
        QUESTIONS + "quiet_days: true\nrests_on: thursday\n",
        TWO + "quiet_days: {dates: [2027-03-02]}\n",
    )
    await goes_to(course, london("2027-03-01 22:00"))
    await asks(course, "ada", "Why is my first line dull?")  # two hours, and two more from Wednesday on
    await rings_at(course, london("2027-03-03 01:00"), london("2027-03-03 02:00"), london("2027-03-03 03:00"))
    await goes_to(course, london("2027-03-03 23:00"))
    await asks(course, "ben", "How do I add a picture?")
    await rings_at(course, london("2027-03-05 02:00"), london("2027-03-05 03:00"))


async def test_in_spring_an_hour_is_missing_and_nobody_waits_for_it(open_community) -> None:
    """At one o'clock it is two."""
    course = await opened(open_community, QUESTIONS, SPRING)
    await goes_to(course, london("2027-03-27 23:15"))
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, london("2027-03-28 03:15"), london("2027-03-28 04:15"), london("2027-03-28 05:15"))
    assert "(by 28 Mar 04:15)" in (await notices(course))[-1]


async def test_in_autumn_an_hour_is_there_twice_and_both_count(open_community) -> None:
    """At two o'clock it is one."""
    course = await opened(open_community, QUESTIONS, AUTUMN)
    await goes_to(course, london("2027-10-30 22:40"))
    await asks(course, "ada", "Why is my first line dull?")
    first, again = london("2027-10-31 01:40"), london("2027-10-31 01:40", again=True)
    await rings_at(course, first, again, london("2027-10-31 02:40"))


@pytest.mark.parametrize(
    ("begins", "since", "rings"),
    [
        (SPRING, "2027-03-27 21:00", ("2027-03-28 10:00", "2027-03-28 11:00", "2027-03-28 12:00")),
        (AUTUMN, "2027-10-30 21:00", ("2027-10-31 10:00", "2027-10-31 11:00", "2027-10-31 12:00")),
    ],
)
async def test_a_night_is_a_night_however_long_it_is(
    open_community, begins: str, since: str, rings: tuple[str, ...]
) -> None:
    course = await opened(open_community, NIGHTS, begins)
    await goes_to(course, london(since))
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, *map(london, rings))


# --- duty -------------------------------------------------------------------------------------------------------------


async def test_who_is_on_duty_in_that_minute_is_told(open_community) -> None:
    course = await opened(open_community, DUTY)
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, london("2027-03-01 13:00"))
    assert (await notices(course))[-1].endswith("On duty now: Kim.")
    await rings_at(course, london("2027-03-01 14:00"))
    assert [len(await told(course, who)) for who in ("lin", "kim", "chen")] == [0, 1, 0]
    await rings_at(course, london("2027-03-01 15:00"))
    assert [len(await told(course, who)) for who in ("lin", "kim", "chen")] == [1, 2, 0]


async def test_what_is_asked_while_nobody_is_on_duty_is_on_everybody(open_community) -> None:
    course = await opened(open_community, DUTY)
    await goes_to(course, london("2027-03-01 18:00"))  # Kim has just gone home
    heard = len(await course.said("chen", "staff"))
    await asks(course, "ada", "Why is my first line dull?")
    assert len(await course.said("chen", "staff")) == heard + 1  # its post, and nothing more
    await rings_at(course, london("2027-03-01 21:00"))
    assert (await notices(course))[-1].endswith("On duty now: everybody.")
    await rings_at(course, london("2027-03-01 22:00"))
    assert [len(await told(course, who)) for who in ("lin", "kim", "chen")] == [1, 1, 0]


async def test_a_course_without_assistants_tells_its_admins(open_community) -> None:
    course = await opened(open_community)
    course.rewrites(questions=QUESTIONS, course=COURSE.replace("  assistants: [local:lin]\n", ""))
    await course.types("chen", "/reload", room="staff")
    await asks(course, "ada", "Why is my first line dull?")
    await rings_at(course, london("2027-03-01 13:00"), london("2027-03-01 14:00"))
    assert len(await told(course, "chen")) == 1


# --- other rules, and outages -----------------------------------------------------------------------------------------


async def test_a_longer_limit_counts_for_what_waits_already_and_its_post_says_so(open_community) -> None:
    course = await opened(open_community)
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=2)
    course.rewrites(questions=QUESTIONS.replace("within: 4h", "within: 6h"), course=TWO)
    await course.types("chen", "/reload", room="staff")
    await rings_at(course, london("2027-03-01 14:30"))
    assert any("by 1 Mar 16:00" in text for text in await course.said("ben"))
    await rings_at(course, london("2027-03-01 16:00"))


async def test_a_shorter_limit_that_has_passed_rings_at_once(open_community) -> None:
    course = await opened(open_community)
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=2)
    course.rewrites(questions=QUESTIONS.replace("within: 4h", "within: 1h"), course=TWO)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    [notice] = await notices(course)
    assert notice.endswith("Told in private: whoever is on duty, all assistants.")
    await rings_at(course, london("2027-03-01 13:00"))


async def test_after_an_outage_each_is_told_once_of_all_that_has_come_due(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await asks(course, "ben", "How do I add a picture?")
    await course.is_away(hours=5.5)
    await course.comes_back()
    [notice] = await notices(course)
    assert notice.startswith("2 questions are overdue")
    assert notice.endswith("Told in private: whoever is on duty, all assistants.")
    assert [len(await told(course, who)) for who in ("lin", "kim", "chen")] == [1, 1, 0]


async def test_who_asks_without_a_name_has_none_for_staff_who_are_told(course: Community) -> None:
    await course.types("ada", "/ask anonymously Why does nobody read me?", room=course.private_room)
    await course.passes(hours=7)
    assert len(await notices(course)) == 4
    heard = [*await course.said("chen", "staff"), *await told(course, "lin"), *await told(course, "chen")]
    assert not any("Ada" in text for text in heard if "nobody read me" in text)


async def test_in_chinese(open_community) -> None:
    course = await opened(open_community, course=TWO.replace("language: en", "language: zh-CN"))
    await asks(course, "ada", "为什么标题要有数字？")
    await course.passes(hours=4)
    assert await notices(course) == [
        "1 个问题快到时限了：Q1“为什么标题要有数字？”（3月1日 14:00 前）。现在值班：大家。",
        "1 个问题超时了：Q1“为什么标题要有数字？”（3月1日 14:00 前）。已私下提醒：值班助教。",
    ]


async def test_posts_name_the_moment_that_other_rules_promise(open_community) -> None:
    course = await opened(open_community)
    await course.until(19)
    await asks(course, "ada", "Why is my first line dull?")
    assert "23:00" in [text for text in await course.said("ben") if "🙋 Q1 " in text][-1]
    course.rewrites(questions=NIGHTS, course=TWO)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    for who, room in (("ben", "main"), ("lin", "staff")):
        post = [text for text in await course.said(who, room) if "🙋 Q1 " in text][-1]
        assert "09:00" in post
        assert "23:00" not in post

"""Completing a course: what it asks for, when somebody has it, and what they and the rules hear of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.completion.store import completion
from storage.tables import account, fact
from tests.community import COURSE, DEMO, RULES, Community
from tests.homework_course import HOMEWORK_NOTE, HOMEWORK_QUIZ, HOMEWORK_WORKS
from tests.test_links import link, unlink

pytestmark = pytest.mark.every_platform

SHORT = COURSE.replace("ends: 2027-03-14", "ends: 2027-03-03")
ASKED = SHORT + "completion:\n  check_ins: 2\n"
GRADED = SHORT + "completion:\n  check_ins: 1\n  homework: {practice: 100%}\n  score: 60\n"
DONE = (
    "badges:\n  completion: {title: {en: Course completed, zh: 完课勋章}, icon: 🎓}\n"
    + RULES
    + """
completed:
  title: {en: Course completed, zh: 完课}
  when: course.completed
  where: {member.role: student}
  limit: {once_per: member}
  then:
    - award: 40
    - badge: completion
    - praise: {en: "{name} has completed it: {checkins} days!", zh: "恭喜 {name} 完课，打卡 {checkins} 天！"}
"""
)
WORK = "Three tips that saved my evening: one, two, three."
TWO = DEMO.replace("people:\n", "people:\n  - {id: ada2, name: Ada, role: student}\n")


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(course=ASKED, rules=DONE)
    return course


async def checks_in(course: Community, who: str, *, days: int = 1) -> None:
    """Today, and on the days after it; then it is the day after that."""
    for _ in range(days):
        await course.types(who, "/checkin")
        await course.passes(days=1)


async def until_the_end(course: Community) -> None:
    """The morning after the last day, when it is told."""
    while course.now.date() <= date(2027, 3, 3):
        await course.until(0, 1)
    await course.until(9, 1)


async def completed(course: Community) -> list[str]:
    """Who was told of to the rules, in the order in which they were."""
    told = select(account.c.user).join(fact, fact.c.member == account.c.member)
    rows = await course.rows(told.where(fact.c.kind == "course.completed").order_by(fact.c.id))
    return [row.user for row in rows]


async def users(course: Community, *who: str) -> list[str]:
    return [course.actor(one).user for one in who]


async def heard(course: Community, who: str) -> str:
    """What somebody reads in the group and alone."""
    alone = await course.said(who, course.private_room)
    return "\n".join([*await course.said(who), *(alone if course.private_room != "main" else [])])


# --- at the end of the course -----------------------------------------------------------------------------------------


async def test_who_has_done_all_of_it_has_completed_the_course_when_its_last_day_ends(course: Community) -> None:
    """It is so at midnight, and told when people are awake."""
    await course.types("ben", "/checkin")
    await checks_in(course, "ada", days=2)
    await course.until(23, 59)
    assert await rows_of_completion(course) == []
    await course.until(8, 59)
    assert len(await rows_of_completion(course)) == 1
    assert await completed(course) == []
    assert "Congratulations" not in await heard(course, "ada")
    assert "has completed it" not in "\n".join(await course.said("ben"))
    await course.until(9, 1)
    assert await completed(course) == await users(course, "ada")
    assert "Ada has completed it: 2 days!" in "\n".join(await course.said("ben"))
    assert "Congratulations, you have completed" in await heard(course, "ada")


async def test_it_is_told_once_however_long_the_course_is_over(course: Community) -> None:
    await checks_in(course, "ada", days=2)
    await until_the_end(course)
    await course.passes(days=20)
    assert await completed(course) == await users(course, "ada")
    assert await course.points("ada") == 2 * 5 + 40


async def test_the_last_day_counts_until_its_last_minute_in_the_zone_of_the_course(open_community) -> None:
    course = await open_community(course=ASKED.replace("Europe/London", "Asia/Shanghai"), rules=DONE)
    await checks_in(course, "ada", days=2)
    await course.types("ben", "/checkin")
    await course.passes(hours=(datetime(2027, 3, 3, 15, 59, tzinfo=UTC) - course.now).total_seconds() / 3600)
    assert await rows_of_completion(course) == []
    await course.passes(minutes=2)
    assert len(await rows_of_completion(course)) == 1
    await course.passes(hours=9)
    assert await completed(course) == await users(course, "ada")


async def test_a_course_may_tell_it_on_the_day_it_is_so(open_community) -> None:
    course = await open_community(course=ASKED + "  when: reached\n", rules=DONE)
    await checks_in(course, "ada")
    await course.types("ada", "/checkin")
    assert await completed(course) == []
    await course.until(0, 1)
    assert "You have completed the course" in await course.answer("ada", "/progress")
    await course.until(9, 1)
    assert await completed(course) == await users(course, "ada")


async def test_an_outage_over_the_end_loses_nothing(course: Community) -> None:
    await checks_in(course, "ada", days=2)
    await course.is_away(days=4)
    await course.comes_back()
    await course.passes(days=1)
    assert await completed(course) == await users(course, "ada")


async def test_staff_and_who_has_left_do_not_complete_it(course: Community) -> None:
    await checks_in(course, "ada")
    for who in ("ada", "lin", "ben"):
        await course.types(who, "/checkin")
    await course.types("lin", "/makeup 2027-03-01")
    await course.leaves("ada")
    await until_the_end(course)
    assert await completed(course) == []


async def test_a_course_that_asks_for_nothing_is_completed_by_nobody(open_community) -> None:
    course = await open_community(course=SHORT, rules=DONE)
    await checks_in(course, "ada", days=2)
    assert "no rule for completing it" in await course.answer("ada", "/progress")
    await until_the_end(course)
    assert await completed(course) == []


async def test_asking_for_more_than_there_are_days_asks_for_all_of_them(open_community) -> None:
    course = await open_community(course=ASKED.replace("check_ins: 2", "check_ins: 30"), rules=DONE)
    await checks_in(course, "ben", days=2)
    assert "2 of 3 days" in await course.answer("ben", "/progress")
    await course.types("ben", "/checkin")
    await until_the_end(course)
    assert await completed(course) == await users(course, "ben")


async def test_another_rule_counts_from_when_it_is_live(course: Community) -> None:
    await checks_in(course, "ada")
    await until_the_end(course)
    course.rewrites(course=ASKED.replace("check_ins: 2", "check_ins: 1"), rules=DONE)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    assert set(await users(course, "ada")) <= set(await completed(course))


async def test_what_was_withdrawn_overnight_is_not_told(course: Community) -> None:
    await checks_in(course, "ada", days=2)
    await course.until(0, 1)
    await course.types("chen", "/certificate withdraw @ada Not all of it was hers", room="staff")
    await course.until(9, 1)
    assert await completed(course) == []
    assert "Congratulations" not in await heard(course, "ada")


async def test_a_rule_that_asks_nothing_of_a_member_is_not_met_by_them(open_community) -> None:
    """Not everybody has completed a course whose files lack the homework that it asks for."""
    asked = SHORT + "completion:\n  homework: {base: 80%}\n"
    course = await open_community(course=asked, rules=DONE, homework=HOMEWORK_NOTE)
    await course.types("ada", "/checkin")
    assert "Nothing of what the course asks for is for you" in await course.answer("ada", "/progress")
    await until_the_end(course)
    assert await rows_of_completion(course) == []


# --- who became an assistant ------------------------------------------------------------------------------------------


async def test_a_student_who_became_an_assistant_completes_the_course_all_the_same(course: Community) -> None:
    await checks_in(course, "ada", days=2)
    await course.types("chen", "/seeds @ada confirm questions", room="staff")
    assert "Only students" not in await course.answer("ada", "/progress", room=course.private_room)
    await until_the_end(course)
    assert await completed(course) == await users(course, "ada")
    assert "Ada has completed it: 2 days!" in "\n".join(await course.said("ben"))
    assert "You have completed the course" in await course.answer("ada", "/progress", room=course.private_room)
    await course.types("ada", "/certificate Ada L.", room=course.private_room)
    assert "Ada L." in await course.answer("ada", "/certificate confirm", room=course.private_room)


async def test_other_staff_have_no_progress(course: Community) -> None:
    assert "for students" in await course.answer("lin", "/progress", room=course.private_room)


# --- homework ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def graded(open_community) -> Community:
    course: Community = await open_community(course=GRADED, rules=DONE, homework=HOMEWORK_NOTE)
    return course


async def hands_in(course: Community, who: str) -> None:
    await course.types(who, "/checkin")
    await course.until(9, 30)
    await course.types(who, f"/submit note {WORK}")


async def test_homework_graded_after_the_course_still_counts(graded: Community) -> None:
    await hands_in(graded, "ada")
    await until_the_end(graded)
    assert await completed(graded) == []
    assert "wait" in await graded.answer("ada", "/progress")
    await graded.passes(days=3)
    await graded.types("lin", "/grade 1 80", room="staff")
    assert await completed(graded) == []
    await graded.until(0, 1)
    await graded.until(9, 1)
    assert await completed(graded) == await users(graded, "ada")


async def test_after_two_weeks_it_counts_no_more(graded: Community) -> None:
    await hands_in(graded, "ada")
    await until_the_end(graded)
    await graded.passes(days=15)
    await graded.types("lin", "/grade 1 80", room="staff")
    await graded.passes(days=2)
    assert await completed(graded) == []


async def test_a_low_grade_is_not_enough_and_a_better_one_is(graded: Community) -> None:
    await hands_in(graded, "ada")
    await graded.types("lin", "/grade 1 59", room="staff")
    assert "⬜ Weekly tasks: 0 of 1" in await graded.answer("ada", "/progress")
    await graded.types("lin", "/grade 1 60", room="staff")
    assert "✅ Weekly tasks: 1 of 1" in await graded.answer("ada", "/progress")
    await until_the_end(graded)
    assert await completed(graded) == await users(graded, "ada")


async def test_what_was_announced_stays_though_the_grade_sinks(graded: Community) -> None:
    await hands_in(graded, "ada")
    await graded.types("lin", "/grade 1 80", room="staff")
    await until_the_end(graded)
    await graded.types("lin", "/grade 1 10", room="staff")
    await graded.passes(days=2)
    assert "You have completed the course" in await graded.answer("ada", "/progress")
    assert await graded.points("ada") >= 40


# --- progress ---------------------------------------------------------------------------------------------------------


async def test_progress_shows_at_once_what_is_done_and_what_to_do_next(course: Community) -> None:
    assert "⬜ Check-ins: 0 of 2 days" in await course.answer("ada", "/progress")
    await course.types("ada", "/checkin")
    said = await course.answer("ada", "/progress")
    assert "⬜ Check-ins: 1 of 2 days" in said
    assert "1 more day of check-ins; 3 days of the course are left" in said
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    said = await course.answer("ada", "/progress")
    assert "✅ Check-ins: 2 of 2 days" in said
    assert "confirmed when the course ends" in said


async def test_progress_names_the_homework_that_is_missing(graded: Community) -> None:
    await graded.until(9, 30)
    said = await graded.answer("ada", "/progress")
    assert "1 more piece of homework, one of: Viral note" in said
    assert "from a score of 60" in said


async def test_progress_suggests_no_homework_that_is_closed(open_community) -> None:
    """One of two is closed, then both: who missed them is not sent to hand them in."""
    asked = SHORT.replace("2027-03-03", "2027-03-14") + "completion:\n  homework: {challenge: 1, practice: 1}\n"
    course = await open_community(course=asked, rules=DONE, homework=HOMEWORK_WORKS)
    await course.until(9, 30)
    assert "1 more piece of homework, one of: Draw a cover" in await course.answer("ada", "/progress")
    await course.passes(days=3)
    said = await course.answer("ada", "/progress")
    assert "1 more piece of homework, one of: Viral note" in said
    assert "Draw a cover" not in said
    assert "Homework that is missing, and whose time is over: 1" in said
    await course.passes(days=3)
    said = await course.answer("ada", "/progress")
    assert "more piece of homework" not in said


async def test_what_was_sent_back_can_be_mended_after_its_deadline(graded: Community) -> None:
    await hands_in(graded, "ada")
    await graded.passes(days=4)
    await graded.types("lin", "/return 1 No figures yet.", room="staff")
    await graded.passes(days=1)
    assert "1 more piece of homework, one of: Viral note" in await graded.answer("ada", "/progress")


async def test_who_missed_too_much_reads_that_it_is_over(course: Community) -> None:
    await checks_in(course, "ada")
    await until_the_end(course)
    assert "1 day of check-ins is missing, and the course is over" in await course.answer("ada", "/progress")


async def test_nobody_else_reads_it(course: Community) -> None:
    await course.types("ada", "/progress")
    assert not [text for text in await course.said("ben") if "Check-ins" in text]


async def test_quizzes_count_as_their_tier(open_community) -> None:
    asked = SHORT + "completion:\n  homework: {base: 50%}\n"
    course = await open_community(course=asked, rules=DONE, homework=HOMEWORK_QUIZ)
    assert "⬜ Quizzes: 0 of 1" in await course.answer("ada", "/progress")


# --- linked accounts --------------------------------------------------------------------------------------------------


async def rows_of_completion(course: Community) -> list[Any]:
    return await course.rows(select(completion))


async def test_two_accounts_complete_it_together_and_once(open_community) -> None:
    course = await open_community(course=ASKED, rules=DONE, demo=TWO)
    await checks_in(course, "ada")
    await course.types("ada2", "/checkin")
    await link(course, "ada", "ada2")
    await until_the_end(course)
    assert len(await completed(course)) == 1
    assert len(await rows_of_completion(course)) == 1
    assert "You have completed the course" in await course.answer("ada", "/progress")
    assert "You have completed the course" in await course.answer("ada2", "/progress")


async def test_two_halves_that_are_parted_are_told_to_staff(open_community) -> None:
    """What both did together does not make either of them complete; whether it stays, people decide."""
    course = await open_community(course=ASKED, rules=DONE, demo=TWO)
    await checks_in(course, "ada")
    await course.types("ada2", "/checkin")
    await link(course, "ada", "ada2")
    await until_the_end(course)
    await unlink(course)
    [told] = [text for text in await course.said("chen", "staff") if "fall short" in text]
    assert "/certificate withdraw #" in told
    [row] = await rows_of_completion(course)
    assert row.withdrawn_at is None


async def test_who_has_done_all_of_it_alone_is_parted_without_a_word(open_community) -> None:
    course = await open_community(course=ASKED, rules=DONE, demo=TWO)
    await checks_in(course, "ada", days=2)
    await course.types("ada2", "hello")
    await link(course, "ada", "ada2")
    await until_the_end(course)
    await unlink(course)
    assert not [text for text in await course.said("chen", "staff") if "fall short" in text]

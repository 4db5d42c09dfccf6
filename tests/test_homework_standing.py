"""What counts of several versions, and what it is worth, whatever becomes of them: points follow what stands."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.features.homework.store import tables
from tests.community import RULES, Community
from tests.homework_course import GRADING, HOMEWORK_NOTE, NOTE, QUIZ

PAID = (
    RULES
    + """
handed_in:
  when: homework.submitted
  where: {late: false}
  limit: {once_per: object}
  then: [award: 7]
handed_late:
  when: homework.submitted
  where: {late: true}
  limit: {once_per: object}
  then: [award: 2]
good:
  when: homework.graded
  where: {score: {at_least: 80}}
  then: [award: 20]
"""
)
LEVELS = """
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: {zh: 普通, en: Regular}, activity: 5, contribution: 0}
"""
REFUSED = GRADING + NOTE.replace("late: {accepted_for: 3d, loses: 10, per: 1d, at_most: 50}", "late: refused")
TEXT_ONLY = GRADING + NOTE.replace("  covers:", "  accepts: [text]\n  covers:")


async def opened(open_community, homework: str = HOMEWORK_NOTE, **more: str) -> Community:
    """At 10:00 of the first day; it is due at 22:00 of the second."""
    course: Community = await open_community(**{"rules": PAID, "homework": homework, **more})
    await course.until(10)
    return course


async def staff(course: Community, text: str, who: str = "lin") -> str:
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    new = [one for one in await course.messages(who, "staff") if one.number not in before]
    return "\n".join(one.text for one in new if one.author == "bot")


async def stands(course: Community) -> tuple[Any, ...]:
    """State, version that counts and whether it is late, of the only hand-in."""
    [row] = await course.rows(select(tables.hand_in))
    return row.state, row.counts, row.is_late


async def texts(course: Community) -> list[str]:
    return [row.text for row in await course.rows(select(tables.submission).order_by(tables.submission.c.id))]


async def score(course: Community) -> tuple[int, int]:
    """What lateness lost, and what is left, in percent."""
    rows = await course.rows(select(tables.grade).order_by(tables.grade.c.id))
    return rows[-1].lost, rows[-1].score


# --- withdrawn, and back ----------------------------------------------------------------------------------------------


async def test_what_is_withdrawn_and_handed_in_late_counts_in_time_again_with_its_points(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit first, in time")
    await course.types("ada", "/homework 1 withdraw yes")
    assert await course.points("ada") == 0
    await course.passes(days=2)
    assert "version 1 still counts" in await course.answer("ada", "/submit second, late")
    assert await stands(course) == ("waiting", 1, False)
    assert await course.points("ada") == 7


async def test_a_picked_version_counts_again_with_its_points_when_more_comes_after_a_withdrawal(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit one")
    await course.types("ada", "/submit two")
    await course.types("ada", "/homework 1 use 1")
    await course.types("ada", "/homework 1 withdraw yes")
    await course.types("ada", "/submit three")
    assert await stands(course) == ("waiting", 1, False)
    assert await course.points("ada") == 7


async def test_a_withdrawn_revision_comes_back_though_the_deadline_is_over(open_community) -> None:
    course = await opened(open_community, REFUSED)
    await course.types("ada", "/submit one")
    await course.passes(hours=36)
    await staff(course, "/return 1 add figures")
    await course.passes(hours=2)
    await course.types("ada", "/submit mended")
    await course.types("ada", "/homework 1 withdraw yes")
    assert "is back; version 2 counts" in await course.answer("ada", "/homework 1 back")
    assert await stands(course) == ("waiting", 2, False)
    assert await course.points("ada") == 7


async def test_what_was_withdrawn_comes_back_though_the_extension_is_taken_back(open_community) -> None:
    course = await opened(open_community, REFUSED)
    await course.types("ada", "hello")
    await staff(course, "/extend note @ada 24h")
    await course.passes(hours=38)
    await course.types("ada", "/submit within my time")
    await staff(course, "/extend note @ada back")
    await course.types("ada", "/homework 1 withdraw yes")
    await course.types("ada", "/homework 1 back")
    assert await stands(course) == ("waiting", 1, False)
    assert await course.points("ada") == 7


async def test_what_counts_again_after_two_days_is_waited_for_from_now_on(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit first, in time")
    await course.types("ada", "/homework 1 withdraw yes")
    await course.passes(days=2)
    await course.types("ada", "/submit anything, late")
    [row] = await course.rows(select(tables.hand_in))
    assert row.due_at == course.now + timedelta(days=1)
    await course.passes(hours=1)
    assert "none overdue" in await staff(course, "/queue")


# --- returned ---------------------------------------------------------------------------------------------------------


async def test_the_mended_version_counts_though_an_earlier_one_had_been_picked(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit one")
    await course.types("ada", "/submit two")
    await course.types("ada", "/homework 1 use 1")
    await staff(course, "/return 1 add figures")
    assert await course.points("ada") == 0
    await course.types("ada", "/submit mended with figures")
    assert await stands(course) == ("waiting", 3, False)
    assert await course.points("ada") == 7
    assert "sent back" in await course.answer("ada", "/homework 1 use 1")


async def test_what_is_mended_too_late_counts_and_the_old_text_is_not_queued_again(open_community) -> None:
    course = await opened(open_community, HOMEWORK_NOTE.replace("revise_within: 2d", "revise_within: 1h"))
    await course.types("ada", "/submit one")
    await staff(course, "/return 1 add figures")
    await course.passes(days=2)
    await course.types("ada", "/submit mended, but late")
    assert await stands(course) == ("waiting", 2, True)
    assert await course.points("ada") == 2
    [row] = await course.rows(select(tables.hand_in))
    assert row.due_at > course.now


async def test_the_returned_text_handed_in_once_more_changes_nothing(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit one")
    await staff(course, "/return 1 add figures")
    await course.types("ada", "/submit one")
    assert (await stands(course))[0] == "returned"
    assert await course.points("ada") == 0


async def test_a_revision_may_be_mended_once_more_within_its_time(open_community) -> None:
    course = await opened(open_community, REFUSED)
    await course.types("ada", "/submit one")
    await course.passes(hours=36)
    await staff(course, "/return 1 add figures")
    await course.passes(hours=2)
    await course.types("ada", "/submit mended")
    said = await course.answer("ada", "/submit mended, without the typo")
    assert "1 day 22 hours before the deadline" in said
    assert await stands(course) == ("waiting", 3, False)
    assert await course.points("ada") == 7


async def test_a_return_that_is_undone_leaves_the_version_in_force(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/submit one")
    await staff(course, "/return 1 add figures")
    await staff(course, "/return 1 undo")
    assert await stands(course) == ("waiting", 1, False)
    assert await course.points("ada") == 7
    await course.types("ada", "/homework 1 withdraw yes")
    await course.types("ada", "/homework 1 back")
    assert await stands(course) == ("waiting", 1, False)


# --- what was promised ------------------------------------------------------------------------------------------------


async def test_what_was_in_time_loses_nothing_when_the_extension_is_taken_back(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "hello")
    await staff(course, "/extend note @ada 24h")
    await course.passes(hours=38)
    await course.types("ada", "/submit within my time")
    await staff(course, "/extend note @ada back")
    await staff(course, "/grade 1 100")
    assert await score(course) == (0, 100)


async def test_what_was_in_time_loses_nothing_when_the_deadline_is_moved_earlier(open_community) -> None:
    course = await opened(open_community)
    await course.passes(hours=30)
    await course.types("ada", "/submit within my time")
    course.rewrites(rules=PAID, homework=HOMEWORK_NOTE.replace("due: {day: 2, at: 22:00}", "due: {day: 2, at: 12:00}"))
    await staff(course, "/reload", "chen")
    await staff(course, "/grade 1 100")
    assert await score(course) == (0, 100)


async def test_late_work_is_in_time_when_the_deadline_is_moved_later(open_community) -> None:
    course = await opened(open_community)
    await course.passes(hours=38)
    await course.types("ada", "/submit two hours late")
    assert await course.points("ada") == 2
    course.rewrites(rules=PAID, homework=HOMEWORK_NOTE.replace("due: {day: 2, at: 22:00}", "due: {day: 3, at: 22:00}"))
    await staff(course, "/reload", "chen")
    await staff(course, "/grade 1 100")
    assert await score(course) == (0, 100)
    assert await stands(course) == ("graded", 1, False)
    assert await course.points("ada") == 27


async def test_more_time_after_a_return_undoes_the_loss(open_community) -> None:
    course = await opened(open_community)
    await course.passes(hours=38)
    await course.types("ada", "/submit late")
    await staff(course, "/return 1 more")
    await staff(course, "/extend note @ada 5d")
    assert await course.points("ada") == 0  # of what is returned nobody has points, in time or not
    await course.types("ada", "/submit mended, in time by the new deadline")
    await staff(course, "/grade 1 100")
    assert await score(course) == (0, 100)
    assert await course.points("ada") == 27


# --- posts that are edited --------------------------------------------------------------------------------------------


async def test_a_post_that_is_edited_back_and_forth_counts_as_it_reads(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ada", "#作业 the first words")
    for text, version in (("second", 2), ("first", 1), ("second", 2), ("third", 3), ("first", 1)):
        await course.edits("ada", number, f"#作业 the {text} words")
        assert await stands(course) == ("waiting", version, False)
    assert len(await texts(course)) == 3
    assert await course.points("ada") == 7


async def test_a_tag_that_is_put_in_by_an_edit_hands_the_post_in(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ada", "my work, and I forgot the tag")
    await course.edits("ada", number, "#作业 my work, and I forgot the tag")
    assert await texts(course) == ["my work, and I forgot the tag"]
    assert "Got it: Viral note, version 1" in "\n".join(await course.said("ada"))
    await course.edits("ada", number, "#作业 my work, with the tag")
    assert await stands(course) == ("waiting", 2, False)


async def test_an_edit_of_what_was_withdrawn_hands_nothing_in_and_says_so(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ada", "#作业 the first words")
    await course.types("ada", "/homework 1 withdraw yes")
    await course.edits("ada", number, "#作业 never mind")
    assert (await stands(course))[0] == "withdrawn"
    assert "is withdrawn" in (await course.said("ada"))[-1]
    await course.presses("ada", "Bring it back")
    assert await stands(course) == ("waiting", 1, False)


async def test_a_reply_to_ones_own_tagged_post_is_the_same_work(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ada", "#作业 three hundred yuan")
    await course.types("ada", "/submit", reply_to=number)
    assert await texts(course) == ["three hundred yuan"]


# --- what is taken ----------------------------------------------------------------------------------------------------


async def test_an_essay_that_names_its_source_by_a_link_is_a_text(open_community) -> None:
    course = await opened(open_community, TEXT_ONLY)
    await course.types("ada", "/submit " + "一段很长的作业。" * 60 + " 参考 https://example.org/a")
    assert len(await texts(course)) == 1


async def test_a_link_with_a_word_beside_it_is_no_text(open_community) -> None:
    course = await opened(open_community, TEXT_ONLY)
    await course.types("ada", "/submit 作业 https://example.org/a")
    assert await texts(course) == []


async def test_an_empty_file_is_refused(open_community) -> None:
    course = await opened(open_community)
    await course.sends("ada", b"", name="note.txt", text="#作业")
    assert "is empty" in (await course.said("ada"))[-1]
    assert await texts(course) == []


async def test_a_work_that_begins_with_the_name_of_a_quiz_is_a_work(open_community) -> None:
    course = await opened(open_community, GRADING + NOTE + QUIZ.replace("quiz_1:", "plan:"))
    await course.types("ada", "/submit Plan: three hundred yuan and a rented room")
    assert await texts(course) == ["Plan: three hundred yuan and a rented room"]
    assert "is a quiz" in await course.answer("ada", "/submit plan A, B, C")


async def test_who_rises_by_handing_in_goes_on_with_the_homework(open_community) -> None:
    note = NOTE.replace("  covers:", "  audience: {levels: [newcomer]}\n  covers:")
    course = await opened(open_community, GRADING + note, rules=PAID + LEVELS)
    await course.types("ada", "/submit my work")
    assert "Regular" in await course.answer("ada", "/level")
    assert "Viral note" in await course.answer("ada", "/homework")
    await course.types("ada", "/submit my work, mended")
    assert await stands(course) == ("waiting", 2, False)


async def test_what_is_gone_from_the_course_waits_for_nobody(open_community) -> None:
    course = await opened(open_community, GRADING + NOTE)
    await course.types("ada", "/submit mine")
    await course.types("ben", "/submit mine, too")
    await staff(course, "/grade 2 100")
    course.rewrites(rules=PAID, homework=GRADING + NOTE.replace("note:", "other:"))
    await staff(course, "/reload", "chen")
    assert "#1" not in await staff(course, "/queue")
    assert "#1" not in await staff(course, "/grade next")
    assert "no longer part of the course (No. 1)" in await course.answer("ada", "/homework")
    await course.types("ben", "/appeal 2 look again")
    assert [row.state for row in await course.rows(select(tables.hand_in))] == ["waiting", "graded"]
    await course.passes(hours=40)
    assert not [text for text in await course.said("lin", "staff") if "overdue" in text or "is waiting" in text]
    course.rewrites(rules=PAID, homework=GRADING + NOTE)
    await staff(course, "/reload", "chen")
    await course.passes(hours=24)
    assert [text for text in await course.said("lin", "staff") if "overdue" in text]

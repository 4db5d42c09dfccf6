"""Homework is graded: queue, claims, the panel, one line for all of it, returns, and what several do at once."""

import pytest

from tests.community import COURSE, RULES, Community
from tests.homework_course import HOMEWORK_NOTE, HOMEWORK_TEAM, HOMEWORK_WORKS

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
handed_in:
  when: homework.submitted
  then: [award: 10]
good:
  when: homework.graded
  where: {score: {at_least: 80}}
  then: [award: 20]
helper:
  when: grading.done
  where: {in_time: true}
  then: [award: 3]
"""
)
FINISH, COMMENT, LOOK, RELEASE = "✅ Finish", "💬 Comment", "👀 Look again", "Release"
RETURN, NEXT, BACK = "🔁 Return for revision", "Take the next", "↩ Back"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID, homework=HOMEWORK_NOTE)
    await course.until(10)
    return course


async def hands_in(course: Community, who: str, text: str, homework: str = "note") -> None:
    await course.types(who, f"/submit {homework} {text}", room=course.alone)


async def staff(course: Community, text: str, who: str = "lin") -> str:
    """Say it in the staff room, and hear what is new there."""
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    heard = [m for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def panel(course: Community, who: str = "lin") -> str:
    """The newest panel in the staff room, as it stands now."""
    return [text for text in await course.said(who, "staff") if text.startswith("Grading #")][-1]


async def press(course: Community, label: str, who: str = "lin") -> None:
    await course.presses(who, label, room="staff")


async def command(course: Community, label: str, who: str = "lin") -> str:
    """What the newest button with this label says."""
    buttons = [button for message in await course.messages(who, "staff") for button in message.buttons]
    return "/" + [button.command for button in buttons if button.label == label][-1]


async def told(course: Community, who: str) -> str:
    """All that somebody has been told."""
    return "\n".join([*await course.said(who), *(await course.said(who, course.alone))])


# --- queue and claims -------------------------------------------------------------------------------------------------


async def test_the_queue_shows_the_oldest_first_and_who_is_at_it(course: Community) -> None:
    assert "Nothing waits" in await staff(course, "/queue")
    await hands_in(course, "ada", "First.")
    await course.passes(hours=1)
    await hands_in(course, "ben", "Second.")
    shown = await staff(course, "/queue homework note")
    assert "2 pieces of work wait, none overdue" in shown
    assert shown.index("#1 Viral note · Ada · version 1 · waiting for 1 hour, due 2 Mar 10:00") < shown.index("#2")
    assert "#2 is yours" in await staff(course, "/grade 2")
    assert "Ben · version 1 · waiting for 1 minute, due 2 Mar 11:00 · Lin is on it" in await staff(course, "/queue")
    await course.passes(hours=23.5)
    assert "2 pieces of work wait, 1 overdue" in await staff(course, "/queue", "chen")
    assert "There are: note" in await staff(course, "/queue nothing")


async def test_only_staff_see_the_queue_or_grade(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    for command in ("/queue", "/grade 1 100", "/return 1 no"):
        assert "assistant" in await course.answer("ben", command, room=course.alone)
    assert "#1 Viral note" in await staff(course, "/queue")


async def test_two_assistants_never_get_the_same(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    assert "#1 is yours" in await staff(course, "/grade next")
    assert "Lin is grading #1 already" in await staff(course, "/grade 1", "chen")
    await course.presses("chen", NEXT, room="staff")
    assert "Grading #2 Viral note · Ben" in await panel(course, "chen")
    assert "Nothing is left to take" in await staff(course, "/grade note next")  # their own claim is theirs already


async def test_two_who_ask_in_the_same_moment_get_one_each(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await course.posts("lin", "/grade next", room="staff")
    await course.posts("chen", "/grade next", room="staff")
    await course.settle()
    shown = "\n".join(await course.said("lin", "staff"))
    assert "Grading #1" in shown
    assert "Grading #2" in shown


async def test_a_claim_that_is_not_finished_goes_back_and_what_was_filled_in_is_kept(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    await press(course, "22/30")
    await course.passes(hours=2, minutes=1)
    assert any("#1, claimed by Lin, is back in the queue" in text for text in await course.said("chen", "staff"))
    assert not any("▶" in text for text in await course.said("lin", "staff"))
    assert "#1 is yours" in await staff(course, "/grade next", "chen")
    await staff(course, "/grade release", "chen")
    assert "What you filled in before is still here" in await staff(course, "/grade 1")
    assert "✓ Hook: 22/30" in await panel(course)


async def test_who_takes_another_gives_back_what_they_had(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await staff(course, "/grade 1")
    assert "#1 went back to the queue" in await staff(course, "/grade 2")
    assert "#1 is yours" in await staff(course, "/grade next", "chen")


async def test_who_is_no_assistant_any_more_holds_nothing(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    course.rewrites(rules=PAID, homework=HOMEWORK_NOTE, course=COURSE.replace("  assistants: [local:lin]\n", ""))
    await course.types("chen", "/reload", room="staff")
    shown = await staff(course, "/queue", "chen")
    assert "#1 Viral note" in shown
    assert "is at it" not in shown
    assert "#1 is yours" in await staff(course, "/grade 1", "chen")


async def test_an_assistant_who_leaves_holds_nothing(course: Community) -> None:
    await course.types("lin", "hello")
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    await course.leaves("lin")
    assert "#1 is yours" in await staff(course, "/grade next", "chen")


async def test_nobody_grades_their_own_work(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    promoted = COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:ada]")
    course.rewrites(rules=PAID, homework=HOMEWORK_NOTE, course=promoted)
    await course.types("chen", "/reload", room="staff")
    assert "Nobody grades their own work" in await staff(course, "/grade 1 100", "ada")
    assert "Nothing is left to take" in await staff(course, "/grade next", "ada")
    assert await course.points("ada") == 10


async def test_of_what_was_graded_before_nobody_hears_that_it_waits(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 80")
    await staff(course, "/grade 1")
    await course.passes(hours=2, minutes=1)
    assert not any("back in the queue" in text for text in await course.said("chen", "staff"))
    assert "The grade of #1 stays as it is" in "\n".join(await course.said("chen", "staff"))
    await staff(course, "/grade 1")
    assert "The grade of #1 stays as it is" in await staff(course, "/grade release")


# --- the panel --------------------------------------------------------------------------------------------------------


async def test_points_by_criterion_make_a_grade(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    shown = await staff(course, "/grade next")
    assert "First." in shown
    await press(course, "☐ The opening is dull")
    assert "✗ Hook: The opening is dull" in await panel(course)
    await press(course, "22/30")
    await press(course, "25/50")
    await press(course, BACK)
    assert "▶ Body" in await panel(course)
    await press(course, "50/50")
    await press(course, "20/20")
    assert "#1: 92/100, so 92%" in await panel(course)
    await press(course, FINISH)
    assert any("#1 is graded ✅" in text for text in await course.said("lin", "staff"))
    assert await course.points("ada") == 30
    assert await course.points("lin") == 3
    assert "Nothing waits" in await staff(course, "/queue")
    assert "Lin: graded hand-in #1 of Ada: 92%" in await staff(course, "/audit", "chen")


async def test_old_buttons_do_nothing(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    none, all_of_it = await command(course, "0/30"), await command(course, "30/30")
    await press(course, "22/30")
    assert "out of date" in await staff(course, none)
    assert "out of date" in await staff(course, all_of_it.replace("hook 30", "body 999"))
    assert "Lin is grading #1 already" in await staff(course, all_of_it.replace("hook 30", "body 50"), "chen")
    assert "✓ Hook: 22/30" in await panel(course)
    release = await command(course, RELEASE)
    await press(course, RELEASE)
    assert "not grading that" in await staff(course, release)


async def test_the_buttons_of_what_is_over_do_nothing_to_what_comes_next(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await staff(course, "/grade 1 hook=30 body=50")
    back = await command(course, BACK)
    await press(course, "20/20")
    await press(course, FINISH)
    await course.passes(minutes=1)
    await staff(course, "/grade 2 hook=30 body=50")
    assert "not grading that" in await staff(course, back)
    assert "✓ Body: 50/50" in await panel(course)


async def test_the_panel_of_what_is_over_is_not_used_again(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await staff(course, "/grade 1 hook=30 body=50")
    await press(course, "20/20")
    await press(course, FINISH)
    await staff(course, "/grade 2")
    assert any("#1 is graded ✅" in text for text in await course.said("lin", "staff"))
    assert "Grading #2" in await panel(course)


@pytest.mark.needs("forms as conversations")
async def test_a_comment_that_is_still_being_written_goes_out_with_the_grade(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 hook=30 body=50")
    await press(course, "20/20")
    await course.fills_in("lin", await command(course, COMMENT), "Figures, at last", room="staff")
    await press(course, FINISH)
    assert "💬 Figures, at last" in await told(course, "ada")


@pytest.mark.needs("forms as conversations")
async def test_a_comment_that_is_still_being_written_is_never_about_the_next_work(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await staff(course, "/grade 1 hook=30 body=50")
    await press(course, "20/20")
    await course.fills_in("lin", await command(course, COMMENT), "Figures, at last", room="staff")
    await staff(course, "/grade 2 100")
    assert "Figures, at last" not in await told(course, "ben")
    await staff(course, "/grade 1")
    assert "💬 Figures, at last" in await panel(course)


async def test_what_is_not_filled_in_is_not_finished(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 hook=30 a comment")
    assert "💬 a comment" in await panel(course)
    assert "Not filled in yet: Body, Form" in await staff(course, "/grade finish")


async def test_a_new_version_must_be_looked_at_before_the_end(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 hook=30 body=50")
    await hands_in(course, "ada", "Better by far.")
    await press(course, "20/20")
    assert "#1 has a new version (2)" in await panel(course)
    await press(course, FINISH)
    assert await course.points("lin") == 0
    await press(course, LOOK)
    assert any("Better by far." in text for text in await course.said("lin", "staff"))
    await press(course, FINISH)
    assert "#1, version 2: 100%" in await told(course, "ada")


async def test_what_is_withdrawn_is_graded_no_more(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 hook=30 body=50")
    await course.types("ada", "/homework 1 withdraw yes", room=course.alone)
    assert "not grading that" in await staff(course, "/grade finish")
    assert "can't be graded now" in await staff(course, "/grade 1 90")


# --- in one line ------------------------------------------------------------------------------------------------------


async def test_a_line_says_it_all(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    assert "#1 Ada: 85%" in await staff(course, "/grade 1 85 Good start")
    assert "#2 Ben: 90%" in await staff(course, "/grade 2 hook=30 body=40 form=20 Well done")
    assert "Good start" in await told(course, "ada")
    assert "Hook: 30/30\nBody: 40/50\nForm: 20/20\n💬 Well done" in await told(course, "ben")
    assert "There is no hand-in #9" in await staff(course, "/grade 9 80")
    assert "at most 100 points" in await staff(course, "/grade 2 101")


async def test_what_is_late_loses_by_its_lateness(course: Community) -> None:
    await course.passes(days=2)
    await hands_in(course, "ada", "Late.")
    assert "Late: loses 10%" in await staff(course, "/grade 1")
    assert "#1 Ada: 77%" in await staff(course, "/grade 1 85")
    assert "Late: 10% off" in await told(course, "ada")


async def test_several_get_the_same_at_once(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    await hands_in(course, "mia", "Third.")
    await staff(course, "/grade 1 2 3")
    assert "Grading #1, #2, #3 Viral note · Ada, Ben, Mia" in await panel(course)
    await press(course, "☐ No number in the title")
    await staff(course, "/grade comment Add figures")
    for points in ("22/30", "50/50", "20/20"):
        await press(course, points)
    await press(course, FINISH)
    for who in ("ada", "ben"):
        heard = await told(course, who)
        assert "92%" in heard
        assert "✗ No number in the title" in heard
        assert "Add figures" in heard
        assert await course.points(who) == 30
    assert await course.points("lin") == 9


async def test_a_total_keeps_the_criteria_that_make_it(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "Second.")
    for number in (1, 2):
        await staff(course, f"/grade {number} hook=30 body=40")
        await press(course, "20/20")
        said = await staff(course, f"/grade {number} {(90, 85)[number - 1]}")
        assert ("do not add up to 85" in said) == (number == 2)
    assert "Hook: 30/30" in await told(course, "ada")
    assert "Hook" not in await told(course, "ben")
    assert "/grade 2 hook=30 body=40 form=20" in said


async def test_only_the_same_homework_goes_together(open_community) -> None:
    course = await open_community(rules=PAID, homework=HOMEWORK_WORKS)
    await course.until(10)
    await hands_in(course, "ada", "First.")
    await hands_in(course, "ben", "https://example.org/cover", "draw")
    assert "same homework" in await staff(course, "/grade 1, 2")
    assert "has no points" in await staff(course, "/grade 2 85")
    assert "#2 Ben: 100%" in await staff(course, "/grade 2 done Lovely")
    assert "done ✅\n💬 Lovely" in await told(course, "ben")


# --- returned ---------------------------------------------------------------------------------------------------------


async def test_what_is_returned_earns_when_it_is_handed_in_again(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    assert await course.points("ada") == 10
    await course.passes(hours=1)
    assert "#1 Ada: returned" in await staff(course, "/return 1 Add figures, please")
    assert await course.points("ada") == 0
    assert await course.points("lin") == 3
    heard = await told(course, "ada")
    assert "please revise it. Handed in by 3 Mar 11:00, it is in time\n💬 Add figures, please" in heard
    await course.passes(days=1, hours=14)  # past the deadline, and still in time
    await hands_in(course, "ada", "With figures: 3.")
    assert await course.points("ada") == 10
    assert "🔁 revision" in await staff(course, "/queue")
    shown = await staff(course, "/grade next")
    assert "Lin returned version 1" in shown
    assert "#1 Ada: 100%" in await staff(course, "/grade 1 100")
    assert await course.points("ada") == 30


async def test_what_is_returned_needs_a_reason(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    await course.fills_in("lin", "/return 1", "Shorter, please", room="staff")
    assert "Shorter, please" in await told(course, "ada")
    assert "Nothing waits" in await staff(course, "/queue")


async def test_who_gets_it_back_reads_why_the_points_go(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/return 1 Add figures, please")
    heard = await told(course, "ada")
    assert "The 10 points for handing in are taken back for now" in heard
    assert "−10" not in heard


async def test_a_return_is_undone_as_if_it_had_not_been(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await course.passes(hours=1)
    await staff(course, "/return 1 Oh, that was another one")
    await course.passes(hours=1)
    await press(course, "Undo the return")
    assert await course.points("ada") == 10
    assert await course.points("lin") == 0
    heard = await told(course, "ada")
    assert "“Viral note”, #1: it was returned by mistake" in heard
    assert "+10 points" in heard.partition("by mistake")[2]
    shown = await staff(course, "/queue")
    assert "waiting for 2 hours, due 2 Mar 10:00" in shown
    assert "revision" not in shown
    assert "nothing to undo" in await staff(course, "/return 1 undo")
    assert "undid the return of hand-in #1 of Ada" in await staff(course, "/audit", "chen")
    await staff(course, "/grade 1 100")
    assert await course.points("ada") == 30
    assert await course.points("lin") == 3


async def test_a_return_of_what_was_graded_is_undone_with_its_grade(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 90")
    await staff(course, "/return 1 Oh, that was another one")
    assert await course.points("ada") == 0
    await staff(course, "/return 1 撤销")
    assert await course.points("ada") == 30
    assert "its grade counts as before" in await told(course, "ada")
    assert "Nothing waits" in await staff(course, "/queue")


async def test_what_was_handed_in_again_is_returned_no_more(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/return 1 Add figures, please")
    await hands_in(course, "ada", "With figures: 3.")
    assert "nothing to undo" in await staff(course, "/return 1 undo")
    assert await course.points("ada") == 10


# --- appeals ----------------------------------------------------------------------------------------------------------


async def test_a_regrade_leaves_the_points_of_the_new_score_only(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 50")
    assert await course.points("ada") == 10
    noted = await course.answer("ada", "/appeal 1 There are three numbers in it", room=course.alone)
    assert "No. 1 will be looked at again. You hear by 2 Mar 10:00" in noted
    assert "looked at again already" in await course.answer("ada", "/appeal 1 Please", room=course.alone)
    assert "⚖️ appeal" in await staff(course, "/queue")
    assert "Nothing is left to take" in await staff(course, "/grade next")
    assert "somebody else decides" in await staff(course, "/grade 1")
    shown = await staff(course, "/grade next", "chen")
    assert "Asks to look again: There are three numbers in it" in shown
    await staff(course, "/grade 1 90", "chen")
    assert await course.points("ada") == 30
    assert "50% became 90%" in await told(course, "ada")
    await course.passes(minutes=1)
    await course.types("ada", "/appeal 1 Now for the rest", room=course.alone)
    await staff(course, "/grade 1 40")
    assert await course.points("ada") == 10
    assert "90% became 40%" in await told(course, "ada")


async def test_who_mends_a_grade_by_themselves_hears_of_no_appeal(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 85")
    await staff(course, "/grade 1 85 Once more")
    heard = await told(course, "ada")
    assert "Once more" in heard
    assert "mended" not in heard
    await staff(course, "/grade 1 90")
    heard = await told(course, "ada")
    assert "Your grade was mended: 85% is now 90%" in heard
    assert "Looked at again" not in heard


async def test_staff_who_have_never_said_anything_may_hear_an_appeal_until_it_is_due(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 50")
    await course.types("ada", "/appeal 1 Please look again", room=course.alone)
    assert "somebody else decides" in await staff(course, "/grade 1 50")
    await course.passes(hours=24)
    await staff(course, "/grade 1 60")
    assert "50% became 60%" in await told(course, "ada")


async def test_an_appeal_has_its_time_and_its_author(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    assert "has no grade" in await course.answer("ada", "/appeal 1 Why?", room=course.alone)
    await staff(course, "/grade 1 50")
    assert "no such hand-in" in await course.answer("ben", "/appeal 1 Unfair", room=course.alone)
    await course.passes(days=8)
    assert "more than 7 days ago" in await course.answer("ada", "/appeal 1 Too late", room=course.alone)
    assert "no grade to look at" in await course.answer("ada", "/appeal", room=course.alone)


async def test_who_is_alone_among_staff_hears_the_appeal(course: Community) -> None:
    await course.types("chen", "hello")
    await course.leaves("chen")
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 50")
    await course.types("ada", "/homework 1 appeal Please look again", room=course.alone)
    await staff(course, "/grade 1 50")
    assert "it stays at 50%" in await told(course, "ada")


# --- teams ------------------------------------------------------------------------------------------------------------


async def test_a_team_shares_its_grade_and_who_left_it_gets_nothing(open_community) -> None:
    course = await open_community(rules=PAID, homework=HOMEWORK_TEAM)
    for who in ("ada", "ben"):
        await course.types(who, "hello")
    await course.passes(days=1, hours=2)
    await hands_in(course, "ada", "Our plan.", "plan")
    assert "Ada, Ben" in await staff(course, "/queue")
    await course.leaves("ben")
    await staff(course, "/grade 1 done Fine")
    assert "Fine" in await told(course, "ada")
    assert "Fine" not in await told(course, "ben")

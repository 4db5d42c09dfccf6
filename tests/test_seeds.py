"""Seed students: a list with the numbers behind it; an admin makes somebody an assistant, for what, and when."""

import pytest

from tests.community import COURSE, Community
from tests.homework_course import HOMEWORK_NOTE
from tests.questions_course import QUESTIONS
from tests.test_links import TWO, link, unlink

pytestmark = pytest.mark.every_platform

SEEDS = COURSE + "seeds: {score: 80, works: 1, active: 50}\n"


@pytest.fixture
async def course(open_community) -> Community:
    """The second day at noon: Ada has 90, Ben 60; Ada was there on both days."""
    course: Community = await open_community(course=SEEDS, homework=HOMEWORK_NOTE, questions=QUESTIONS)
    await course.until(10)
    for who in ("lin", "chen"):
        await course.types(who, "Good morning", room="staff")
        await course.types(who, "Good morning")
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
        await course.types(who, "/submit note A note of mine, with a hook.", room=course.alone)
    await staff(course, "/grade 1 90", "lin")
    await staff(course, "/grade 2 60", "lin")
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    return course


async def staff(course: Community, text: str, who: str = "chen") -> str:
    """Say it in the staff room, and read what is new there."""
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    heard = [m for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def told(course: Community, who: str) -> str:
    return "\n".join([*await course.said(who), *await course.said(who, course.alone)])


async def test_the_list_names_who_meets_what_is_asked_with_the_numbers(course: Community) -> None:
    said = await staff(course, "/seeds")
    assert "Seed students (average of 80 or more, at least 1 graded, active on 50% of the days)" in said
    assert "Ada: average 90 (of 1), active on 2/2 days" in said
    assert "Ben" not in said
    assert "/seeds #" in said


async def test_where_nobody_meets_it_the_closest_is_shown(open_community) -> None:
    course: Community = await open_community(course=SEEDS)
    await course.until(10)
    await course.types("ada", "/checkin")
    await course.passes(minutes=1)
    said = await staff(course, "/seeds")
    assert "Nobody meets what is asked" in said
    assert "Ada: nothing graded yet, active on 1/1 days" in said


async def test_students_know_nothing_of_it(course: Community) -> None:
    await course.types("ada", "/seeds", room=course.alone)
    assert "average" not in await told(course, "ada")


async def test_an_admin_confirms_with_scope_and_hours_and_the_student_is_told(course: Community) -> None:
    said = await staff(course, "/seeds @ada confirm questions mon 19:00-22:00 fri")
    assert "Ada is a teaching assistant now. Scope: questions; on duty: Monday 19:00–22:00, Friday." in said
    heard = await told(course, "ada")
    assert "You are a teaching assistant now! Scope: questions" in heard
    assert "/seeds resign" in heard
    listed = await staff(course, "/seeds list")
    assert "Ada: since Tue, 2 Mar, for questions" in listed
    assert "on duty Monday 19:00–22:00, Friday" in listed
    assert "made #" in await staff(course, "/audit")


async def test_by_buttons_it_takes_three(course: Community) -> None:
    await staff(course, "/seeds @ada")
    await course.presses("chen", "Questions and homework", room="staff")
    popup = await course.presses("chen", "Friday", room="staff") or ""
    said = "\n".join(await course.said("chen", "staff"))
    assert "Ada is a teaching assistant now. Scope: homework, questions; on duty: no fixed hours." in said
    assert "Ada is on duty: Friday." in popup + said


async def test_only_admins_appoint_and_nobody_twice(course: Community) -> None:
    assert "Only admins appoint" in await staff(course, "/seeds @ada confirm", "lin")
    await staff(course, "/seeds @ada confirm")
    assert "Ada is staff already" in await staff(course, "/seeds @ada confirm")
    assert "Lin is staff already" in await staff(course, "/seeds @lin confirm")
    assert "Lin is no assistant from among the students" in await staff(course, "/seeds @lin revoke")
    assert "Nobody" not in await staff(course, "/seeds list")


async def test_one_for_questions_answers_and_does_not_grade(course: Community) -> None:
    await staff(course, "/seeds @ada confirm questions")
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    assert "Q1" in await staff(course, "/queue questions", "ada")
    await staff(course, "/answer Q1 At most twenty characters.", "ada")
    assert "At most twenty characters." in await told(course, "ben")
    assert "belongs to homework, which you do not look after" in await staff(course, "/grade 2 100", "ada")


async def test_one_for_homework_grades_and_is_a_classmate_for_questions(course: Community) -> None:
    await staff(course, "/seeds @ada confirm homework")
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    await staff(course, "/answer Q1 At most twenty characters.", "ada")
    assert "An answer is due by" in await staff(course, "/question Q1", "lin")
    assert "That is for the asker or for staff" in await staff(course, "/question Q1 claim", "ada")


async def test_the_rota_counts_them_when_somebody_waits(course: Community) -> None:
    await staff(course, "/seeds @ada confirm questions tue 10:00-20:00")
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    await course.passes(hours=4)
    heard = await told(course, "ada")
    assert "Q1" in heard
    assert "overdue" in heard
    assert "overdue" not in await told(course, "lin")


async def test_who_is_for_homework_is_not_woken_for_questions(course: Community) -> None:
    await staff(course, "/seeds @ada confirm homework")
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    await course.passes(hours=7)
    assert "overdue" in await told(course, "lin")
    assert "overdue" not in await told(course, "ada")


async def test_it_is_revoked_and_given_again(course: Community) -> None:
    await staff(course, "/seeds @ada confirm")
    assert "Ada is a student again" in await staff(course, "/seeds @ada revoke too little time")
    assert "no longer a teaching assistant (too little time)" in await told(course, "ada")
    assert "Nobody has become an assistant" in await staff(course, "/seeds list")
    await course.types("ada", "/grade 2 100", room=course.alone)
    assert "/grade is for: assistant, admin" in await told(course, "ada")
    assert "Ada is a teaching assistant now" in await staff(course, "/seeds @ada confirm")


async def test_an_assistant_steps_down(course: Community) -> None:
    await staff(course, "/seeds @ada confirm")
    await course.types("ada", "/seeds resign", room="staff")
    assert "Ada has stepped down and is a student again." in "\n".join(await course.said("chen", "staff"))
    assert "Lin is no assistant from among the students" in await staff(course, "/seeds resign", "lin")


async def test_scope_and_hours_are_changed(course: Community) -> None:
    await staff(course, "/seeds @ada confirm")
    assert "Ada looks after: homework." in await staff(course, "/seeds @ada scope homework")
    assert "Ada is on duty: Saturday 09:00–12:00." in await staff(course, "/seeds @ada duty 周六 9:00-12:00")
    assert "Ada is on duty: no fixed hours." in await staff(course, "/seeds @ada duty none")
    assert "is no time that I understand" in await staff(course, "/seeds @ada duty whenever")
    assert "The scope is questions, homework or both" in await staff(course, "/seeds @ada scope tea")
    assert "What you look after is now: homework" in await told(course, "ada")


@pytest.mark.parametrize("spaces", ["", "  spaces: [staff]\n", "  spaces: [main, staff]\n"])
async def test_the_list_comes_to_the_staff_room_by_itself_and_once(open_community, spaces: str) -> None:
    rituals = f"nominations:\n  every: day\n  at: 12:00\n  do: nominate\n{spaces}"
    course: Community = await open_community(course=SEEDS, rituals=rituals)
    await course.until(12)
    assert "\n".join(await course.said("chen", "staff")).count("Nobody meets what is asked") == 1
    assert "Nobody meets" not in "\n".join(await course.said("ada"))


async def test_several_areas_are_read_and_what_is_neither_area_nor_time_is_explained(course: Community) -> None:
    said = await staff(course, "/seeds @ben confirm frobnicate")
    assert 'I don\'t understand "frobnicate". After confirm comes the scope: questions, homework or both' in said
    assert "Scope: homework, questions; on duty: Mon" in await staff(
        course, "/seeds @ben confirm homework and questions mon"
    )
    assert "Ben looks after: homework." in await staff(course, "/seeds @ben scope  homework")
    assert 'not "mon"' in await staff(course, "/seeds @ben scope homework mon")
    assert "Ben looks after: homework, questions." in await staff(course, "/seeds @ben scope 作业、答疑")


async def test_who_has_left_is_listed_and_revoked_and_comes_back_as_a_student(course: Community) -> None:
    await staff(course, "/seeds @ada confirm both")
    await course.leaves("ada")
    assert "Ada (has left): since" in await staff(course, "/seeds list")
    assert "Ada is a student again" in await staff(course, "/seeds @ada revoke gone")
    assert "Nobody here is called" in await staff(course, "/seeds @ada confirm")
    await course.types("ada", "I am back")
    await course.types("ada", "/grade 2 100", room=course.alone)
    assert "/grade is for: assistant, admin" in await told(course, "ada")


async def test_one_for_questions_changes_neither_deadlines_nor_teams(course: Community) -> None:
    await staff(course, "/seeds @ada confirm questions")
    for said in ("/extend note @ben 24h", "/extend note all 24h", "/team note"):
        assert "belongs to homework, which you do not look after" in await staff(course, said, "ada")


async def test_only_what_one_may_do_is_offered(course: Community) -> None:
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    await course.types("ben", "/submit note A better note of mine, with a hook.", room=course.alone)
    await staff(course, "/seeds @ada confirm questions")
    shown = await staff(course, "/queue", "ada")
    assert "Q1" in shown
    assert "note" not in shown.casefold()
    assert "belongs to homework" in await staff(course, "/queue homework", "ada")
    shown = await staff(course, "/help", "ada")
    assert "/answers" in shown
    assert "/grade" not in shown
    assert "/extend" not in shown
    await staff(course, "/seeds @ada scope homework")
    assert "Q1" not in await staff(course, "/queue", "ada")
    shown = await staff(course, "/help", "ada")
    assert "/answers" not in shown
    assert "/handbook" not in shown
    assert "/grade" in shown
    assert "/answers" in await staff(course, "/help", "lin")


async def test_what_an_assistant_had_is_free_once_they_look_after_it_no_more(course: Community) -> None:
    await staff(course, "/seeds @ada confirm both")
    await course.types("mia", "/ask How long may a title be, please?", room=course.alone)
    await course.types("mia", "/submit note A note of mine, with another hook.", room=course.alone)
    await staff(course, "/question Q1 claim", "ada")
    await staff(course, "/grade 3", "ada")
    assert "Ada" in await staff(course, "/grade 3 80", "lin")
    await staff(course, "/seeds @ada scope questions")
    assert "#3 is back in the queue: Ada no longer grades" in "\n".join(await course.said("chen", "staff"))
    await staff(course, "/grade 3 80", "lin")
    assert "80" in await told(course, "mia")
    assert "👤 Ada is on it" in await staff(course, "/question Q1", "lin")
    await staff(course, "/seeds @ada revoke")
    assert "is on it" not in await staff(course, "/question Q1", "lin")
    heard = await told(course, "ada")
    assert "which you had claimed, is free again: you no longer look after questions" in heard
    assert "Your time for Q1" not in heard


@pytest.mark.needs("forms as conversations")
async def test_a_form_that_was_open_takes_nothing_from_who_may_use_it_no_more(course: Community) -> None:
    await staff(course, "/seeds @ada confirm both")
    await course.answer("ada", "/handbook add", room=course.private_room)
    await staff(course, "/seeds @ada scope homework")
    said = await course.answer("ada", "How long may a title be?", room=course.private_room)
    assert "/handbook_add belongs to questions, which you do not look after" in said
    assert "belongs" not in await course.answer("ada", "How long may a title be?", room=course.private_room)


async def test_a_question_goes_only_to_who_looks_after_questions(course: Community) -> None:
    await staff(course, "/seeds @ada confirm homework")
    await course.types("ben", "/ask How long may a title be, please?", room=course.alone)
    assert "Ada does not look after questions" in await staff(course, "/question Q1 to @ada", "lin")
    await staff(course, "/seeds @ada scope both")
    assert "Ada" in await staff(course, "/question Q1 to @ada", "lin")
    assert "👤 Ada is on it" in await staff(course, "/question Q1", "lin")


async def test_stepping_down_works_in_the_group_and_the_rest_does_not(course: Community) -> None:
    await staff(course, "/seeds @ada confirm")
    assert "Use /seeds in the staff room or in private" in await course.answer("ada", "/seeds list")
    assert "you are a student again" in await course.answer("ada", "/seeds resign")
    assert "Ada has stepped down" in "\n".join(await course.said("chen", "staff"))
    assert "stepped down" not in "\n".join(await course.said("ben"))


async def test_an_assistant_does_not_grade_what_they_handed_in_as_a_student(course: Community) -> None:
    await course.types("ada", "/submit note A better note of mine, with a hook.", room=course.alone)
    await staff(course, "/seeds @ada confirm homework")
    assert "Nobody grades their own work" in await staff(course, "/grade 1 100", "ada")
    await staff(course, "/grade 1 95", "lin")
    assert "95" in await told(course, "ada")


# --- a person of two accounts -----------------------------------------------------------------------------------------


@pytest.fixture
async def linked(open_community) -> Community:
    """Ada and Ada2 are one person."""
    course: Community = await open_community(course=SEEDS, demo=TWO)
    for who in ("lin", "chen"):
        await course.types(who, "Good morning", room="staff")
        await course.types(who, "Good morning")
    await course.types("ada", "hello")
    await link(course)
    return course


async def may_queue(course: Community, who: str) -> bool:
    return "is for: assistant, admin" not in await course.answer(who, "/queue", room=course.private_room)


async def test_both_accounts_are_an_assistant_and_both_are_a_student_again(linked: Community) -> None:
    await staff(linked, "/seeds @ada confirm questions")
    assert [await may_queue(linked, who) for who in ("ada", "ada2")] == [True, True]
    assert "Ada is a student again" in await staff(linked, "/seeds @ada revoke")
    assert [await may_queue(linked, who) for who in ("ada", "ada2")] == [False, False]


async def test_accounts_that_are_parted_keep_the_scope_and_can_each_be_revoked(linked: Community) -> None:
    await staff(linked, "/seeds @ada confirm questions")
    await unlink(linked)
    for who in ("ada", "ada2"):
        said = await linked.answer(who, "/queue homework", room=linked.private_room)
        assert "belongs to homework, which you do not look after" in said or "place" in said
    assert "2 assistants" in await staff(linked, "/seeds list")
    assert "is a student again" in await staff(linked, "/seeds @ada2 revoke")
    assert [await may_queue(linked, who) for who in ("ada", "ada2")] == [True, False]


async def test_who_is_named_in_the_course_by_another_account_stays_staff(linked: Community) -> None:
    await staff(linked, "/seeds @ada confirm questions")
    linked.rewrites(course=SEEDS.replace("local:lin", f"local:lin, {linked.actor('ada2').account}"))
    await staff(linked, "/reload")
    await linked.passes(minutes=1)
    assert "but stays one: course.yaml or another grant says so" in await staff(linked, "/seeds @ada revoke")
    assert [await may_queue(linked, who) for who in ("ada", "ada2")] == [True, True]

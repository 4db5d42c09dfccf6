"""More time: by tokens that students use themselves, and by staff; what came late may be in time after all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.features.homework.time.importing import Granted, grant
from storage.tables import member
from tests.community import COURSE, DEMO, RULES, Community
from tests.homework_course import GRADING, HOMEWORK_NOTE, HOMEWORK_TEAM, NOTE

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
in_time:
  when: homework.submitted
  where: {late: false}
  limit: {once_per: object}
  then: [award: 20]
"""
)
QUIET = DEMO.split("classmates:")[0]
TWO = HOMEWORK_NOTE.replace("tokens: 1", "tokens: 2")
DUE, LATER, LATEST = "2 Mar 22:00", "3 Mar 22:00", "4 Mar 22:00"
WORK = "Three tips that saved my evening: one, two, three."


async def opened(open_community, homework: str = HOMEWORK_NOTE) -> Community:
    """The note is open; it is due on the evening of the next day."""
    course: Community = await open_community(homework=homework, rules=PAID, demo=QUIET)
    await course.types("ada", "hello")
    await course.types("ben", "hello")
    await course.until(9, 30)
    return course


async def asks(course: Community, who: str, text: str) -> str:
    return await course.answer(who, text, room=course.alone)


async def presses(course: Community, who: str, label: str = "Use 1 token") -> str:
    return await course.presses(who, label, room=course.alone) or (await course.said(who, course.alone))[-1]


async def told(course: Community, who: str, words: str) -> list[str]:
    """What one person alone has read, wherever that was."""
    rooms = dict.fromkeys(("main", course.alone))
    messages = [message for room in rooms for message in await course.messages(who, room)]
    return list(dict.fromkeys(one.text for one in messages if one.author == "bot" and words in one.text))


async def test_a_token_is_used_only_after_a_second_look(open_community) -> None:
    course = await opened(open_community)
    assert "You have 1 extension token left; each gives 1 day." in await asks(course, "ada", "/extend")
    assert f"It will then be due {LATER}." in await asks(course, "ada", "/extend note")
    assert "You have 1 extension token left" in await asks(course, "ada", "/extend")
    await asks(course, "ada", "/extend note")
    assert f"is due {LATER} now. You have 0 tokens left." in await presses(course, "ada")
    assert "You have 0 extension tokens left" in await asks(course, "ada", "/extend")
    assert "used all your extension tokens" in await asks(course, "ada", "/extend note")


async def test_by_its_title_works_as_well(open_community) -> None:
    course = await opened(open_community)
    assert f"It will then be due {LATER}." in await asks(course, "ada", "/extend viral note")
    assert "no homework" in await asks(course, "ada", "/extend poem")


async def test_two_presses_use_one_token(open_community) -> None:
    course = await opened(open_community, TWO)
    await asks(course, "ada", "/extend note")
    await presses(course, "ada")
    assert "No further token was used." in await presses(course, "ada")
    assert "You have 1 extension token left" in await asks(course, "ada", "/extend")


async def test_tokens_add_up_and_an_old_button_does_nothing_more(open_community) -> None:
    course = await opened(open_community, TWO)
    for until in (LATER, LATEST):
        assert f"be due {until}." in await asks(course, "ada", "/extend note")
        assert f"is due {until} now" in await presses(course, "ada")
    assert "used all" in await asks(course, "ada", "/extend note")


async def test_who_used_one_is_in_time_until_then_and_nobody_else_is(open_community) -> None:
    course = await opened(open_community)
    await asks(course, "ada", "/extend note")
    await presses(course, "ada")
    await course.passes(days=1)
    await course.until(23)
    await course.types("ada", f"/submit note {WORK}")
    await course.types("ben", f"/submit note {WORK} And more.")
    assert [await course.points("ada"), await course.points("ben")] == [20, 0]


async def test_after_the_deadline_a_token_helps_no_more(open_community) -> None:
    course = await opened(open_community)
    await course.passes(days=1)
    await course.until(22, 5)
    assert "It will then be due" in await asks(course, "ada", "/extend note")  # the grace still runs
    await course.until(22, 11)
    assert "tokens only work before that" in await asks(course, "ada", "/extend note")
    assert "tokens only work before that" in await presses(course, "ada")


async def test_a_token_comes_back_while_the_deadline_before_it_is_ahead(open_community) -> None:
    course = await opened(open_community)
    assert "You have used no token" in await asks(course, "ada", "/extend note back")
    await asks(course, "ada", "/extend note")
    await presses(course, "ada")
    assert f"is due {DUE} again. You have 1 token." in await asks(course, "ada", "/extend note back")
    await asks(course, "ada", "/extend note")
    await presses(course, "ada")
    await course.passes(days=1)
    await course.until(22, 30)
    assert f"{DUE}, has passed" in await asks(course, "ada", "/extend note back")
    assert "You have 0 extension tokens left" in await asks(course, "ada", "/extend")


async def test_a_course_without_tokens_says_whom_to_ask(open_community) -> None:
    course = await opened(open_community, NOTE)
    for text in ("/extend", "/extend note"):
        assert "This course has no extension tokens." in await asks(course, "ada", text)


async def test_a_token_moves_the_whole_team_and_is_that_of_who_used_it(open_community) -> None:
    course = await opened(open_community, HOMEWORK_TEAM)
    await course.passes(days=1)
    assert "for your whole team" in await asks(course, "ada", "/extend plan")
    await presses(course, "ada")
    assert await told(course, "ben", "Your deadline") == ["Your deadline for “Team plan” is 6 Mar 20:00 now."]
    assert "You have 0 extension tokens left" in await asks(course, "ada", "/extend")
    assert "You have 1 extension token left" in await asks(course, "ben", "/extend")
    await course.passes(days=3)
    await course.until(23)
    await course.types("ben", "/submit plan The plan of both of us.")
    assert [await course.points("ada"), await course.points("ben")] == [20, 20]


async def test_staff_give_one_student_more_time_and_it_is_audited(open_community) -> None:
    course = await opened(open_community)
    await course.types("lin", "/extend note Ada 24h", room="staff")
    assert f"Done: “Viral note” is due {LATER} for Ada." in (await course.said("lin", "staff"))[-1]
    heard = await told(course, "ada", "more time")
    assert heard == [f"You have been given more time: “Viral note” is due {LATER} now."]
    await course.types("lin", "/extend note Ada 2027-03-05 20:00", room="staff")
    assert "is due 5 Mar 20:00 for Ada" in (await course.said("lin", "staff"))[-1]
    await course.types("lin", "/extend note Ada 2027-03-02 20:00", room="staff")
    assert "only moves to later" in (await course.said("lin", "staff"))[-1]
    await course.types("chen", "/audit", room="staff")
    assert "until 5 Mar 20:00" in (await course.said("chen", "staff"))[-1]


async def test_staff_take_it_back(open_community) -> None:
    course = await opened(open_community)
    await course.types("lin", "/extend note Ada back", room="staff")
    assert "has no extension" in (await course.said("lin", "staff"))[-1]
    await course.types("lin", "/extend note Ada 24h", room="staff")
    await course.types("lin", "/extend note Ada back", room="staff")
    assert f"is due {DUE} for Ada again" in (await course.said("lin", "staff"))[-1]


async def test_staff_give_all_more_time_and_one_post_says_so(open_community) -> None:
    course = await opened(open_community)
    await asks(course, "ada", "/extend note")
    await presses(course, "ada")
    await course.types("lin", "/extend note all 2h", room="staff")
    posts = [text for text in await course.said("ben") if "for everybody" in text]
    assert posts == ["“Viral note” is now due 3 Mar 00:00 for everybody. No token needed."]
    await course.passes(days=1)
    await course.until(23, 30)
    await course.types("ben", f"/submit note {WORK} And more.")
    assert await course.points("ben") == 20
    await course.until(23, 45)
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") == 20


async def test_what_was_late_is_in_time_after_all(open_community) -> None:
    course = await opened(open_community)
    await course.passes(days=1)
    await course.until(23)
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") == 0
    await course.types("lin", "/extend note Ada 24h", room="staff")
    [line] = await told(course, "ada", "as in time now")
    assert "Your “Viral note” (No. 1, version 1) counts as in time now." in line
    assert await course.points("ada") == 20


async def test_a_late_version_counts_once_it_is_in_time(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit note {WORK}")
    await course.passes(days=1)
    await course.until(23)
    await course.types("ada", f"/submit note {WORK} Better.")
    await course.types("lin", "/extend note Ada 24h", room="staff")
    assert "(No. 1, version 2) counts as in time" in (await told(course, "ada", "as in time now"))[0]
    assert await course.points("ada") == 20


async def moved_to_day(course: Community, day: int) -> None:
    """The operator writes another date into homework.yaml."""
    moved = HOMEWORK_NOTE.replace("due: {day: 2, at: 22:00}", f"due: {{day: {day}, at: 22:00}}")
    course.rewrites(homework=moved, rules=PAID, demo=QUIET)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)


async def test_what_was_late_is_in_time_when_the_file_moves_the_deadline(open_community) -> None:
    course = await opened(open_community)
    await course.passes(days=2)
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") == 0
    await moved_to_day(course, 4)
    assert await course.points("ada") == 20
    [line] = await told(course, "ada", "as in time now")
    assert "Your “Viral note” (No. 1, version 1) counts as in time now." in line
    await moved_to_day(course, 2)
    assert await course.points("ada") == 20
    assert len(await told(course, "ada", "as in time now")) == 1


async def test_what_was_late_stays_late_where_the_file_moves_the_deadline_too_little(open_community) -> None:
    course = await opened(open_community)
    await course.passes(days=3)
    await course.types("ada", f"/submit note {WORK}")
    await moved_to_day(course, 3)
    assert await course.points("ada") == 0
    assert await told(course, "ada", "as in time now") == []


async def test_what_was_graded_as_late_earns_as_in_time_and_staff_read_that_its_score_stays(open_community) -> None:
    course = await opened(open_community)
    await course.passes(days=2)
    await course.types("ada", f"/submit note {WORK}")
    await course.types("lin", "/grade 1 90", room="staff")
    await moved_to_day(course, 4)
    assert await course.points("ada") == 20
    [line] = [text for text in await course.said("lin", "staff") if "graded as late" in text]
    assert line.startswith("#1 was graded as late; the score stays.")


async def test_students_give_nobody_time_and_staff_only_among_themselves(open_community) -> None:
    course = await opened(open_community)
    assert "`/extend HOMEWORK`".strip("`") in (await asks(course, "ada", "/extend note Ben 24h")).replace("`", "")
    assert "in the staff room" in await course.answer("lin", "/extend note Ada 24h")
    await course.types("lin", "/extend note Ada soon", room="staff")
    assert "/extend HOMEWORK MEMBER 24h" in (await course.said("lin", "staff"))[-1]
    await course.types("lin", "/extend note Lin 24h", room="staff")
    assert (await course.said("lin", "staff"))[-1] == "Lin is not a student."


# --- for whom it is ---------------------------------------------------------------------------------------------------

LEVELS = (
    PAID
    + """
levels:
  new: {title: {zh: 新人, en: Newcomer}}
  core: {title: {zh: 核心, en: Core}, activity: 5}
"""
)


def for_some(audience: str) -> str:
    return GRADING + NOTE + f"  audience: {audience}\n"


async def sees_it(course: Community, who: str) -> bool:
    return "Viral note" in await asks(course, who, "/homework")


async def test_a_level_that_is_reached_lets_in(open_community) -> None:
    course: Community = await open_community(homework=for_some("{levels: [core]}"), rules=LEVELS, demo=QUIET)
    await course.types("ada", "hello")
    await course.until(9, 30)
    assert not await sees_it(course, "ada")
    assert "is not for you" in await asks(course, "ada", "/extend note")
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") == 0
    await course.types("ada", "/checkin")
    assert await sees_it(course, "ada")
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") >= 25


async def test_a_tag_lets_in(open_community) -> None:
    course: Community = await open_community(homework=for_some("{tags: [copy]}"), rules=PAID, demo=QUIET)
    await course.types("ada", "hello")
    await course.until(9, 30)
    assert not await sees_it(course, "ada")
    assert "is not for you" in await asks(course, "ada", f"/submit note {WORK}")
    await course.types("lin", "/tag Ada +copy", room="staff")
    assert await sees_it(course, "ada")
    await course.types("ada", f"/submit note {WORK}")
    assert await course.points("ada") == 20


async def test_who_talks_in_a_group_belongs_to_it(open_community) -> None:
    books = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")
    course: Community = await open_community(
        homework=for_some("{groups: [books]}"), rules=PAID, demo=QUIET, course=books
    )
    await course.types("ada", "hello")
    await course.types("ben", "I have read something good", room="books")
    await course.until(9, 30)
    assert [await sees_it(course, "ada"), await sees_it(course, "ben")] == [False, True]
    await course.types("ada", "So have I, and more than once", room="books")
    assert await sees_it(course, "ada")


@pytest.mark.needs("local chat")
async def test_sixty_extensions_from_a_file_are_told_to_sixty(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_NOTE)
    for number in range(60):
        await course.welcomes(f"s{number}", f"S{number}")
        await course.posts(f"s{number}", "hello there")
    await course.until(10)
    students = await course.rows(select(member.c.id).where(member.c.role == "student"))
    app = course.run.app
    there = next(iter((await app.live()).courses.values()))
    granted = [Granted(row.id, "x", there.book.homework["note"], course.now + timedelta(days=5)) for row in students]
    await app.database.run(lambda db: grant(db, there, granted, course.now))
    await course.passes(minutes=2)
    heard = [await course.said(f"s{number}") for number in range(60)]
    assert len(heard) == len([one for one in heard if any("You have been given more time" in text for text in one)])

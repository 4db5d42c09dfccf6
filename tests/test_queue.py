"""`/queue`: what waits for staff, homework and questions, and what needs somebody most first."""

import pytest

from tests.community import Community
from tests.homework_course import HOMEWORK_NOTE
from tests.questions_course import QUESTIONS

pytestmark = pytest.mark.every_platform

GRADED = "Nothing waits to be graded"
ANSWERED = "No question waits for an answer"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(homework=HOMEWORK_NOTE, questions=QUESTIONS)
    await course.until(10)
    return course


async def asks(course: Community, who: str, text: str) -> None:
    await course.types(who, f"/ask {text}", room=course.alone)


async def staff(course: Community, text: str, who: str = "lin") -> str:
    """Say it in the staff room, and read what is new there."""
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    heard = [m for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def numbers(course: Community) -> list[str]:
    """The questions, in the order of the queue."""
    shown = await staff(course, "/queue questions", "chen")
    return [line.split()[0] for line in shown.splitlines() if line.startswith("Q")]


async def test_alone_it_shows_both_and_each_kind_by_itself(course: Community) -> None:
    shown = await staff(course, "/queue")
    assert GRADED in shown
    assert ANSWERED in shown
    await asks(course, "ada", "Why is my first line dull?")
    await course.types("ben", "/submit note First.", room=course.alone)
    shown = await staff(course, "/queue")
    assert "1 piece of work waits, none overdue" in shown
    assert "1 question waits, none overdue" in shown
    assert "question" not in await staff(course, "/queue homework")
    assert "question" not in await staff(course, "/queue note")
    assert "work" not in await staff(course, "/queue questions")


async def test_what_is_overdue_stands_above(course: Community) -> None:
    await course.types("ben", "/submit note First.", room=course.alone)
    assert "work waits" in await staff(course, "/queue")
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=5)
    shown = await staff(course, "/queue")
    assert shown.index("1 question waits, 1 overdue") < shown.index("work waits")


async def test_nobody_is_praised_for_one_kind_while_the_other_waits(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=5)
    shown = await staff(course, "/queue")
    assert "1 question waits, 1 overdue" in shown
    assert GRADED not in shown
    assert GRADED in await staff(course, "/queue homework")
    await course.types("lin", "/answer Q1 Cut it.", room="staff")
    await course.types("ben", "/submit note First.", room=course.alone)
    shown = await staff(course, "/queue")
    assert "1 piece of work waits" in shown
    assert ANSWERED not in shown


async def test_chinese_words_mean_one_kind_or_all(course: Community) -> None:
    shown = {word: await staff(course, word) for word in ("待批作业", "待答问题", "待办", "待答问题！", "/queue 问题")}
    assert {word: (GRADED in text, ANSWERED in text) for word, text in shown.items()} == {
        "待批作业": (True, False),
        "待答问题": (False, True),
        "待办": (True, True),
        "待答问题！": (False, True),
        "/queue 问题": (False, True),
    }


async def test_a_line_says_who_asks_what_about_and_how_long_they_have_waited(course: Community) -> None:
    await asks(course, "ada", "Why is my first line so dull that nobody wants to read the second one?")
    await course.passes(hours=1, minutes=5)
    assert "Q1 Why is my first line so dull … · Ada · Content · waiting for 1 hour 5 minutes, due 1 Mar 14:00" in (
        await staff(course, "/queue questions")
    )


async def test_reopened_ones_come_first_then_overdue_near_unanswered_and_helped(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")  # Q1: a classmate helps
    await course.types("ben", "/answer Q1 Put a number into it.", room=course.alone)
    await asks(course, "ada", "What is a hook?")  # Q2: answered, then opened again
    await course.types("lin", "/answer Q2 What pulls one in.", room="staff")
    await asks(course, "ben", "How do I add a picture?")  # Q3
    assert await numbers(course) == ["Q3", "Q1"]
    await course.passes(hours=2)
    await asks(course, "mia", "What else may I read?")  # Q4
    await course.types("ada", "/question Q2 reopen", room=course.alone)
    assert await numbers(course) == ["Q2", "Q3", "Q4", "Q1"]
    await course.passes(hours=1)
    shown = await staff(course, "/queue questions")
    assert "🔁 reopened" in next(line for line in shown.splitlines() if line.startswith("Q2"))
    assert "⏳ due soon" in next(line for line in shown.splitlines() if line.startswith("Q3"))
    assert "💬 a classmate has answered" in next(line for line in shown.splitlines() if line.startswith("Q1"))
    assert (await numbers(course))[-1] == "Q4"
    await course.passes(hours=1)
    shown = await staff(course, "/queue questions")
    assert "4 questions wait, 2 overdue" in shown
    assert [line.split()[0] for line in shown.splitlines() if "⏰ overdue" in line] == ["Q1", "Q3"]


async def test_who_waits_for_their_askers_is_only_counted(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    await asks(course, "ben", "How do I add a picture?")
    await course.types("lin", "/question Q1 back Which one?", room="staff")
    await course.types("lin", "/answer Q2 With the button.", room="staff")
    shown = await staff(course, "/queue questions")
    assert ANSWERED in shown
    assert "Besides: 1 waiting for the asker to say more, 1 answered but not settled." in shown
    await course.types("ben", "/question Q2 accept A1", room=course.alone)
    assert "0 answered but not settled" in await staff(course, "/queue questions")


async def test_buttons_take_and_answer_the_first_five(course: Community) -> None:
    for number in range(7):
        await course.welcomes(f"s{number}", f"S{number}")
        await asks(course, f"s{number}", f"Why is line {number} dull?")
    await course.types("chen", "/question Q2 claim", room="staff")
    shown = await staff(course, "/queue questions")
    assert "7 questions wait" in shown
    assert "Chen is on it" in shown
    newest = [m for m in await course.messages("lin", "staff") if "7 questions wait" in m.text][-1]
    labels = [button.label for button in newest.buttons]
    assert [label for label in labels if "Answer" in label] == [f"✍️ Answer Q{number}" for number in range(1, 6)]
    assert [label for label in labels if "Take" in label] == [f"👋 Take Q{number}" for number in (1, 3, 4, 5)]
    await course.presses("lin", "👋 Take Q3", room="staff")
    assert "Lin is on it" in await staff(course, "/queue questions")


async def test_a_long_queue_is_cut_and_shorter_still_beside_another(course: Community) -> None:
    for number in range(12):
        await course.welcomes(f"s{number}", f"S{number}")
        await asks(course, f"s{number}", f"Why is line {number} dull?")
    assert "And 2 more." in await staff(course, "/queue questions")
    assert "And 7 more." in await staff(course, "/queue")


async def test_questions_have_no_names_to_choose_by(course: Community) -> None:
    assert "/queue questions shows them all" in await staff(course, "/queue questions note")
    assert "There are: note" in await staff(course, "/queue nothing")


async def test_a_course_without_homework_shows_only_questions(open_community) -> None:
    course: Community = await open_community()
    await course.until(10)
    assert (await staff(course, "/queue")).startswith(ANSWERED)


async def test_students_do_not_see_it(course: Community) -> None:
    await asks(course, "ada", "Why is my first line dull?")
    for said in ("/queue questions", "待答问题"):
        assert "dull" not in await course.answer("ben", said, room=course.alone)

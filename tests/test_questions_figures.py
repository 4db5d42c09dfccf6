"""How soon questions are answered, and how many never are: `/answers`, held against an account kept by hand."""

import asyncio
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.messages import Table
from bot.engine.degrade import PHONE, board_lines, text_width
from tests.community import COURSE, DEMO, Community, write_course
from tests.questions_course import NIGHTS, QUESTIONS
from tests.questions_ledger import OPEN, Given, Question, by_tag, lines, most, notices, table

TWO = COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:kim]")
NAMES = {"lin": "Lin", "kim": "Kim"}
ASKERS = ("ada", "ben", "mia")
WORDS = {
    "Content": "Why is line {} dull?",
    "How-to": "How do I draw {}?",
    "Beyond": "Please recommend {}",
    "unsorted": "Hm {}",
}


async def opened(course: Community) -> Community:
    await course.welcomes("kim", "Kim")
    for who in ("lin", "kim", "chen"):
        await course.types(who, "Good morning", room="staff")
    await course.until(10)
    return course


async def shown(course: Community, who: str, text: str) -> tuple[str, list[tuple[str, ...]]]:
    """The lines and the table that staff are answered."""
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    [heard] = [m for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"]
    return heard.text, list(heard.table)


# --- a recount --------------------------------------------------------------------------------------------------------


class Camp:
    """Does the same in the course and in the account of it; nothing that the account knows would be refused."""

    def __init__(self, course: Community) -> None:
        self.course = course
        self.questions: list[Question] = []
        self.answers = 0

    async def does(self, kind: str, which: int, who: int, minutes: int) -> None:
        await self.course.passes(minutes=minutes)
        await getattr(self, kind)(which, who)

    def _any(self, which: int, is_meant: Callable[[Question], bool]) -> Question | None:
        meant = [one for one in self.questions if is_meant(one)]
        return meant[which % len(meant)] if meant else None

    async def _says(self, who: str, text: str) -> None:
        await self.course.types(who, text, room="staff" if who in NAMES else "main")

    async def ask(self, which: int, who: int) -> None:
        if len(self.questions) == 5:
            return
        tag, words = list(WORDS.items())[which % len(WORDS)]
        question = Question(len(self.questions) + 1, ASKERS[who % 3], tag, self.course.now)
        question.wait(self.course.now)
        self.questions.append(question)
        await self._says(question.asker, f"/ask {words.format(question.number)}")

    async def answer(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in OPEN):
            by = ("lin", "kim")[who % 2]
            ended = question.end(self.course.now, NAMES[by])
            question.state = "answered"
            self._give(question, by, is_staff=True).answers = ended
            await self._says(by, f"/answer Q{question.number} Like this, {self.answers}.")

    async def help(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in OPEN):
            by = next(one for one in ASKERS if one != question.asker)
            self._give(question, by, is_staff=False)
            await self._says(by, f"/answer Q{question.number} I think so, {self.answers}.")

    def _give(self, question: Question, by: str, *, is_staff: bool) -> Given:
        self.answers += 1
        question.given.append(Given(self.answers, by, self.course.now, is_staff))
        return question.given[-1]

    async def back(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in OPEN):
            by = ("lin", "kim")[who % 2]
            question.end(self.course.now, NAMES[by])
            question.state = "asked_back"
            await self._says(by, f"/question Q{question.number} back Which one do you mean?")

    async def more(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in OPEN):
            if question.state == "answered":  # it does not help yet
                question.reopened, question.stars = question.reopened + 1, None
            if question.state != "waiting":
                question.wait(self.course.now)
            await self._says(question.asker, f"/question Q{question.number} more This one, I mean.")

    async def close(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in OPEN):
            question.end(self.course.now)
            question.state, question.is_closed_at_last = "closed", True
            question.accepted = question.standing[-1] if question.standing else None
            how = f"accept A{question.accepted.number}" if question.accepted else "close"
            await self._says(question.asker, f"/question Q{question.number} {how}")

    async def reopen(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.state in ("closed", "answered")):
            question.wait(self.course.now)
            question.reopened, question.stars, question.accepted = question.reopened + 1, None, None
            await self._says(question.asker, f"/question Q{question.number} reopen")

    async def rate(self, which: int, who: int) -> None:
        if question := self._any(which, lambda one: one.is_closed_at_last):
            question.stars = 1 + who % 5
            await self._says(question.asker, f"/question Q{question.number} rate {question.stars}")

    async def withdraw(self, which: int, who: int) -> None:
        question = self._any(which, lambda one: any(g.is_staff for g in one.standing) and one.state != "merged")
        if question:
            one = next(g for g in reversed(question.standing) if g.is_staff)
            question.withdraw(one, self.course.now)
            await self._says(one.by, f"/question Q{question.number} withdraw A{one.number}")

    async def merge(self, which: int, who: int) -> None:
        question = self._any(which, lambda one: one.state in OPEN)
        into = self._any(
            who,
            lambda one: one is not question and (one.state in OPEN or (one.state == "closed" and bool(one.standing))),
        )
        if question and into:
            by = ("lin", "kim")[who % 2]
            question.end(self.course.now, NAMES[by])
            question.state, question.into = "merged", into
            for other in self.questions:
                if other.into is question:
                    other.into = into
            await self._says(by, f"/question Q{question.number} merge Q{into.number}")


KINDS = ("ask", "ask", "answer", "answer", "help", "back", "more", "close", "reopen", "rate", "withdraw", "merge")
STEP = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([1, 7, 14, 45, 60, 179, 240, 419, 900]),
)


async def read_notices(course: Community) -> dict[datetime, dict[str, set[int]]]:
    """By the moment at which they were posted."""
    found: dict[datetime, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for message in await course.messages("chen", "staff"):
        for line in message.text.splitlines():
            if told := re.match(r"\d+ questions? (?:is|are) (due soon|overdue): (.*?)\)\. ", line):
                at = datetime.fromisoformat(message.at).astimezone(UTC)
                found[at][told[1]] |= {int(number) for number in re.findall(r"Q(\d+) “", told[2])}
    return {moment: dict(whats) for moment, whats in found.items()}


async def recounts(folder: Path, steps: list[tuple[Any, ...]]) -> None:
    spring = TWO.replace("starts: 2027-03-01", "starts: 2027-03-26").replace("ends: 2027-03-14", "ends: 2027-04-20")
    demo = DEMO.replace("script:\n  - {day: 1, at: 12:00, who: mia, says: /checkin}\n", "")
    files = {"questions": NIGHTS + "offers: false\n", "course": spring, "demo": demo}
    course = await opened(await Community.open(folder / "data", write_course(folder / "writing", **files)))
    try:
        camp = Camp(course)
        await camp.does("ask", 0, 0, 7)
        for step in steps:
            await camp.does(*step)
        await course.passes(hours=30)
        assert await read_notices(course) == notices(camp.questions, course.now)
        said, rows = await shown(course, "chen", "/answers course")
        people = table(camp.questions)
        assert rows[1:] == people
        read, sums = said.splitlines()[1:], lines(camp.questions)
        assert read[: len(sums)] == sums
        if people:
            tags = by_tag(camp.questions)
            assert read[len(sums) : len(sums) + len(tags) + 2] == [most(camp.questions), "By tag", *tags]
        else:
            assert read == sums
    finally:
        await course.close()


@settings(max_examples=8)
@given(st.lists(STEP, min_size=4, max_size=12))
def test_whatever_was_asked_and_answered_notices_and_figures_are_what_a_recount_says(
    steps: list[tuple[Any, ...]],
) -> None:
    """Over the end of March, when an hour is missing, and with nights that do not count."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(recounts(Path(folder), steps))


# --- as staff read it -------------------------------------------------------------------------------------------------


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(await open_community(questions=QUESTIONS + "offers: false\n", course=TWO))


async def answered(course: Community) -> None:
    """Kim is there after one hour and after two, Lin after five; one waits."""
    for who, text in (
        ("ada", "Why is day 2 so dull?"),
        ("ben", "How do I draw it?"),
        ("mia", "Why is day 2 so long?"),
        ("ada", "Hm"),
    ):
        await course.types(who, f"/ask {text}", room=course.alone)
    await course.passes(hours=1)
    await course.types("kim", "/answer Q1 No number.", room="staff")
    await course.passes(hours=1)
    await course.types("kim", "/answer Q2 By hand.", room="staff")
    await course.passes(hours=3)
    await course.types("lin", "/answer Q3 Cut it.", room="staff")


@pytest.mark.every_platform
async def test_an_admin_sees_everybody_and_what_never_got_an_answer(course: Community) -> None:
    await answered(course)
    said, rows = await shown(course, "chen", "/answers")
    assert said.splitlines()[1:] == [
        "4 asked, 3 answered.",
        "Without any answer: 1 (25%); still waiting: 1.",
        "Helped by what was known: 0. Reopened: 0. Merged: 0.",
        "Nine in ten took 5:00 or less.",
        "By tag",
        "Content: 2, median 1:00, 50% in time",
        "How-to: 1, median 2:00, 100% in time",
        "By day",
        "Day 2: 2, median 1:00, 50% in time",
    ]
    assert rows == [
        ("Who", "No.", "Mid", "In time"),
        ("Kim", "2", "1:00", "100%"),
        ("Lin", "1", "5:00", "0%"),
        ("All", "3", "2:00", "67%"),
    ]


@pytest.mark.every_platform
async def test_an_assistant_sees_themselves_and_the_sum(course: Community) -> None:
    await answered(course)
    _, rows = await shown(course, "lin", "/answers course")
    assert [row[0] for row in rows[:3]] == ["Who", "Lin", "All"]
    said, _ = await shown(course, "lin", "/answers course @kim")
    assert said.startswith("You can see your own figures")
    _, rows = await shown(course, "chen", "/answers 全程 @kim")
    assert [row[0] for row in rows] == ["Who", "Kim", "All"]


async def test_what_a_classmate_answers_is_an_answer_and_what_is_taken_back_is_no_question(course: Community) -> None:
    await course.types("ada", "/ask Why is it dull?")
    await course.types("ben", "/ask Why is it long?")
    await course.types("ben", "/answer Q1 No number.")
    await course.types("ben", "/question Q2 withdraw")
    said, rows = await shown(course, "chen", "/answers")
    assert said.splitlines()[1:3] == ["1 asked, 1 answered.", "Without any answer: 0 (0%); still waiting: 0."]
    assert rows == []


async def test_what_was_closed_without_an_answer_never_got_one(course: Community) -> None:
    await course.types("ada", "/ask Why is it dull?")
    await course.types("ada", "/question Q1 close")
    said, _ = await shown(course, "chen", "/answers")
    assert "Without any answer: 1 (100%); still waiting: 0." in said


@pytest.mark.every_platform
async def test_satisfaction_is_the_mean_of_all_ratings(course: Community) -> None:
    await answered(course)
    for who, number, stars in (("ada", 1, 5), ("ben", 2, 4), ("mia", 3, 2)):
        await course.types(who, f"/question Q{number} accept A{number}", room=course.alone)
        await course.types(who, f"/question Q{number} rate {stars}", room=course.alone)
    said, _ = await shown(course, "chen", "/answers")
    assert said.splitlines()[4] == "Satisfaction 3.7 (3 ratings)."


async def test_the_week_begins_on_monday(course: Community) -> None:
    await answered(course)
    await course.passes(days=7)
    said, _ = await shown(course, "chen", "/answers week")
    assert said.startswith("Nothing was asked in this time")


@pytest.mark.every_platform
async def test_what_is_asked_of_which_lesson_is_one_table(course: Community) -> None:
    await course.types("ada", "/ask Why is day 2 so dull?", room=course.alone)
    await course.types("ben", "/ask Why is day 2 so long?", room=course.alone)
    await course.types("mia", "/ask How do I draw it on day 1?", room=course.alone)
    await course.types("mia", "/ask Hm, day 1", room=course.alone)
    _, rows = await shown(course, "lin", "/answers lessons")
    assert rows == [
        ("Day", "Content", "How-to", "Beyond", "–"),
        ("1", "", "1", "", "1"),
        ("2", "2", "", "", ""),
    ]
    said, _ = await shown(course, "lin", "/answers lessons @kim")
    assert said.startswith("Questions by day: /answers lessons")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_tables_fit_a_phone(open_community, language: str) -> None:
    """Every column, the waiting of days and all tags with it; nothing of a name of usual length is cut."""
    spoken = TWO.replace("language: en", f"language: {language}")
    course = await opened(await open_community(questions=QUESTIONS + "offers: false\n", course=spoken))
    for text in ("Why is day 14 dull?", "How do I draw day 14?", "Please recommend more on day 2", "Hm, day 2", "Hm"):
        await course.types("ada", f"/ask {text}", room="main")
    await course.passes(hours=30)
    await course.welcomes("kim", "陈老师助教")
    for number in range(1, 6):
        await course.types("kim", f"/answer Q{number} No number.", room="staff")
    for command in ("/answers course", "/answers lessons"):
        _, rows = await shown(course, "chen", command)
        numbers = frozenset(range(1, len(rows[0])))
        lines = board_lines(Table(rows=tuple(rows), numbers=numbers))
        assert max(text_width(line) for line in lines) <= PHONE
        assert "…" not in "".join(lines)
    assert len(rows[0]) == 5, "a column for each tag, and for what has none"


@pytest.mark.every_platform
async def test_reports_count_it(course: Community) -> None:
    await answered(course)
    _, rows = await shown(course, "chen", "/report week")
    found = {row[0]: row[1] for row in rows}
    assert [found[name] for name in ("Questions asked", "Questions answered", "Answered by staff in time")] == [
        "4",
        "3",
        "2",
    ]
    assert found["Never answered (%)"] == "25"


async def test_students_do_not_see_it(course: Community) -> None:
    await answered(course)
    assert "/answers is for" in await course.answer("ada", "/answers")

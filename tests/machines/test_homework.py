"""Whatever becomes of a hand-in and of a quiz: which version counts, how it stands, and points once for what it is."""

import re
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.community import RULES
from tests.homework_course import GRADING, NOTE
from tests.machines.gradebook import TRIES, Book, HandIn
from tests.machines.machine import BRIEF, DEEP, ON_REQUEST, TWO_ACCOUNTS, CourseMachine, lives_through
from tests.test_homework_standing import PAID

ZONE = ZoneInfo("Europe/London")
QUIZ = """
quiz_1:
  tier: base
  title: {zh: 第一课小测, en: Quiz one}
  opens: {day: 1, at: 09:00}
  due: {day: 4, at: 22:00}
  attempts: 2
  questions:
    - ask: {zh: 哪个标题最抓人？, en: Which title catches the eye?}
      options: [Good day, 3 tips that saved me, Hello]
      right: 2
"""
QUIZ_DUE = datetime(2027, 3, 4, 22, tzinfo=ZONE)
DAYS = (2, 3, 4)
"""On which the note may be due."""
PEOPLE = ("ada", "ben")

WHO = st.sampled_from(PEOPLE)
TIMES = st.sampled_from((1, 1, 1, 2))


def book(day: int) -> str:
    return GRADING + NOTE.replace("day: 2, at: 22:00", f"day: {day}, at: 22:00") + QUIZ


def due(day: int) -> datetime:
    return datetime(2027, 3, day, 22, tzinfo=ZONE)


class Homework(CourseMachine):
    """Two students, a note with a deadline that moves, and a quiz."""

    files: ClassVar[dict[str, str]] = {
        "homework": book(2),
        "rules": PAID.removeprefix(RULES),
        "rituals": "{}\n",
        **TWO_ACCOUNTS,
    }

    def __init__(self, new_database: Path) -> None:
        super().__init__(new_database)
        self.book = Book(due(2))
        self.written = 0
        self.posts: dict[str, int] = {}

    @initialize()
    def it_is_open(self) -> None:
        self.course.until(10)
        for who in PEOPLE:
            self.course.answer(who, "/points")
        self.hands_in("ada", 1, is_post=False)
        self.course.passes(days=1, hours=13)  # an hour after the deadline
        self.hands_in("ada", 1, is_post=False)
        self.hands_in("ben", 1, is_post=True)

    def _text(self) -> str:
        self.written += 1
        return f"Text number {self.written} of a note"

    # --- students -----------------------------------------------------------------------------------------------------

    @rule(who=WHO, times=TIMES, is_post=st.booleans())
    def hands_in(self, who: str, times: int, is_post: bool) -> None:
        text, at = self._text(), self.course.now
        said, number = self.course.told(who, f"{'#作业' if is_post else '/submit'} note {text}", times=times)
        if self._is_taken(who, at):
            self._handed_in(who, text, at, said)
            if is_post:
                self.posts[who] = number
        else:
            assert "Got it" not in said

    def _is_taken(self, who: str, at: datetime) -> bool:
        work = self.book.works.get(who)
        return at <= self.book.closes(who) and not (work and work.state == "graded")

    def _handed_in(self, who: str, text: str, at: datetime, said: str) -> None:
        number = re.search(r"\(No\. (\d+)\)", said)
        assert number, said
        version = self.book.hand_in(who, text, at, int(number[1]))
        event("late" if version.is_late else "in time")
        assert f"version {version.number} (No. {number[1]})" in said, said
        counts = self.book.works[who].counts
        assert counts
        if counts is not version:
            assert f"version {counts.number} still counts" in said.casefold(), said

    @rule(who=WHO, times=TIMES)
    def hands_in_the_same_once_more(self, who: str, times: int) -> None:
        """Whatever way it comes, the newest text is not a new version."""
        work = self.book.works.get(who)
        if work and work.state == "waiting" and work.counts is work.versions[-1]:
            said = self.course.answer(who, f"/submit note {work.versions[-1].text}", times=times)
            assert "which I have already" in said or "Got it" not in said

    @rule(who=WHO, number=st.integers(1, 4), times=TIMES)
    def picks_a_version(self, who: str, number: int, times: int) -> None:
        work = self.book.works.get(who)
        if work is None:
            return
        self.course.answer(who, f"/homework {work.number} use {number}", times=times)
        counts = work.counts and work.counts.number  # what counts already is not picked
        if work.state == "waiting" and number in work.candidates and number != counts:
            event("picked")
            work.chosen = number

    @rule(who=WHO, times=TIMES)
    def withdraws(self, who: str, times: int) -> None:
        if work := self.book.works.get(who):
            self.course.answer(who, f"/homework {work.number} withdraw yes", times=times)
            if work.state == "waiting":
                work.state = "withdrawn"

    @rule(who=WHO, times=TIMES)
    def wants_it_back(self, who: str, times: int) -> None:
        if work := self.book.works.get(who):
            said = self.course.answer(who, f"/homework {work.number} back", times=times)
            if work.state == "withdrawn":
                work.state = "waiting"
                assert "is back" in said, said

    @rule(who=WHO, times=TIMES, is_tagged=st.booleans())
    def edits_the_post(self, who: str, times: int, is_tagged: bool) -> None:
        """As long as it carries the tag, it is a new version; of what was withdrawn it is none."""
        if who not in self.posts:
            return
        text, at, work = self._text(), self.course.now, self.book.works[who]
        self.course.edits(who, self.posts[who], f"{'#作业 note ' if is_tagged else ''}{text}", times=times)
        if is_tagged and work.state != "withdrawn" and self._is_taken(who, at):
            event("edited")
            self.book.hand_in(who, text, at, work.number)

    @rule(who=WHO, times=TIMES)
    def deletes_the_post(self, who: str, times: int) -> None:
        """It stays handed in until it is withdrawn."""
        if number := self.posts.pop(who, None):
            self.course.deletes(who, number, times=times)

    @rule(who=WHO, label=st.sampled_from("AB"), times=TIMES)
    def tries_the_quiz(self, who: str, label: str, times: int) -> None:
        """The best of two counts; what is pressed twice is one answer."""
        tries = self.book.tries.setdefault(who, [])
        self.course.answer(who, "/quiz quiz_1 again" if tries else "/quiz", times=times)
        if len(tries) == TRIES or self.course.now > QUIZ_DUE:
            return
        shown = [
            one for one in self.course.messages(who) if one.author == "bot" and one.only_for == who and one.buttons
        ]
        [command] = [button.command for button in shown[-1].buttons if button.label == label]
        said = self.course.presses(who, shown[-1].number, command, times=times)
        assert f"Quiz one is done: {int(label == 'B')}/1" in said, said
        tries.append(label == "B")

    # --- staff --------------------------------------------------------------------------------------------------------

    def _work(self, who: str) -> HandIn | None:
        return self.book.works.get(who)

    @rule(who=WHO, score=st.sampled_from((100, 90, 40)), times=TIMES)
    def staff_grade(self, who: str, score: int, times: int) -> None:
        if work := self._work(who):
            said = self.course.staff(f"/grade {work.number} {score}", times=times)
            if self.book.grade(work, score):
                event("graded")
                assert f"{work.score}%" in said, said

    @rule(who=WHO, is_undone=st.booleans(), times=TIMES)
    def staff_send_it_back(self, who: str, is_undone: bool, times: int) -> None:
        if work := self._work(who):
            said = self.course.staff(f"/return {work.number} {'undo' if is_undone else 'add figures'}", times=times)
            done = self.book.undo(work) if is_undone else self.book.send_back(work, self.course.now)
            if done:
                event("undone" if is_undone else "returned")
                assert "returned" in said

    @rule(who=WHO, score=st.sampled_from((100, 40)))
    def a_student_grades_nothing(self, who: str, score: int) -> None:
        if work := self._work(who):
            self.course.answer(who, f"/grade {work.number} {score}")

    @rule(day=st.sampled_from(DAYS))
    def the_deadline_is_moved(self, day: int) -> None:
        """What was in time stays so; what was late may be in time."""
        self.course.rewrites(homework=book(day))
        self.course.passes(minutes=1)
        self.book.move(due(day))

    @rule(hours=st.sampled_from((1, 6, 24)))
    def hours_pass(self, hours: int) -> None:
        self.course.passes(hours=hours)

    @precondition(lambda self: self.course.now < self.book.due)
    @rule(minutes=st.sampled_from((0, 10, 11)))
    def the_deadline_comes(self, minutes: int) -> None:
        """To the minute: the grace is ten of them."""
        self.course.passes(seconds=(self.book.due - self.course.now).total_seconds() + 60 * minutes)

    @rule()
    def ben_leaves_and_is_back(self) -> None:
        self.course.leaves("ben")
        self.course.joins("ben")

    @rule(days=st.sampled_from((1, 2, 3)))
    def days_pass(self, days: int) -> None:
        self.course.passes(days=days)

    # --- always -------------------------------------------------------------------------------------------------------

    def points_of(self, who: str) -> int:
        work = self.book.works.get(who)
        return (work.points if work else 0) + self.book.quiz_points(who)

    @invariant()
    def points_are_what_the_works_are_worth(self) -> None:
        kept = self.course.ledger()
        for who in PEOPLE:
            assert kept.get(who, 0) == self.points_of(who), who
        who = PEOPLE[self.steps % len(PEOPLE)]
        if kept:
            assert self.course.points(who) == self.points_of(who)

    @invariant()
    def each_reads_how_theirs_stands(self) -> None:
        who = PEOPLE[self.steps % len(PEOPLE)]
        work = self.book.works.get(who)
        if work is None or work.state == "withdrawn":
            return
        said = self.course.answer(who, "/homework")
        [line] = [line for line in said.splitlines() if "Viral note" in line]
        counts = work.counts
        if work.state == "waiting" and counts:
            assert f"version {counts.number} handed in" in line, said
        elif work.state == "graded":
            assert f"{work.score}% (No. {work.number})" in line, said
        elif work.state == "returned":
            assert "returned: revise by" in line, said


def test_homework(new_database: Path) -> None:
    lives_through(lambda: Homework(new_database), BRIEF)


@ON_REQUEST
@pytest.mark.long
def test_homework_at_length(new_database: Path) -> None:
    lives_through(lambda: Homework(new_database), DEEP)

"""Whatever becomes of questions: how they stand, who is told when, who is at it, and what was earned by them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.community import COURSE
from tests.machines.machine import BRIEF, DEEP, ON_REQUEST, TWO_ACCOUNTS, CourseMachine, lives_through
from tests.questions_course import NIGHTS
from tests.questions_ledger import OPEN, Given, Question, notices

STAFF = {"lin": "Lin", "kim": "Kim"}
ASKERS = ("ada", "ada2", "mia")
HELPERS = ("ben", "mia")
PAID = """
asked: {when: question.asked, then: [award: 2]}
helped: {when: question.answered, then: [award: 3]}
accepted: {when: question.accepted, then: [award: 5]}
"""
ASKED, HELPED, ACCEPTED = 2, 3, 5
CLAIMED_FOR = timedelta(minutes=30)
REOPENED_FOR = timedelta(days=14)
STANDS = {
    "waiting": ("waits for an answer", "late, staff reminded"),
    "answered": ("answered",),
    "asked_back": ("waits for more from you",),
    "closed": ("settled",),
}

WHICH = st.integers(0, 5)
BY_STAFF = st.sampled_from(tuple(STAFF))
TIMES = st.sampled_from((1, 1, 1, 2))
MINUTES = st.sampled_from((1, 7, 14, 29, 60, 179, 240, 419))


class Questions(CourseMachine):
    """Two who ask, one of them by two accounts; a classmate who helps, and two assistants."""

    files: ClassVar[dict[str, str]] = {
        "course": COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:kim]").replace(
            "2027-03-14", "2027-06-30"
        ),
        "questions": NIGHTS + "offers: false\n",
        "rules": PAID,
        "rituals": "{}\n",
        "calendar": "days: []\n",
        "demo": TWO_ACCOUNTS["demo"] + "  - {id: kim, name: Kim, role: assistant}\n",
    }

    def __init__(self, new_database: Path) -> None:
        super().__init__(new_database)
        self.questions: list[Question] = []
        self.closed_at: dict[int, datetime] = {}
        self.claims: dict[int, tuple[str, datetime]] = {}
        self.said = self.answers = 0
        self.is_linked = False

    @initialize()
    def all_are_here(self) -> None:
        for who in (*ASKERS, "ben"):
            self.course.answer(who, "/points")
        for who in STAFF:
            self.course.staff("Good morning", who=who)
        self.course.until(10)
        self.is_asked("ada", 7, 1)
        self.is_answered(0, "ben", 7, 1)
        self.accepts_an_answer(0, 0, 1, 1)
        self.an_answer_is_withdrawn(0, 1, 1)
        self.is_asked("mia", 7, 1)

    def person(self, who: str) -> str:
        return "ada" if self.is_linked and who == "ada2" else who

    def _any(self, which: int, is_meant: Callable[[Question], bool]) -> Question | None:
        meant = [one for one in self.questions if is_meant(one)]
        return meant[which % len(meant)] if meant else None

    def _open(self, which: int) -> Question | None:
        return self._any(which, lambda one: one.state in OPEN)

    # --- who asks -----------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(ASKERS), minutes=MINUTES, times=TIMES)
    def is_asked(self, who: str, minutes: int, times: int) -> None:
        if len(self.questions) == 6:
            return
        self.course.passes(minutes=minutes)
        asker = self.person(who)  # what is earned now is the person's
        question = Question(len(self.questions) + 1, asker, "Content", self.course.now)
        question.wait(self.course.now)
        self.questions.append(question)
        said = self.course.answer(who, f"/ask Why is line {'abcdef'[question.number - 1] * 9} dull?", times=times)
        assert f"Your question is Q{question.number}" in said, said

    @rule(which=WHICH, minutes=MINUTES, times=TIMES)
    def says_more(self, which: int, minutes: int, times: int) -> None:
        if question := self._open(which):
            self.course.passes(minutes=minutes)
            if question.state != "waiting":
                question.wait(self.course.now)
            self._by_asker(question, "more This one, I mean.", times)

    @rule(which=WHICH, number=st.integers(0, 3), minutes=MINUTES, times=TIMES)
    def accepts_an_answer(self, which: int, number: int, minutes: int, times: int) -> None:
        question = self._open(which)
        if question and question.standing:
            self.course.passes(minutes=minutes)
            self._close(question, question.standing[number % len(question.standing)])
            assert question.accepted
            self._by_asker(question, f"accept A{question.accepted.number}", times)

    @rule(which=WHICH, minutes=MINUTES, times=TIMES)
    def needs_no_answer(self, which: int, minutes: int, times: int) -> None:
        question = self._open(which)
        if question and not question.standing:
            self.course.passes(minutes=minutes)
            self._close(question, None)
            self._by_asker(question, "close", times)

    def _close(self, question: Question, accepted: Given | None) -> None:
        event("closed")
        question.end(self.course.now)
        question.state, question.accepted = "closed", accepted
        self.closed_at[question.number] = self.course.now
        self.claims.pop(question.number, None)

    @rule(which=WHICH, minutes=MINUTES, times=TIMES)
    def opens_it_again(self, which: int, minutes: int, times: int) -> None:
        question = self._any(which, lambda one: one.state in ("closed", "answered"))
        if question is None:
            return
        self.course.passes(minutes=minutes)
        said = self._by_asker(question, "reopen", times)
        if question.state == "closed" and self.course.now > self.closed_at[question.number] + REOPENED_FOR:
            assert "more than 14 days ago" in said
            return
        question.wait(self.course.now)
        question.accepted = None

    @rule(which=WHICH, minutes=MINUTES, times=TIMES)
    def takes_it_back(self, which: int, minutes: int, times: int) -> None:
        """Until somebody has answered."""
        question = self._open(which)
        if question is None or (question.given and not question.standing):
            return
        self.course.passes(minutes=minutes)
        said = self._by_asker(question, "withdraw", times)
        if question.standing:
            assert "can't be withdrawn" in said or times == 2
            return
        question.end(self.course.now)
        question.state = "withdrawn"
        self.claims.pop(question.number, None)

    def _by_asker(self, question: Question, what: str, times: int) -> str:
        """Of two linked accounts, by either."""
        by = "ada2" if self.person(question.asker) == "ada" and self.is_linked else question.asker
        return self.course.answer(by, f"/question Q{question.number} {what}", times=times)

    # --- who answers --------------------------------------------------------------------------------------------------

    @rule(which=WHICH, by=st.sampled_from((*STAFF, *HELPERS)), minutes=MINUTES, times=TIMES)
    def is_answered(self, which: int, by: str, minutes: int, times: int) -> None:
        question = self._open(which)
        if question is None or question.asker == by:
            return
        self.course.passes(minutes=minutes)
        self.answers += 1
        event("answered")
        given = Given(self.answers, by, self.course.now, by in STAFF)
        question.given.append(given)
        text = f"/answer Q{question.number} It is like this, number {self.answers}."
        if by in STAFF:
            given.answers = question.end(self.course.now, STAFF[by])
            question.state = "answered"
            self.claims.pop(question.number, None)
            said = self.course.staff(text, who=by, times=times)
        else:
            said = self.course.answer(by, text, times=times)
        assert f"(A{given.number})" in said, said

    @rule(which=WHICH, minutes=MINUTES, times=TIMES)
    def an_answer_is_withdrawn(self, which: int, minutes: int, times: int) -> None:
        question = self._any(which, lambda one: bool(one.standing) and one.state != "withdrawn")
        if question is None:
            return
        self.course.passes(minutes=minutes)
        one = question.standing[-1]
        before = question.accepted
        question.withdraw(one, self.course.now)
        event("answer withdrawn" + (" that was accepted" if before is one else ""))
        text = f"/question Q{question.number} withdraw A{one.number}"
        said = self.course.staff(text, who=one.by, times=times) if one.is_staff else self.course.answer(one.by, text)
        assert f"A{one.number} is withdrawn" in said, said

    @rule(which=WHICH, by=BY_STAFF, minutes=MINUTES, times=TIMES)
    def staff_ask_back(self, which: int, by: str, minutes: int, times: int) -> None:
        if question := self._open(which):
            self.course.passes(minutes=minutes)
            question.end(self.course.now, STAFF[by])
            question.state = "asked_back"
            self.claims.pop(question.number, None)
            self.course.staff(f"/question Q{question.number} back Which one do you mean?", who=by, times=times)

    @rule(which=WHICH, by=BY_STAFF, minutes=MINUTES, times=TIMES)
    def somebody_takes_it(self, which: int, by: str, minutes: int, times: int) -> None:
        question = self._any(which, lambda one: one.state == "waiting")
        if question is None:
            return
        self.course.passes(minutes=minutes)
        has_it = self._has(question)
        if has_it == by:
            return
        said = self.course.staff(f"/question Q{question.number} claim", who=by, times=times)
        if has_it:
            assert f"{STAFF[has_it]} is working on Q{question.number}" in said
        else:
            self.claims[question.number] = (by, self.course.now + CLAIMED_FOR)

    @rule(which=WHICH, by=BY_STAFF)
    def somebody_gives_it_back(self, which: int, by: str) -> None:
        question = self._any(which, lambda one: one.state == "waiting")
        if question:
            self.course.staff(f"/question Q{question.number} release", who=by)
            if self._has(question) == by:
                self.claims.pop(question.number)

    def _has(self, question: Question) -> str | None:
        by, until = self.claims.get(question.number, (None, self.course.now))
        return by if until > self.course.now else None

    @rule(which=WHICH, verb=st.sampled_from(("claim", "accept", "close", "withdraw", "back Hm?", "reopen")))
    def a_classmate_decides_nothing(self, which: int, verb: str) -> None:
        if self.questions:
            self.course.answer("ben", f"/question Q{self.questions[which % len(self.questions)].number} {verb}")

    # --- people, time -------------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.is_linked)
    @rule()
    def two_accounts_are_linked(self) -> None:
        assert "Done" in self.course.links("ada", "ada2")
        self.is_linked = True

    @rule()
    def ben_leaves_and_is_back(self) -> None:
        self.course.leaves("ben")
        self.course.joins("ben")

    @rule(days=st.sampled_from((1, 2, 9)))
    def days_pass(self, days: int) -> None:
        self.course.passes(days=days)

    # --- always -------------------------------------------------------------------------------------------------------

    def earned(self) -> Counter[str]:
        """Who asks what is not taken back; who has an answer that stands; whose answer was accepted."""
        found: Counter[str] = Counter()
        for one in self.questions:
            found[one.asker] += ASKED * (one.state != "withdrawn")
            for by in {given.by for given in one.standing}:
                found[by] += HELPED
            if one.accepted:
                found[one.accepted.by] += ACCEPTED
        return found

    @invariant()
    def points_are_what_was_earned(self) -> None:
        kept, earned = self.course.ledger(), self.earned()
        assert {who: points for who, points in kept.items() if points} == {w: p for w, p in earned.items() if p}
        who = ("ada", "ben", "mia")[self.steps % 3]
        if kept:
            assert self.course.points(who) == sum(earned[one] for one in (*ASKERS, "ben") if self.person(one) == who)

    @invariant()
    def each_reads_how_theirs_stand(self) -> None:
        who = ("ada", "mia")[self.steps % 2]
        mine = [one for one in self.questions if self.person(one.asker) == who and one.state in STANDS]
        said = self.course.answer(who, "/questions") if mine else ""
        for question in mine:
            [line] = [line for line in said.splitlines() if line.startswith(f"Q{question.number} ")]
            assert any(words in line for words in STANDS[question.state]), (line, question.state)
            stands = len(question.standing)
            assert not stands or question.state != "answered" or f", {stands} answer" in line, line

    @invariant()
    def staff_read_who_is_at_it(self) -> None:
        posts = [text for text in self.course.said("chen", "staff") if "🙋 Q" in text]
        for question in (one for one in self.questions if one.state in OPEN):
            shown = [text for text in posts if f"🙋 Q{question.number} " in text]
            has_it = self._has(question) if question.state == "waiting" else None
            told = [name for name in STAFF.values() if f"{name} is on it" in shown[-1]]
            assert told == ([STAFF[has_it]] if has_it else []), shown[-1]

    def teardown(self) -> None:
        try:
            if self.questions:
                self.course.passes(hours=40)
                assert self._told() == notices(self.questions, self.course.now)
        finally:
            super().teardown()

    def _told(self) -> dict[datetime, dict[str, set[int]]]:
        """When staff were told of which question, and how."""
        found: dict[datetime, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for message in self.course.messages("chen", "staff"):
            for line in message.text.splitlines():
                if told := re.match(r"\d+ questions? (?:is|are) (due soon|overdue): (.*?)\)\. ", line):
                    at = datetime.fromisoformat(message.at).astimezone(UTC)
                    found[at][told[1]] |= {int(number) for number in re.findall(r"Q(\d+) “", told[2])}
        return {moment: dict(whats) for moment, whats in found.items()}


def test_question(new_database: Path) -> None:
    lives_through(lambda: Questions(new_database), BRIEF)


@ON_REQUEST
@pytest.mark.long
def test_question_at_length(new_database: Path) -> None:
    lives_through(lambda: Questions(new_database), DEEP)

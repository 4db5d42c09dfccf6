"""Whatever people enter, vote and appeal against, whoever leaves: one vote each, kept secret; the right places."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.community import COURSE, RULES
from tests.machines.ballot_box import APPEALS, CLOSES_AFTER, OPENS, SHOWN_AFTER, Contest, Contests, Work
from tests.machines.machine import BRIEF, DEEP, ON_REQUEST, QUIET, CourseMachine, lives_through

ZONE = ZoneInfo("Europe/London")
RITUAL = """
weekly_pk:
  every: monday
  at: 10:00
  do: contest
  title: {{zh: 标题 PK 赛, en: Title contest}}
  voters: {{member_for: 0s, check_ins: 0}}
  discount: false
  tie_break: [{tie_break}]
"""
PAID = RULES.split("share:")[0] + (
    "entered:\n  when: contest.entered\n  then: [award: 5]\n"
    "won:\n  when: contest.won\n  where: {place: {at_most: 2}}\n  then: [award: 15]\n"
)
PEOPLE = ("ada", "ada2", "ben", "cam", "dee")
NAMES = {"ada": "Ada", "ada2": "Ada Two", "ben": "Ben", "cam": "Cam", "dee": "Dee"}
MORE = "".join(f"  - {{id: {who}, name: {name}, role: student}}\n" for who, name in NAMES.items() if who != "ada")
_ACCOUNTS = {name: who for who, name in NAMES.items()}

WHO = st.sampled_from(PEOPLE)
NUMBER = st.integers(1, 4)
TIMES = st.sampled_from((1, 1, 1, 2))
MINUTE = timedelta(minutes=1)


class ContestOfWeeks(CourseMachine):
    """Three weeks, each with a contest."""

    files: ClassVar[dict[str, str]] = {
        "course": COURSE.replace("2027-03-14", "2027-03-21"),
        "rules": PAID,
        "rituals": RITUAL.format(tie_break="shared"),
        "calendar": "days: []\n",
        "demo": QUIET.replace("  - {id: ben, name: Ben, role: student}\n", MORE)
        + "  - {id: mia, name: Mia, role: student}\n",
    }

    def __init__(self, new_database: Path) -> None:
        super().__init__(new_database)
        self.box = Contests()
        self.tie_break = "shared"
        self.written = 0
        self.due = self.course.now.replace(hour=OPENS, minute=0)

    @initialize(entering=st.sets(WHO, min_size=2), days=st.sampled_from((0, 4, 4, 6)))
    def the_first_has_begun(self, entering: set[str], days: int) -> None:
        for who in PEOPLE:
            self.course.answer(who, "hello")
        self.goes_on(hours=2)
        for who in sorted(entering):
            self.enters(who, 1)
        self.goes_on(days=days if days < 6 else 4)
        if days == 6:
            for who in ("cam", "dee"):
                for number in (1, 2):
                    self.votes(who, number, 1, is_pressed=False)
            self.goes_on(days=2)

    def is_here(self, who: str) -> bool:
        return self.box.person(who) not in self.box.away

    # --- time ---------------------------------------------------------------------------------------------------------

    def goes_on(self, **length: float) -> None:
        """All that is due on the way happens at its moment."""
        self.course.passes(**length)
        now = self.course.now
        while True:
            contest = self.box.last
            if contest and contest.phase == "taking" and contest.opened + SHOWN_AFTER <= now:
                self.box.show(contest)
                self._reads_the_numbers(contest)
            elif contest and contest.phase == "voting" and contest.opened + CLOSES_AFTER <= now:
                self.box.count(contest)
            elif self.due <= now and self.due.astimezone(ZONE).date().isoformat() <= "2027-03-21":
                self.box.all.append(Contest(len(self.box.all) + 1, self.due, self.tie_break))
                self.due += timedelta(days=7)
            else:
                break

    def _reads_the_numbers(self, contest: Contest) -> None:
        """They are drawn; nobody's name stands beside them."""
        if contest.phase != "voting":
            return
        shown = [text for text in self.course.said("mia") if "without names" in text or "the vote is over. The" in text]
        for work in contest.shown:
            found = [match for text in shown if (match := re.search(rf"^(\d+) {work.text}$", text, re.MULTILINE))]
            assert found, f"nobody was shown {work.text!r}"
            work.number = int(found[-1][1])
        numbers = sorted(work.number for work in contest.shown)
        assert numbers == list(range(1, len(numbers) + 1))

    @rule(hours=st.sampled_from((1, 12, 24, 36)))
    def days_pass(self, hours: int) -> None:
        self.goes_on(hours=hours)

    @rule()
    def the_next_step_comes(self) -> None:
        contest = self.box.last
        steps = [SHOWN_AFTER, CLOSES_AFTER] if contest else []
        moments = [self.due, *(contest.opened + step for step in steps if contest)]
        due = min((moment for moment in moments if moment > self.course.now), default=self.course.now)
        self.goes_on(seconds=(due - self.course.now).total_seconds())
        event(f"{self.box.last.phase if self.box.last else None}")

    # --- works --------------------------------------------------------------------------------------------------------

    @rule(who=WHO, times=TIMES)
    def enters(self, who: str, times: int) -> None:
        if not self.is_here(who):
            return
        self.goes_on(minutes=1)
        self.written += 1
        text, at = f"The title of work {self.written} in words", self.course.now
        said, message = self.course.told(who, f"/enter {text}", times=times)
        contest = self.box.last
        if contest is None or contest.phase != "taking":
            assert "Your work takes part" not in said
            return
        before = self.box.own(contest, who)
        if before is None:
            assert "Your work takes part in: Title contest." in said
            contest.works.append(Work(who, text, at, message=message))
        else:
            before.text, before.at, before.message = text, at, message
            assert "Your work takes part" not in said

    @rule(who=WHO)
    def withdraws(self, who: str) -> None:
        if not self.is_here(who):
            return
        self.course.answer(who, "/enter withdraw")
        contest = self.box.last
        if contest and contest.phase == "taking" and (own := self.box.own(contest, who)):
            contest.works.remove(own)

    @rule(which=st.integers(0, 5), times=TIMES)
    def deletes_the_message_of_a_work(self, which: int, times: int) -> None:
        """While works are taken, it takes no part; afterwards nothing changes."""
        works = [(contest, work) for contest in self.box.all for work in contest.works if work.message]
        if not works:
            return
        contest, work = works[which % len(works)]
        if not self.is_here(work.by):
            return
        self.course.deletes(work.by, work.message, times=times)
        work.message = 0
        if contest.phase == "taking":
            contest.works.remove(work)

    # --- votes --------------------------------------------------------------------------------------------------------

    @rule(who=WHO, number=NUMBER, times=TIMES, is_pressed=st.booleans())
    def votes(self, who: str, number: int, times: int, is_pressed: bool) -> None:
        if not self.is_here(who):
            return
        contest = self.box.last
        button = self._button(number) if is_pressed else None
        if button:
            said = self.course.presses(who, *button, times=times)
        else:
            said = self.course.answer(who, f"/vote {number}", times=times)
        if contest is None or contest.phase != "voting":
            assert "Your vote is for" not in said
            return
        work = contest.work_no(number)
        if work is None or not self.box.is_there(work):
            assert f"There is no work No. {number}." in said, said
        elif self.box.is_same(who, work.by):
            assert "own work" in said
        else:
            assert f"Your vote is for No. {number}" in said, said
            event("voted")
            contest.votes.pop(who, None)
            contest.votes[who] = work

    def _button(self, number: int) -> tuple[int, str] | None:
        shown = [one for one in self.course.messages("mia") if one.buttons]
        found = [(one.number, b.command) for one in shown for b in one.buttons if b.label == f"Vote {number}"]
        return found[-1] if found else None

    # --- staff --------------------------------------------------------------------------------------------------------

    @precondition(lambda self: any(one.phase in ("voting", "closed") for one in self.box.all))
    @rule(which=st.integers(0, 2), number=NUMBER, is_out=st.booleans(), times=TIMES)
    def staff_take_a_work_out_or_let_it_in_again(self, which: int, number: int, is_out: bool, times: int) -> None:
        those = [one for one in self.box.all if one.phase in ("voting", "closed")]
        contest = those[which % len(those)]
        verb, why = ("remove", " It was copied") if is_out else ("restore", "")
        self.course.staff(f"/contest {verb} {number} #{contest.id}{why}", times=times)
        work = contest.work_no(number)
        if work and not work.was_left_out and work.is_removed != is_out:
            work.is_removed = is_out
            event(f"{verb} while {contest.phase}")

    @rule(who=WHO, times=TIMES)
    def appeals(self, who: str, times: int) -> None:
        """Once, for a day after the result; the result is changed by nothing but what staff do."""
        if not self.is_here(who):
            return
        said = self.course.answer(who, "/contest appeal It is not right", times=times)
        over = [one for one in self.box.all if one.phase == "closed" and self._ended(one) + APPEALS > self.course.now]
        if not over:
            assert "There is no result to appeal against now." in said
        elif self.box.person(who) in over[-1].appealed:
            assert "already" in said
        else:
            assert "Staff have your appeal" in said, said
            over[-1].appealed.add(self.box.person(who))

    def _ended(self, contest: Contest) -> datetime:
        return contest.opened + CLOSES_AFTER

    @rule(tie_break=st.sampled_from(("shared", "earlier")))
    def the_file_changes(self, tie_break: str) -> None:
        """A contest goes by what was announced when it opened."""
        self.tie_break = tie_break
        self.course.rewrites(rituals=RITUAL.format(tie_break=tie_break))

    # --- people -------------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(("ben", "cam")), times=TIMES)
    def leaves_or_comes_back(self, who: str, times: int) -> None:
        self.goes_on(minutes=1)
        if who in self.box.away:
            self.course.joins(who, times=times)
            self.box.away.remove(who)
            return
        self.course.leaves(who, times=times)
        self.box.away.add(who)

    @precondition(lambda self: self.box.linked is None and not self._both_have())
    @rule()
    def two_accounts_are_linked(self) -> None:
        assert "Done" in self.course.links("ada", "ada2")
        self.box.linked = ("ada", "ada2")

    def _both_have(self) -> bool:
        """Both have done the same thing: what then counts is nowhere promised."""
        return any({"ada", "ada2"} <= {one.by for one in each.works} | each.appealed for each in self.box.all) or any(
            {"ada", "ada2"} <= set(each.votes) for each in self.box.all
        )

    # --- always -------------------------------------------------------------------------------------------------------

    @invariant()
    def points_are_those_of_works_and_places(self) -> None:
        kept = self.course.ledger()
        if not kept:
            return
        for who in PEOPLE:
            mine = sum(kept[one] for one in PEOPLE if one in kept and self.box.is_same(one, who))
            assert mine == self.box.points(who), who

    @invariant()
    def everybody_reads_the_places(self) -> None:
        results = [text for text in self.course.said("mia") if re.match("Title contest: the result", text)]
        closed = [one for one in self.box.all if one.phase == "closed"]
        assert len(results) == len(closed)
        for contest, text in zip(closed, results, strict=True):
            read = re.findall(r"^(\d+)\. (.+) \(No\. (\d+)\): (\d+) vote", text, re.MULTILINE)
            # Who was linked since keeps the name that was posted, until the places are posted anew.
            told = [(place, self.box.person(_ACCOUNTS[name]), number, votes) for place, name, number, votes in read]
            meant = [(str(p), self.box.person(w.by), str(w.number), str(v)) for p, w, v in contest.places()]
            assert sorted(told) == sorted(one for one in meant if int(one[0]) <= 3), text

    @invariant()
    def nobody_reads_whom_others_voted_for(self) -> None:
        for who, room in (("mia", "main"), ("lin", "staff")):
            assert not [text for text in self.course.said(who, room) if "Your vote is for" in text]


def test_contest(new_database: Path) -> None:
    lives_through(lambda: ContestOfWeeks(new_database), BRIEF)


@ON_REQUEST
@pytest.mark.long
def test_contest_at_length(new_database: Path) -> None:
    lives_through(lambda: ContestOfWeeks(new_database), DEEP)

"""Whatever members do, and however it is delivered: one check-in a date, the streak, and points that add up."""

import re
from datetime import date
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from bot.domain.events import Event
from tests.community import COURSE, RULES
from tests.machines.diary import Award, Diary
from tests.machines.machine import BRIEF, DEEP, ON_REQUEST, TWO_ACCOUNTS, CourseMachine, lives_through

ZONE = ZoneInfo("America/New_York")
STARTS, ENDS = date(2027, 3, 10), date(2027, 3, 22)
"""In New York the clocks go forward on the 14th."""
RESTS = (date(2027, 3, 13), date(2027, 3, 18))
WITHIN, AT_MOST = 4, 1
HERE = COURSE.replace("Europe/London", str(ZONE)).replace("2027-03-01", str(STARTS)).replace("2027-03-14", str(ENDS))
HERE = HERE.split("checkin:")[0] + (
    f"checkin:\n  makeup: {{within_days: {WITHIN}, at_most: {AT_MOST}}}\n"
    f"quiet_days: {{dates: [{', '.join(map(str, RESTS))}]}}\n"
)
STAFFED = HERE.replace("assistants: [local:lin]", "assistants: [local:lin, local:ben]")
PAID = RULES.split("share:")[0] + (
    "streak_7:\n  when: streak.reached\n  where: {days: 7}\n  then: [award: 20]\n"
    "thoughtful:\n  when: message.posted\n  where: {length: {at_least: 20}}\n"
    "  limit: {points_per_day: 2}\n  then: [award: 1]\n"
)
PEOPLE = ("ada", "ada2", "ben")
WORDS = ("/checkin", "打卡", "check in", "/打卡")

WHO = st.sampled_from(PEOPLE)
TIMES = st.sampled_from((1, 1, 1, 2))


class CheckIn(CourseMachine):
    """A course over a change of the clocks and two days of rest."""

    files: ClassVar[dict[str, str]] = {
        "course": HERE,
        "rules": PAID,
        "rituals": "{}\n",
        "calendar": "days: []\n",
        **TWO_ACCOUNTS,
    }

    def __init__(self, new_database: Path) -> None:
        super().__init__(new_database)
        self.diary = Diary(STARTS, ENDS, RESTS, WITHIN, AT_MOST)
        self.order: list[Award] = []
        self.held: list[tuple[str, date, list[Event]]] = []
        self.thoughts: dict[int, tuple[str, date]] = {}
        self.deleted_on: set[tuple[str, date]] = set()
        self.count = 0
        self.ben_is_staff = self.has_linked = False

    @property
    def today(self) -> date:
        return self.course.now.astimezone(ZONE).date()

    @initialize()
    def all_are_here(self) -> None:
        for who in PEOPLE:
            self.course.answer(who, "/points")
        self.checks_in("ada", "打卡", 1)
        self.course.passes(days=2)
        for ago in (1, 2):  # of which one is allowed
            self.makes_up("ben", ago, 1)
        self.makes_up("ada2", 2, 1)

    def is_student(self, who: str) -> bool:
        return not (who == "ben" and self.ben_is_staff)

    # --- check-ins ----------------------------------------------------------------------------------------------------

    @rule(who=WHO, words=st.sampled_from(WORDS), times=TIMES)
    def checks_in(self, who: str, words: str, times: int) -> None:
        said = self.course.answer(who, words, times=times)
        self._checked_in(who, self.today, said)

    @rule(who=WHO)
    def checks_in_and_nobody_hears_of_it_yet(self, who: str) -> None:
        events = self.course.withheld(self.course.community.posts(who, "打卡"))
        self.held.append((who, self.today, events))

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 3), times=TIMES)
    def the_platform_tells_late(self, which: int, times: int) -> None:
        """It counts for the day on which it was said."""
        who, day, events = self.held.pop(which % len(self.held))
        before = self.diary.dates(who)
        self.course.hears_of(events, times=times)
        if self.diary.is_on(day) and day not in before:
            self.order += self.diary.add(who, day, is_makeup=False, is_student=self.is_student(who))

    @rule(who=WHO, times=TIMES)
    def presses_the_newest_button(self, who: str, times: int) -> None:
        """Of the post that counts; it is for its own day only."""
        posts = [one for one in self.course.messages(who) if one.author == "bot" and one.only_for is None]
        found = [(one.number, button.command) for one in posts for button in one.buttons if "checkin" in button.command]
        if not found:
            return
        number, command = found[-1]
        said = self.course.presses(who, number, command, times=times)
        if command.split()[-1] == self.today.isoformat():
            self._checked_in(who, self.today, said)
        else:
            assert "This button belongs to an earlier day." in said

    def _checked_in(self, who: str, today: date, said: str) -> None:
        if today > ENDS:
            assert "The course ended" in said
            return
        if today in self.diary.dates(who):
            assert f"already: {_days(self.diary.streak(who, today))}" in said, said
            return
        earned = self.diary.add(who, today, is_makeup=False, is_student=self.is_student(who))
        self._earned(who, earned, said)
        assert f"Checked in! {_days(self.diary.streak(who, today))}." in said, said

    def _earned(self, who: str, earned: list[Award], said: str) -> None:
        self.order += earned
        if points := sum(one.points for one in earned):
            assert f"+{points} points, " in said

    @rule(who=WHO, ago=st.sampled_from((None, None, 1, 2, 3, 4, 6)), times=TIMES)
    def makes_up(self, who: str, ago: int | None, times: int) -> None:
        today = self.today
        day = None if ago is None else date.fromordinal(today.toordinal() - ago)
        said = self.course.answer(who, f"/makeup {day}" if day else "/makeup", times=times)
        missed = self.diary.missed(who, today)
        if today > ENDS:
            assert "The course ended" in said
        elif not missed:
            assert "You missed no check-in" in said
        elif day and day not in missed:
            assert "That day can't be made up for" in said
        elif self.diary.makeups(who) >= AT_MOST:
            assert f"You have used your {AT_MOST} make-up" in said
        else:
            day = day or missed[0]
            self._earned(who, self.diary.add(who, day, is_makeup=True, is_student=self.is_student(who)), said)
            assert f"Your streak is {_days(self.diary.streak(who, today)).split(' in ')[0]}" in said, said

    # --- messages -----------------------------------------------------------------------------------------------------

    @rule(times=TIMES)
    def mia_posts_a_thought(self, times: int) -> None:
        self.count += 1
        words = f"A thought of mine, number {self.count}, which says something"
        _, number = self.course.told("mia", words, times=times)
        self.thoughts[number] = ("mia", self.today)

    @precondition(lambda self: self.thoughts)
    @rule(which=st.integers(0, 9), times=TIMES)
    def she_deletes_it(self, which: int, times: int) -> None:
        number = list(self.thoughts)[which % len(self.thoughts)]
        self.course.deletes("mia", number, times=times)
        self.deleted_on.add(self.thoughts.pop(number))

    @precondition(lambda self: self.thoughts)
    @rule(which=st.integers(0, 9), words=st.sampled_from(("打卡", "short", "A thought that says something else now")))
    def she_edits_it(self, which: int, words: str) -> None:
        """An edit earns nothing and takes nothing, and is no command."""
        self.course.edits("mia", list(self.thoughts)[which % len(self.thoughts)], words)

    @rule(who=WHO)
    def deletes_what_checked_them_in(self, who: str) -> None:
        """The day is noted; the message was only the way to say it."""
        mine = [one for one in self.course.messages(who) if one.author == who and one.text in WORDS]
        if mine:
            self.course.deletes(who, mine[-1].number)

    # --- people -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.diary.linked is None)
    @rule()
    def two_accounts_are_linked(self) -> None:
        self.course.links("ada", "ada2")
        self.diary.link("ada", "ada2", self.order)
        self.has_linked = True

    @precondition(lambda self: self.diary.linked is not None)
    @rule()
    def they_are_parted(self) -> None:
        assert "Parted" in self.course.parts("ada")
        self.diary.part()

    @rule()
    def ben_is_made_staff_or_a_student_again(self) -> None:
        self.ben_is_staff = not self.ben_is_staff
        demo = TWO_ACCOUNTS["demo"]  # names everybody's role, too
        if self.ben_is_staff:
            demo = demo.replace("name: Ben, role: student", "name: Ben, role: assistant")
        self.course.rewrites(course=STAFFED if self.ben_is_staff else HERE, demo=demo)

    @rule(price=st.sampled_from((3, 5, 8)))
    def a_check_in_is_worth_something_else(self, price: int) -> None:
        self.diary.price = price
        self.course.rewrites(rules=PAID.replace("award: 5", f"award: {price}"))

    @rule()
    def ben_leaves_and_is_back(self) -> None:
        self.course.leaves("ben")
        self.course.joins("ben")

    @precondition(lambda self: not self.ben_is_staff)
    @rule()
    def ben_is_forgotten(self) -> None:
        self.course.forgets("ben")
        self.diary.pages.pop("ben", None)
        self.held = [one for one in self.held if one[0] != "ben"]
        self.course.answer("ben", "/points")

    @rule(days=st.sampled_from((1, 2)))
    def days_pass(self, days: int) -> None:
        self.course.passes(days=days)

    @rule(hours=st.sampled_from((1, 7, 13, 24, 24, 24)))
    def hours_pass(self, hours: int) -> None:
        self.course.passes(hours=hours)

    # --- always -------------------------------------------------------------------------------------------------------

    @invariant()
    def points_are_the_sum_of_what_was_earned(self) -> None:
        kept = self.course.ledger()
        for who in PEOPLE:
            assert sum(kept.get(one, 0) for one in self.diary.person(who)) == self.diary.points(who), who
        who = PEOPLE[self.steps % len(PEOPLE)]
        assert self.course.points(who) == self.diary.points(who)

    @invariant()
    def each_reads_their_days_and_their_streak(self) -> None:
        who = PEOPLE[self.steps % len(PEOPLE)]
        self.course.answer(who, "/me")
        table = dict(row for row in self.course.messages(who)[-1].table if len(row) == 2)
        days, streak = len(self.diary.dates(who)), self.diary.streak(who, self.today)
        assert _number(table.get("Check-ins", "0")) == days
        assert _number(table.get("Streak", "0")) == streak

    @invariant()
    def thoughts_earn_two_points_a_day_at_most(self) -> None:
        days = {day for _, day in self.thoughts.values()}
        most = sum(min(2, [day for _, day in self.thoughts.values()].count(one)) for one in days)
        earned = self.course.ledger().get("mia", 0)
        assert earned == most if not self.deleted_on else 0 <= earned <= most

    @invariant()
    def the_group_reads_how_many_have_checked_in(self) -> None:
        posts = [text for text in self.course.said("mia") if text.startswith("Check-in, ")]
        assert len({text.split("·")[0] for text in posts}) == len(posts), "one post a day, edited"


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)} in a row"


def _number(said: str) -> int:
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def test_check_in(new_database: Path) -> None:
    lives_through(lambda: CheckIn(new_database), BRIEF)


@ON_REQUEST
@pytest.mark.long
def test_check_in_at_length(new_database: Path) -> None:
    lives_through(lambda: CheckIn(new_database), DEEP)

"""Homework in a simulated course: who hands in what and when, and when an assistant answers. Pure.

Assistants name the student and the homework, not a number, so that what they do does not hang on what came first.
"""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.text import visible_length
from bot.simulation.acts import Deed, Room, Say
from bot.simulation.cast import Cast, Kind, Student
from bot.simulation.chance import chance_of
from bot.simulation.phrases.stock import Stock, composed

_HANDS_IN: dict[Kind, float] = {
    "steady": 0.85,
    "late": 0.65,
    "lurker": 0.40,
    "helper": 0.95,
    "quitter": 0.45,
    "cheater": 0.90,
}
_IS_LATE: dict[Kind, float] = {
    "steady": 0.03,
    "late": 0.35,
    "lurker": 0.10,
    "helper": 0.0,
    "quitter": 0.2,
    "cheater": 0.1,
}
_SKILL: dict[Kind, float] = {
    "steady": 0.80,
    "late": 0.70,
    "lurker": 0.72,
    "helper": 0.90,
    "quitter": 0.60,
    "cheater": 0.75,
}
_AGAIN, _RETURNED, _SPREAD = 0.15, 0.08, 0.12
"""How often a second version is handed in; how often a work is returned; how far a mark lies from one's skill."""

_NIGHT, _LAST_MINUTES = time(21), 55  # who hands in before a deadline at night does so in the last minutes
_BEGINS, _ENDS = 8, 23  # local hours of assistants
_LATEST = timedelta(hours=44)
_GAP = timedelta(minutes=40)  # rooms may overtake each other by less


class HomeworkPlan:
    """All that happens to homework in a course, as deeds by the day of the course."""

    def __init__(self, course: Course, cast: Cast, stock: Stock, seed: int) -> None:
        self._course = course
        self._cast = cast
        self._stock = stock
        self._seed = seed
        self._days: dict[int, list[Deed]] = {}
        for homework in course.book.homework.values():
            if cast.assistants and _is_written(homework):
                self._plan(homework)

    def day(self, number: int) -> list[Deed]:
        """What happens on this day of the course."""
        return self._days.get(number, [])

    def _plan(self, homework: Homework) -> None:
        for student in self._cast.students:
            chance = chance_of(self._seed, "homework", homework.id, student.id)
            if chance.random() < _HANDS_IN[student.kind]:
                for deed in self._work(homework, student, chance):
                    day = self._course.day_number(self._course.date_at(deed.at))
                    self._days.setdefault(day, []).append(deed)

    def _work(self, homework: Homework, student: Student, chance: random.Random) -> Iterator[Deed]:
        """What becomes of one student's work; nothing where they are not there, or the course ends before."""
        at = self._handed_in_at(homework, student, chance)
        if not self._is_there(student, at):
            return
        yield self._says(
            student.id, "main", at, f"{self._tag(homework)}\n{self._first_text(homework, student, chance)}"
        )
        if chance.random() < _AGAIN:
            at += timedelta(minutes=chance.randint(3, 9), seconds=7)
            yield self._says(student.id, "main", at, f"{self._tag(homework)}\n{self._text(homework, chance)}")
        answered_at = self._answered_at(at, chance)
        assistant = chance.choice(self._cast.assistants)
        if chance.random() < _RETURNED:
            text = f"/return {homework.id} @{student.id} {self._stock.addition}"
            yield self._says(assistant, "staff", answered_at, text)
            at = self._evening_after(answered_at, chance)
            if not self._is_there(student, at):
                return
            yield self._says(student.id, "main", at, f"{self._tag(homework)}\n{self._text(homework, chance)}")
            answered_at = self._answered_at(at, chance)
        text = f"/grade {homework.id} @{student.id} {self._mark(homework, student, chance)} {self._stock.thanks}"
        yield self._says(assistant, "staff", answered_at, text)

    def _is_there(self, student: Student, at: datetime) -> bool:
        day = self._course.day_number(self._course.date_at(at))
        return student.is_there(day) and day <= self._course.day_number(self._course.ends)

    def _handed_in_at(self, homework: Homework, student: Student, chance: random.Random) -> datetime:
        """In the evening, when all are in the main room: that of the deadline, or the one before it."""
        due_at = homework.due.moment(self._course.zone)
        if homework.late.accepted_for and chance.random() < _IS_LATE[student.kind]:
            return self._evening_after(due_at, chance)
        if homework.due.at >= _NIGHT:
            return due_at - timedelta(seconds=chance.randint(11, _LAST_MINUTES * 60))
        return self._evening_after(due_at - timedelta(days=2), chance)

    def _evening_after(self, at: datetime, chance: random.Random) -> datetime:
        local = (at + timedelta(hours=18)).astimezone(ZoneInfo(self._course.zone))
        evening = local.replace(hour=20, minute=chance.randint(5, 55), second=chance.randint(1, 59), microsecond=0)
        return evening.astimezone(at.tzinfo)

    def _answered_at(self, at: datetime, chance: random.Random) -> datetime:
        """Most within half a day, some too late; never at night."""
        after = max(min(timedelta(hours=chance.lognormvariate(1.9, 0.8)), _LATEST), _GAP)
        local = (at + after).astimezone(ZoneInfo(self._course.zone))
        if not _BEGINS <= local.hour < _ENDS:
            days = 1 if local.hour >= _ENDS else 0
            morning = local + timedelta(days=days)
            local = morning.replace(hour=_BEGINS, minute=chance.randint(1, 59), second=chance.randint(1, 59))
        return local.replace(microsecond=0).astimezone(at.tzinfo)

    def _mark(self, homework: Homework, student: Student, chance: random.Random) -> int:
        share = min(max(chance.gauss(_SKILL[student.kind], _SPREAD), 0), 1)
        return round(share * (homework.out_of or 100))

    def _tag(self, homework: Homework) -> str:
        return f"#{self._stock.homework} {homework.id}"

    def _first_text(self, homework: Homework, student: Student, chance: random.Random) -> str:
        """Those who cheat have it from each other."""
        shared = chance_of(self._seed, "homework", homework.id, "shared")
        return self._text(homework, shared if student.kind == "cheater" else chance)

    def _text(self, homework: Homework, chance: random.Random) -> str:
        """As long as it must be, under the headings that it must have."""
        lines = [composed(self._stock, self._stock.thought, chance)]
        lines += [f"{heading}\n{composed(self._stock, self._stock.share, chance)}" for heading in homework.headings]
        while visible_length("\n".join(lines)) < homework.min_length + 10:
            lines.append(composed(self._stock, chance.choice((self._stock.thought, self._stock.share)), chance))
        if "text" not in homework.accepts:
            lines.append(f"https://example.org/{chance.randrange(10**9)}")
        return "\n".join(lines)

    def _says(self, who: str, room: Room, at: datetime, text: str) -> Deed:
        at = at.replace(microsecond=0) + timedelta(seconds=at.second == 0)
        return Deed(at=at, who=who, room=room, act=Say(post=f"homework:{who}:{at.isoformat()}", text=text))


def _is_written(homework: Homework) -> bool:
    """Whether it is handed in as words, by everybody for themselves."""
    is_for_all = homework.audience.is_everybody and homework.team_size is None
    return is_for_all and not homework.is_quiz and bool(homework.accepts & {"text", "link"})

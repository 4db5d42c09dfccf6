"""How each kind of student spends a day: a table, and the wishes that follow from it."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from bot.domain.moments import moment_of
from bot.simulation.acts import Room
from bot.simulation.cast import Kind, Student

Want = Literal[
    "join", "leave", "check_in", "make_up", "chatter", "thought", "share", "ask", "reply", "react", "read", "farm",
    "ring", "flood",
]  # fmt: skip

TALK = frozenset[Want](("chatter", "thought", "share", "ask", "reply", "farm", "flood"))

LEAST = 6
"""What every student does on every day that they are there."""

COMES, DAY_ENDS, SESSION, GOES = 6.5, 19.0, 20.0, 23.8
"""Local hours. Students are in the side room only by day, and the main room is an hour away: what they do in two rooms
may overtake each other on its way to the core, but never by so much."""

_FLOOD = 25  # messages in one night
_FLOODS_EVERY = 4  # days


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of student."""

    checks_in: float  # chance of a check-in on a day of the first week
    tires: float  # how much of that chance goes with each week
    shares: float  # chance of a share in the evening
    makes_up: float  # chance of trying to make up for yesterday
    is_late: bool = False  # does everything in the evening, the check-in, too
    rest: dict[Want, int]  # what fills the day, by weight


HABITS: dict[Kind, Habits] = {
    "steady": Habits(
        checks_in=0.87,
        tires=0.012,
        shares=0.30,
        makes_up=0.01,
        rest={"chatter": 60, "thought": 12, "reply": 10, "react": 5, "read": 2, "ask": 3},
    ),
    "late": Habits(
        checks_in=0.58,
        tires=0.03,
        shares=0.12,
        makes_up=0.06,
        is_late=True,
        rest={"chatter": 66, "thought": 8, "reply": 6, "react": 5, "read": 2, "ask": 5},
    ),
    "lurker": Habits(
        checks_in=0.22, tires=0.02, shares=0.03, makes_up=0.0, rest={"react": 62, "read": 8, "chatter": 30}
    ),
    "helper": Habits(
        checks_in=0.93,
        tires=0.01,
        shares=0.40,
        makes_up=0.01,
        rest={"chatter": 48, "thought": 10, "reply": 26, "react": 5, "read": 2, "ask": 2},
    ),
    "quitter": Habits(
        checks_in=0.55,
        tires=0.10,
        shares=0.10,
        makes_up=0.02,
        rest={"chatter": 70, "thought": 6, "react": 6, "read": 2, "ask": 7},
    ),
    "cheater": Habits(
        checks_in=0.82, tires=0.01, shares=0.40, makes_up=0.0, rest={"farm": 50, "ring": 14, "react": 6, "chatter": 30}
    ),
}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do at a moment; what becomes of it depends on what others have done until then."""

    at: datetime
    who: str
    room: Room
    want: Want


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the course."""

    number: int  # from 1
    date: date
    zone: str

    @property
    def week(self) -> int:
        """From 0."""
        return (self.number - 1) // 7

    def at(self, hour: float) -> datetime:
        """The moment at this local hour, such as 7.5; 24 and more are in the night that follows."""
        days, minutes = divmod(round(hour * 60), 24 * 60)
        return moment_of(self.date + timedelta(days=days), time(minutes // 60, minutes % 60), self.zone)


def wishes_of(student: Student, today: Today, chance: random.Random) -> Iterator[Wish]:
    """One student's day, at least LEAST wishes beside coming and going, in no order."""
    if today.number in (1, student.returns_on):
        yield _moved(student, today, COMES, "join")
    if today.number == student.leaves_on:
        yield _moved(student, today, GOES, "leave")
    habits = HABITS[student.kind]
    checks_in: list[Want] = ["check_in"] if chance.random() < _chance_to_check_in(habits, today) else []
    makes_up: list[Want] = ["make_up"] if today.number > 1 and chance.random() < habits.makes_up else []
    shares: list[Want] = ["share"] if chance.random() < habits.shares else []
    rest = LEAST - len(checks_in) - len(makes_up) - len(shares)
    wants = chance.choices(list(habits.rest), list(habits.rest.values()), k=rest)
    split = 0 if habits.is_late else chance.randint(0, len(wants))
    by_day, by_night = makes_up + wants[:split], wants[split:]
    (by_night if habits.is_late else by_day).extend(checks_in)
    yield from _sitting(student, student.haunt, today.at(_hour_by_day(student, chance)), by_day, chance)
    yield from _sitting(student, "main", today.at(SESSION + chance.uniform(0.05, 0.85)), shares, chance)
    yield from _sitting(student, "main", today.at(_hour_at_night(habits, chance)), by_night, chance)
    if student.kind == "cheater" and (today.number + student.number) % _FLOODS_EVERY == 0:
        yield from _sitting(student, "main", today.at(26 + chance.random()), ["flood"] * _FLOOD, chance)


def _moved(student: Student, today: Today, hour: float, want: Want) -> Wish:
    at = today.at(hour) + timedelta(seconds=1 + student.number % 60)
    return Wish(at=at, who=student.id, room="main", want=want)


def _chance_to_check_in(habits: Habits, today: Today) -> float:
    return max(habits.checks_in - habits.tires * today.week, 0.1)


def _hour_by_day(student: Student, chance: random.Random) -> float:
    """Before work, at lunch, or after work."""
    return chance.choice((student.hour, 12, 17)) + chance.random()


def _hour_at_night(habits: Habits, chance: random.Random) -> float:
    """After the session."""
    return SESSION + 1.1 + chance.random() * (1.8 if habits.is_late else 1.2)


def _sitting(
    student: Student, room: Room, begins: datetime, wants: list[Want], chance: random.Random
) -> Iterator[Wish]:
    """One after the other, within minutes."""
    at = begins + timedelta(seconds=1)
    for want in wants:
        yield Wish(at=at, who=student.id, room=room, want=want)
        at += timedelta(seconds=chance.randint(10, 70))

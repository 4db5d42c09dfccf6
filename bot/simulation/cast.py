"""Who takes part: students of several kinds, assistants, and the teacher who leads the course."""

import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, get_args

import msgspec

from bot.domain.course import Course
from bot.domain.ids import Language
from bot.simulation.chance import chance_of
from bot.simulation.phrases import names

Kind = Literal["steady", "late", "lurker", "helper", "quitter", "cheater"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TEACHER = "teacher"

_SHARES: dict[Kind, float] = {
    "steady": 0.36,
    "late": 0.20,
    "lurker": 0.12,
    "helper": 0.12,
    "quitter": 0.14,
    "cheater": 0.06,
}
_CORNER = 0.25  # of the students spend their days in the side room


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """One student, as far as the script must know them."""

    id: str
    name: str
    kind: Kind
    number: int  # from 0, in the order of the list
    haunt: Literal["main", "corner"]  # where they are by day; evenings are in the main room
    hour: float  # local time at which their day begins to be theirs, such as 7.5
    leaves_on: int | None = None  # day of the course
    returns_on: int | None = None

    def is_there(self, day: int) -> bool:
        """Whether they take part on this day, from 1. Who leaves still has that day."""
        if self.leaves_on is None or day <= self.leaves_on:
            return True
        return self.returns_on is not None and day >= self.returns_on


class Cast(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everybody. The same for the same numbers and seed."""

    students: tuple[Student, ...]
    assistants: tuple[str, ...]
    names: dict[str, str]  # id -> name, staff included

    def student(self, id: str) -> Student | None:
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> dict[str, Student]:
        return {student.id: student for student in self.students}


def assistants_of(count: int) -> tuple[str, ...]:
    return tuple(f"assistant{number}" for number in range(1, count + 1))


def cast_of(course: Course, *, students: int, assistants: Sequence[str], seed: int) -> Cast:
    chance = chance_of(seed, "cast")
    days = course.day_number(course.ends)
    cast = tuple(_students(students, days, chance, course.language))
    shown = {student.id: student.name for student in cast}
    staff = dict(zip((TEACHER, *assistants), names.staff(course.language, len(assistants)), strict=True))
    return Cast(students=cast, assistants=tuple(assistants), names=shown | staff)


def kinds_of(count: int) -> list[Kind]:
    """So many students by kind, as near to the shares as whole people can be; of six or more, all kinds are there."""
    exact = {kind: share * count for kind, share in _SHARES.items()}
    whole = {kind: max(int(amount), int(count >= len(KINDS))) for kind, amount in exact.items()}
    by_rest = sorted(KINDS, key=lambda kind: exact[kind] - whole[kind], reverse=True)
    for number in range(count - sum(whole.values())):
        whole[by_rest[number % len(by_rest)]] += 1
    surplus = sum(whole.values()) - count  # every kind is there: the largest gives way
    whole["steady"] -= surplus
    return [kind for kind in KINDS for _ in range(whole[kind])]


def _students(count: int, days: int, chance: random.Random, language: Language) -> Iterator[Student]:
    kinds = kinds_of(count)
    chance.shuffle(kinds)
    for number, (kind, name) in enumerate(zip(kinds, names.students(language, count, chance), strict=True)):
        leaves_on, returns_on = _absence(days, chance) if kind == "quitter" else (None, None)
        yield Student(
            id=f"student{number + 1:03}",
            name=name,
            kind=kind,
            number=number,
            haunt="corner" if kind != "cheater" and chance.random() < _CORNER else "main",
            hour=chance.triangular(6.75, 9, 7.5),
            leaves_on=leaves_on,
            returns_on=returns_on,
        )


def _absence(days: int, chance: random.Random) -> tuple[int, int | None]:
    """The last day of somebody who quits, and the day on which every third is back."""
    leaves_on = chance.randint(min(3, days), max(min(3, days), days * 3 // 4))
    returns_on = leaves_on + chance.randint(3, 12)
    return leaves_on, returns_on if chance.random() < 1 / 3 else None


def ids_of(students: Sequence[Student], kind: Kind) -> list[str]:
    return [student.id for student in students if student.kind == kind]

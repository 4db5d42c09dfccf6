"""What many missed in one homework: counted without names, and said in a few lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.ids import CourseId
from bot.domain.messages import Text, Words
from bot.features.homework.store import digests

_MOST = 5
_LEAST = 2
"""How many must have missed something: what one has missed would tell who."""


class Miss(msgspec.Struct, frozen=True):
    """Something that was missed: a criterion, one of its problems, or a question of a quiz."""

    part: str  # `criterion`, `criterion.problem`, or the question
    count: int  # who missed it
    of: int  # of how many


def gathered(db: Connection, course: CourseId, homework: Homework) -> list[Miss]:
    """What most missed comes first; nothing where it was missed by nobody, or by one alone."""
    if homework.is_quiz:
        known = {question.id for question in homework.questions}
        wrong = digests.wrong_answers(db, course, homework.id)
        return _first(Miss(part, *counts) for part, counts in wrong.items() if part in known)
    grades = digests.newest_grades(db, course, homework.id)
    return misses(homework, [(row.scores, row.problems) for row in grades])


def misses(homework: Homework, grades: Sequence[tuple[Mapping[str, int], Sequence[str]]]) -> list[Miss]:
    """Of the scores and the named problems of each grade. A criterion is left out where its problems say it."""
    found: Counter[str] = Counter()
    known = {f"{one.id}.{problem}" for one in homework.rubric for problem in one.problems}
    for scores, problems in grades:
        found.update(one.id for one in homework.rubric if scores.get(one.id, one.points) < one.points)
        found.update(known.intersection(problems))
    common = {part.partition(".")[0] for part, count in found.items() if "." in part and count >= _LEAST}
    return _first(Miss(part, count, len(grades)) for part, count in found.items() if part not in common)


def _first(those: Iterable[Miss]) -> list[Miss]:
    ranked = sorted(those, key=lambda one: (-one.count * 1000 // max(one.of, 1), one.part))
    return [one for one in ranked if one.count >= _LEAST][:_MOST]


def lines_of(course: Course, homework: str, missed: object) -> Iterator[Words]:
    """A digest as it stands in a row; what the course no longer has is left out."""
    found = course.book.homework.get(homework)
    if found is None:
        return
    yield Text(id="common.title", values={"homework": found.title})
    said = ((_said(found, one.part), one) for one in msgspec.convert(missed, list[Miss]))
    for number, (words, one) in enumerate(((words, one) for words, one in said if words), 1):
        yield Text(id="common.line", values={"number": number, "what": words, "count": one.count, "of": one.of})


def _said(homework: Homework, part: str) -> Words | None:
    """What was missed, for everybody to read; None where the course no longer has it."""
    for question in homework.questions:
        if question.id == part:
            return Text(id="common.question", values={"question": question.text})
    of, _, problem = part.partition(".")
    for criterion in homework.rubric:
        if criterion.id == of and (not problem or problem in criterion.problems):
            if not problem:
                return Text(id="common.criterion", values={"criterion": criterion.title})
            values = {"criterion": criterion.title, "problem": criterion.problems[problem]}
            return Text(id="common.problem", values=values)
    return None

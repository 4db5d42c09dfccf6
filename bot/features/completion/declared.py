"""The feature, the section `completion:` of course.yaml, and the fact that somebody has completed the course."""

import re
from datetime import timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from bot.domain.course import Course
from bot.engine.feature import Feature
from bot.features.completion import store
from rules.fields import Duration, mistake
from storage.personal import Personal

feature = Feature("completion", needs=("attendance", "homework_outcomes", "homework_closed"))

COMPLETED, OBJECT = "course.completed", "completion"
"""The fact, and what it is about: the same for all accounts of a person."""
ALARM = "completion"
"""Rings when a day has ended on whose end somebody may have completed the course."""
NEWS = "completion_news"
"""Rings in the morning after: by then it is told. It is about the day, as an ISO date."""

feature.fact(COMPLETED, has_place=False, checkins="number", homework_done="number")
feature.personal(
    Personal(store.certificate, texts=("name", "code"), emptied={"files": []}, goes=True),
    Personal(store.completion, texts=("name", "reason")),
)

_SHARE = r"(100|[0-9]{1,2})%"
_MOST = 400


class Share(NamedTuple):
    """So many of something: a number, or so many per cent of what there is."""

    number: int
    is_percent: bool = False

    def of(self, total: int) -> int:
        """Never more than there is, and of a percentage the next whole number."""
        return -(-total * self.number // 100) if self.is_percent else min(self.number, total)


def _share(value: object) -> Share:
    """`2` or `80%`."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return Share(value)
    found = re.fullmatch(_SHARE, value) if isinstance(value, str) else None
    if found is None:
        raise mistake("problem.not_a_share", most=_MOST)
    return Share(int(found[1]), is_percent=True)


Part = Annotated[
    Share,
    PlainValidator(_share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": _MOST},
                {"type": "string", "pattern": f"^({_SHARE})$", "examples": ["80%"]},
            ]
        }
    ),
]


class HomeworkAsked(BaseModel):
    """How many of each tier must have been graded."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    base: Part = Share(0)
    practice: Part = Share(0)
    challenge: Part = Share(0)


class Completion(BaseModel):
    """What a course asks of who has completed it. Without any of it, nobody is told of completion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    check_ins: Annotated[int, Field(ge=0, le=_MOST)] = 0
    homework: HomeworkAsked = HomeworkAsked()
    score: Annotated[int, Field(ge=0, le=100)] = 0  # percent: from which grade on a homework counts
    when: Literal["end", "reached"] = "end"  # told at the end of the course, or at the end of the day
    grading_for: Duration = timedelta(days=14)  # after the last day, what is graded still counts

    @property
    def is_asked(self) -> bool:
        asked = (self.homework.base, self.homework.practice, self.homework.challenge)
        return bool(self.check_ins) or any(share.number for share in asked)


feature.sections["completion"] = Completion


def rule_of(course: Course) -> Completion | None:
    """None where the course asks for nothing."""
    found = course.settings["completion"]
    assert isinstance(found, Completion)
    return found if found.is_asked else None

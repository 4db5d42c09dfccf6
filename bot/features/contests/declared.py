"""The feature, its facts and the options of its ritual."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.domain.messages import Localised
from bot.engine.feature import Feature
from bot.features.contests import ballot, store
from rules.fields import CourseText, PositiveDuration
from storage.personal import Personal

feature = Feature("contests")

ENTERED, WON = "contest.entered", "contest.won"
feature.fact(ENTERED, contest="text")
feature.fact(WON, contest="text", place="number")
feature.personal(
    Personal(store.entry, emptied={"message": None}),
    Personal(store.work, path=("entry", "member"), texts=("text",), emptied={"files": []}),
    Personal(ballot.vote),
)


class ContestOptions(BaseModel):
    """What the contest is called, how long works are taken and votes are, how many places there are."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: CourseText = Localised({"zh_Hans": "作品 PK 赛", "en": "Contest of works"})
    enter_for: PositiveDuration = timedelta(days=4)
    vote_for: PositiveDuration = timedelta(days=2)
    top: int = Field(default=3, ge=1, le=10, strict=True)
    min_entries: int = Field(default=2, ge=2, le=100, strict=True)


def options_of(course: Course, ritual: str) -> ContestOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, ContestOptions) else ContestOptions()

"""The feature, its facts and the options of its ritual."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.domain.messages import Localised
from bot.engine.feature import Feature
from bot.features.contests import appealed, ballot, placed, store
from bot.features.contests.ranking import TieBreak
from rules.fields import CourseText, Duration, PositiveDuration
from storage.personal import Personal

feature = Feature("contests", needs=("checkins_before",))

ENTERED, WON = "contest.entered", "contest.won"
feature.fact(ENTERED, contest="text")
feature.fact(WON, contest="text", place="number")
feature.personal(
    Personal(store.entry, texts=("removed_for",), emptied={"message": None}),
    Personal(store.work, path=("entry", "member"), texts=("text",), emptied={"files": []}),
    Personal(ballot.vote, hidden=("discounted",)),  # who learns why a vote does not count knows how to hide it
    Personal(placed.place),
    Personal(appealed.appeal, texts=("text", "answer")),
)

Mode = Literal["gallery", "duel"]


class Voters(BaseModel):
    """Who may vote: members for so long before the vote opens, who have checked in on so many days by then."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    member_for: Duration = timedelta(days=3)
    check_ins: int = Field(default=2, ge=0, le=100, strict=True)


class ContestOptions(BaseModel):
    """What the contest is called, how long works are taken and votes are, and how they are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: CourseText = Localised({"zh_Hans": "作品 PK 赛", "en": "Contest of works"})
    enter_for: PositiveDuration = timedelta(days=4)
    vote_for: PositiveDuration = timedelta(days=2)
    top: int = Field(default=3, ge=1, le=10, strict=True)
    min_entries: int = Field(default=2, ge=2, le=100, strict=True)
    mode: Mode = "gallery"
    voters: Voters = Voters()
    tie_break: tuple[TieBreak, ...] = Field(default=("shared",), min_length=1, max_length=3)
    from_featured: bool = Field(default=True, strict=True)
    discount: bool = Field(default=True, strict=True)
    appeal_for: PositiveDuration = timedelta(days=1)


def options_of(course: Course, ritual: str) -> ContestOptions:
    """What the file says now; `options_in` says by what a contest goes that has opened."""
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, ContestOptions) else ContestOptions()


def as_announced(options: ContestOptions) -> dict[str, Any]:
    """What a contest keeps of its options when it opens: a file that is changed afterwards changes the next one."""
    return {
        "title": options.title.by_language,
        "top": options.top,
        "mode": options.mode,
        "tie_break": options.tie_break,
        "discount": options.discount,
        "appeal_for": options.appeal_for.total_seconds(),
        "member_for": options.voters.member_for.total_seconds(),
        "check_ins": options.voters.check_ins,
    }


def options_in(course: Course, found: Any) -> ContestOptions:
    """By what a contest goes, given as its row; one that is older than this goes by the file."""
    now, kept = options_of(course, found.ritual), found.options
    if kept is None:
        return now
    voters = Voters.model_construct(member_for=timedelta(seconds=kept["member_for"]), check_ins=kept["check_ins"])
    changed = {"title": Localised(kept["title"]), "tie_break": tuple(kept["tie_break"]), "voters": voters}
    changed |= {"appeal_for": timedelta(seconds=kept["appeal_for"])}
    return now.model_copy(update=changed | {name: kept[name] for name in ("top", "mode", "discount")})

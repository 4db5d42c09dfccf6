"""What is odd about a contest in the files: `check` warns of it."""

from collections.abc import Iterator, Sequence
from datetime import time, timedelta

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.domain.moments import moment_of
from bot.domain.rituals import Occurrence, Ritual
from bot.features.contests.declared import ContestOptions
from bot.features.contests.store import VOTE
from rules.vocabulary import Doubt

_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=30)
"""Of a vote: who is at work for an hour can't take part, and after a month nobody remembers the works."""


def doubts(course: Course, ritual: Ritual, times: Sequence[Occurrence]) -> Iterator[Doubt]:
    options: ContestOptions = ritual.options
    yield from _of_voters(course, ritual, times)
    yield from _of_ties(ritual)
    if not _SHORTEST <= options.vote_for <= _LONGEST:
        id = "plan.short_vote" if options.vote_for < _SHORTEST else "plan.long_vote"
        yield Doubt(("vote_for",), Text(id=id, values={"ritual": ritual.id, "length": options.vote_for}))


def _of_voters(course: Course, ritual: Ritual, times: Sequence[Occurrence]) -> Iterator[Doubt]:
    """Who came on the first day of the course and checked in every day may vote in the first contest."""
    opens_at = min((one.due_at for one in times if one.step == VOTE), default=None)
    if opens_at is None:
        return
    asked, at = ritual.options.voters, course.wall_time(opens_at)
    days = min(course.day_number(at.date()), course.day_number(course.ends))
    if asked.check_ins > max(days, 0):
        values = {"ritual": ritual.id, "check_ins": asked.check_ins, "days": max(days, 0), "at": at}
        yield Doubt(("voters", "check_ins"), Text(id="plan.no_voters_by_check_ins", values=values))
    if asked.member_for > timedelta(0) and opens_at - asked.member_for < moment_of(course.starts, time(), course.zone):
        values = {"ritual": ritual.id, "member_for": asked.member_for, "at": at}
        yield Doubt(("voters", "member_for"), Text(id="plan.no_voters_by_time", values=values))


def _of_ties(ritual: Ritual) -> Iterator[Doubt]:
    """Nothing is left to decide behind `shared` or `earlier`: no two works come at the same moment."""
    ways = ritual.options.tie_break
    for number, way in enumerate(ways):
        last = next((one for one in ways[:number] if one in ("shared", "earlier") or one == way), None)
        if last is not None:
            text = Text(id="plan.tie_break_unused", values={"ritual": ritual.id, "way": way, "last": last})
            yield Doubt(("tie_break", number), text)

"""How much of the homework that was due each of many members has handed in, for their growth reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.homework import Homework, Tier
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.engine.figures import Stretch
from bot.engine.growth import Grown, GrowthAsked
from bot.engine.response_times import Response, moments_in
from bot.features.homework.deadlines import deadline_of
from bot.features.homework.declared import feature
from bot.features.homework.done import homework_outcomes
from bot.features.homework.store import answers
from bot.features.homework.store.outcomes import Outcome
from bot.features.homework.store.tables import extension
from storage.persons import person_of

_LABELS: Mapping[Tier, str] = {
    "base": "growth.tier_base",
    "practice": "growth.tier_practice",
    "challenge": "growth.tier_challenge",
}


class _Extended(NamedTuple):
    """Until when extensions run, by homework: for everybody, and for single persons."""

    all: Mapping[str, datetime]
    own: Mapping[tuple[MemberId, str], datetime]

    def until(self, who: MemberId, homework: Homework) -> datetime | None:
        found = (self.all.get(homework.id), self.own.get((who, homework.id)))
        return max((one for one in found if one is not None), default=None)


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    """By tier, of what was due in each time: what stands, and how much there was for this member.

    What is still to be handed in, for all or by an extension of one's own, is missing to nobody.
    """
    book = asked.course.book.homework
    if not book:
        return []
    theirs = homework_outcomes(db, asked.course, asked.members)
    extended = _extended(db, asked)
    found = []
    for tier, label in _LABELS.items():
        those = [one for one in book.values() if one.tier == tier]
        counts = {who: _done(mine, those, asked.stretches) for who, mine in theirs.items()}
        of = {who: _of(who, mine, those, asked, extended) for who, mine in theirs.items()}
        still = {who: _open(who, mine, those, asked, extended) for who, mine in theirs.items()}
        found.append(Grown("homework", tier, Text(id=label), counts, of, still))
    return found


def _done(mine: Mapping[str, Outcome | None], those: Sequence[Homework], stretches: Sequence[Stretch]) -> list[int]:
    done = [one for one in those if _stands(mine.get(one.id))]
    return [sum(_is_in(one, stretch) for one in done) for stretch in stretches]


def _of(
    who: MemberId,
    mine: Mapping[str, Outcome | None],
    those: Sequence[Homework],
    asked: GrowthAsked,
    extended: _Extended,
) -> list[int]:
    def is_over(one: Homework) -> bool:
        return one.due.moment(asked.course.zone) <= asked.now and extended.until(who, one) is None

    theirs = [one for one in those if one.id in mine and (_stands(mine[one.id]) or is_over(one))]
    return [sum(_is_in(one, stretch) for one in theirs) for stretch in asked.stretches]


def _open(
    who: MemberId,
    mine: Mapping[str, Outcome | None],
    those: Sequence[Homework],
    asked: GrowthAsked,
    extended: _Extended,
) -> int:
    """How many of the first stretch are not handed in, and would be taken now, in time or late."""
    zone = asked.course.zone

    def is_taken(one: Homework) -> bool:
        closed = deadline_of(one, zone, extended=extended.until(who, one)).is_closed(asked.now)
        return one.opens.moment(zone) <= asked.now and not closed

    missing = [one for one in those if one.id in mine and not _stands(mine[one.id])]
    return sum(_is_in(one, asked.stretches[0]) and is_taken(one) for one in missing)


def _stands(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.state != "withdrawn"


def _is_in(one: Homework, stretch: Stretch) -> bool:
    return stretch.first <= one.due.date <= stretch.last


def _extended(db: Connection, asked: GrowthAsked) -> _Extended:
    """Those that still run."""
    query = select(person_of(extension.c.member), extension.c.homework, extension.c.until)
    runs = extension.c.ended_at.is_(None) & (extension.c.until > asked.now)
    rows = db.execute(query.where(extension.c.course == asked.course.id, runs).order_by(extension.c.until)).all()
    own = {(MemberId(row[0]), row[1]): row[2] for row in rows if row[0] is not None}
    return _Extended({row[1]: row[2] for row in rows if row[0] is None}, own)


@feature.offer("responses")
def responses(db: Connection, course: Course, stretch: Stretch) -> list[tuple[Text, Sequence[Response]]]:
    """How soon homework was graded."""
    return [(Text(id="growth.graded"), answers.answers(db, course.id, *moments_in(course, stretch)))]

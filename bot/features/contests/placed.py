"""The places of contests, as they were counted last; who was first, and how often."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Table, delete, func, insert, select

from bot.domain.ids import CourseId, MemberId
from bot.features.contests.ballot import Outcome
from bot.features.contests.store import contest
from storage.persons import is_of
from storage.tables import Id, member, metadata

place = Table(
    "contest_place",
    metadata,
    Column("entry", Id, ForeignKey("contest_entry.id"), primary_key=True),
    Column("contest", Id, ForeignKey("contest.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("place", Integer, nullable=False),  # from 1; several may share one
    Column("votes", Integer, nullable=False),  # that count
    Column("discounted", Integer, nullable=False),  # that do not
    Index(None, "contest"),
    Index(None, "member"),
)


def keep(db: Connection, number: int, ranked: Iterable[tuple[int, Outcome]]) -> None:
    """These are the places of the contest now."""
    db.execute(delete(place).where(place.c.contest == number))
    rows = [
        {
            "entry": one.entry,
            "contest": number,
            "member": one.member,
            "place": rank,
            "votes": one.votes,
            "discounted": one.all_votes - one.votes,
        }
        for rank, one in ranked
    ]
    if rows:
        db.execute(insert(place), rows)


def of(db: Connection, number: int, top: int) -> dict[MemberId, int]:
    """Who has which of the first places, by person."""
    mine = (place.c.contest == number) & (place.c.place <= top)
    query = select(member.c.id, place.c.place).join_from(place, member, is_of(place.c.member)).where(mine)
    return {MemberId(who): rank for who, rank in db.execute(query.order_by(place.c.place.desc()))}


class Champion(NamedTuple):
    """A person who was first, how often, and when last."""

    member: MemberId
    times: int
    last_at: datetime


def champions(db: Connection, course: CourseId) -> Sequence[Champion]:
    """Who was first last comes first."""
    last = func.max(contest.c.counted_at)
    query = (
        select(member.c.id, func.count(contest.c.id.distinct()), last)
        .join_from(place, contest, contest.c.id == place.c.contest)
        .join(member, is_of(place.c.member))
        .where(contest.c.course == course, place.c.place == 1)
        .group_by(member.c.id)
        .order_by(last.desc(), member.c.id)
    )
    return [Champion(*row) for row in db.execute(query)]

"""Votes: one a member, kept apart from what is said of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Index, Select, Table, bindparam, func, select

from bot.domain.ids import MemberId
from bot.features.contests.store import HERE, entry
from storage.columns import Moment
from storage.database import insert
from storage.persons import counts_once, is_of, same_person
from storage.tables import Id, member, metadata, profile

vote = Table(
    "contest_vote",
    metadata,
    Column("contest", Id, ForeignKey("contest.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("entry", Id, ForeignKey("contest_entry.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "entry"),
)


_COUNTS = counts_once(vote, "contest")


def cast(db: Connection, contest: int, who: MemberId, for_entry: int, *, at: datetime) -> None:
    """The last vote of a member counts."""
    row = insert(db, vote).values(contest=contest, member=who, entry=for_entry, at=at)
    changed = {"entry": for_entry, "at": at}
    db.execute(row.on_conflict_do_update(index_elements=["contest", "member"], set_=changed))


def choice_of(db: Connection, contest: int, who: MemberId) -> int | None:
    """The number in the gallery of what a member has voted for."""
    mine = (vote.c.contest == contest) & same_person(vote.c.member, who) & _COUNTS
    query = select(entry.c.number).join(vote, vote.c.entry == entry.c.id)
    chosen: int | None = db.execute(query.where(mine)).scalar_one_or_none()
    return chosen


class Outcome(NamedTuple):
    """One entry, whose it is, and how many have voted for it."""

    number: int | None
    member: MemberId
    name: str
    pseudonym: str | None  # what others read instead
    is_praised: bool
    votes: int


def outcomes(db: Connection, contest: int) -> list[Outcome]:
    """The entries with their votes: of those who are still there, by those who are still there."""
    return [Outcome(*row) for row in db.execute(_outcomes(), {"of": contest})]


def _outcomes() -> Select[Any]:
    by_entry = select(vote.c.entry, func.count().label("votes")).join_from(vote, member, is_of(vote.c.member))
    counted = by_entry.where(vote.c.contest == bindparam("of"), HERE, _COUNTS).group_by(vote.c.entry).subquery()
    query = (
        select(entry.c.number, member.c.id, profile.c.name, profile.c.pseudonym, member.c.is_praised)
        .add_columns(func.coalesce(counted.c.votes, 0))
        .join_from(entry, member, is_of(entry.c.member))
        .join(profile, profile.c.member == member.c.id)
        .join(counted, counted.c.entry == entry.c.id, isouter=True)
    )
    return query.where(entry.c.contest == bindparam("of"), HERE).order_by(entry.c.number, entry.c.at, entry.c.id)


def counts(db: Connection, contests: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many works and votes each contest has."""
    entries, votes = _by_contest(db, entry, contests), _by_contest(db, vote, contests)
    return {contest: (entries.get(contest, 0), votes.get(contest, 0)) for contest in contests}


def _by_contest(db: Connection, table: Table, contests: Collection[int]) -> dict[int, int]:
    query = select(table.c.contest, func.count()).join_from(table, member, is_of(table.c.member))
    if table is vote:
        query = query.where(_COUNTS)
    rows = db.execute(query.where(table.c.contest.in_(contests), HERE).group_by(table.c.contest))
    return {row[0]: int(row[1]) for row in rows}

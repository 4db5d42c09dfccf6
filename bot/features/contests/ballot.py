"""Votes: one a person in each duel (or in all), kept apart from what is said of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    and_,
    bindparam,
    or_,
    select,
    text,
    update,
)

from bot.domain.ids import MemberId
from bot.features.contests.discounting import Reason
from bot.features.contests.entries import HERE_THEN
from bot.features.contests.store import entry
from storage.columns import Moment
from storage.database import insert
from storage.persons import counts_once, is_of, person_of, same_person
from storage.tables import Id, member, metadata, profile

vote = Table(
    "contest_vote",
    metadata,
    Column("contest", Id, ForeignKey("contest.id"), primary_key=True),
    Column("duel", Integer, primary_key=True, server_default=text("0")),  # as its entry has it
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("entry", Id, ForeignKey("contest_entry.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("discounted", String(12)),  # why it does not count, as it was found when the votes were counted
    Index(None, "entry"),
)


_COUNTS = counts_once(vote, "contest", "duel")

Aside = Literal["left", "own", "second"]
"""Why a vote takes no part in the count: its voter has left, it is for oneself, or another account has voted."""

_TAKES_PART = or_(vote.c.discounted.is_(None), vote.c.discounted.not_in(get_args(Aside)))


def cast(db: Connection, contest: int, who: MemberId, for_entry: int, *, at: datetime, duel: int = 0) -> None:
    """The last vote of a member counts."""
    row = insert(db, vote).values(contest=contest, duel=duel, member=who, entry=for_entry, at=at)
    changed = {"entry": for_entry, "at": at}
    db.execute(row.on_conflict_do_update(index_elements=["contest", "duel", "member"], set_=changed))


def choices_of(db: Connection, contest: int, who: MemberId) -> list[int]:
    """The numbers in the gallery of what a member has voted for and still stands."""
    mine = (vote.c.contest == contest) & same_person(vote.c.member, who) & _COUNTS & entry.c.removed_at.is_(None)
    query = select(entry.c.number).join(vote, vote.c.entry == entry.c.id).where(mine).order_by(entry.c.number)
    return list(db.execute(query).scalars())


# --- which votes there are --------------------------------------------------------------------------------------------


class Cast(NamedTuple):
    """A vote of somebody who is there for the work of somebody else."""

    voter: MemberId  # the person
    author: MemberId
    at: datetime
    duel: int
    entry: int
    member: MemberId  # whose row it is: an account of the voter
    discounted: Reason | None


_OF_VOTE = (vote.c.at, vote.c.duel, vote.c.entry, vote.c.member, vote.c.discounted)
_VOTES: Select[Any] = (
    select(member.c.id, person_of(entry.c.member), *_OF_VOTE)
    .join_from(vote, member, is_of(vote.c.member))
    .join(entry, entry.c.id == vote.c.entry)
    .where(vote.c.contest == bindparam("of"), _COUNTS, _TAKES_PART, HERE_THEN, member.c.id != person_of(entry.c.member))
    .order_by(vote.c.at, member.c.id)
)


def votes(db: Connection, contest: int, at: datetime) -> list[Cast]:
    """One for each person in each duel, of those who had not left by then; not those for themselves.

    Once they were counted, only of those that were looked at then.
    """
    return [Cast(*row) for row in db.execute(_VOTES, {"of": contest, "then": at})]


def set_aside(db: Connection, contest: int, at: datetime) -> None:
    """Mark what takes no part in the count: who comes back, or is two persons again, changes no result after it."""
    judged = {(one.duel, one.member) for one in votes(db, contest, at)}
    rows = db.execute(_ALL_VOTES, {"of": contest})
    aside = [(row.duel, row.member, _why_aside(row, at)) for row in rows if (row.duel, row.member) not in judged]
    discount(db, contest, aside)


def _why_aside(row: Row[Any], at: datetime) -> Aside:
    if row.left_at is not None and row.left_at <= at:
        return "left"
    return "own" if row.voter == row.author else "second"


_ALL_VOTES: Select[Any] = (
    select(vote.c.duel, vote.c.member, member.c.id.label("voter"), member.c.left_at)
    .add_columns(person_of(entry.c.member).label("author"))
    .join_from(vote, member, is_of(vote.c.member))
    .join(entry, entry.c.id == vote.c.entry)
    .where(vote.c.contest == bindparam("of"))
)


def discount(db: Connection, contest: int, those: Iterable[tuple[int, MemberId, Reason | Aside]]) -> None:
    """`those` are duel, member, and why the vote does not count."""
    rows = [{"duel_": duel, "member_": who, "discounted": why} for duel, who, why in those]
    mine = (vote.c.contest == contest) & (vote.c.duel == bindparam("duel_"))
    if rows:
        db.execute(update(vote).where(mine, vote.c.member == bindparam("member_", type_=Id)), rows)


# --- what they come to ------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """One entry, whose it is, and how many of the votes for it count."""

    entry: int
    number: int | None
    duel: int
    at: datetime  # when it was entered
    grade: int | None
    member: MemberId
    name: str
    pseudonym: str | None  # what others read instead
    is_praised: bool  # and is there to be praised
    votes: int
    given: int  # that count in its duel, also for works that take no part any more
    discounted: Mapping[Reason, int]  # how many do not count, by why

    @property
    def all_votes(self) -> int:
        return self.votes + sum(self.discounted.values())


_OF_ENTRY = (entry.c.id, entry.c.number, entry.c.duel, entry.c.at, entry.c.grade)
_IS_PRAISED = and_(member.c.is_praised, member.c.left_at.is_(None)).label("is_praised")
_ENTRIES: Select[Any] = (
    select(*_OF_ENTRY, member.c.id.label("member"), profile.c.name, profile.c.pseudonym, _IS_PRAISED)
    .join_from(entry, member, is_of(entry.c.member))
    .join(profile, profile.c.member == member.c.id)
    .where(entry.c.contest == bindparam("of"), entry.c.removed_at.is_(None), counts_once(entry, "contest"))
    .where(HERE_THEN)
    .order_by(entry.c.number, entry.c.at, entry.c.id)
)


def outcomes(db: Connection, contest: int, at: datetime) -> list[Outcome]:
    """The entries with their votes: of those who were there at this moment, by those who were."""
    given: dict[int, Counter[Reason | None]] = {}
    in_duel: Counter[int] = Counter()
    for one in votes(db, contest, at):
        given.setdefault(one.entry, Counter())[one.discounted] += 1
        in_duel[one.duel] += one.discounted is None
    rows = db.execute(_ENTRIES, {"of": contest, "then": at}).all()
    return [_outcome(row, given.get(row.id, Counter()), in_duel[row.duel]) for row in rows]


def _outcome(row: Row[Any], given: Counter[Reason | None], in_duel: int) -> Outcome:
    discounted = {reason: count for reason, count in given.items() if reason is not None}
    values = row._asdict()
    return Outcome(entry=values.pop("id"), **values, votes=given[None], given=in_duel, discounted=discounted)


def counts(db: Connection, contests: Collection[int], at: datetime) -> dict[int, tuple[int, int]]:
    """How many works and votes each contest has.

    The sum also has the votes for a work that was taken out: what that had can't be told from it.
    """
    return {one: (len(outcomes(db, one, at)), len(votes(db, one, at))) for one in contests}


def voters_of(db: Connection, contest: int, for_entry: int, at: datetime) -> list[MemberId]:
    """Who has voted for this work."""
    return [one.voter for one in votes(db, contest, at) if one.entry == for_entry]


def past(db: Connection, contests: Sequence[int], at: datetime) -> list[list[Cast]]:
    """The votes of earlier contests, of those who are still there."""
    return [votes(db, contest, at) for contest in contests]

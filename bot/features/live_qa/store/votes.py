"""Who would like to hear of a question that somebody else has asked. Nobody is shown a name."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, literal, select

from bot.domain.ids import MemberId
from bot.features.live_qa.store.tables import vote
from storage.database import insert_new
from storage.persons import is_of, same_person
from storage.tables import member


def voters(db: Connection, session: int) -> Sequence[Any]:
    """Pairs of number and person, of those who are here."""
    cast = select(vote.c.number, member.c.id.label("person")).join_from(vote, member, is_of(vote.c.member))
    return db.execute(cast.where(vote.c.session == session, member.c.left_at.is_(None)).distinct()).all()


def cast(db: Connection, session: int, number: int, who: MemberId, *, at: datetime) -> None:
    db.execute(insert_new(db, vote).values(session=session, number=number, member=who, at=at))


def take_back(db: Connection, session: int, numbers: Collection[int], who: MemberId) -> bool:
    """False where this person had none for any of these."""
    mine = (vote.c.session == session) & vote.c.number.in_(numbers) & same_person(vote.c.member, who)
    return db.execute(delete(vote).where(mine)).rowcount > 0


def drop_of(db: Connection, session: int, members: Collection[int]) -> None:
    """All that any of these members has cast."""
    db.execute(delete(vote).where(vote.c.session == session, vote.c.member.in_(members)))


def copy(db: Connection, session: int, number: int, *, to: tuple[int, int]) -> None:
    """Who voted for one votes for another, too: of this session, with this number."""
    known = select(vote.c.member).where(vote.c.session == to[0], vote.c.number == to[1])
    found = select(literal(to[0]), literal(to[1]), vote.c.member, vote.c.at)
    found = found.where(vote.c.session == session, vote.c.number == number, vote.c.member.not_in(known))
    db.execute(insert(vote).from_select(["session", "number", "member", "at"], found))


def voted_by(db: Connection, session: int, members: Collection[int]) -> Sequence[int]:
    """The numbers that any of these members has voted for."""
    mine = (vote.c.session == session) & vote.c.member.in_(members)
    return db.execute(select(vote.c.number).where(mine).distinct()).scalars().all()

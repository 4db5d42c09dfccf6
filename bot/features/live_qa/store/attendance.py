"""Who attended, by the code that was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from bot.domain.ids import MemberId
from bot.features.live_qa.store.tables import attendance
from storage.database import insert as insert_or
from storage.persons import person_of, same_person
from storage.tables import profile


def has_attended(db: Connection, id: int, who: MemberId) -> bool:
    return db.execute(select(attendance.c.at).where(_mine(id, who), attendance.c.at.is_not(None))).first() is not None


def wrong_codes(db: Connection, id: int, who: MemberId) -> int:
    """How many wrong codes a member has tried."""
    tried = select(func.coalesce(func.sum(attendance.c.wrong_codes), 0)).where(_mine(id, who))
    return int(db.execute(tried).scalar_one())


def count_wrong_code(db: Connection, id: int, who: MemberId) -> None:
    row = insert_or(db, attendance).values(session=id, member=who, wrong_codes=1)
    again = {"wrong_codes": attendance.c.wrong_codes + 1}
    db.execute(row.on_conflict_do_update(index_elements=["session", "member"], set_=again))


def attend(db: Connection, id: int, who: MemberId, *, at: datetime) -> bool:
    """Note that a member is there; False where that was known."""
    row = insert_or(db, attendance).values(session=id, member=who, at=at)
    first = row.on_conflict_do_update(
        index_elements=["session", "member"], set_={"at": at}, where=attendance.c.at.is_(None)
    )
    return db.execute(first).rowcount > 0


def attendees(db: Connection, id: int) -> list[str]:
    """The names of who attended, in the order in which they said so."""
    there = select(profile.c.name).join_from(profile, attendance, profile.c.member == person_of(attendance.c.member))
    there = there.where(attendance.c.session == id, attendance.c.at.is_not(None))
    there = there.group_by(profile.c.member, profile.c.name)
    return list(db.execute(there.order_by(func.min(attendance.c.at), profile.c.member)).scalars())


def count_attendees(db: Connection, id: int) -> int:
    there = (attendance.c.session == id) & attendance.c.at.is_not(None)
    return db.execute(select(func.count(distinct(person_of(attendance.c.member)))).where(there)).scalar_one()


def _mine(id: int, who: MemberId) -> Any:
    return (attendance.c.session == id) & same_person(attendance.c.member, who)

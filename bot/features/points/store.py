"""Questions asked of the ledger."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, select

from bot.domain.ids import MemberId
from bot.domain.rules import SPENT
from storage.persons import same_person
from storage.tables import Id, ledger


def points_on(db: Connection, who: MemberId, day: date) -> int:
    """What the member was given for this date; what they have spent on it aside."""
    return int(db.execute(_ON_DAY, {"who": who, "day": day}).scalar_one())


_ON_DAY = select(func.coalesce(func.sum(ledger.c.points), 0)).where(
    same_person(ledger.c.member, bindparam("who", type_=Id)),
    ledger.c.local_date == bindparam("day"),
    ledger.c.category != SPENT,
)


def last_entries(db: Connection, who: MemberId, *, limit: int) -> list[Row[Any]]:
    """The newest entries that changed the sum."""
    return list(db.execute(_LAST, {"who": who, "most": limit}).all())


_LAST = (
    select(ledger)
    .where(same_person(ledger.c.member, bindparam("who", type_=Id)), ledger.c.points != 0)
    .order_by(ledger.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)

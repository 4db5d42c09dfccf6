"""Questions asked of the ledger."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.domain.ids import MemberId
from storage.tables import ledger


def points_on(db: Connection, who: MemberId, day: date) -> int:
    total = select(func.coalesce(func.sum(ledger.c.points), 0))
    return int(db.execute(total.where(ledger.c.member == who, ledger.c.local_date == day)).scalar_one())


def last_entries(db: Connection, who: MemberId, *, limit: int) -> list[Row[Any]]:
    """The newest entries that changed the sum."""
    mine = select(ledger).where(ledger.c.member == who, ledger.c.points != 0)
    return list(db.execute(mine.order_by(ledger.c.id.desc()).limit(limit)).all())

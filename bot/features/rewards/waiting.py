"""What waits for staff: a request for their word, a thing that is to be sent or done, a gift that was not possible."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from bot.domain.ids import CourseId
from bot.features.rewards.store import Redemption
from bot.features.rewards.tables import address, redemption

PATIENCE = timedelta(days=3)
"""How long something may wait until staff are reminded."""

BY_HAND = ("goods", "privilege")
"""The kinds of rewards that staff have to do something for."""


class Waiting(NamedTuple):
    """A redemption that staff are waited for, and since when they are."""

    row: Redemption
    since: datetime

    def is_overdue(self, now: datetime) -> bool:
        return now - self.since >= PATIENCE


def waiting(db: Connection, course: CourseId) -> list[Waiting]:
    """Who waits the longest comes first. Goods without an address wait for the member."""
    is_ready = (redemption.c.kind == "privilege") | address.c.at.is_not(None)
    is_to_do = (redemption.c.state == "given") & redemption.c.kind.in_(BY_HAND) & is_ready
    asks = redemption.c.state.in_(("requested", "owed"))
    query: Select[Any] = select(*redemption.c, _SINCE.label("since")).join(address, isouter=True)
    rows = db.execute(query.where(redemption.c.course == course, asks | is_to_do)).all()
    return sorted((Waiting(row, row.since) for row in rows), key=lambda one: (one.since, one.row.id))


def without_address(db: Connection, course: CourseId) -> Sequence[Redemption]:
    """Goods that can't be sent yet."""
    mine = (redemption.c.course == course) & (redemption.c.state == "given") & (redemption.c.kind == "goods")
    query = select(redemption).join(address, isouter=True).where(mine, address.c.at.is_(None))
    return db.execute(query.order_by(redemption.c.id)).all()


def finished(db: Connection, course: CourseId, *, limit: int) -> Sequence[Redemption]:
    """Nobody waits for anything here any more; what was settled last comes first."""
    is_done = (redemption.c.state != "requested") & (redemption.c.state != "owed")
    is_to_do = (redemption.c.state == "given") & redemption.c.kind.in_(BY_HAND)
    query = select(redemption).where(redemption.c.course == course, is_done, ~is_to_do)
    return db.execute(query.order_by(_SETTLED.desc(), redemption.c.id.desc()).limit(limit)).all()


def newest(db: Connection, course: CourseId, *, limit: int) -> Sequence[Redemption]:
    """Whatever has become of them."""
    query = select(redemption).where(redemption.c.course == course).order_by(redemption.c.id.desc())
    return db.execute(query.limit(limit)).all()


_SETTLED = func.coalesce(redemption.c.settled_at, redemption.c.at)
_SINCE = func.coalesce(address.c.at, redemption.c.settled_at, redemption.c.at)

"""Questions asked of the ledger and of the facts behind it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from bot.domain.ids import CourseId, MemberId
from storage.tables import ledger, member, profile


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the board."""

    member: MemberId
    name: str
    points: int
    rank: int


def points_of(db: Connection, who: MemberId) -> int:
    return int(
        db.execute(select(func.coalesce(func.sum(ledger.c.points), 0)).where(ledger.c.member == who)).scalar_one()
    )


def points_on(db: Connection, who: MemberId, day: date) -> int:
    total = select(func.coalesce(func.sum(ledger.c.points), 0))
    return int(db.execute(total.where(ledger.c.member == who, ledger.c.local_date == day)).scalar_one())


def last_entries(db: Connection, who: MemberId, *, limit: int) -> list[Row[Any]]:
    """The newest entries that changed the sum."""
    mine = select(ledger).where(ledger.c.member == who, ledger.c.points != 0)
    return list(db.execute(mine.order_by(ledger.c.id.desc()).limit(limit)).all())


def standings(db: Connection, course: CourseId) -> list[Standing]:
    """Students by points, who got there first before who came later; staff and who left are not on the board."""
    total = func.coalesce(func.sum(ledger.c.points), 0)
    listed = (member.c.course == course) & (member.c.role == "student") & member.c.left_at.is_(None)
    query = select(member.c.id, profile.c.name, total.label("points"))
    query = query.join(profile, profile.c.member == member.c.id).join(ledger, ledger.c.member == member.c.id)
    query = query.where(listed, member.c.merged_into.is_(None)).group_by(member.c.id, profile.c.name)
    rows = db.execute(query.having(total > 0).order_by(total.desc(), func.max(ledger.c.id))).all()
    return list(_ranked([(row.id, row.name, row.points) for row in rows]))


def _ranked(rows: Sequence[tuple[MemberId, str, int]]) -> Iterator[Standing]:
    """Equal points share the better rank."""
    rank, before = 0, None
    for place, (who, name, points) in enumerate(rows, 1):
        if points != before:
            rank, before = place, points
        yield Standing(member=who, name=name, points=points, rank=rank)

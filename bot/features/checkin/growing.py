"""The check-ins of many members, for their growth reports."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Connection, select

from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.engine.figures import Stretch
from bot.engine.growth import Grown, GrowthAsked
from bot.features.checkin.handlers import feature
from bot.features.checkin.store import table
from storage.persons import by_person, same_persons


@feature.query("checkin_days")
def checkin_days(db: Connection, members: Collection[MemberId], stretch: Stretch) -> dict[MemberId, dict[date, bool]]:
    """The dates of each who checked in then, and whether each was made up for."""
    theirs = same_persons(table.c.member, "members") & table.c.local_date.between(*stretch)
    query = by_person(select(table.c.member, table.c.local_date, table.c.is_makeup).where(theirs))
    found: dict[MemberId, dict[date, bool]] = {}
    for who, day, is_makeup in db.execute(query, {"members": list(members)}):
        mine = found.setdefault(MemberId(who), {})
        mine[day] = is_makeup and mine.get(day, True)
    return found


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    whole = Stretch(min(one.first for one in asked.stretches), max(one.last for one in asked.stretches))
    days = checkin_days(db, asked.ids, whole)
    counts = {who: _counts(theirs, asked.stretches) for who, theirs in days.items()}
    return [Grown("checkin", "checkins", Text(id="figure.checkins"), counts)]


def _counts(days: Collection[date], stretches: Sequence[Stretch]) -> list[int]:
    return [sum(one.first <= day <= one.last for day in days) for one in stretches]

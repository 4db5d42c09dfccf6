"""In how many sessions each of many members shared, for their growth reports."""

from sqlalchemy import Connection, select

from bot.domain.messages import Text
from bot.engine.figures import counts_in, overlap
from bot.engine.growth import Grown, GrowthAsked, sums_by_person
from bot.features.sharing.declared import feature
from bot.features.sharing.tables import session, share
from storage.persons import counts_once, same_persons


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    day = session.c.local_date
    query = select(share.c.member, *counts_in(day, asked.stretches)).join(session, share.c.session == session.c.id)
    query = query.where(same_persons(share.c.member, "members"), counts_once(share, "session"))
    query = query.where(session.c.course == asked.course.id, overlap(day, asked.stretches)).group_by(share.c.member)
    return [Grown("together", "shares", Text(id="figure.shares"), sums_by_person(db, query, asked.ids))]

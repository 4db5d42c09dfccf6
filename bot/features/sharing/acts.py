"""What other features may know of who has shared something."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.features.sharing.declared import feature
from bot.features.sharing.tables import session, share
from storage.persons import person_of, same_persons


@feature.offer("own_acts")
def own_acts(
    db: Connection, course: Course, members: Collection[MemberId], before: datetime
) -> list[tuple[MemberId, str]]:
    """Who of these persons has shared something before a moment."""
    query = select(person_of(share.c.member)).join(session, session.c.id == share.c.session)
    query = query.where(session.c.course == course.id, share.c.at < before, same_persons(share.c.member, "members"))
    return [(who, "share") for who in db.execute(query.distinct(), {"members": members}).scalars()]

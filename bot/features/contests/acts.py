"""What other features may know of who has entered a contest."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.features.contests.declared import feature
from bot.features.contests.store import contest, entry
from storage.persons import person_of, same_persons


@feature.offer("own_acts")
def own_acts(
    db: Connection, course: Course, members: Collection[MemberId], before: datetime
) -> list[tuple[MemberId, str]]:
    """Who of these persons has entered a work that stands, in a contest whose vote opened before a moment."""
    query = select(person_of(entry.c.member)).join(contest, contest.c.id == entry.c.contest)
    query = query.where(contest.c.course == course.id, contest.c.gallery_at < before, entry.c.removed_at.is_(None))
    query = query.where(same_persons(entry.c.member, "members"))
    return [(who, "entry") for who in db.execute(query.distinct(), {"members": members}).scalars()]

"""A contest whose ritual has gone from the files while it was on: whoever has changed them hears of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.features.contests.declared import ContestOptions, feature
from bot.features.contests.store import contest, entry


@feature.offer("cut_off")
def cut_off(db: Connection, course: Course, off: Collection[str], now: datetime) -> list[Text]:
    """One that is only `off` because of a mistake waits until that is mended."""
    works = func.count(entry.c.id).label("works")
    is_in = (entry.c.contest == contest.c.id) & entry.c.removed_at.is_(None)
    is_on = (contest.c.course == course.id) & contest.c.closed_at.is_(None) & (contest.c.votes_until > now)
    query = select(contest, works).join(entry, is_in, isouter=True).where(is_on)
    return [
        Text(
            id="contest.cut_off",
            values={
                "ritual": row.ritual,
                "works": row.works,
                "until": course.wall_time(row.votes_until if row.gallery_at else row.entries_until),
            },
        )
        for row in db.execute(query.group_by(contest.c.id).order_by(contest.c.id))
        if row.ritual not in off and not _goes_on(course, row.ritual)
    ]


def _goes_on(course: Course, ritual: str) -> bool:
    found = course.ritual(ritual)
    return found is not None and isinstance(found.options, ContestOptions)

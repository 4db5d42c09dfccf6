"""What reports may count of contests."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.features.contests.declared import feature
from bot.features.contests.store import contest, entry


@feature.offer("messages_between")
def messages_between(db: Connection, lower: str, upper: str) -> list[str]:
    """The objects of the messages that works stand in, in the order of texts."""
    return list(db.execute(select(entry.c.message).where(entry.c.message.between(lower, upper))).scalars())


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """The works in contests that opened in these times."""
    day = contest.c.local_date
    query = select(*counts_in(day, stretches)).join(entry, entry.c.contest == contest.c.id)
    counts = db.execute(query.where(contest.c.course == course.id, overlap(day, stretches))).one()
    return [Figure(Text(id="figure.works"), tuple(counts))]

"""What reports count of redemptions."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.domain.rules import SPENT
from bot.engine.figures import Figure, Stretch, overlap, sums_in
from bot.features.rewards.declared import feature
from storage.persons import is_of
from storage.tables import ledger, member


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """How many points students have spent, without what they got back."""
    day = ledger.c.local_date
    query = select(*sums_in(day, stretches, -ledger.c.points)).join_from(ledger, member, is_of(ledger.c.member))
    mine = (ledger.c.course == course.id) & (ledger.c.category == SPENT) & overlap(day, stretches)
    spent = db.execute(query.where(mine, member.c.role == "student")).one()
    return [Figure(Text(id="reward.figure_spent"), [int(points) for points in spent])]

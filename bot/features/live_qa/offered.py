"""What reports may count of live sessions."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.features.live_qa.declared import feature
from bot.features.live_qa.store.tables import attendance, question, session
from storage.persons import is_of
from storage.tables import member


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """What students asked for the sessions of these times, and how often they attended one."""
    return [
        Figure(Text(id="figure.live_questions"), _counts(db, course, stretches, question)),
        Figure(Text(id="figure.live_attendance"), _counts(db, course, stretches, attendance)),
    ]


def _counts(db: Connection, course: Course, stretches: Sequence[Stretch], table: Table) -> tuple[int, ...]:
    day = session.c.local_date
    query = select(*counts_in(day, stretches)).join(table, table.c.session == session.c.id)
    query = query.join_from(table, member, is_of(table.c.member))
    # Both have a moment; it is empty where a member only tried wrong codes.
    mine = (session.c.course == course.id) & (member.c.role == "student") & table.c.at.is_not(None)
    if table is question:
        mine &= question.c.first_session.is_(None)  # it counts where it was asked, not where it was carried to
    return tuple(db.execute(query.where(mine, overlap(day, stretches))).one())

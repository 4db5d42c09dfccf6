"""What reports may count of battles."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.features.battles.declared import feature
from bot.features.battles.tables import answer, battle
from storage.persons import person_of


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """How often somebody took part in a battle that was played to its end."""
    day = battle.c.local_date
    played = (battle.c.course == course.id) & (battle.c.state == "over") & overlap(day, stretches)
    each = select(day, battle.c.id, person_of(answer.c.member)).join(answer, answer.c.battle == battle.c.id)
    found = each.where(played).distinct().subquery()
    counts = db.execute(select(*counts_in(found.c.local_date, stretches))).one()
    return [Figure(Text(id="figure.battle_players"), tuple(counts))]

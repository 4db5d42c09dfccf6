"""The points of each of many members by kind, for their growth reports."""

from sqlalchemy import Connection, select

from bot.domain.messages import Text
from bot.domain.rules import GRANTED
from bot.engine.figures import overlap, sums_in
from bot.engine.growth import Grown, GrowthAsked, sums_by_person
from bot.features.points.handlers import feature
from storage.persons import same_persons
from storage.tables import ledger

_LABELS = {
    "activity": ("growth.points_activity", "growth.activity_points"),
    "help": ("growth.points_help", "growth.help_points"),
    "contribution": ("growth.points_contribution", "growth.contribution_points"),
    GRANTED: ("growth.granted", "growth.granted_points"),
}
"""What was earned; what somebody spent is no part of their growth."""


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    """What remains of what was given and taken back, as it counts for each date."""
    found = []
    for category, (label, said) in _LABELS.items():
        sums = select(ledger.c.member, *sums_in(ledger.c.local_date, asked.stretches, ledger.c.points))
        theirs = (ledger.c.category == category) & same_persons(ledger.c.member, "members")
        sums = sums.where(theirs, overlap(ledger.c.local_date, asked.stretches)).group_by(ledger.c.member)
        counts = sums_by_person(db, sums, asked.ids)
        found.append(Grown("points", category, Text(id=label), counts, said=Text(id=said)))
    return found

"""What the rules were told about somebody's homework, and has not been taken back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.ids import CourseId, MemberId
from rules.fold import RETRACTED
from storage.persons import same_person
from storage.tables import fact


def told(
    db: Connection, course: CourseId, object: str, who: MemberId, kinds: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The values of the newest fact of each of these kinds that holds, of whichever account of a person."""
    mine = (fact.c.course == course) & (fact.c.object == object) & same_person(fact.c.member, who)
    query = select(fact.c.kind, fact.c["values"]).where(mine, fact.c.kind.in_([*kinds, RETRACTED]))
    found: dict[str, dict[str, Any]] = {}
    for kind, values in db.execute(query.order_by(fact.c.id)):
        if kind == RETRACTED:
            found.pop(values["fact"], None)
        else:
            found[kind] = values
    return found

"""The facts about a member that are worth telling, found without reading all the others."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, Text, func, or_, select, type_coerce

from bot.domain.ids import MemberId
from bot.domain.rules import ANONYMOUS
from bot.engine.messages import FACT
from rules.fold import RETRACTED
from rules.rituals import DAY_ENDED
from storage.persons import same_person
from storage.tables import fact

FREQUENT = (FACT, "reaction.received", DAY_ENDED, RETRACTED)
"""Kinds of which there are many: one is told only where a rule acted or a limit held it back."""

_LOOKED_AT = 5_000
_MOST = 1_000
_OF_MESSAGE = 200
_TELLING = (
    '"fired":true', '"why":"verdict.object"', '"why":"verdict.novelty"', '"why":"verdict.once', '"why":"verdict.points',
    '"why":"verdict.cool',
)  # fmt: skip


def _of(who: MemberId, *, is_own: bool) -> ColumnElement[bool]:
    """Facts about somebody; for others without those that nobody may connect with them."""
    theirs = same_person(fact.c.member, who)
    hidden = type_coerce(fact.c["values"], Text).contains(f'"{ANONYMOUS}"', autoescape=True)
    return theirs if is_own else theirs & ~hidden


def telling_facts(db: Connection, who: MemberId, *, is_own: bool) -> Iterator[Row[Any]]:
    """The latest first. Read little by little: whoever has heard enough stops."""
    latest = select(fact.c.id).where(_of(who, is_own=is_own)).order_by(fact.c.id.desc()).limit(_LOOKED_AT)
    verdicts = type_coerce(fact.c.verdicts, String)
    telling = or_(fact.c.kind.not_in(FREQUENT), *(verdicts.contains(part, autoescape=True) for part in _TELLING))
    query = select(fact).where(fact.c.id.in_(latest), telling).order_by(fact.c.id.desc()).limit(_MOST)
    with db.execute(query.execution_options(yield_per=50)) as rows:
        yield from rows


def facts_of_message(db: Connection, who: MemberId, message: str, *, is_own: bool) -> list[Row[Any]]:
    """What came of a member's message, the latest first: of posting it, and of what others made of it."""
    posted = select(fact.c.cause).where(fact.c.object == message, fact.c.kind == FACT)
    about = or_(fact.c.object == message, fact.c.object.endswith(f" on {message}", autoescape=True))
    found = _of(who, is_own=is_own) & or_(about, fact.c.cause.in_(posted))
    return list(db.execute(select(fact).where(found).order_by(fact.c.id.desc()).limit(_OF_MESSAGE)).all())


def count_facts(db: Connection, who: MemberId, *, is_own: bool, since: int = 0) -> int:
    """How many there are from this one on, of those that are looked at."""
    theirs = _of(who, is_own=is_own) & (fact.c.id >= since)
    latest = select(fact.c.id).where(theirs).order_by(fact.c.id.desc())
    return int(db.execute(select(func.count()).select_from(latest.limit(_LOOKED_AT).subquery())).scalar_one())

"""What was known already and was shown to who asks, and whether it helped."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from bot.engine.known import Found
from bot.features.questions.store.tables import offer
from storage.database import insert_new

_THOUSANDTHS = 1000


def add(db: Connection, number: int, found: Sequence[Found]) -> None:
    """Shown, and nothing said of it yet."""
    rows = [{"question": number, "found": one.id, "score": round(one.score * _THOUSANDTHS)} for one in found]
    if rows:
        db.execute(insert_new(db, offer), rows)


def ids_of(db: Connection, number: int) -> list[str]:
    """What was shown for a question, the likeliest first."""
    query = select(offer.c.found).where(offer.c.question == number).order_by(offer.c.score.desc(), offer.c.found)
    return list(db.execute(query).scalars())


def say(db: Connection, number: int, helped: str | None) -> None:
    """The asker has said which of them was all that they wanted; None: none was."""
    db.execute(update(offer).where(offer.c.question == number).values(is_help=offer.c.found == (helped or "")))

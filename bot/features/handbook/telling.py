"""What the staff room hears of the handbook, whatever happened to bring it about."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.course import Course
from bot.domain.messages import Words
from bot.engine.transaction import Transaction
from bot.engine.voice import NOTICE_LIFE, Label, Utterance, Where
from storage import outbox


def tell_staff(
    tx: Transaction, course: Course, now: datetime, *lines: Words, key: str, buttons: Sequence[Label] = ()
) -> None:
    """Said once for each key."""
    what = Utterance(lines=lines, buttons=buttons, life=NOTICE_LIFE)
    for space in tx.live.spaces_of(course.id, kind="staff"):
        where = Where(address=space.address)
        said = f"handbook:{course.id}:{key}@{space.address.platform}:{space.address.chat}"
        outbox.enqueue(tx.db, tx.engine.voice.queue(said, what, where, course.language, now))

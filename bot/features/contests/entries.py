"""What members enter: taken while works are taken, numbered for the vote, taken out by staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, or_, select, update

from bot.domain.ids import MemberId
from bot.engine.pieces import Piece, pieces_in
from bot.features.contests.store import entered_in, entry, work
from storage.columns import Moment
from storage.database import insert, insert_new
from storage.persons import counts_once, is_of, same_person
from storage.tables import account, member


class Work(NamedTuple):
    """What a member enters."""

    text: str
    files: Sequence[Piece]
    message: str | None  # the object of the message that it stands in
    grade: int | None = None  # percent, where it has one as homework


def keep(db: Connection, number: int, who: MemberId, given: Work, *, at: datetime) -> bool:
    """Take a work, or the next one of the same member instead; whether it is their first."""
    told = {"at": at, "message": given.message, "grade": given.grade}
    new = insert_new(db, entry).values(contest=number, member=who, **told).returning(entry.c.id)
    mine = entry_of(db, number, who)
    is_first = mine is None and (mine := db.execute(new).scalar_one_or_none()) is not None
    if not is_first:
        mine = mine or entry_of(db, number, who)  # another process may have been first
        db.execute(update(entry).where(entry.c.id == mine).values(told))
    said = {"text": given.text, "files": list(given.files)}
    kept = insert(db, work).values(entry=mine, **said)
    db.execute(kept.on_conflict_do_update(index_elements=["entry"], set_=said))
    return is_first


def entry_of(db: Connection, number: int, who: MemberId) -> int | None:
    mine = (entry.c.contest == number) & same_person(entry.c.member, who) & _COUNTS
    found: int | None = db.execute(select(entry.c.id).where(mine)).scalar_one_or_none()
    return found


def withdraw(db: Connection, number: int, who: MemberId) -> bool:
    """Forget a member's work; False where there is none."""
    mine = entry_of(db, number, who)
    if mine is None:
        return False
    db.execute(delete(work).where(work.c.entry == mine))
    return db.execute(delete(entry).where(entry.c.id == mine)).rowcount == 1


def entered_by(db: Connection, message: str, now: datetime) -> Sequence[Row[Any]]:
    """The entries whose work stands in this message, in contests that still take some: contest and member."""
    return db.execute(entered_in(now).where(entry.c.message == message).order_by(entry.c.id)).all()


_COUNTS = counts_once(entry, "contest")


HERE_THEN = or_(member.c.left_at.is_(None), member.c.left_at > bindparam("then", type_=Moment()))
"""Of members that are joined: who had not left at this moment."""

_OF_ENTRY = (entry.c.id, entry.c.number, entry.c.duel, entry.c.at, entry.c.removed_at, entry.c.removed_for)
_WORKS: Select[Any] = (
    select(*_OF_ENTRY, work.c.text, work.c.files, member.c.id.label("member"), member.c.left_at)
    .join_from(entry, work, work.c.entry == entry.c.id)
    .join_from(entry, member, is_of(entry.c.member))
    .where(entry.c.contest == bindparam("of"))
    .order_by(entry.c.number, entry.c.at, entry.c.id)
)
_STANDS = entry.c.removed_at.is_(None) & _COUNTS
_IS_HERE = member.c.left_at.is_(None) & member.c.merged_into.is_(None)


def works(db: Connection, number: int) -> Sequence[Row[Any]]:
    """The works of those who are still there."""
    return db.execute(_WORKS.where(_IS_HERE, _STANDS), {"of": number}).all()


def has_no_choice(db: Connection, number: int, duel: int) -> bool:
    """Whether a duel has only one work left, or none."""
    return len([work for work in works(db, number) if work.duel == duel]) <= 1


def shown(db: Connection, number: int) -> Sequence[Row[Any]]:
    """All that the gallery has shown, also what was taken out since."""
    return db.execute(_WORKS.where(entry.c.number.is_not(None)), {"of": number}).all()


def work_of(db: Connection, number: int, who: MemberId) -> Row[Any] | None:
    mine = same_person(entry.c.member, who) & _COUNTS
    return db.execute(_WORKS.where(mine), {"of": number}).one_or_none()


def work_no(db: Connection, contest_number: int, number: int, *, is_removed: bool = False) -> Row[Any] | None:
    """The work with this number in the gallery; `is_removed`: of those that were taken out."""
    which = entry.c.removed_at.is_not(None) if is_removed else _STANDS
    return db.execute(_WORKS.where(entry.c.number == number, which), {"of": contest_number}).one_or_none()


def give_numbers(db: Connection, order: Sequence[int], duels: Sequence[int] | None = None) -> None:
    """Number entries from 1, in this order; `duels` says for each of them in which it is."""
    of = duels or [0] * len(order)
    rows = [{"entry_": id, "number": n, "duel": duel} for n, (id, duel) in enumerate(zip(order, of, strict=True), 1)]
    db.execute(update(entry).where(entry.c.id == bindparam("entry_")), rows)


def remove(db: Connection, number: int, reason: str, at: datetime) -> None:
    db.execute(update(entry).where(entry.c.id == number).values(removed_at=at, removed_for=reason))


def restore(db: Connection, number: int) -> None:
    db.execute(update(entry).where(entry.c.id == number).values(removed_at=None, removed_for=None))


def leave_out(db: Connection, contest: int, counted: Sequence[int], at: datetime) -> None:
    """What was not among the works when the votes were counted is not when they are counted anew.

    Its author had left, and may come back; or had another one, by an account that may be parted again.
    """
    others = (entry.c.contest == contest) & entry.c.removed_at.is_(None) & entry.c.id.not_in(counted)
    db.execute(update(entry).where(others).values(removed_at=at))


# --- their files ------------------------------------------------------------------------------------------------------


def pieces_of_entry(db: Connection, number: int) -> list[Piece]:
    """The files of a work, which is locked; none where it is forgotten."""
    found = db.execute(select(work.c.files).where(work.c.entry == number).with_for_update()).scalar_one_or_none()
    return list(pieces_in(found or []))


def keep_pieces(db: Connection, number: int, pieces: Sequence[Piece]) -> None:
    db.execute(update(work).where(work.c.entry == number).values(files=list(pieces)))


def user_on(db: Connection, platform: str, who: MemberId) -> str | None:
    """By which account a platform knows a person; None where it doesn't."""
    mine = same_person(account.c.member, who) & (account.c.platform == platform)
    found: str | None = db.execute(select(func.min(account.c.user)).where(mine)).scalar_one()
    return found

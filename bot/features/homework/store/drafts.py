"""Gradings that are under way: who has claimed which hand-ins, and what they have filled in so far.

A hand-in is claimed by the draft that it names. What was filled in of a draft that claims nothing any more is kept for
a while, for the same person and the same hand-ins.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Exists, Row, delete, exists, insert, literal, or_, select, update

from bot.domain.ids import CourseId, MemberId
from bot.engine.pieces import Piece
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import draft, hand_in
from storage.persons import is_of, same_person
from storage.tables import account, member, profile

Draft = Row[Any]


def make(db: Connection, values: Mapping[str, Any]) -> Draft:
    """A draft in which nothing is filled in."""
    empty = {"scores": {}, "problems": [], "comment": "", "files": []}
    return db.execute(insert(draft).values({**empty, **values}).returning(*draft.c)).one()


def change(db: Connection, id: int, **values: Any) -> Draft:
    return db.execute(update(draft).where(draft.c.id == id).values(values).returning(*draft.c)).one()


def by_id(db: Connection, course: CourseId, id: int) -> Draft | None:
    """The draft with this number, where it still claims something; locked."""
    mine = (draft.c.id == id) & (draft.c.course == course) & _claims()
    return db.execute(select(draft).where(mine).with_for_update()).one_or_none()


def holding(db: Connection, id: int) -> Draft | None:
    """The draft that a hand-in names; not locked, as the hand-in is, and drafts are locked before those."""
    return db.execute(select(draft).where(draft.c.id == id)).one_or_none()


def under_way(db: Connection, course: CourseId, who: MemberId) -> Draft | None:
    """What somebody is at; locked."""
    mine = (draft.c.course == course) & same_person(draft.c.member, who) & _claims()
    return db.execute(select(draft).where(mine).order_by(draft.c.id.desc()).limit(1).with_for_update()).one_or_none()


def kept(db: Connection, course: CourseId, who: MemberId, numbers: Collection[int]) -> Draft | None:
    """What somebody had filled in for these very hand-ins before they went back."""
    mine = (draft.c.course == course) & same_person(draft.c.member, who) & ~_claims()
    wanted = {str(number) for number in numbers}
    found = db.execute(select(draft).where(mine).order_by(draft.c.id.desc()))
    return next((one for one in found if set(one.seen) == wanted), None)


def drop(db: Connection, id: int) -> None:
    """Forget a draft; it claims nothing any more."""
    db.execute(delete(draft).where(draft.c.id == id))


def drop_kept(db: Connection, course: CourseId, before: datetime) -> Sequence[Any]:
    """Forget what nobody came back to; the files that went with it."""
    over = delete(draft).where(draft.c.course == course, draft.c.until < before, ~_claims())
    return db.execute(over.returning(draft.c.files)).scalars().all()


def with_file(db: Connection, id: int) -> Draft | None:
    """The draft with this number, whether or not it claims something; locked."""
    return db.execute(select(draft).where(draft.c.id == id).with_for_update()).one_or_none()


def replace_pieces(db: Connection, id: int, pieces: Sequence[Piece]) -> None:
    """What is known by now of the files that go with the comment."""
    db.execute(update(draft).where(draft.c.id == id).values(files=list(pieces)))


def _claims() -> Exists:
    """Whether a draft claims something."""
    return exists(select(literal(1)).where(hand_in.c.draft == draft.c.id))


# --- claims -----------------------------------------------------------------------------------------------------------


def claim(db: Connection, id: int, numbers: Collection[int]) -> set[int]:
    """Claim hand-ins for a draft; those that nobody else had. The fence between two who are at it at once."""
    free = hand_in.c.id.in_(numbers) & (hand_in.c.draft.is_(None) | (hand_in.c.draft == id))
    return set(db.execute(update(hand_in).where(free).values(draft=id).returning(hand_in.c.id)).scalars())


def release(db: Connection, id: int) -> None:
    """Give back what a draft claims."""
    db.execute(update(hand_in).where(hand_in.c.draft == id).values(draft=None))


def claimed(db: Connection, id: int) -> Sequence[HandIn]:
    """What a draft claims, locked; by number."""
    return db.execute(select(hand_in).where(hand_in.c.draft == id).order_by(hand_in.c.id).with_for_update()).all()


def holders(db: Connection, course: CourseId) -> dict[int, str]:
    """For each hand-in that is claimed: the name of who has it."""
    query = select(hand_in.c.id, profile.c.name)
    query = query.join_from(hand_in, draft, hand_in.c.draft == draft.c.id).join(member, is_of(draft.c.member))
    query = query.join(profile, profile.c.member == member.c.id)
    return {row.id: row.name for row in db.execute(query.where(hand_in.c.course == course))}


def over(db: Connection, course: CourseId, now: datetime) -> Sequence[Row[Any]]:
    """Drafts whose time is up, or whose owner is no member of staff any more; with `name`."""
    is_gone = or_(member.c.left_at.is_not(None), member.c.role == "student", draft.c.until <= now)
    query = select(draft, profile.c.name).join_from(draft, member, is_of(draft.c.member))
    query = query.join(profile, profile.c.member == member.c.id)
    return db.execute(query.where(draft.c.course == course, _claims(), is_gone).order_by(draft.c.id)).all()


def others_among_staff(db: Connection, course: CourseId, but: Collection[int]) -> bool:
    """Whether there is a member of staff beside these."""
    there = (member.c.course == course) & (member.c.role != "student") & member.c.left_at.is_(None)
    others = there & member.c.merged_into.is_(None) & member.c.id.not_in(but)
    return db.execute(select(literal(1)).where(others).limit(1)).first() is not None


def accounts_of(db: Connection, course: CourseId) -> set[str]:
    """All accounts that were ever seen here, as YAML writes them."""
    query = select(account.c.platform, account.c.user).where(account.c.course == course)
    return {f"{row.platform}:{row.user}" for row in db.execute(query)}

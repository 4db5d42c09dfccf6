"""Works that wait for their author to say for which homework they are."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from bot.domain.ids import CourseId, MemberId
from bot.engine.pieces import pieces_in
from bot.features.homework.store.tables import waiting_work
from bot.features.homework.works import Work
from storage.database import insert_new
from storage.persons import same_person


def keep(db: Connection, course: CourseId, who: MemberId, work: Work) -> int:
    """Keep a work; its number."""
    values = {
        "course": course,
        "member": who,
        "at": work.at,
        "text": work.text,
        "files": list(work.pieces),
        "object": work.object,
    }
    made = insert_new(db, waiting_work).values(values).returning(waiting_work.c.id)
    number: int = db.execute(made).scalar_one()
    return number


def kept(db: Connection, course: CourseId, who: MemberId, number: int) -> Work | None:
    """A work of this member, as it was; None where it was handed in or forgotten."""
    mine = (waiting_work.c.id == number) & (waiting_work.c.course == course) & same_person(waiting_work.c.member, who)
    row = db.execute(select(waiting_work).where(mine).with_for_update()).one_or_none()
    return Work(text=row.text, pieces=pieces_in(row.files), object=row.object, at=row.at) if row else None


def forget(db: Connection, numbers: Collection[int]) -> None:
    """They are handed in, or nobody has said for what."""
    db.execute(delete(waiting_work).where(waiting_work.c.id.in_(numbers)))

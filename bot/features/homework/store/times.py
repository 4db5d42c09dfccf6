"""More time for one member or for everybody, and who belongs to which group."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, exists, func, insert, literal, or_, select, type_coerce, update

from bot.domain.ids import CourseId, MemberId
from bot.engine.messages import FACT
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import extension, hand_in, submission
from storage.among import among
from storage.persons import lock_person, person_of, same_person, same_persons
from storage.tables import fact


def extensions_of(db: Connection, course: CourseId, who: MemberId) -> dict[str, datetime]:
    """Until when, by homework, for those of which the member has more time, by themselves or as everybody has."""
    theirs = or_(extension.c.member.is_(None), same_person(extension.c.member, who))
    mine = (extension.c.course == course) & theirs & extension.c.ended_at.is_(None)
    query = select(extension.c.homework, func.max(extension.c.until).label("until")).where(mine)
    return {row.homework: row.until for row in db.execute(query.group_by(extension.c.homework))}


def for_all(db: Connection, course: CourseId, homework: str) -> datetime | None:
    """Until when everybody has more time for a homework."""
    mine = (extension.c.course == course) & (extension.c.homework == homework) & extension.c.ended_at.is_(None)
    query = select(extension.c.until).where(mine, extension.c.member.is_(None))
    return db.execute(query.order_by(extension.c.until.desc()).limit(1)).scalar()


def extended(db: Connection, course: CourseId, homework: str) -> dict[MemberId, datetime]:
    """Until when, of all who have more time of their own for a homework."""
    mine = (extension.c.course == course) & (extension.c.homework == homework) & extension.c.ended_at.is_(None)
    query = select(person_of(extension.c.member).label("who"), extension.c.until)
    rows = db.execute(query.where(mine, extension.c.member.is_not(None))).all()
    found: dict[MemberId, datetime] = {}
    for row in rows:
        found[row.who] = max(row.until, found.get(row.who, row.until))
    return found


def running(db: Connection, course: CourseId, homework: str, who: Collection[MemberId]) -> Sequence[Row[Any]]:
    """The extensions that these members have of a homework, the newest last."""
    mine = (extension.c.course == course) & (extension.c.homework == homework) & extension.c.ended_at.is_(None)
    query = select(extension).where(mine, same_persons(extension.c.member, "who")).order_by(extension.c.id)
    return db.execute(query, {"who": list(who)}).all()


def tokens_used(db: Connection, course: CourseId, who: MemberId) -> int:
    """How many tokens a person has used; one that moved a whole team's deadline is that of who used it."""
    own = same_person(extension.c.member, who) & same_person(extension.c.by, who)
    gone = extension.c.ended_at.is_(None) | extension.c.is_spent
    mine = (extension.c.course == course) & (extension.c.source == "token") & own & gone
    return db.execute(select(func.count()).select_from(extension).where(mine)).scalar_one()


def is_by(db: Connection, row: Row[Any], who: MemberId) -> bool:
    """Whether a person, by whichever of their accounts, has given this time."""
    mine = select(literal(1)).where(extension.c.id == row.id, same_person(extension.c.by, who))
    return db.execute(mine).first() is not None


def lock(db: Connection, members: Iterable[MemberId]) -> None:
    """Whoever gives these members time comes one after the other."""
    for who in sorted(members):
        lock_person(db, who)


def add(db: Connection, common: dict[str, Any], untils: Sequence[tuple[MemberId | None, datetime]]) -> None:
    """Give each of these members, or everybody, time up to a moment; `common`: course, homework, source, by, at."""
    if untils:
        db.execute(insert(extension), [{**common, "member": who, "until": until} for who, until in untils])


def end(db: Connection, rows: Iterable[Row[Any]], at: datetime) -> None:
    """These are taken back."""
    those = [row.id for row in rows]
    db.execute(update(extension).where(among(extension.c.id, "those")).values(ended_at=at), {"those": those})


def share(
    db: Connection, course: CourseId, homework: str, who: MemberId, mates: Collection[MemberId], at: datetime
) -> None:
    """A team has one deadline: who comes into it has the time that it has, instead of any of their own.

    A token that they have used stays used: those whom they leave go on with that time.
    """
    own = running(db, course, homework, [who])
    end(db, own, at)
    _spend(db, [row.id for row in own if row.source == "token"])
    theirs = running(db, course, homework, mates)
    longest = max(theirs, key=lambda row: row.until, default=None)
    if longest is not None and not _revive(db, longest, who):
        common = {"course": course, "homework": homework, "source": longest.source, "by": longest.by, "at": longest.at}
        add(db, common, [(who, longest.until)])


def _spend(db: Connection, those: Sequence[int]) -> None:
    db.execute(update(extension).where(among(extension.c.id, "those")).values(is_spent=True), {"those": those})


def _revive(db: Connection, longest: Row[Any], who: MemberId) -> bool:
    """Whether that is the time of a token of theirs, from when they were in this team before; it is theirs again."""
    same = (extension.c.homework == longest.homework) & (extension.c.until == longest.until)
    mine = same & (extension.c.course == longest.course) & (extension.c.at == longest.at) & extension.c.is_spent
    again = update(extension).where(mine, same_person(extension.c.member, who), same_person(extension.c.by, who))
    return db.execute(again.values(ended_at=None, is_spent=False)).rowcount > 0


def late_hand_ins(db: Connection, course: CourseId, homework: str) -> Sequence[HandIn]:
    """Those of a homework with a version that came too late, locked."""
    late = exists(select(literal(1)).where(submission.c.hand_in == hand_in.c.id, submission.c.is_late))
    query = select(hand_in).where(hand_in.c.course == course, hand_in.c.homework == homework, late)
    return db.execute(query.order_by(hand_in.c.id).with_for_update()).all()


def are_in_time(db: Connection, number: int, versions: Collection[int]) -> None:
    """These versions of a hand-in were handed in in time, after all."""
    those = (submission.c.hand_in == number) & submission.c.version.in_(versions)
    db.execute(update(submission).where(those).values(is_late=False))


def is_in_groups(db: Connection, who: MemberId, groups: Collection[str]) -> bool:
    """Whether a member has said something in one of these spaces."""
    values = type_coerce(fact.c["values"], Text)
    there = or_(*(values.contains(f'"space.id":"{group}"', autoescape=True) for group in groups))
    said = select(literal(1)).where(same_person(fact.c.member, who), fact.c.kind == FACT, there)
    return db.execute(said.limit(1)).first() is not None

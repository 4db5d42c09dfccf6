"""Codes, wrong guesses, and which members were made one."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Index, Row, String, Table, func, select, update

from bot.domain.ids import CourseId, MemberId
from storage.columns import Json, Moment
from storage.database import insert
from storage.personal import Personal
from storage.persons import same_person
from storage.tables import Id, account, member, metadata, profile

CODE_LIFE = timedelta(minutes=15)
MOST_GUESSES = 5  # wrong ones of an account in this time
GUESSES_WITHIN = timedelta(hours=1)

code = Table(
    "link_code",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("used_at", Moment),
)

guess = Table(
    "link_guess",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", String(160), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "account", "at"),
)

link = Table(
    "member_link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("survivor", Id, ForeignKey("member.id"), nullable=False),
    Column("merged", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone_at", Moment),
    Column("closed", Json, nullable=False),  # the entries of which a person has but one; see `collisions.py`
    Index(None, "course"),
)

PERSONAL = (
    Personal(code, hidden=("digest",), goes=True),
    Personal(guess, path=("account",), goes=True),
    Personal(link, path=("survivor",), hidden=("closed",)),
    Personal(link, path=("merged",), hidden=("closed",)),
)

# --- codes ------------------------------------------------------------------------------------------------------------


def keep_code(db: Connection, who: MemberId, digest: str, at: datetime) -> None:
    """One for each member: the one before it is good no longer."""
    row = {"digest": digest, "at": at, "used_at": None}
    kept = insert(db, code).values(member=who, **row)
    db.execute(kept.on_conflict_do_update(index_elements=["member"], set_=row))


def code_of(db: Connection, course: CourseId, digest: str) -> Row[Any] | None:
    """Whose code this is in the course, when it was made, and whether it was used."""
    query = select(code).join(member, member.c.id == code.c.member)
    return db.execute(query.where(code.c.digest == digest, member.c.course == course)).one_or_none()


def use_code(db: Connection, digest: str, at: datetime) -> bool:
    """False where somebody else was first."""
    unused = (code.c.digest == digest) & code.c.used_at.is_(None)
    return db.execute(update(code).where(unused).values(used_at=at)).rowcount == 1


def note_guess(db: Connection, account: str, at: datetime) -> None:
    db.execute(insert(db, guess).values(account=account, at=at))


def guesses(db: Connection, account: str, now: datetime) -> int:
    """How many wrong codes this account has tried of late."""
    recent = (guess.c.account == account) & (guess.c.at > now - GUESSES_WITHIN)
    return int(db.execute(select(func.count()).where(recent)).scalar_one())


# --- members ----------------------------------------------------------------------------------------------------------


def lock(db: Connection, those: Collection[MemberId]) -> dict[MemberId, Row[Any]]:
    """The rows of these members as they now are; on PostgreSQL nobody else changes them until this is committed."""
    query = select(member).where(member.c.id.in_(those)).order_by(member.c.id).with_for_update()
    return {row.id: row for row in db.execute(query)}


def parts_of(db: Connection, person: MemberId) -> list[MemberId]:
    """The member itself, and those merged into it."""
    return list(db.execute(select(member.c.id).where(same_person(member.c.id, person)).order_by(member.c.id)).scalars())


class Account(NamedTuple):
    """An account of a person, and the member that it came with."""

    member: MemberId
    platform: str
    user: str
    name: str

    @property
    def shown(self) -> str:
        return f"{self.name} ({self.platform}:{self.user})"


def accounts_of(db: Connection, person: MemberId) -> list[Account]:
    query = select(account.c.member, account.c.platform, account.c.user, profile.c.name)
    query = query.join(profile, profile.c.member == account.c.member)
    mine = same_person(account.c.member, person)
    return [Account(*row) for row in db.execute(query.where(mine).order_by(account.c.member, account.c.platform))]


# --- links ------------------------------------------------------------------------------------------------------------


def add_link(db: Connection, course: CourseId, survivor: MemberId, merged: MemberId, **more: Any) -> None:
    db.execute(insert(db, link).values(course=course, survivor=survivor, merged=merged, **more))


def carry_wishes(db: Connection, survivor: MemberId, merged: MemberId) -> None:
    """Who has asked with one account not to be seen, is not seen. Undoing the link leaves that: they can say."""
    wishes = select(member.c.is_on_boards, member.c.is_praised, profile.c.pseudonym)
    wishes = wishes.join(profile, profile.c.member == member.c.id)
    asked = db.execute(wishes.where(member.c.id == merged)).one()
    stricter = {name: False for name in ("is_on_boards", "is_praised") if not getattr(asked, name)}
    if stricter:
        db.execute(update(member).where(member.c.id == survivor).values(stricter))
    nameless = (profile.c.member == survivor) & profile.c.pseudonym.is_(None)
    db.execute(update(profile).where(nameless).values(pseudonym=asked.pseudonym))


def links_in(db: Connection, course: CourseId) -> Sequence[Row[Any]]:
    """Those that hold."""
    return db.execute(select(link).where(link.c.course == course, link.c.undone_at.is_(None))).all()


def end_link(db: Connection, course: CourseId, number: int, at: datetime) -> Row[Any] | None:
    """The link that held until now; None where there is none of this number any more."""
    mine = (link.c.id == number) & (link.c.course == course) & link.c.undone_at.is_(None)
    return db.execute(update(link).where(mine).values(undone_at=at).returning(*link.c)).one_or_none()


def roots(links: Sequence[Row[Any]], members: Collection[MemberId]) -> dict[MemberId, MemberId]:
    """Who each of these members is, as the links that hold say."""
    into = {row.merged: row.survivor for row in links}
    found = {}
    for one in members:
        whole = one
        while whole in into:
            whole = into[whole]
        found[one] = whole
    return found


def point(db: Connection, whole: dict[MemberId, MemberId]) -> None:
    """Let each of these members be who it now is."""
    for one, person in whole.items():
        db.execute(update(member).where(member.c.id == one).values(merged_into=person if person != one else None))

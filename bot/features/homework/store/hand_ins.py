"""Hand-ins and their versions.

Whatever changes a hand-in locks its row first, so that on PostgreSQL, too, two devices and two assistants come one
after the other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, bindparam, func, select, update

from bot.domain.ids import CourseId, MemberId
from bot.engine.pieces import Piece
from bot.features.homework.store.tables import draft, hand_in, submission, team, team_member
from bot.features.homework.works import Work
from storage.database import insert_new
from storage.persons import person_of, same_person
from storage.tables import Id

HandIn = Row[Any]
Submission = Row[Any]


def owner_of(member: int, team_id: int | None) -> str:
    """Of each author there is one hand-in for a homework."""
    return f"team {team_id}" if team_id is not None else f"member {member}"


def is_mine(who: BindParameter[Any] | MemberId) -> ColumnElement[bool]:
    """Whether a hand-in is this person's own, or their team's; of several accounts with one each, the one that counts.

    Who came into two teams by two accounts belongs to the earlier one.
    """
    theirs = select(func.min(team.c.id)).join(team_member, team_member.c.team == team.c.id)
    theirs = theirs.where(same_person(team_member.c.member, who), team_member.c.left_at.is_(None))
    alone = hand_in.c.team.is_(None) & same_person(hand_in.c.member, who) & hand_in.c.aside.is_(None)
    return alone | hand_in.c.team.in_(theirs.group_by(team.c.course, team.c.homework))


def by_number(db: Connection, course: CourseId, number: int, *, lock: bool = False) -> HandIn | None:
    """The hand-in with this number, whosever it is."""
    return _one(db, select(hand_in).where(hand_in.c.id == number, hand_in.c.course == course), lock=lock)


def of_member(db: Connection, course: CourseId, homework: str, who: MemberId, *, lock: bool = False) -> HandIn | None:
    """What this member, or the team they are in, has handed in for a homework."""
    bound = {"course_": course, "homework_": homework, "who": who}
    return db.execute(_of_member(lock=lock), bound).one_or_none()


def mine(db: Connection, course: CourseId, number: int, who: MemberId, *, lock: bool = False) -> HandIn | None:
    """The hand-in with this number, if it is this member's or their team's."""
    theirs = (hand_in.c.id == number) & (hand_in.c.course == course) & is_mine(who)
    return _one(db, select(hand_in).where(theirs), lock=lock)


def all_of_member(db: Connection, course: CourseId, who: MemberId) -> dict[str, HandIn]:
    """By homework."""
    rows = db.execute(_all_of_member(), {"course_": course, "who": who})
    return {row.homework: row for row in rows}


@cache
def _of_member(*, lock: bool) -> Select[Any]:
    """Written once: it takes longer to put together than to execute."""
    query = _all_of_member().where(hand_in.c.homework == bindparam("homework_")).order_by(None)
    query = query.order_by(hand_in.c.id).limit(1)
    return query.with_for_update(of=hand_in) if lock else query


@cache
def _all_of_member() -> Select[Any]:
    mine = (hand_in.c.course == bindparam("course_")) & is_mine(bindparam("who", type_=Id))
    return select(hand_in).where(mine).order_by(hand_in.c.id.desc())


def _one(db: Connection, query: Select[Any], *, lock: bool) -> HandIn | None:
    return db.execute(query.with_for_update(of=hand_in) if lock else query).one_or_none()


def taken(db: Connection, course: CourseId, homework: str, who: MemberId, team_id: int | None) -> HandIn:
    """The hand-in of this author, locked; made where there is none."""
    if found := of_member(db, course, homework, who, lock=True):
        return found
    owner = owner_of(who, team_id)
    row = {"course": course, "homework": homework, "owner": owner, "member": who, "team": team_id, "state": "withdrawn"}
    db.execute(insert_new(db, hand_in).values(row))
    mine = (hand_in.c.course == course) & (hand_in.c.homework == homework) & (hand_in.c.owner == owner)
    found = _one(db, select(hand_in).where(mine), lock=True)
    assert found is not None, "it was there, or has just been made"
    return found


def change(db: Connection, number: int, **values: Any) -> HandIn:
    """Change a hand-in that is locked; as it is then."""
    changed = update(hand_in).where(hand_in.c.id == number).values(values).returning(*hand_in.c)
    return db.execute(changed).one()


# --- versions ---------------------------------------------------------------------------------------------------------


def versions_of(db: Connection, number: int) -> Sequence[Submission]:
    """All versions of a hand-in, the oldest first."""
    return db.execute(select(submission).where(submission.c.hand_in == number).order_by(submission.c.version)).all()


def version_of(db: Connection, number: int, version: int) -> Submission | None:
    mine = (submission.c.hand_in == number) & (submission.c.version == version)
    return db.execute(select(submission).where(mine)).one_or_none()


def same_as(db: Connection, number: int, work: Work) -> Submission | None:
    """An earlier version with the same words and files."""
    same = (submission.c.hand_in == number) & (submission.c.digest == work.digest)
    return db.execute(select(submission).where(same)).one_or_none()


def add_version(db: Connection, row: HandIn, who: MemberId, work: Work, *, is_late: bool) -> Submission:
    """Keep one more version of a hand-in that is locked."""
    values = {
        "hand_in": row.id,
        "version": row.versions + 1,
        "member": who,
        "at": work.at,
        "is_late": is_late,
        "text": work.text,
        "files": list(work.pieces),
        "digest": work.digest,
        "object": work.object,
    }
    _is_last(db, row.id, work.at)
    made = insert_new(db, submission).values(values).returning(*submission.c)
    return db.execute(made).one()


def _is_last(db: Connection, number: int, at: datetime) -> None:
    """Of what was handed in within the same second, the last is the newest."""
    same = (submission.c.hand_in == number) & (submission.c.again_at == at)
    db.execute(update(submission).where(same).values(again_at=None))


def standing_in(db: Connection, course: CourseId, object: str) -> Sequence[Submission]:
    """The versions that stand in this message, with the course's hand-ins locked."""
    query = select(submission, hand_in.c.homework, hand_in.c.state, hand_in.c.counts)
    query = query.join(hand_in, hand_in.c.id == submission.c.hand_in)
    theirs = (submission.c.object == object) & (hand_in.c.course == course) & hand_in.c.aside.is_(None)
    return db.execute(query.where(theirs)).all()


def handed_in_again(db: Connection, same: Submission, at: datetime) -> None:
    """The same as this version was handed in once more."""
    _is_last(db, same.hand_in, at)
    db.execute(update(submission).where(submission.c.id == same.id).values(again_at=at))


def submission_no(db: Connection, id: int) -> Submission | None:
    """One version, locked: of several files, each is told by itself."""
    return db.execute(select(submission).where(submission.c.id == id).with_for_update()).one_or_none()


def replace_pieces(db: Connection, id: int, pieces: Sequence[Piece]) -> None:
    """What is known of the files of one version by now."""
    db.execute(update(submission).where(submission.c.id == id).values(files=list(pieces)))


def grader_of(db: Connection, draft_id: int) -> MemberId | None:
    """Who is at it."""
    return db.execute(select(draft.c.member).where(draft.c.id == draft_id)).scalar_one_or_none()


# --- of a person ------------------------------------------------------------------------------------------------------


def own_of(db: Connection, course: CourseId, who: MemberId) -> Sequence[HandIn]:
    """What a person has handed in alone, by any of their accounts, also what was set aside; locked.

    With `at`: when the version that counts was handed in.
    """
    counts = (submission.c.hand_in == hand_in.c.id) & (submission.c.version == hand_in.c.counts)
    query = select(hand_in, submission.c.at).join_from(hand_in, submission, counts)
    mine = (hand_in.c.course == course) & hand_in.c.team.is_(None) & same_person(hand_in.c.member, who)
    return db.execute(query.where(mine).order_by(hand_in.c.id).with_for_update(of=hand_in)).all()


def have_handed_in(db: Connection, course: CourseId, homework: str) -> set[MemberId]:
    """The persons who have a hand-in for a homework, by themselves or with their team."""
    mine = (hand_in.c.course == course) & (hand_in.c.homework == homework)
    alone = select(person_of(hand_in.c.member)).where(mine, hand_in.c.team.is_(None))
    together = select(person_of(team_member.c.member)).join(hand_in, hand_in.c.team == team_member.c.team)
    together = together.where(mine, team_member.c.left_at.is_(None))
    return {MemberId(who) for query in (alone, together) for who in db.execute(query).scalars()}


# --- sums -------------------------------------------------------------------------------------------------------------


def how_many(db: Connection, course: CourseId, homework: str) -> int:
    """How many hand-ins there are, without those that were withdrawn."""
    mine = (hand_in.c.course == course) & (hand_in.c.homework == homework) & (hand_in.c.state != "withdrawn")
    return db.execute(select(func.count()).select_from(hand_in).where(mine)).scalar_one()


def waiting(db: Connection, course: CourseId, homework: Collection[str]) -> Sequence[HandIn]:
    """What waits for an answer, the longest first; of these homework."""
    query = select(hand_in).where(hand_in.c.course == course, hand_in.c.state == "waiting")
    query = query.where(hand_in.c.homework.in_(homework))
    return db.execute(query.order_by(hand_in.c.waiting_since, hand_in.c.id)).all()


# --- teams ------------------------------------------------------------------------------------------------------------


def team_of(db: Connection, course: CourseId, homework: str, who: MemberId) -> Row[Any] | None:
    """The team of a member for a homework, with its number."""
    mine = same_person(team_member.c.member, who) & team_member.c.left_at.is_(None)
    query = select(team).join(team_member, team_member.c.team == team.c.id)
    return db.execute(
        query.where(mine, team.c.course == course, team.c.homework == homework).order_by(team.c.id).limit(1)
    ).one_or_none()

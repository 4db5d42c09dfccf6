"""What a person reads of hand-ins, and what is undone of theirs before they are forgotten."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.domain.ids import MemberId
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import answer, attempt, grade, hand_in, team_member
from storage.persons import grouped


def may_read_hand_in(members: Collection[int]) -> ColumnElement[bool]:
    """Whether a hand-in is by one of these members, or by a team of theirs."""
    theirs = select(team_member.c.team).where(team_member.c.member.in_(members), team_member.c.left_at.is_(None))
    return (hand_in.c.team.is_(None) & hand_in.c.member.in_(members)) | hand_in.c.team.in_(theirs)


def may_read_grade(members: Collection[int]) -> ColumnElement[bool]:
    return grade.c.hand_in.in_(select(hand_in.c.id).where(may_read_hand_in(members)))


def hand_ins_of(db: Connection, members: Collection[int]) -> Sequence[HandIn]:
    """All that these members have to do with, also by a team that they are in no more; locked."""
    theirs = hand_in.c.member.in_(members) | hand_in.c.appellant.in_(members)
    theirs |= hand_in.c.team.in_(select(team_member.c.team).where(team_member.c.member.in_(members)))
    return db.execute(select(hand_in).where(theirs).order_by(hand_in.c.id).with_for_update()).all()


def pass_on(db: Connection, number: int, heir: MemberId) -> None:
    """The hand-in of a team is kept under the name of another one of it."""
    db.execute(update(hand_in).where(hand_in.c.id == number).values(member=heir))


def forget_appeals(db: Connection, numbers: Collection[int]) -> None:
    """Why somebody asked to look again: of a team, it is not known for good who did."""
    db.execute(update(grade).where(grade.c.hand_in.in_(numbers)).values(appeal=None))


def drop_unfinished(db: Connection, members: Collection[int]) -> Mapping[str, Sequence[int]]:
    """Forget attempts at quizzes that are under way; their numbers by course."""
    theirs = attempt.c.member.in_(members) & attempt.c.finished_at.is_(None)
    rows = db.execute(select(attempt.c.course, attempt.c.id).where(theirs).with_for_update()).all()
    numbers = [row.id for row in rows]
    db.execute(delete(answer).where(answer.c.attempt.in_(numbers)))
    db.execute(delete(attempt).where(attempt.c.id.in_(numbers)))
    return dict(grouped((row.course, row.id) for row in rows))

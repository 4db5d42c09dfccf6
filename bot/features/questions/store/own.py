"""What somebody has asked: all of it, what waits still, and what they have answered themselves."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from bot.domain.ids import CourseId, MemberId
from bot.features.questions.store.questions import OPEN, Question
from bot.features.questions.store.tables import answer, question
from storage.among import among
from storage.persons import person_of, same_person
from storage.tables import Id, member


class Page(NamedTuple):
    """Some of somebody's questions, and how many there are."""

    rows: Sequence[Question]
    total: int


def page_of(db: Connection, course: CourseId, who: MemberId, *, first: int, limit: int) -> Page:
    """What is open comes first, the newest first of each; nothing that was never filed."""
    mine = (question.c.course == course) & same_person(question.c.member, who) & (question.c.state != "drafted")
    is_settled = case((question.c.state.in_(OPEN), 0), else_=1)
    rows = select(question).where(mine).order_by(is_settled, question.c.id.desc()).offset(first).limit(limit)
    count = db.execute(select(func.count()).select_from(question).where(mine)).scalar_one()
    return Page(db.execute(rows).all(), count)


def unanswered_of(db: Connection, course: CourseId, who: MemberId) -> Sequence[Question]:
    """What this person waits for, locked."""
    mine = (question.c.course == course) & same_person(question.c.member, who)
    mine &= question.c.state.in_(("waiting", "asked_back"))
    return db.execute(select(question).where(mine).order_by(question.c.id).with_for_update()).all()


def answer_counts(db: Connection, numbers: Sequence[int]) -> Mapping[int, int]:
    """How many answers each of these questions has, where it has any."""
    those = among(answer.c.question, "numbers") & answer.c.withdrawn_at.is_(None)
    rows = db.execute(
        select(answer.c.question, func.count()).where(those).group_by(answer.c.question), {"numbers": list(numbers)}
    )
    return {row[0]: row[1] for row in rows}


def own_answers(db: Connection, members: Sequence[MemberId]) -> Sequence[tuple[int, bool]]:
    """Named questions of these members that one of them has answered, and whether such an answer was accepted."""
    theirs = question.c.member.in_(members) & answer.c.member.in_(members) & (question.c.member != answer.c.member)
    theirs &= ~question.c.is_anonymous
    is_accepted = func.max(case((question.c.accepted == answer.c.id, 1), else_=0))
    query = select(question.c.id, is_accepted).join(answer, answer.c.question == question.c.id)
    return [(number, bool(one)) for number, one in db.execute(query.where(theirs).group_by(question.c.id))]


def has_left(db: Connection, who: MemberId) -> bool:
    """Whether this person is here no more, by whichever account."""
    query = select(member.c.left_at.is_not(None)).where(member.c.id == person_of(bindparam("who", type_=Id)))
    return bool(db.execute(query, {"who": who}).scalar_one_or_none())


def was_left(db: Connection, row: Question) -> bool:
    """Whether a question was closed because who asked it went away, before any of the staff had answered."""
    if row.state != "closed" or row.is_anonymous or row.accepted or row.helped_by:
        return False
    by_staff = (answer.c.question == row.id) & answer.c.is_staff & answer.c.withdrawn_at.is_(None)
    is_answered = db.execute(select(answer.c.id).where(by_staff).limit(1)).first() is not None
    return not is_answered and has_left(db, row.member)

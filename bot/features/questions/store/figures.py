"""What is counted of questions: how soon staff were there, what was asked, and what never got an answer."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from bot.domain.ids import CourseId
from bot.domain.questions import Tag
from bot.engine.response_times import Response
from bot.features.questions.store.tables import answer, question, response
from storage.persons import by_person


class Answered(NamedTuple):
    """One time that staff were waited for, and what the question was about."""

    response: Response
    tag: Tag | None
    lesson: int | None


class Asked(NamedTuple):
    """What has become of a question so far."""

    at: datetime
    tag: Tag | None
    lesson: int | None
    state: str
    is_answered: bool  # by anybody, also where it is only the same as another one; or by what was known already
    is_in_time: bool  # staff were there in time when it was asked
    is_helped: bool  # what was known already was all that the asker wanted
    reopened: int
    satisfaction: int | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for its first answer still."""
        return not self.is_answered and self.state in ("waiting", "asked_back")


def answered(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Answered]:
    """The times that staff were there, in the order of the persons; both moments are in it."""
    query = select(response.c.member, response.c.waited, response.c.is_in_time, question.c.tag, question.c.lesson)
    mine = (question.c.course == course) & response.c.withdrawn_at.is_(None)
    query = query.join(question, question.c.id == response.c.question)
    rows = db.execute(by_person(query.where(mine, response.c.at.between(since, until)))).all()
    return sorted((Answered(Response(*row[:3]), row[3], row[4]) for row in rows), key=lambda one: one.response)


def asked(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Asked]:
    """What was asked in this time and not taken back, in order; both moments are in it."""
    mine = (question.c.course == course) & question.c.state.not_in(("drafted", "withdrawn"))
    query = select(
        question.c.at,
        question.c.tag,
        question.c.lesson,
        question.c.state,
        or_(_IS_HELPED, _HAS_ANSWER),
        _IN_TIME,
        _IS_HELPED,
        question.c.reopened,
        question.c.satisfaction,
    ).where(mine, question.c.at.between(since, until))
    return [Asked(*row) for row in db.execute(query.order_by(question.c.id))]


_IS_HELPED = and_(question.c.helped_by.is_not(None), question.c.state.in_(("closed", "helped")))
# Whoever has given it: that one is the asker's own is nothing that the figures of an anonymous question may tell.
_HAS_ANSWER = (
    select(answer.c.id)
    .where(
        answer.c.withdrawn_at.is_(None),
        or_(
            answer.c.question == question.c.id,
            and_(question.c.state == "merged", answer.c.question == question.c.merged_into),
        ),
    )
    .correlate(question)
    .exists()
)
_IN_TIME = (
    select(response.c.id)
    .where(
        response.c.question == question.c.id,
        response.c.since == question.c.at,
        response.c.is_in_time,
        response.c.withdrawn_at.is_(None),
    )
    .correlate(question)
    .exists()
)


# --- now --------------------------------------------------------------------------------------------------------------


def helped_by_others(db: Connection, course: CourseId) -> set[int]:
    """Of the questions that staff are waited for, those to which a classmate has said something."""
    mine = (question.c.course == course) & (question.c.state == "waiting")
    said = (answer.c.question == question.c.id) & answer.c.withdrawn_at.is_(None) & ~answer.c.is_staff
    return set(db.execute(select(question.c.id).join(answer, said).where(mine)).scalars())


def not_settled(db: Connection, course: CourseId) -> dict[str, int]:
    """How many wait for their askers: to say more, or to say whether the answer helps."""
    states = ("asked_back", "answered")
    mine = (question.c.course == course) & question.c.state.in_(states)
    query = select(question.c.state, func.count()).where(mine).group_by(question.c.state)
    return dict.fromkeys(states, 0) | {row[0]: row[1] for row in db.execute(query)}

"""What other features may know of who asks and who answers."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.features.questions.declared import feature
from bot.features.questions.store.tables import answer, question
from storage.persons import person_of, same_persons


@feature.offer("own_acts")
def own_acts(
    db: Connection, course: Course, members: Collection[MemberId], before: datetime
) -> list[tuple[MemberId, str]]:
    """Who of these persons has asked something before a moment, and who has answered somebody else."""
    stands = (question.c.course == course.id) & question.c.state.not_in(("drafted", "withdrawn"))
    asked = select(person_of(question.c.member)).where(
        stands, question.c.at < before, same_persons(question.c.member, "members")
    )
    helped = select(person_of(answer.c.member)).join(question, question.c.id == answer.c.question)
    helped = helped.where(stands, answer.c.withdrawn_at.is_(None), same_persons(answer.c.member, "members"))
    helped = helped.where(answer.c.at < before, person_of(answer.c.member) != person_of(question.c.member))
    return [
        *((who, "question") for who in db.execute(asked.distinct(), {"members": members}).scalars()),
        *((who, "answer") for who in db.execute(helped.distinct(), {"members": members}).scalars()),
    ]

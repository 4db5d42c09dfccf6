"""What each of many members asked and answered, for their growth reports."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.figures import Stretch, counts_in, overlap
from bot.engine.growth import Grown, GrowthAsked, sums_by_person
from bot.engine.response_times import Response, moments_in
from bot.features.questions.declared import feature
from bot.features.questions.store import figures
from bot.features.questions.store.tables import answer, question
from storage.persons import same_persons


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    """Questions that were not taken back, and how many questions one has answered as a classmate."""
    moments = [Stretch(*moments_in(asked.course, one)) for one in asked.stretches]
    own = select(question.c.member, *counts_in(question.c.at, moments)).where(
        question.c.course == asked.course.id, question.c.state.not_in(("drafted", "withdrawn"))
    )
    own = own.where(same_persons(question.c.member, "members"), overlap(question.c.at, moments))
    given = select(answer.c.member, *counts_in(answer.c.at, moments, answer.c.question)).where(
        answer.c.withdrawn_at.is_(None), ~answer.c.is_staff
    )
    given = given.where(same_persons(answer.c.member, "members"), overlap(answer.c.at, moments))
    counts = sums_by_person(db, own.group_by(question.c.member), asked.ids)
    answers = sums_by_person(db, given.group_by(answer.c.member), asked.ids)
    return [
        Grown("together", "questions", Text(id="figure.questions_asked"), counts),
        Grown("together", "answers", Text(id="growth.answers"), answers),
    ]


@feature.offer("responses")
def responses(db: Connection, course: Course, stretch: Stretch) -> list[tuple[Text, Sequence[Response]]]:
    """How soon staff answered questions."""
    found = figures.answered(db, course.id, *moments_in(course, stretch))
    return [(Text(id="growth.answered"), [one.response for one in found])]

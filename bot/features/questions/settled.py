"""Settled questions, as others use them: to find an answer again, and to make an entry of the handbook."""

from collections.abc import Collection

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.engine.known import Known, Settled
from bot.features.questions.declared import feature
from bot.features.questions.store import settled as store


@feature.query("questions.settled")
def settled(db: Connection, course: CourseId, numbers: Collection[int] | None = None) -> list[Settled]:
    """Those that an answer in words has settled, in order; None: all of the course."""
    also = store.also(db, course, numbers)
    return [
        Settled(
            number=row.id,
            asked=row.text,
            also=tuple(also.get(row.id, ())),
            answer=row.answer,
            answered_by=row.answered_by,
            is_by_staff=row.is_staff,
            tag=row.tag,
            lesson=row.lesson,
            homework=row.homework,
        )
        for row in store.rows(db, course, numbers)
    ]


@feature.query("questions.forgotten")
def forgotten(db: Connection, course: CourseId, numbers: Collection[int]) -> set[int]:
    """Those that are settled no more only because somebody was forgotten with their words."""
    return store.forgotten(db, course, numbers)


@feature.offer("known")
def known(db: Connection, course: Course) -> list[Known]:
    """All that staff have settled in their own words. Who asked and who answered is nobody's business.

    A classmate's answer that was accepted waits in the handbook until staff have read it.
    """
    answered = [one for one in settled(db, course.id) if one.is_by_staff]
    return [Known(store.id_of(one.number), (one.asked, *one.also), one.answer) for one in answered]

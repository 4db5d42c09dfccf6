"""What staff noted as the answer of a live session is known from then on."""

from collections.abc import Hashable
from itertools import groupby

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.engine.known import Known
from bot.features.live_qa.declared import feature
from bot.features.live_qa.listing import groups
from bot.features.live_qa.store import questions


@feature.offer("known")
def known(db: Connection, course: Course) -> list[Known]:
    """In no one's name. Those that ask the same are other ways to ask it."""
    found = []
    for session, rows in groupby(questions.noted(db, course.id), lambda row: row.session):
        for group in groups(list(rows)):
            answer = next((row.answer for row in group if row.answer), None)
            if answer:
                asked = tuple(row.text for row in group)
                found.append(Known(f"live:{session}.{group[0].number}", asked, answer))
    return found


@feature.offer("known_mark")
def mark(db: Connection, course: Course) -> list[Hashable]:
    """Another one whenever anything of it is."""
    return [tuple(known(db, course))]

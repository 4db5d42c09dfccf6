"""Questions that were settled by an answer in words, and the note that such a one has changed."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, literal, select
from sqlalchemy.sql.functions import coalesce

from bot.domain.ids import CourseId
from bot.features.questions.store.tables import answer, question
from storage import changed_known
from storage.among import among
from storage.personal import GONE

_QUESTION = frozenset(("accepted", "closed_at", "merged_into", "text", "tag", "lesson"))
_ANSWER = frozenset(("text", "withdrawn_at"))
"""What others know of a settled question hangs on these columns."""


def id_of(number: int) -> str:
    """What a question is called among all that is known."""
    return f"question:{number}"


def note_question(db: Connection, row: Row[Any], changes: Collection[str]) -> None:
    """A question was changed; what it is merged into is asked in its words, too."""
    if not _QUESTION.isdisjoint(changes):
        changed_known.note(db, row.course, [id_of(one) for one in (row.id, row.merged_into) if one is not None])


def note_answer(db: Connection, row: Row[Any], changes: Collection[str]) -> None:
    """An answer was changed."""
    if not _ANSWER.isdisjoint(changes):
        called = select(question.c.course, literal(id_of(row.question))).where(question.c.id == row.question)
        changed_known.note_those(db, called)


_newest = (
    select(func.max(answer.c.id))
    .where(answer.c.question == question.c.id, answer.c.is_staff, answer.c.withdrawn_at.is_(None))
    .correlate(question)
    .scalar_subquery()
)
_settled = (
    select(question, answer.c.id.label("answered_by"), answer.c.text.label("answer"), answer.c.is_staff)
    .join(answer, answer.c.id == coalesce(question.c.accepted, _newest))
    .where(
        question.c.state == "closed",
        answer.c.withdrawn_at.is_(None),
        answer.c.entry.is_(None),  # else it is known by itself
        question.c.text.not_in(("", GONE)),
        answer.c.text.not_in(("", GONE)),
    )
    .order_by(question.c.id)
)


def rows(db: Connection, course: CourseId, numbers: Collection[int] | None) -> Sequence[Row[Any]]:
    """Those with an answer in words, in order; None: all of the course."""
    query = _settled.where(question.c.course == course)
    if numbers is None:
        return db.execute(query).all()
    return db.execute(query.where(among(question.c.id, "numbers")), {"numbers": list(numbers)}).all()


def also(db: Connection, course: CourseId, numbers: Collection[int] | None) -> dict[int, list[str]]:
    """The words of those that ask the same, by the number of what they were merged into."""
    merged = (question.c.course == course) & (question.c.state == "merged") & question.c.text.not_in(("", GONE))
    query = select(question.c.merged_into, question.c.text).where(merged).order_by(question.c.id)
    bound = {} if numbers is None else {"into": list(numbers)}
    if numbers is not None:
        query = query.where(among(question.c.merged_into, "into"))
    found: dict[int, list[str]] = {}
    for into, text in db.execute(query, bound):
        found.setdefault(into, []).append(text)
    return found


def forgotten(db: Connection, course: CourseId, numbers: Collection[int]) -> set[int]:
    """Those of which the words, or words of an answer, were forgotten with who has said them."""
    mine = among(question.c.id, "numbers") & (question.c.course == course)
    gone = select(answer.c.id).where(answer.c.question == question.c.id, answer.c.text == GONE).exists()
    found = select(question.c.id).where(mine, (question.c.text == GONE) | gone)
    return set(db.execute(found, {"numbers": list(numbers)}).scalars())

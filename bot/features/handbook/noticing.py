"""faq.yaml is taken where it has changed; after each batch of events what was settled becomes a draft.

A draft holds no words: they are read where they stand, and so they go when a question is asked again, when an answer
is taken back, or when somebody is forgotten. Only what staff publish is the handbook's own.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.known import Settled
from bot.engine.transaction import Transaction
from bot.features.handbook import seeding, telling
from bot.features.handbook.declared import feature
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.words import of_question
from storage import changed_known

_QUESTION = "question:"


@feature.on_other_courses
def seed(tx: Transaction, now: datetime) -> None:
    seeded = entries.seeded(tx.db)
    for course in tx.live.courses.values():
        snapshot = tx.live.snapshots[course.id]
        if seeded.get(course.id, 0) != snapshot:
            seeding.seed(tx, course, snapshot, now)


@feature.afterwards
def look(tx: Transaction, now: datetime) -> None:
    for id, rows in groupby(changed_known.take(tx.db), itemgetter(0)):
        about = tx.live.courses.get(CourseId(id))
        if about is not None:
            _review(tx, about, [known for _, known in rows], now)


def number_in(source: str) -> int | None:
    """Of the question that an entry was made of."""
    return int(source.removeprefix(_QUESTION)) if source.startswith(_QUESTION) else None


def _review(tx: Transaction, course: Course, sources: Sequence[str], now: datetime) -> None:
    numbers = [number for source in sources if (number := number_in(source)) is not None]
    entries.lock_log(tx.db, course.id)
    queries = tx.engine.registry.queries
    settled = {one.number: one for one in queries["questions.settled"](tx.db, course.id, numbers)}
    known = entries.by_source(tx.db, course.id, sources)
    open_again = []
    for number in numbers:
        one, row = settled.get(number), known.get(f"{_QUESTION}{number}")
        if one is not None:
            _settled(tx, course, one, row, now)
        elif row is not None:
            open_again.append(row)
    if open_again:
        kept = [number_in(row.source) for row in open_again if row.state in entries.READ]
        forgotten = queries["questions.forgotten"](tx.db, course.id, kept) if kept else set()
        _open_again(tx, course, (row for row in open_again if number_in(row.source) not in forgotten), now)


def _settled(tx: Transaction, course: Course, one: Settled, row: Entry | None, now: datetime) -> None:
    about = {"tag": one.tag, "lesson": one.lesson, "homework": one.homework}
    digest = of_question(one, course.language).digest
    if row is None:
        row = entries.add(tx.db, course.id, f"{_QUESTION}{one.number}", "draft")
    if row.state in ("draft", "reopened"):
        entries.change_to(tx.db, row, "noted", now, state="draft", origin=digest, **about)
    elif row.state == "doubted" and row.origin == digest:
        entries.change_to(tx.db, row, "noted", now, state="published")
    elif row.state == "published" and row.origin != digest:
        _doubt(tx, course, row, "handbook.source_changed", now)


def _open_again(tx: Transaction, course: Course, rows: Iterable[Entry], now: datetime) -> None:
    """What settled a question does so no longer."""
    for row in rows:
        if row.state == "draft":
            entries.change_to(tx.db, row, "noted", now, state="reopened")
        elif row.state == "published":
            _doubt(tx, course, row, "handbook.source_gone", now)


def _doubt(tx: Transaction, course: Course, row: Entry, why: str, now: datetime) -> None:
    """It is read, and not offered to anybody, until staff have looked at it."""
    row = entries.change_to(tx.db, row, "noted", now, state="doubted")
    told = Text(id=why, values={"number": row.id, "question": number_in(row.source)})
    see = Text(id="button.handbook_see", values={"number": row.id}), f"handbook H{row.id}"
    telling.tell_staff(tx, course, now, told, key=f"doubt:{row.id}:{now.isoformat()}", buttons=[see])

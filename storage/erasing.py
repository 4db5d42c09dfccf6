"""Forgets a person: their names, accounts, texts and files go; what others' sums are counted of stays, with no name."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Text as SqlText

from storage import boards, kept_files
from storage.columns import Json, Moment, encode_json
from storage.known_by import Written, traces_of
from storage.own_words import heads_of, vocabulary_of
from storage.personal import GONE, Account, Person, Personal, forget_rows, person_of, rows_of, texts_of_others
from storage.tables import Id, adapter_document, member, metadata, outbox, profile, snapshot
from storage.traces import documents_of, forget_documents, forget_files, forget_traces, messages_to

_AT_ONCE = 100  # beginnings of texts in one statement
_CONTENT = re.compile(r"\b[0-9a-f]{64}\b")

erasure = Table(
    "erasure",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("answer", String(240), nullable=False),  # the key of our last words to them
)


class Forgetting(NamedTuple):
    """How a person is forgotten."""

    at: datetime
    answer: str  # the key of our last words to them
    rename: Callable[[str, int], str]  # the name that stays, for a member of a course
    spellings: Callable[[str], Iterable[str]]  # how a text may be quoted
    common: Iterable[str]  # what the bot says, whoever it speaks of


def forget_person(db: Connection, whose: Person, personals: Sequence[Personal], how: Forgetting) -> None:
    """In the transaction that is open; `clean_up` and the next day's tidying do the rest."""
    texts, contents = _words_of(db, whose, personals), set(_contents_of(db, whose, personals))
    names = _new_names(db, whose, how.rename)
    known = [spelling for text in texts for spelling in how.spellings(text)]
    forget_traces(db, traces_of(db, whose, _written(db, whose, known, personals, how.common), names[min(names)]))
    for personal in personals:
        forget_rows(db, personal, whose)
    for id, name in names.items():
        db.execute(update(profile).where(profile.c.member == id).values(name=name))
    here = update(member).where(member.c.id.in_(whose.members))
    db.execute(here.values(left_at=func.coalesce(member.c.left_at, literal(how.at, Moment()))))
    boards.relist(db, list(whose.members))
    forget_files(db, whose, {sha256 for sha256 in contents if not _is_shared(db, sha256, personals)})
    unused = [sha256 for sha256 in sorted(contents) if not is_needed(db, sha256, personals)]
    kept_files.give_up(db, whose.members, unused, at=how.at)
    db.execute(insert(erasure).values(at=how.at, answer=how.answer))


def _words_of(db: Connection, whose: Person, personals: Sequence[Personal]) -> set[str]:
    with_texts = [personal for personal in personals if personal.texts and personal.table is not profile]
    found = (row[name] for personal in with_texts for row in rows_of(db, personal, whose) for name in personal.texts)
    return {text for text in found if isinstance(text, str) and text != GONE}


def _written(
    db: Connection, whose: Person, texts: Sequence[str], personals: Sequence[Personal], common: Iterable[str]
) -> Written:
    heads = sorted({head for text in texts for head in heads_of(text)})
    parts = [heads[start : start + _AT_ONCE] for start in range(0, len(heads), _AT_ONCE)]
    others = [text for one in personals for part in parts for text in texts_of_others(db, one, whose, part)]
    return Written(texts, vocabulary_of([*common, *_of_courses(db)]), others)


def _of_courses(db: Connection) -> Iterator[str]:
    """The files of each course, as they went live last."""
    newest = select(func.max(snapshot.c.number)).group_by(snapshot.c.course)
    for files in db.execute(select(snapshot.c.files).where(snapshot.c.number.in_(newest))).scalars():
        yield from files.values()


def _contents_of(db: Connection, whose: Person, personals: Sequence[Personal]) -> Iterator[str]:
    """What names the content of a file in what is a person's own."""
    for personal in personals:
        if any(isinstance(column.type, Json) for column in personal.table.c):
            for row in rows_of(db, personal, whose):
                yield from contents_in(row)
    for document in documents_of(db, whose):
        yield from contents_in(document.value)


def contents_in(value: Any) -> list[str]:
    return _CONTENT.findall(encode_json(value))


def _new_names(db: Connection, whose: Person, rename: Callable[[str, int], str]) -> dict[int, str]:
    rows = db.execute(select(member.c.id, member.c.course).where(member.c.id.in_(whose.members)))
    return {row.id: rename(row.course, row.id) for row in rows}


def is_needed(db: Connection, sha256: str, personals: Sequence[Personal]) -> bool:
    """Whether a course, or somebody else, has a file of this content, too."""
    return _is_shared(db, sha256, personals) or _holds(db, sha256, [adapter_document.c.value, outbox.c.message])


def _is_shared(db: Connection, sha256: str, personals: Sequence[Personal]) -> bool:
    """Whether it is a course's own, or in a row of somebody's."""
    rows = [c for personal in personals for c in personal.table.c if isinstance(c.type, Json)]
    return _holds(db, sha256, [snapshot.c.files, *rows])


def _holds(db: Connection, sha256: str, columns: Iterable[Column[Any]]) -> bool:
    return any(db.execute(select(c).where(c.cast(SqlText).contains(sha256)).limit(1)).first() for c in columns)


# --- what is left for the next day ------------------------------------------------------------------------------------


def forget_farewells(db: Connection, before: datetime) -> list[int]:
    """Our last words to who was forgotten before this go, and what platforms remember of them; the numbers of whom."""
    rows = db.execute(select(erasure).where(erasure.c.at < before)).all()
    for row in rows:
        said = _is_about(row.answer)
        for account in _readers(db, said):
            _forget_account(db, account)
        db.execute(delete(outbox).where(said))
    return [row.id for row in rows]


def _is_about(answer: str) -> ColumnElement[bool]:
    """The answer itself, its further parts, and what was said of where it can be read."""
    further = [outbox.c.key.startswith(f"{answer}{mark}", autoescape=True) for mark in "+:"]
    return or_(outbox.c.key == answer, *further)


def settle(db: Connection, numbers: Sequence[int]) -> None:
    """Nothing more has to be done for these."""
    db.execute(delete(erasure).where(erasure.c.id.in_(numbers)))


def _readers(db: Connection, said: ColumnElement[bool]) -> set[Account]:
    found = set()
    for row in db.execute(select(outbox.c.platform, outbox.c.message).where(said)).all():
        address = row.message["address"]
        user = row.message.get("only_for") or (address["chat"] if address.get("private") else None)
        found |= {Account(row.platform, user)} if user else set()
    return found


def _forget_account(db: Connection, one: Account) -> None:
    """Unless the person has come back: then they are somebody new, who is known by this account."""
    if person_of(db, one).members:
        return
    alone = Person((), [one])
    forget_documents(db, alone)
    db.execute(delete(outbox).where(outbox.c.id.in_([row.id for row in messages_to(db, alone)])))

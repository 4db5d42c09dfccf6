"""The top-level entries of rules.yaml, rituals.yaml and others: one with a problem is off, the others live."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from rules.complaints import Complaints
from rules.nodes import Entry, Key
from rules.reader import Document, Flaw
from rules.shapes import mapping
from rules.suggest import clipped

Made = TypeVar("Made")
ID = r"[a-z][a-z0-9_]{0,47}"
SHORT_ID = r"[a-z][a-z0-9_]{0,31}"
"""Of what rows of the database refer to."""


def each(
    document: Document,
    complaints: Complaints,
    make: Callable[[Entry, Complaints], Made | None],
    *,
    name: str,
    sections: Collection[str] = (),
) -> tuple[Made, ...]:
    """What is made of every entry that gives no reason to complain. `sections` are keys that are read elsewhere."""
    top = mapping(document.root, complaints, name=name)
    flaws = flaws_by_key(document)
    for flaw in flaws.pop(None, ()):  # one that belongs to no entry refuses the file
        complaints.take(flaw, flaw.text)
    entries = [entry for entry in top.entries.values() if entry.key.name not in sections] if top else []
    return made_of(entries, complaints, make, flaws)


def made_of(
    entries: Iterable[Entry],
    complaints: Complaints,
    make: Callable[[Entry, Complaints], Made | None],
    flaws: Mapping[str | None, Sequence[Flaw]] = MappingProxyType({}),
) -> tuple[Made, ...]:
    """What is made of every entry that gives no reason to complain; the others are off."""
    made = []
    for entry in entries:
        mine = complaints.about(entry.key.name)
        for flaw in flaws.get(entry.key.name, ()):
            mine.take(flaw, flaw.text)
        check_id(entry.key, mine)
        one = make(entry, mine)
        if one is not None and not mine.problems:
            made.append(one)
        complaints.problems.extend(mine.problems)
    return tuple(made)


def flaws_by_key(document: Document) -> dict[str | None, list[Flaw]]:
    """The flaws of a document by the top-level key that they belong to."""
    flaws: dict[str | None, list[Flaw]] = {}
    for flaw in document.flaws:
        flaws.setdefault(flaw.under, []).append(flaw)
    return flaws


def check_id(key: Key, complaints: Complaints, pattern: str = ID) -> None:
    if not re.fullmatch(pattern, key.name):
        complaints.add(key, "problem.bad_id", value=clipped(key.name))


def check_short_id(key: Key, complaints: Complaints) -> None:
    check_id(key, complaints, SHORT_ID)

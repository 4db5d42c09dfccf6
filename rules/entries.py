"""The top-level entries of rules.yaml and rituals.yaml: one with a problem is off, the others live."""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from rules.complaints import Complaints
from rules.nodes import Entry, Key
from rules.reader import Document, Flaw
from rules.shapes import mapping
from rules.suggest import clipped

Made = TypeVar("Made")


def each(
    document: Document, complaints: Complaints, make: Callable[[Entry, Complaints], Made | None], *, name: str
) -> tuple[Made, ...]:
    """What is made of every entry that gives no reason to complain."""
    top = mapping(document.root, complaints, name=name)
    flaws = _by_entry(document, complaints)
    made = []
    for entry in top.entries.values() if top else ():
        mine = complaints.about(entry.key.name)
        for flaw in flaws[entry.key.name]:
            mine.take(flaw, flaw.text)
        _check_id(entry.key, mine)
        one = make(entry, mine)
        if one is not None and not mine.problems:
            made.append(one)
        complaints.problems.extend(mine.problems)
    return tuple(made)


def _by_entry(document: Document, complaints: Complaints) -> dict[str, list[Flaw]]:
    """A flaw that belongs to no entry refuses the file."""
    flaws: dict[str, list[Flaw]] = defaultdict(list)
    for flaw in document.flaws:
        if flaw.under is None:
            complaints.take(flaw, flaw.text)
        else:
            flaws[flaw.under].append(flaw)
    return flaws


def _check_id(key: Key, complaints: Complaints) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", key.name):
        complaints.add(key, "problem.bad_id", value=clipped(key.name))

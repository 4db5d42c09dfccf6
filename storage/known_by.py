"""What a person is known by in texts, and how a text reads without it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, cast, or_, select
from sqlalchemy import Text as SqlText

from storage.columns import encode_json
from storage.own_words import Vocabulary, heads_of, on_a_line, own_beginning
from storage.personal import GONE, Person
from storage.tables import audit, profile

_AT_ONCE = 200  # words in one statement
_IDS = ("user", "handle", "person", "author", "only_for", "id")
_WORDS = ("text", "name", "label", "cells", "table", "raw", "error")


class Traces(NamedTuple):
    """What a person is known by."""

    whose: Person
    names: Sequence[str]
    handles: Sequence[str]
    heads: Sequence[str]  # how what they wrote begins; other texts may begin so, too
    texts: Sequence[str]  # by which beginnings it is known as theirs, on a line
    neutral: str  # what stands in the place of their name

    @property
    def users(self) -> set[str]:
        return {one.user for one in self.whose.accounts}

    @property
    def called(self) -> set[str]:
        """How one speaks of them."""
        return {*self.names, *self.handles, *self.users}


class Written(NamedTuple):
    """What a person wrote, and what others say."""

    texts: Sequence[str]
    common: Vocabulary
    others: Sequence[str]  # what other people wrote that begins like one of these texts, or holds such a beginning


def traces_of(db: Connection, whose: Person, written: Written, neutral: str) -> Traces:
    """What to look for; read before any row of theirs is changed."""
    mine = profile.c.member.in_(whose.members)
    profiles = db.execute(select(profile.c.name, profile.c.pseudonym, profile.c.handle).where(mine)).all()
    names = {name for row in profiles for name in (row.name, row.pseudonym) if name}
    renamed = select(audit.c.details).where(audit.c.member.in_(whose.members), audit.c.action == "pseudonym")
    names |= {str(details.get("name", "")) for details in db.execute(renamed).scalars()}
    handles = {row.handle for row in profiles if row.handle}
    longest_first = sorted(names - {"", GONE}, key=len, reverse=True)
    heads = sorted({head for text in written.texts for head in heads_of(text)})
    others = [on_a_line(text) for text in written.others]
    begun = (own_beginning(text, written.common, others) for text in written.texts)
    return Traces(whose, longest_first, sorted(handles), heads, sorted({one for one in begun if one}), neutral)


def without_names(traces: Traces, *also: str) -> Callable[[str], str]:
    """Writes over a person's names, handles and accounts in a text, and a text that begins like one of theirs."""
    known = [_as_word(name) for name in (*traces.names, *also)]
    known += [rf"@{re.escape(handle)}(?!\w)" for handle in traces.handles]
    known += [rf"(?<!\w){re.escape(str(one))}(?!\w)" for one in traces.whose.accounts]
    pattern = re.compile("|".join(known), re.IGNORECASE)

    def changed(text: str) -> str:
        line = on_a_line(text)
        if any(begun in line for begun in traces.texts):
            return GONE
        return pattern.sub(lambda _: traces.neutral, text)

    return changed


def _as_word(name: str) -> str:
    """As a whole word; Chinese is written without spaces, so there a name of several characters is found anywhere."""
    escaped = re.escape(name)
    is_chinese = len(name) > 1 and all("\u3400" <= c <= "\u9fff" for c in name)
    return escaped if is_chinese else rf"(?<!\w){escaped}(?!\w)"


def mentioning(db: Connection, query: Select[Any], column: Column[Any], traces: Traces) -> list[Row[Any]]:
    """The rows that may name a person or quote them, by a look at their text; some of them several times."""
    return holding(db, query, column, {*traces.called, *traces.heads})


def holding(db: Connection, query: Select[Any], column: Column[Any], words: Iterable[str]) -> list[Row[Any]]:
    """The rows with one of these words; some of them several times."""
    known = sorted(words)
    rows: list[Row[Any]] = []
    for start in range(0, len(known), _AT_ONCE):
        rows += db.execute(query.where(has_one(column, known[start : start + _AT_ONCE])))
    return rows


def has_one(column: Column[Any], known: Iterable[str]) -> ColumnElement[bool]:
    text = cast(column, SqlText)
    return or_(*(text.icontains(encode_json(word)[1:-1], autoescape=True) for word in known))


def cleaned(value: Any, traces: Traces, changed: Callable[[str], str], key: str = "") -> Any:
    """JSON without a person: what is meant for readers is written over, and their ids."""
    if isinstance(value, Mapping):
        return {name: cleaned(item, traces, changed, name) for name, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item, traces, changed, "id" if key == "people" else key) for item in value]
    if isinstance(value, str):
        if key in _IDS and value in {*traces.users, *traces.handles}:
            return traces.neutral
        return changed(value) if key in _WORDS else value
    return value

"""The list of a session: those who ask the same together, what most would like to hear first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from bot.domain.ids import MemberId
from bot.features.live_qa.store import questions, votes
from bot.features.live_qa.store.questions import Question, first_of


class Listed(NamedTuple):
    """A question with all that were merged into it."""

    number: int
    name: str  # of who has asked it
    text: str
    answer: str | None  # as the table has it
    votes: int  # of persons, with those who have asked the same
    rows: Sequence[Question]  # itself first; also of members who have left
    voters: frozenset[int]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(row.number for row in self.rows)

    @property
    def askers(self) -> frozenset[int]:
        """The persons who have asked it, and are here."""
        return frozenset(row.person for row in self.rows if row.here)

    def is_same_as(self, other: "Listed") -> bool:
        """Whether one was carried over from the other."""
        return not {first_of(row) for row in self.rows}.isdisjoint(first_of(row) for row in other.rows)

    def is_asked_by(self, who: MemberId) -> bool:
        return who in self.askers


def ranked(db: Connection, session: int) -> list[Listed]:
    """By their votes, then by their numbers. What only members have asked who left is for nobody."""
    cast: dict[int, set[int]] = {}
    for number, person in votes.voters(db, session):
        cast.setdefault(number, set()).add(person)
    found = (_listed(group, cast) for group in groups(questions.of_session(db, session)))
    return sorted((one for one in found if one), key=lambda one: (-one.votes, one.number))


def find(listed: Sequence[Listed], number: int) -> Listed | None:
    """The one that has this number, or that this one was merged into."""
    return next((one for one in listed if number in one.numbers), None)


def listed_as(db: Connection, session: int, number: int) -> Listed | None:
    return find(ranked(db, session), number)


def groups(rows: Sequence[Question]) -> Iterator[list[Question]]:
    """Those that were merged together; first the one that all others were merged into."""
    by_number = {row.number: row for row in rows}
    found: dict[int, list[Question]] = {}
    for row in rows:
        found.setdefault(_root(row, by_number), []).append(row)
    for root, group in found.items():
        yield sorted(group, key=lambda row: (row.number != root, row.number))


def _root(row: Question, by_number: Mapping[int, Question]) -> int:
    while (above := by_number.get(row.merged_into)) is not None:
        row = above
    return int(row.number)


def _listed(group: list[Question], cast: Mapping[int, set[int]]) -> Listed | None:
    """Where who asked it first has left, the next who asked the same stands for it."""
    head = next((row for row in group if row.here), None)
    if head is None:
        return None
    voters = frozenset(person for row in group for person in cast.get(row.number, ()))
    also = {row.person for row in group if row.here}
    rows = [head, *(row for row in group if row is not head)]
    answer = next((row.answer for row in group if row.answer is not None), None)
    count = len((voters | also) - {head.person})
    return Listed(head.number, head.name, head.text, answer, count, rows, voters)

"""What was answered before: what features have of it, and what a search finds of it.

The feature `handbook` searches its own entries, and what others offer by `@feature.offer("known")`:
`handler(db, course) -> list[Known]`. Whoever offers something notes each change of it (`storage/changed_known.py`).
Others ask by `ctx.ask("handbook.find", course, text, limit, language)`: the language is the reader's, else the
course's; what comes back is a list of `Found`, the best first, at most `limit`, with none that is not even similar.
"""

from typing import NamedTuple

from bot.domain.messages import Template, Words


class Known(NamedTuple):
    """A question that has an answer. Neither says who asked and who answered."""

    id: str  # `entry:3`, `question:7`
    asked: tuple[str, ...]  # at least one: the question, then other ways to ask it
    answer: str


class Found(NamedTuple):
    """Something known that may be what somebody asks for. Both texts are people's words, not markup."""

    id: str
    title: str  # the question
    text: str  # the answer
    score: float  # 0–1
    is_sure: bool  # it may be offered as the answer, unasked
    styled: Template | None = None  # the answer, where it is a course's own text

    @property
    def answer(self) -> Words | str:
        """As it is shown."""
        return self.styled or self.text


class Settled(NamedTuple):
    """A question of a course as it was settled: by the answer that was accepted, or the last one of the staff.

    Words of who was forgotten are empty.
    """

    number: int
    asked: str
    also: tuple[str, ...]  # the same question in others' words
    answer: str
    answered_by: int  # the number of the answer
    is_by_staff: bool  # who gave it; nobody has to have looked at a classmate's
    tag: str | None
    lesson: int | None
    homework: str | None

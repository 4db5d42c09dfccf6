"""What is known already of what somebody asks, as staff may send it at once."""

import hashlib
from typing import NamedTuple

from bot.engine.context import Context
from bot.engine.known import Found
from bot.features.questions.store.questions import Question

_MOST = 2
_SHORT = 12
"""Characters of a digest that a button carries: what was read is what is sent."""
_LETTERS = {"entry": "H", "question": "Q"}


class Suggestion(NamedTuple):
    """An answer that was given before."""

    id: str  # `entry:3`
    number: str  # as everybody sees it: `H3`
    title: str
    text: str
    is_sure: bool  # else staff may look at it, but not send it with one tap

    @property
    def digest(self) -> str:
        """Of what it says."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_SHORT]


def suggestions(ctx: Context, row: Question) -> list[Suggestion]:
    """The best of what is like it, if anything is."""
    if not row.text.strip():
        return []
    found: list[Found] = ctx.ask("handbook.find", ctx.course, row.text, _MOST + 1, ctx.course.language)
    return [_suggestion(one) for one in found if one.id != f"question:{row.id}"][:_MOST]


def _suggestion(found: Found) -> Suggestion:
    kind, _, number = found.id.partition(":")
    return Suggestion(found.id, f"{_LETTERS.get(kind, '')}{number}", found.title, found.text, found.is_sure)

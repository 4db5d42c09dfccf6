"""What is known already of what somebody asks, as staff may send it at once."""

from typing import NamedTuple

from bot.domain.messages import Localised
from bot.engine.context import Context
from bot.engine.known import Found
from bot.features.questions.store.questions import Question

_MOST = 2
_LOOKED_AT = 5
_FIND = "handbook.find"
_LETTERS = {"entry": "H", "question": "Q"}


class Suggestion(NamedTuple):
    """An answer that was given before."""

    id: str  # `entry:3`
    number: str  # as everybody sees it: `H3`
    title: str
    text: str


def suggestions(ctx: Context, row: Question) -> list[Suggestion]:
    """The best of what is like it, if anything is."""
    if not row.text.strip() or _FIND not in ctx.engine.registry.queries:
        return []
    found: list[Found] = ctx.ask(_FIND, ctx.course, row.text, _LOOKED_AT)
    others = [one for one in found if one.id != f"question:{row.id}"]
    return [_suggestion(ctx, one) for one in others[:_MOST]]


def _suggestion(ctx: Context, found: Found) -> Suggestion:
    kind, _, number = found.id.partition(":")
    return Suggestion(found.id, f"{_LETTERS.get(kind, '')}{number}", _in(ctx, found.title), _in(ctx, found.text))


def _in(ctx: Context, words: Localised | str) -> str:
    return words if isinstance(words, str) else words.in_(ctx.course.language)

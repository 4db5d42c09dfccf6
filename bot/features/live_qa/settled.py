"""A question of the course that was put on the list, and is settled before it was answered there."""

import re
from collections.abc import Sequence

from bot.engine.context import Context
from bot.features.live_qa.declared import ASKED
from bot.features.live_qa.listing import Listed
from bot.features.live_qa.store.questions import Question

_QUESTION = re.compile(r"question ([0-9]{1,9})")


def source(number: int) -> str:
    """How a row on the list says which question of the course it is."""
    return f"question {number}"


def still_asked(ctx: Context, listed: Sequence[Listed]) -> list[Listed]:
    """Without those that nobody waits for any more."""
    return [one for one in listed if one.answer is not None or not _is_settled(ctx, one)]


def _is_settled(ctx: Context, listed: Listed) -> bool:
    """Those who ask the same may still wait."""
    return all(_is_settled_elsewhere(ctx, row) for row in listed.rows if row.here)


def _is_settled_elsewhere(ctx: Context, row: Question) -> bool:
    found = _QUESTION.fullmatch(row.object or "")
    return found is not None and ctx.ask(ASKED, ctx.course.id, int(found[1])) is None

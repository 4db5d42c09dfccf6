"""What can be done with one hand-in: `/homework 12 VERB …`; each verb stands with what it does."""

from collections.abc import Callable

from bot.engine.context import Context
from bot.features.homework.store.hand_ins import HandIn

Verb = Callable[[Context, HandIn, str], None]
"""Gets a hand-in of the member in context, locked, and what was said behind the verb."""

VERBS: dict[str, Verb] = {}


def verb(*names: str) -> Callable[[Verb], Verb]:
    """Handles these words, in any case."""

    def declare(handler: Verb) -> Verb:
        VERBS.update(dict.fromkeys(names, handler))
        return handler

    return declare

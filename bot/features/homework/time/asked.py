"""Which homework a command speaks of, and what else it says."""

from bot.domain.homework import Homework
from bot.engine.context import Context
from bot.features.homework.assignments import homework_called
from bot.features.homework.handing.meant import named


def homework_and_rest(ctx: Context, text: str) -> tuple[Homework, str]:
    """The homework that a text begins with. Raises UserError with those there are."""
    found = named(ctx, text)
    return found.homework or homework_called(ctx, text), found.rest if found.homework else ""

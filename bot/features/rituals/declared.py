"""The feature, and the ritual that a command names."""

from bot.domain.errors import UserError
from bot.domain.rituals import Ritual
from bot.engine.context import Context
from bot.engine.feature import Feature

feature = Feature("rituals")


def named(ctx: Context, name: str) -> Ritual:
    """One that the course's own files declare."""
    found = ctx.course.ritual(name)
    if found is None or found.is_built_in:
        known = [ritual.id for ritual in ctx.course.rituals if not ritual.is_built_in]
        raise UserError("rituals.unknown" if known else "rituals.none", name=name[:48], known=known)
    return found

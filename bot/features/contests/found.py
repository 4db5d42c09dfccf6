"""Which contest a member means, by where they are and what is going on."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.domain.errors import UserError
from bot.domain.messages import Localised
from bot.engine.context import Context
from bot.features.contests import store
from bot.features.contests.declared import ContestOptions, options_of


def running(ctx: Context) -> list[Any]:
    """The contests of the course that are not over; one whose ritual is gone will never go on."""
    return [found for found in store.running(ctx.db, ctx.course.id, ctx.now) if _goes_on(ctx, found)]


def _goes_on(ctx: Context, found: Any) -> bool:
    ritual = ctx.course.ritual(found.ritual)
    return ritual is not None and isinstance(ritual.options, ContestOptions)


def taking(ctx: Context) -> Any:
    """The contest that takes works. Raises UserError."""
    return _one(ctx, running(ctx), lambda found: found.gallery_at is None, otherwise="contest.vote_is_on")


def voting(ctx: Context, number: int | None) -> Any:
    """The contest that is voted on: the one with this number, which a button knows. Raises UserError."""
    found = running(ctx)
    if number is not None:
        found = [one for one in found if one.id == number]
        if not found:
            raise UserError("contest.is_over")
    return _one(ctx, found, lambda one: one.gallery_at is not None, otherwise="contest.no_vote_yet")


def _one(ctx: Context, found: Sequence[Any], is_right: Callable[[Any], bool], *, otherwise: str) -> Any:
    """The one of this group, else the only one; of several, the one that opened last."""
    if not found:
        raise UserError("contest.none")
    right = [one for one in found if is_right(one)]
    if not right:
        raise UserError(otherwise)
    here = [one for one in right if ctx.space and one.space == ctx.space.id] or right
    if len({one.space for one in here}) > 1:
        raise UserError("contest.which")
    return max(here, key=lambda one: one.id)


def title_of(ctx: Context, found: Any) -> Localised:
    return options_of(ctx.course, found.ritual).title


def object_of(found: Any) -> str:
    """`contest weekly_pk main 2027-03-01`."""
    again = f" {found.number}" if found.number else ""
    return f"contest {found.ritual} {found.space} {found.local_date}{again}"

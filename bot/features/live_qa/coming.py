"""The session that comes next."""

from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.upcoming import next_time
from bot.features.live_qa.declared import ACTION
from bot.features.live_qa.options import OPEN, LiveOptions, options_of
from bot.features.live_qa.wording import hours


class Coming(NamedTuple):
    """When it is, in words, and what its ritual says of it."""

    when: Text
    options: LiveOptions


def next_session(ctx: Context) -> Coming:
    """Raises UserError where there is none."""
    coming = find_next(ctx)
    if coming is None:
        has_any = any(ritual.action == ACTION for ritual in ctx.course.rituals)
        raise UserError("live.over" if has_any else "live.none")
    return coming


def find_next(ctx: Context) -> Coming | None:
    """None: there is none, or none any more."""
    found = next_time(ctx.db, ctx.course, ctx.engine.library.schedule, ACTION, ctx.now, step=OPEN)
    if found is None:
        return None
    options = options_of(ctx.course, found.ritual)
    return Coming(Text(id="live.when", values=hours(ctx.course, found.due_at, options)), options)

"""Who is answered where nobody else reads it, and where the group is to read nothing but the question."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.overheard import is_told_alone
from bot.engine.transaction import Belonging


def speaks_alone(ctx: Context) -> bool:
    """Whether what is answered to the event is read by nobody but who caused it."""
    return isinstance(ctx.event, CommandInvoked) or is_told_alone(ctx)


def quiet(ctx: Context) -> Context:
    """The same event with nobody to answer: whatever is said to somebody goes to them alone. It has to be finished.

    All that was decided so far is written, as what rules gave for it counts from now on.
    """
    ctx.writes.flush_decisions(ctx.db)
    return Context(ctx.tx, ctx.event, Belonging(course=ctx.course, space=ctx.space), writes=ctx.writes)

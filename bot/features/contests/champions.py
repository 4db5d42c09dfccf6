"""`/champions`: who was first in a contest, how often, and when last."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.roster import praised_names
from bot.features.contests import placed
from bot.features.contests.declared import feature

_SHOWN = 20


@feature.command("champions", words=("冠军榜", "历届冠军"))
def champions(ctx: Context, cmd: CommandInvoked) -> None:
    """By the names that others may read; who wants no praise, or has left, is only counted."""
    found = placed.champions(ctx.db, ctx.course.id)
    if not found:
        raise UserError("contest.no_champions")
    names = praised_names(ctx.db, [one.member for one in found])
    ctx.reply("contest.champions")
    named = [one for one in found if one.member in names]
    for one in named[:_SHOWN]:
        on = ctx.course.date_at(one.last_at)
        ctx.reply("contest.champion", name=names[one.member], count=one.times, date=on)
    if others := len(found) - len(named[:_SHOWN]):
        ctx.reply("contest.champions_more", count=others)

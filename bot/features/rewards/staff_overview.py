"""`/rewards` in the staff room: the budget, what is left of each reward, what waits; and the part of `/queue`."""

from collections.abc import Iterator, Mapping

from bot.domain.errors import UserError
from bot.domain.messages import Template, Text, Words
from bot.domain.response import Area
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.engine.queues import QueuePart
from bot.features.rewards import limits, stocking, store
from bot.features.rewards.declared import feature
from bot.features.rewards.flow import month_of
from bot.features.rewards.staff_news import lines_of
from bot.features.rewards.stocking import Pool
from bot.features.rewards.waiting import waiting, without_address

_FEW = 5  # beside what waits of other kinds


def show(ctx: Context) -> None:
    """Answer with how everything stands."""
    if not ctx.course.rewards.catalogue:
        raise UserError("reward.none")
    for line in _lines(ctx):
        ctx.reply_words(line)
    ctx.reply_buttons([(Text(id="button.redemptions"), "redemptions")])


def _lines(ctx: Context) -> Iterator[Words]:
    yield _budget(ctx)
    pools = {pool.reward: pool for pool in stocking.pools(ctx.db, ctx.course.id)}
    had = store.monthly(ctx.db, ctx.course.id, month_of(ctx))
    for reward in ctx.course.rewards.catalogue.values():
        yield _line(ctx, reward, pools, had.get(reward.id, 0))
    waits, unsent = len(waiting(ctx.db, ctx.course.id)), len(without_address(ctx.db, ctx.course.id))
    yield Text(id="reward_stock.waits", values={"count": waits}) if waits else Text(id="reward_stock.nothing_waits")
    if unsent:
        yield Text(id="reward_stock.without_address", values={"count": unsent})


def _budget(ctx: Context) -> Words:
    budget, spent = ctx.course.rewards.budget, store.spent_in(ctx.db, ctx.course.id, month_of(ctx))
    if budget is None:
        return Text(id="reward_stock.no_budget", values={"spent": spent})
    return Text(id="reward_stock.budget", values={"budget": budget, "spent": spent, "left": max(0, budget - spent)})


def _line(ctx: Context, reward: Reward, pools: Mapping[str, Pool], had: int) -> Words:
    pool, left = pools.get(reward.id), limits.left_of(ctx.db, ctx.course.id, reward)
    values: dict[str, object] = {"reward": reward.id, "title": Template(text=reward.title), "month": had}
    if left is None:
        return Text(id="reward_stock.line_unlimited", values=values)
    values |= {"left": left, "held": pool.held if pool else 0}
    return Text(id="reward_stock.line_held" if pool and pool.held else "reward_stock.line", values=values)


@feature.offer("queue")
def in_queue(ctx: Context, kind: Area | None, said: str) -> list[QueuePart]:
    """Only where all that waits is asked for, and something does."""
    those = waiting(ctx.db, ctx.course.id) if kind is None and not said else []
    if not those:
        return []
    overdue = sum(one.is_overdue(ctx.now) for one in those)
    title = "redemption.queue" if overdue else "redemption.queue_in_time"
    lines: list[Words] = [Text(id=title, values={"count": len(those), "overdue": overdue})]
    lines += lines_of(ctx, those[:_FEW])
    buttons = [(Text(id="button.redemptions"), "redemptions")]
    return [QueuePart(lines, buttons, count=len(those), overdue=overdue)]

"""`/redeem REWARD`: what it costs and what would be left is said first; `/redeem REWARD PRICE` buys it."""

import re

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Button, Template, Text
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.roster import member_of
from bot.features.rewards import flow, limits, news, store
from bot.features.rewards.declared import feature
from bot.features.rewards.meant import own, reward_called, words_of
from storage import boards

_CANCEL = frozenset(("cancel", "取消"))
_AGREED = re.compile(r"(?P<reward>\S.*?)(?<!\s)\s+(?P<price>[0-9]{1,7})(?:\s+(?P<times>[0-9]{1,7}))?", re.DOTALL)
"""The price that a person was shown; and how often they had redeemed anything then, so that two presses buy one.

A reward does not end in a space: else a long text of spaces is tried at each of them, over and over.
"""


@feature.command(
    "redeem", is_private=True, words=("兑换",), parameters=(text("reward", required=True, suggests="rewards"),)
)
def redeem(ctx: Context, cmd: CommandInvoked) -> None:
    word, rest = words_of(cmd.text)
    if not word:
        raise UserError("reward.which", buttons=[Button(label="button.rewards", command="rewards")])
    if word in _CANCEL and rest:
        _cancel(ctx, rest)
    elif (agreed := _AGREED.fullmatch(cmd.text.strip())) and not _is_title(ctx, cmd.text):
        _buy(ctx, reward_called(ctx, agreed["reward"]), int(agreed["price"]), agreed["times"])
    else:
        _confirm(ctx, reward_called(ctx, cmd.text))


def _is_title(ctx: Context, said: str) -> bool:
    """Whether a title ends in a number, and that is no price."""
    titles = (title for reward in ctx.course.rewards.catalogue.values() for title in reward.title.by_language.values())
    return said.strip().casefold() in (title.strip().casefold() for title in titles)


def _confirm(ctx: Context, reward: Reward) -> None:
    person, month = member_of(ctx.db, ctx.member.id), flow.month_of(ctx)
    found = limits.shelf(ctx, person, month)
    limits.check(ctx.course, reward, found, month)
    after = found.balance - reward.price
    ctx.reply("reward.confirm", title=reward.title, price=reward.price, balance=found.balance, after=after)
    if reward.about is not None:
        ctx.reply_words(Template(text=reward.about))
    if reward.needs_approval:
        ctx.reply("reward.confirm_approval")
    times = store.times_redeemed(ctx.db, ctx.course.id, ctx.member.id)
    label = Text(id="button.reward_confirm", values={"count": reward.price})
    ctx.reply_buttons([(label, f"redeem {reward.id} {reward.price} {times}")])


def _buy(ctx: Context, reward: Reward, price: int, times: str | None) -> None:
    row = flow.redeem(ctx, reward.id, agreed=price, times=int(times) if times else None)
    balance = boards.points_of(ctx.db, row.member)
    if row.state == "requested":
        buttons = [*news.ways_to(ctx, row), (Text(id="button.reward_cancel"), f"redeem cancel {row.id}")]
        ctx.reply("reward.requested", number=row.id, title=flow.title_of(row), buttons=buttons)
    ctx.reply("reward.paid", price=row.price, count=balance)


def _cancel(ctx: Context, said: str) -> None:
    row = flow.cancel(ctx, own(ctx, said, lock=True))
    balance = boards.points_of(ctx.db, ctx.member.id)
    ctx.reply("reward.cancelled", number=row.id, title=flow.title_of(row), price=row.price, count=balance)

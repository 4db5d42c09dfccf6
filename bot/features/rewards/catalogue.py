"""`/rewards`: what there is for points, what of it one can have now, and why not."""

from collections.abc import Iterable, Iterator

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Template, Text, Words
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.engine.feature import Suggested
from bot.engine.parameters import choice
from bot.engine.roster import member_of
from bot.engine.voice import Label
from bot.features.rewards import limits, mine, staff_overview
from bot.features.rewards.declared import feature
from bot.features.rewards.flow import month_of
from bot.features.rewards.limits import Shelf
from bot.features.rewards.meant import words_of

_MINE = frozenset(("mine", "我的"))


@feature.command(
    "rewards",
    is_private=True,
    by_link=True,
    words=("积分商城", "积分兑换"),
    parameters=(choice("view", "mine"),),
)
def rewards(ctx: Context, cmd: CommandInvoked) -> None:
    """By a link, too: nothing here changes anything but an address that is then given."""
    word, rest = words_of(cmd.text)
    if word in _MINE:
        mine.show(ctx)
    elif word == "code":
        mine.show_code(ctx, rest)
    elif word == "address":
        mine.ask_address(ctx, rest)
    elif ctx.space is not None and ctx.space.kind == "staff":
        staff_overview.show(ctx)
    else:
        _show(ctx)


def _show(ctx: Context) -> None:
    catalogue = ctx.course.rewards.catalogue
    if not catalogue:
        raise UserError("reward.none")
    found = _shelf(ctx)
    ctx.reply("reward.catalogue", count=found.balance)
    buttons: list[Label] = []
    for reward in catalogue.values():
        for words in _lines(ctx, reward, found):
            ctx.reply_words(words)
        if _refusal(ctx, reward, found) is None:
            label = Text(id="button.reward_redeem", values={"title": reward.title})
            buttons.append((label, f"redeem {reward.id}"))
    ctx.reply_buttons([*buttons, (Text(id="button.reward_mine"), "rewards mine")])


def _shelf(ctx: Context) -> Shelf:
    return limits.shelf(ctx, member_of(ctx.db, ctx.member.id), month_of(ctx))


def _refusal(ctx: Context, reward: Reward, found: Shelf) -> UserError | None:
    return next(limits.refusals(ctx.course, reward, found, month_of(ctx)), None)


def _lines(ctx: Context, reward: Reward, found: Shelf) -> Iterator[Words]:
    left = found.left(reward)
    values: dict[str, object] = {"title": reward.title, "id": reward.id, "count": reward.price}
    if not reward.is_for_sale:
        yield Text(id="reward.line_given", values=values)
    elif not left:  # unlimited; or none, which the reason below says
        yield Text(id="reward.line", values=values)
    else:
        yield Text(id="reward.line_left", values={**values, "left": left})
    if reward.about is not None:
        yield Template(text=reward.about)
    refused = _refusal(ctx, reward, found)
    if refused is not None and reward.is_for_sale:
        yield Text(id="reward.not_now", values={"why": refused.text})


@feature.suggest("rewards")
def for_sale(ctx: Context, typed: str) -> Iterable[Suggested]:
    """What the course sells, by its id."""
    for reward in ctx.course.rewards.catalogue.values():
        names = " ".join((reward.id, *reward.title.by_language.values()))
        if reward.is_for_sale and typed.casefold() in names.casefold():
            yield reward.id, Template(text=reward.title)

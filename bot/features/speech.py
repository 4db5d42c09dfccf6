"""What rules can say, and the fact that a plain message was posted."""

from bot.domain.messages import Localised, Template
from bot.domain.rules import Firing
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.roster import name_of

feature = Feature("speech")
feature.fact(FACT, about="the message", length="number", is_reply="yes_no", attachments="number")


@feature.effect("say", Localised)
def say(ctx: Context, argument: Localised, firing: Firing) -> None:
    """To the member whom the fact is about, with the answer that they get anyway."""
    if firing.fact.member == ctx.member.id:
        ctx.reply_words(_filled(ctx, argument, firing))


@feature.effect("tell_staff", Localised)
def tell_staff(ctx: Context, argument: Localised, firing: Firing) -> None:
    key = f"rule:{firing.rule.id}:{firing.fact.member}:{firing.fact.object}"
    ctx.tell_staff(_filled(ctx, argument, firing), key=key)


def _filled(ctx: Context, argument: Localised, firing: Firing) -> Template:
    fields = {name: value for name, value in firing.fact.values.items() if "." not in name}
    name = name_of(ctx.db, firing.fact.member)
    return Template(text=argument, values={"name": name, "points": firing.verdict.points, **fields})

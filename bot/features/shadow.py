"""`/shadow`: what rules in the shadow would have done so far."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Words
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import text
from bot.engine.shadows import lines_of
from storage import shadows

feature = Feature("shadow")


@feature.command(
    "shadow",
    roles=("assistant", "admin"),
    places=("staff",),
    words=("试运行",),
    parameters=(text("rule", suggests="rules_on_trial"),),
)
def shadow(ctx: Context, cmd: CommandInvoked) -> None:
    dark = {str(rule.id): rule for rule in ctx.course.rules if rule.shadow is not None}
    if not dark:
        raise UserError("shadow.none")
    asked = cmd.text.strip()
    if asked and asked not in dark:
        raise UserError("shadow.unknown", name=asked[:48], known=list(dark))
    runs = shadows.runs(ctx.db, ctx.course.id)
    for id, rule in dark.items():
        if rule.id in runs and asked in ("", id):
            ctx.reply("shadow.title", rule=rule.shown, id=id, time=rule.shadow)
            for line in lines_of(ctx.db, ctx.course, rule, runs[rule.id].since):
                ctx.reply_words(line)


@feature.suggest("rules_on_trial")
def rules_on_trial(ctx: Context, typed: str) -> list[tuple[str, Words | str]]:
    return [(rule.id, rule.shown) for rule in ctx.course.rules if rule.shadow is not None]

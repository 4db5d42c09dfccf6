"""First what is kept, then what others see; with words, the settings are changed."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import choice, text
from bot.features.privacy import kept, settings

feature = Feature("privacy")

_DETAILS = frozenset(("details", "detail", "详情", "明细"))


@feature.command(
    "privacy",
    words=("隐私",),
    anywhere=True,
    is_private=True,
    parameters=(choice("setting", "details", "board", "praise", "name"), text("value")),
)
def privacy(ctx: Context, cmd: CommandInvoked) -> None:
    what, *how = cmd.text.split(maxsplit=1)[:2] or [""]
    if what.casefold() in _DETAILS:
        kept.tell_details(ctx, ctx.engine.registry.personals)
    elif what:
        settings.change(ctx, what, "".join(how).strip())
    else:
        kept.tell(ctx)
        if ctx.has_member and ctx.member.role == "student":
            settings.show(ctx)

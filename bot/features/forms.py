"""`/cancel` gives up the form that is being filled in; the buttons under its questions are `/form`."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import Feature
from bot.engine.forms import cancel_form, press

feature = Feature("forms")


@feature.command("cancel", anywhere=True, words=("取消",))
def cancel(ctx: Context, cmd: CommandInvoked) -> None:
    token = cmd.text.strip() if cmd.via == "button" else ""
    if cancel_form(ctx, token):
        return
    if cmd.via == "word":  # it was said to somebody, not to the bot
        raise NotMeant
    raise UserError("forms.not_open" if token else "forms.nothing_to_cancel")


@feature.command("form", anywhere=True, is_listed=False)
def form(ctx: Context, cmd: CommandInvoked) -> None:
    """`form TOKEN STEP WHAT`, which nobody would type: the words of a question's button."""
    token, step, what, argument = (*cmd.text.split(), "", "", "", "")[:4]
    press(ctx, token, step, what, argument)

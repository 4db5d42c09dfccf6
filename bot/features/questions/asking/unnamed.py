"""What somebody asks without a name where others read along: it is not taken, for it is no secret any more."""

from bot.domain.errors import UserError
from bot.domain.messages import Button
from bot.engine.context import Context
from bot.engine.overheard import is_for_private_chat
from bot.features.questions.asking.said import anonymous_in


def check_named(ctx: Context, text: str) -> None:
    """Raises UserError where a text that others may have read is to be asked without a name."""
    words = anonymous_in(text)
    if words is not None:
        raise overheard(ctx, words)


def overheard(ctx: Context, words: str) -> UserError:
    """With the way to where nobody reads along, where there is one. `words`: what was asked, if anything."""
    way = Button(label="button.open_private", command="ask anonymous", is_private=True)
    id = "ask.anonymous_openly" if words else "ask.anonymous_here"
    return UserError(id, buttons=[way] if is_for_private_chat(ctx) else ())

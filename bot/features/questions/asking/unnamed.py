"""Without a name, or with one? It is not taken where others read it, for it is no secret any more; nor on a guess."""

from bot.domain.errors import UserError
from bot.domain.messages import Button
from bot.engine.context import Context
from bot.engine.overheard import is_for_private_chat
from bot.features.questions.asking.marked import marked
from bot.features.questions.asking.said import LONGEST

_ALONE = "ask anonymous"


def check_named(ctx: Context, text: str) -> None:
    """Raises UserError where a text that others may have read is to be asked without a name, or perhaps is."""
    wish, words = marked(text)
    if wish == "unnamed":
        raise overheard(ctx, words)
    if wish == "unclear":
        raise unclear(ctx, words, is_open=True)


def overheard(ctx: Context, words: str) -> UserError:
    """With the way to where nobody reads along, where there is one. `words`: what was asked, if anything."""
    way = Button(label="button.open_private", command=_ALONE, is_private=True)
    id = "ask.anonymous_openly" if words else "ask.anonymous_here"
    return UserError(id, buttons=[way] if is_for_private_chat(ctx) else ())


def unclear(ctx: Context, words: str, *, is_open: bool = False, has_files: bool = False) -> UserError:
    """It may be meant so: nothing is asked before they have said it. `is_open`: others may have read it.

    A button carries the words, but no files: then it asks for all once more.
    """
    can_carry = not has_files and len(words) <= LONGEST
    unnamed = f"{_ALONE}: {words}" if can_carry and not is_open else _ALONE
    buttons = [
        Button(label="button.ask_unnamed", command=unnamed, is_private=is_open and is_for_private_chat(ctx)),
        *([Button(label="button.ask_named", command=f"ask named: {words}")] if can_carry else []),
    ]
    return UserError("ask.named_or_not", buttons=buttons)

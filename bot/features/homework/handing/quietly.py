"""A word to the author of a work alone, who has not asked just now."""

from collections.abc import Sequence

from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Label, Utterance


def tell_author(
    ctx: Context, who: MemberId, lines: Sequence[Words], *, about: int, buttons: Sequence[Label] = ()
) -> None:
    """In the main group where nobody else reads it, or in private; nothing where they can't be reached.

    `about` is the number of the hand-in; one event tells each author once of it.
    """
    show = Text(id="button.hand_in_show", values={"number": about}), f"homework {about}"
    what = Utterance(lines=lines, buttons=[*buttons, show], life=NOTICE_LIFE, is_confidential=True)
    for ear in ears_of(ctx, [who], have_asked=True).values():
        key = f"homework:{about}:told:{ctx.event.key}:{who}"
        ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)

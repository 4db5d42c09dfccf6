"""Saying something in any chat, also where no course lives."""

from collections.abc import Sequence

from bot.domain.ids import Language
from bot.domain.messages import Act, Words
from bot.domain.places import Address
from bot.engine.context import Context
from bot.engine.voice import NOTICE_LIFE, Utterance, Where


def post(
    ctx: Context, address: Address, *, key: str, language: Language, lines: Sequence[Words] = (), act: Act | None = None
) -> None:
    """Say it there, or do it."""
    what = Utterance(lines=lines, act=act, life=NOTICE_LIFE)
    ctx.writes.say(ctx.engine.voice.queue(key, what, Where(address=address), language, ctx.now))

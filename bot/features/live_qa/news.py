"""What askers hear of their questions, alone; who can't be written to yet finds it when they can."""

from collections.abc import Collection, Sequence

from bot.domain.ids import MemberId
from bot.domain.messages import Words
from bot.engine.context import Context
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Utterance

News = tuple[MemberId, Words]


def tell(ctx: Context, persons: Collection[int], words: Words) -> None:
    """Not who has caused it: they know."""
    for who in persons:
        if not ctx.answers(MemberId(who)):
            ctx.gather(_tell_each, (MemberId(who), words))


def _tell_each(ctx: Context, told: Sequence[News]) -> None:
    lines: dict[MemberId, list[Words]] = {}
    for who, words in told:
        lines.setdefault(who, []).append(words)
    now = ears_of(ctx, lines, have_asked=True)
    later = ears_of(ctx, [who for who in lines if who not in now], may_wait=True)
    for who, ear in (now | later).items():
        what = Utterance(lines=lines[who], life=NOTICE_LIFE, is_confidential=True, is_kept=True, is_notice=True)
        ctx.whisper(ear.user, ear.space, what, key=f"live_told:{ctx.event.key}:{who}", language=ear.language)

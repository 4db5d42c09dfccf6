"""Results that one may still appeal against, and how one's own appeals stand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.overheard import answers_in_private
from bot.features.contests import appealed, store
from bot.features.contests.declared import options_in
from bot.features.contests.found import KEPT_FOR, title_of


def results(ctx: Context) -> Sequence[Any]:
    """The contests that were decided not too long ago, the newest first."""
    return store.counted(ctx.db, ctx.course.id, ctx.now - KEPT_FOR)


def appeals_until(ctx: Context, one: Any) -> datetime:
    end: datetime = one.closed_at + options_in(ctx.course, one).appeal_for
    return end


def lines(ctx: Context) -> Iterator[Words]:
    """What `/contest` says of them; how an appeal stands only where nobody else reads it."""
    is_private = answers_in_private(ctx)
    for one in results(ctx):
        appeal = appealed.own(ctx.db, one.id, ctx.member.id) if ctx.member.role == "student" else None
        values = {"title": title_of(ctx, one), "until": ctx.course.wall_time(appeals_until(ctx, one))}
        if ctx.now < appeals_until(ctx, one):
            may_appeal = ctx.member.role == "student" and appeal is None
            yield Text(id="contest.decided" if may_appeal else "contest.result_is_out", values=values)
        if appeal is not None and is_private:
            yield from _state(appeal, values)


def _state(appeal: Any, values: dict[str, Any]) -> Iterator[Words]:
    if appeal.decided_at is None:
        yield Text(id="contest.your_appeal_waits", values={**values, "number": appeal.id})
        return
    yield Text(id="contest.appeal_corrected" if appeal.is_corrected else "contest.appeal_kept", values=values)
    if appeal.answer:
        yield Text(id="contest.appeal_words", values={"words": appeal.answer})

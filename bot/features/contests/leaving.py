"""Whose author leaves while it is voted on is out of the contest, and in it again when they come back."""

from collections.abc import Sequence

from bot.domain.events import MemberJoined, MemberLeft
from bot.engine.context import Context
from bot.features.contests import entries, gallery
from bot.features.contests.declared import feature
from bot.features.contests.found import running


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    ctx.gather(_show, None)  # when all else that follows is known


@feature.on(MemberJoined)
def joined(ctx: Context, event: MemberJoined) -> None:
    ctx.gather(_show, None)


def _show(ctx: Context, _: Sequence[None]) -> None:
    if not ctx.has_member:
        return
    for found in running(ctx):
        if found.gallery_at is not None and entries.work_of(ctx.db, found.id, ctx.member.id) is not None:
            gallery.correct(ctx, found)

"""`/live merge 5 into 3`: two questions that ask the same are one on the list, with the votes of both."""

import re

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.features.live_qa import news
from bot.features.live_qa.filed import show
from bot.features.live_qa.meant import Meant, Placed, meant_by, on_the_list, plain
from bot.features.live_qa.store import questions, sessions
from bot.features.live_qa.store.questions import Question

_BOTH = re.compile(r"\D*([0-9]{1,9})\D+([0-9]{1,9})\D*")
_EXCERPT = 80  # columns


def merge(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    found = _BOTH.fullmatch(plain(said))
    if found is None:
        raise UserError("live.merge_what")
    number, into = int(found[1]), int(found[2])
    session, row = _row(ctx, number)
    on_the_list(ctx, Meant(into))
    if row.merged_into is not None:
        raise UserError("live.is_merged", number=number, into=row.merged_into)
    target = _top(ctx, session, into)
    if target.number == number:
        raise UserError("live.merge_circle", number=number, into=into)
    if row.answer is not None or target.answer is not None:
        raise UserError("live.is_answered", number=number if row.answer is not None else into)
    questions.change(ctx.db, session, number, merged_into=target.number)
    ctx.audit("live_merge", number=number, into=target.number)
    ctx.reply("live.merged", number=number, into=target.number)
    told = {"number": number, "into": target.number, "text": shorten(target.text, _EXCERPT)}
    if row.person != target.person:
        news.tell(ctx, [row.person], Text(id="live.merged_yours", values=told))
    show(ctx, session, target.number)


def unmerge(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    meant = meant_by(said)
    if meant is None:
        raise UserError("live.unmerge_what")
    session, row = _row(ctx, meant.number)
    if row.merged_into is None:
        raise UserError("live.is_not_merged", number=meant.number)
    questions.change(ctx.db, session, row.number, merged_into=None)
    ctx.audit("live_unmerge", number=row.number, into=row.merged_into)
    ctx.reply("live.unmerged", number=row.number)
    news.tell(ctx, [row.person], Text(id="live.unmerged_yours", values={"number": row.number}))
    show(ctx, session, row.merged_into)
    show(ctx, session, row.number)


def _row(ctx: Context, number: int) -> tuple[int, Question]:
    """One on the list, with the list locked. Raises UserError."""
    placed: Placed = on_the_list(ctx, Meant(number))
    sessions.lock(ctx.db, placed.session)
    row = questions.one(ctx.db, placed.session, number)
    assert row is not None, "it is on the list"
    return placed.session, row


def _top(ctx: Context, session: int, number: int) -> Question:
    """The one that this one was merged into, and so on; else itself."""
    row = questions.one(ctx.db, session, number)
    while row is not None and row.merged_into is not None:
        row = questions.one(ctx.db, session, row.merged_into)
    assert row is not None, "what is dropped passes on what was merged into it"
    return row

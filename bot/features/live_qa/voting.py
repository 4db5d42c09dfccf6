"""`/live vote 3`: I would like to hear that, too. The same again takes it back; nobody sees who has voted."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.features.live_qa.filed import show_listed
from bot.features.live_qa.listing import Listed, listed_as
from bot.features.live_qa.meant import Meant, Placed, meant_by, on_the_list
from bot.features.live_qa.store import votes


def vote(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """For it, or no longer."""
    meant = _meant(said)
    session, listed = _votable(ctx, meant)
    if votes.take_back(ctx.db, session, listed.numbers, ctx.member.id):
        _answer(ctx, "live.unvoted", session, listed)
    else:
        _cast(ctx, meant, session, listed)


def also(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """Who was about to ask the same; pressed twice, it is still one vote."""
    meant = _meant(said)
    _cast(ctx, meant, *_votable(ctx, meant))


def _meant(said: str) -> Meant:
    meant = meant_by(said)
    if meant is None:
        raise UserError("live.vote_for_what")
    return meant


def _votable(ctx: Context, meant: Meant) -> Placed:
    placed = on_the_list(ctx, meant)
    if placed.listed.is_asked_by(ctx.member.id):
        raise UserError("live.own_vote", number=placed.listed.number)
    if placed.listed.answer is not None:
        raise UserError("live.is_answered", number=placed.listed.number)
    return placed


def _cast(ctx: Context, meant: Meant, session: int, listed: Listed) -> None:
    """For a question that was merged, what it was merged into counts."""
    if ctx.member.id not in listed.voters:
        votes.cast(ctx.db, session, listed.number, ctx.member.id, at=ctx.now)
    is_merged = meant.session in (None, session) and meant.number != listed.number
    if is_merged:
        ctx.reply("live.vote_is_merged", number=meant.number, into=listed.number)
    _answer(ctx, "live.voted", session, listed)


def _answer(ctx: Context, id: str, session: int, listed: Listed) -> None:
    now = listed_as(ctx.db, session, listed.number)
    assert now is not None, "it was listed a moment ago"
    ctx.reply(id, number=now.number, votes=now.votes)
    show_listed(ctx, session, now)

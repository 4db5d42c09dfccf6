"""The minutes of a session: what was asked, by votes, with what was noted; what is left open, and where it goes."""

from collections.abc import Iterator, Sequence

from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.features.live_qa.carrying import Carried, carry
from bot.features.live_qa.listing import Listed, ranked
from bot.features.live_qa.meant import last_session
from bot.features.live_qa.options import GRACE
from bot.features.live_qa.settled import still_asked
from bot.features.live_qa.store.sessions import Session
from bot.features.live_qa.wording import voted

_SHOWN = 20  # questions of each kind
_EXCERPT, _ANSWER = 120, 600  # columns


def minutes_of(ctx: Context, session: Session) -> list[Words]:
    """Nothing where nothing was asked. What is left open goes on to the next session."""
    listed = still_asked(ctx, ranked(ctx.db, session.id))
    return list(_lines(session, listed, carry(ctx, session))) if listed else []


def show_minutes(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """`/live minutes`: as they stand by now."""
    session = last_session(ctx)
    listed = still_asked(ctx, ranked(ctx.db, session.id))
    carried = carry(ctx, session) if ctx.now >= session.closes_at + GRACE else {}
    if not listed:
        ctx.reply("live.minutes_empty", date=session.local_date)
    for line in _lines(session, listed, carried) if listed else ():
        ctx.reply_words(line)


def _lines(session: Session, listed: Sequence[Listed], carried: Carried) -> Iterator[Words]:
    yield Text(id="live.minutes", values={"date": session.local_date})
    for one in [one for one in listed if one.answer][:_SHOWN]:
        yield _line(one)
        yield Text(id="live.minutes_answer", values={"answer": shorten(one.answer or "", _ANSWER)})
    yield from _section("live.minutes_aloud", [one for one in listed if one.answer == ""])
    open_ones = [one for one in listed if one.answer is None]
    yield from _section("live.minutes_open", open_ones, carried)
    gone_on = sum(one.number in carried for one in open_ones)
    if gone_on:
        yield Text(id="live.minutes_go_on", values={"count": gone_on})


def _section(title: str, listed: Sequence[Listed], carried: Carried | None = None) -> Iterator[Words]:
    if not listed:
        return
    yield Text(id=title)
    for one in listed[:_SHOWN]:
        yield _line(one, (carried or {}).get(one.number))
    if len(listed) > _SHOWN:
        yield Text(id="live.more_questions", values={"count": len(listed) - _SHOWN})


def _line(one: Listed, next_number: int | None = None) -> Words:
    """`next_number`: how it is called on the next list, where that is another one."""
    text = voted(shorten(one.text, _EXCERPT), one.votes)
    if next_number is None or next_number == one.number:
        return Text(id="live.own_question", values={"number": one.number, "text": text})
    values = {"number": one.number, "text": text, "next": next_number}
    return Text(id="live.minutes_goes_on", values=values)

"""The post of a question where the course has a place for them: how it stands, and a button to vote for it.

It stays the same post when the question is carried over to the next session. Nobody reads who has asked.
"""

from collections.abc import Iterator

from bot.domain.events import MemberLeft
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Topic, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.voice import Label, Utterance
from bot.features.live_qa.declared import feature
from bot.features.live_qa.listing import Listed, find, ranked
from bot.features.live_qa.meant import collecting
from bot.features.live_qa.store import questions, votes
from bot.features.live_qa.store.questions import First, Question, first_of

_TITLE = 60  # columns
_LONGEST = 2000  # characters of an answer


def show(ctx: Context, session: int, number: int) -> None:
    """The posts of a question and of all that are merged with it, as they stand now."""
    listed = find(ranked(ctx.db, session), number)
    if listed is not None:
        show_listed(ctx, session, listed)


def show_listed(ctx: Context, session: int, listed: Listed) -> None:
    is_asked = session == collecting(ctx)
    for row in listed.rows:
        lines = list(_lines(listed, row))
        buttons = [_button(session, listed)] if is_asked and listed.answer is None else []
        what = Utterance(lines=lines, buttons=buttons, topic=_topic(ctx, row))
        ctx.keep("questions", what, key=_key(first_of(row)), is_correction=not row.here)


def _lines(listed: Listed, row: Question) -> Iterator[Words]:
    yield Text(id="live.filed", values={"question": row.text})
    if row.number != listed.number:
        yield Text(id="live.filed_merged", values={"into": listed.number})
    if listed.votes:
        yield Text(id="live.filed_votes", values={"votes": listed.votes})
    if listed.answer:
        yield Text(id="live.filed_answer", values={"answer": listed.answer[:_LONGEST]})
    elif listed.answer is not None:
        yield Text(id="live.filed_done")


def _button(session: int, listed: Listed) -> Label:
    return Text(id="button.live_vote_this"), f"live vote {listed.number} of {session}"


def _topic(ctx: Context, row: Question) -> Topic:
    tag = ctx.engine.voice.texts.say(ctx.course.language, "live.tag")
    return Topic(title=f"#{row.number} {shorten(row.text, _TITLE)}", tags=(tag,))


def show_dropped(ctx: Context, first: First, number: int) -> None:
    """What was asked is to be read no more, in the thread's title neither."""
    dropped = Utterance(
        lines=[Text(id="live.filed_dropped", values={"number": number})], topic=Topic(title=f"#{number}")
    )
    ctx.keep("questions", dropped, key=_key(first), is_correction=True)


def _key(first: First) -> str:
    return f"live:{first.session}:question:{first.number}"


# --- whose votes count ------------------------------------------------------------------------------------------------


@feature.on_regrouping
def regrouped(ctx: Context, person: MemberId, other: MemberId) -> None:
    """Two accounts have one vote, and nobody votes for their own question."""
    _show_again(ctx, (person, other))


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    if ctx.has_member and ctx.space is not None and ctx.space.kind == "main":
        _show_again(ctx, (ctx.member.id,))


def _show_again(ctx: Context, members: tuple[int, ...]) -> None:
    session = collecting(ctx)
    if session is None:
        return
    listed = ranked(ctx.db, session)
    touched = {*votes.voted_by(ctx.db, session, members)}
    touched |= {row.number for who in members for row in questions.of_member(ctx.db, session, MemberId(who))}
    for one in listed:
        if not touched.isdisjoint(one.numbers):
            show_listed(ctx, session, one)

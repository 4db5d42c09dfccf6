"""`/live`: when the next session is, what is asked for it, and all that can be done with that."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.parameters import choice, text
from bot.features.live_qa.adding import add
from bot.features.live_qa.answering import answer, done, reopen
from bot.features.live_qa.asking import ask_words
from bot.features.live_qa.attending import mark
from bot.features.live_qa.coming import find_next, next_session
from bot.features.live_qa.declared import feature
from bot.features.live_qa.listing import Listed, ranked
from bot.features.live_qa.meant import collecting, meant_by
from bot.features.live_qa.merging import merge, unmerge
from bot.features.live_qa.minutes import show_minutes
from bot.features.live_qa.options import GRACE, LiveOptions, options_of
from bot.features.live_qa.settled import still_asked
from bot.features.live_qa.store import attendance, sessions
from bot.features.live_qa.store.sessions import Session
from bot.features.live_qa.voting import also, vote
from bot.features.live_qa.withdrawing import drop
from bot.features.live_qa.wording import about, clock_time, question_lines, voted

_SHOWN = 20  # questions
_EXCERPT = 80  # columns of each

Verb = Callable[[Context, CommandInvoked, str], None]
"""Gets what follows the word."""


def _drop(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    meant = meant_by(said)
    if meant is None:
        raise UserError("live.drop_what")
    drop(ctx, meant)


def _mark(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """In the staff room only: elsewhere others may read along."""
    if not said or not _is_in_staff_room(ctx):
        raise UserError("live.mark_whom")
    mark(ctx, ctx.find_member(said))


class Action(NamedTuple):
    """Something that can be done with the list."""

    handler: Verb
    words: tuple[str, ...]  # the first as platforms show it
    is_for_staff: bool = False


_ACTIONS = (
    Action(ask_words, ("ask", "提问")),
    Action(vote, ("vote", "投票", "想听")),
    Action(also, ("also",)),
    Action(_drop, ("drop", "撤回", "收回", "删除")),
    Action(add, ("add", "加入")),
    Action(show_minutes, ("minutes", "记录", "纪要")),
    Action(merge, ("merge", "合并"), is_for_staff=True),
    Action(unmerge, ("unmerge", "取消合并"), is_for_staff=True),
    Action(answer, ("answer", "回答"), is_for_staff=True),
    Action(done, ("done", "讲过"), is_for_staff=True),
    Action(reopen, ("reopen", "重新打开"), is_for_staff=True),
    Action(_mark, ("mark", "签到"), is_for_staff=True),
)
_BY_WORD = {word: action for action in _ACTIONS for word in action.words}


@feature.command(
    "live",
    words=("直播答疑",),
    parameters=(
        choice("action", *(action.words[0] for action in _ACTIONS if action.handler is not also)),
        text("details", suggests="members"),
    ),
)
def live(ctx: Context, cmd: CommandInvoked) -> None:
    word, said = _first_word(cmd.text)
    action = _BY_WORD.get(word.casefold())
    if action is None:
        _show(ctx)
    elif action.is_for_staff and ctx.member.role == "student":
        raise UserError("live.for_staff")
    else:
        action.handler(ctx, cmd, said)


def _first_word(text: str) -> tuple[str, str]:
    """It, and all that follows it as it is."""
    word, *rest = text.strip().split(maxsplit=1) or [""]
    return word, "".join(rest)


def _is_in_staff_room(ctx: Context) -> bool:
    return ctx.member.role != "student" and ctx.space is not None and ctx.space.kind == "staff"


# --- how it stands ----------------------------------------------------------------------------------------------------


def _show(ctx: Context) -> None:
    """What is for staff alone is shown in the staff room only: elsewhere others may read along."""
    session = _newest(ctx)
    if _is_in_staff_room(ctx):
        _show_state(ctx, session)
    else:
        _show_mine(ctx, session)


def _newest(ctx: Context) -> Session | None:
    """The session that is on, or ended so recently that one may still say that one was there."""
    return next(iter(sessions.open_sessions(ctx.db, ctx.course.id, ctx.now, grace=GRACE)), None)


def _show_session(ctx: Context, session: Session | None) -> list[Listed]:
    """Say what is on or comes next; the questions of that."""
    if session is not None and session.closes_at > ctx.now:
        ctx.reply("live.on_until", until=clock_time(ctx.course, session.closes_at))
        _show_about(ctx, options_of(ctx.course, session.ritual))
    else:
        coming = next_session(ctx) if session is None else find_next(ctx)
        if coming is not None:
            ctx.reply("live.next", when=coming.when)
            _show_about(ctx, coming.options)
    now = collecting(ctx)
    return still_asked(ctx, ranked(ctx.db, now)) if now is not None else []


def _show_about(ctx: Context, options: LiveOptions) -> None:
    for line in about(options):
        ctx.reply_words(line)


def _show_mine(ctx: Context, session: Session | None) -> None:
    listed = _show_session(ctx, session)
    if session is not None and attendance.has_attended(ctx.db, session.id, ctx.member.id):
        ctx.reply("live.you_are_there")
    elif session is not None:
        ctx.reply("live.how_to_attend", until=clock_time(ctx.course, session.closes_at + GRACE))
    mine = [one for one in listed if one.is_asked_by(ctx.member.id)]
    ctx.reply("live.your_questions" if mine else "live.how_to_ask")
    for one in mine:
        ctx.reply_words(_line(one))
    if mine:
        ctx.reply("live.how_to_drop", number=_own_number(ctx, mine[-1]))
    _show_others(ctx, [one for one in listed if one not in mine])


def _own_number(ctx: Context, listed: Listed) -> int:
    """Of what they have asked themselves, where it was merged."""
    return next(int(row.number) for row in listed.rows if row.here and row.person == ctx.member.id)


def _show_others(ctx: Context, others: Sequence[Listed]) -> None:
    """Nobody reads who asks; each can be voted for."""
    if not others:
        return
    now = collecting(ctx)
    ctx.reply("live.others_questions")
    for one in others[:_SHOWN]:
        ctx.reply_words(_line(one))
        if one.answer is None:
            button = Text(id="button.live_vote", values={"number": one.number})
            ctx.reply_buttons([(button, f"live vote {one.number} of {now}")])
    if len(others) > _SHOWN:
        ctx.reply("live.more_questions", count=len(others) - _SHOWN)


def _line(one: Listed) -> Words:
    values = {"number": one.number, "text": voted(shorten(one.text, _EXCERPT), one.votes)}
    return Text(id="live.own_question" if one.answer is None else "live.answered_question", values=values)


def _show_state(ctx: Context, session: Session | None) -> None:
    listed = _show_session(ctx, session)
    if session is not None:
        ctx.reply("live.code", code=session.code, until=clock_time(ctx.course, session.closes_at + GRACE))
        ctx.reply("live.attended_so_far", count=attendance.count_attendees(ctx.db, session.id))
    ctx.reply("live.asked_so_far", count=len(listed))
    for line in question_lines(listed, most=_SHOWN, width=_EXCERPT):
        ctx.reply_words(line)
    if session is not None and listed:
        ctx.reply("live.how_to_lead", number=listed[0].number)
    elif listed:
        ctx.reply("live.how_to_tidy")

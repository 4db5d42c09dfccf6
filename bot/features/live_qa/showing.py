"""`/live`: when the next session is and what one has asked; for staff, how it stands."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.parameters import choice, text
from bot.features.live_qa import store
from bot.features.live_qa.attending import mark
from bot.features.live_qa.coming import find_next, next_session
from bot.features.live_qa.declared import feature
from bot.features.live_qa.options import GRACE, LiveOptions, options_of
from bot.features.live_qa.wording import about, clock_time, question_lines

_SHOWN = 20  # questions
_EXCERPT = 80  # columns of each


@feature.command("live", words=("直播答疑",), parameters=(choice("action", "mark"), text("member", suggests="members")))
def live(ctx: Context, cmd: CommandInvoked) -> None:
    """What is for staff alone is shown in the staff room only: elsewhere others may read along."""
    is_for_staff = ctx.member.role != "student" and ctx.space is not None and ctx.space.kind == "staff"
    what, _, who = cmd.text.strip().partition(" ")
    if is_for_staff and what.casefold() == "mark" and who.strip():
        mark(ctx, ctx.find_member(who.strip()))
        return
    session = _newest(ctx)
    if is_for_staff:
        _show_state(ctx, session)
    else:
        _show_mine(ctx, session)


def _newest(ctx: Context) -> store.Session | None:
    """The session that is on, or ended so recently that one may still say that one was there."""
    return next(iter(store.open_sessions(ctx.db, ctx.course.id, ctx.now, grace=GRACE)), None)


def _show_session(ctx: Context, session: store.Session | None) -> int | None:
    """Say what is on or comes next; the session that questions are collected for, if there are any."""
    if session is not None and session.closes_at > ctx.now:
        ctx.reply("live.on_until", until=clock_time(ctx.course, session.closes_at))
        _show_about(ctx, options_of(ctx.course, session.ritual))
        return int(session.id)
    coming = next_session(ctx) if session is None else find_next(ctx)
    if coming is not None:
        ctx.reply("live.next", when=coming.when)
        _show_about(ctx, coming.options)
    waiting = store.waiting_session(ctx.db, ctx.course.id)
    return int(waiting.id) if waiting else None


def _show_about(ctx: Context, options: LiveOptions) -> None:
    for line in about(options):
        ctx.reply_words(line)


def _show_mine(ctx: Context, session: store.Session | None) -> None:
    collecting = _show_session(ctx, session)
    if session is not None and store.has_attended(ctx.db, session.id, ctx.member.id):
        ctx.reply("live.you_are_there")
    elif session is not None:
        ctx.reply("live.how_to_attend", until=clock_time(ctx.course, session.closes_at + GRACE))
    mine = store.questions_by(ctx.db, collecting, ctx.member.id) if collecting else ()
    ctx.reply("live.your_questions" if mine else "live.how_to_ask")
    for one in mine:
        ctx.reply("live.own_question", number=one.number, text=shorten(one.text, _EXCERPT))
    if mine:
        ctx.reply("live.how_to_drop", number=mine[-1].number)


def _show_state(ctx: Context, session: store.Session | None) -> None:
    collecting = _show_session(ctx, session)
    if session is not None:
        ctx.reply("live.code", code=session.code, until=clock_time(ctx.course, session.closes_at + GRACE))
        ctx.reply("live.attended_so_far", count=store.count_attendees(ctx.db, session.id))
    count, questions = store.questions_of(ctx.db, collecting, limit=_SHOWN) if collecting else (0, ())
    ctx.reply("live.asked_so_far", count=count)
    for line in question_lines(questions, count, width=_EXCERPT):
        ctx.reply_words(line)

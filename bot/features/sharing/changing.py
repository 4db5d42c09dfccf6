"""What becomes of a share whose message is edited or deleted: it says what it says now, or is none."""

from datetime import datetime
from typing import Any

from bot.domain.events import MessageDeleted, MessageEdited
from bot.domain.places import Member
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.roster import member_of
from bot.features.sharing import posted, posts, sessions, speakers, store
from bot.features.sharing.declared import POSTED, SPOKE, feature, object_of, options_of
from bot.features.sharing.store import NewPost, PostOfShare


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    """Nobody is to read words again that their author has changed, nor to be paid for words that are gone."""
    if ctx.space is None:
        return
    object = message_object(event.address, event.message)
    found = store.posts_as(ctx.db, object)
    if not found:
        _come_back(ctx, object, event.text, event.at)
    for post in found:
        session = sessions.by_id(ctx.db, post.session)
        if not post.attachments and visible_length(event.text) < _least(ctx, session):
            _withdraw(ctx, session, post, is_correction=True)
        else:
            store.edit(ctx.db, post, event.text, ctx.now)
            _show_again(ctx, session, is_correction=True)


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    if ctx.space is None:
        return
    for post in store.posts_as(ctx.db, message_object(event.address, event.message)):
        _withdraw(ctx, sessions.by_id(ctx.db, post.session), post, is_correction=False)


def _withdraw(ctx: Context, session: Any, post: PostOfShare, *, is_correction: bool) -> None:
    """A share that is deleted is none: its text goes out of the summary, its points are taken back.

    Where its member has posted others in this session, the longest of them is the share, as if it were the only one.
    """
    gone = store.withdraw(ctx.db, post)
    if gone is None:
        return
    who = member_of(ctx.db, gone.member)
    ctx.retract(POSTED, object_of(session), member=who)
    if gone.left is not None:
        _announce(ctx, session, who, gone.left.text, gone.left.attachments, gone.left.at)
    elif who.id in speakers.accepted(ctx.db, session.id):
        ctx.retract(SPOKE, object_of(session), member=who)
    _show_again(ctx, session, is_correction=is_correction)


def _come_back(ctx: Context, object: str, text: str, at: datetime) -> None:
    """A message of the session that was too short counts while that is open; later, if it was a share before."""
    post = posted.find(ctx.db, ctx.course.id, object) if visible_length(text) else None
    if post is None or ctx.space is None:
        return
    for session in sessions.open_since(ctx.db, ctx.course.id, [ctx.space.id], post.at):
        if not session.opened_at <= post.at or visible_length(text) < _least(ctx, session):
            continue
        if at < session.closes_at or posted.was_announced(ctx.db, POSTED, object_of(session), post):
            _take_in(ctx, session, object, text, post)


def _least(ctx: Context, session: Any) -> int:
    return options_of(ctx.course, session.ritual).from_characters


def _take_in(ctx: Context, session: Any, object: str, text: str, post: posted.Posted) -> None:
    who = member_of(ctx.db, post.member)
    known, invited = store.taking_part(ctx.db, session.id)
    store.keep(ctx.db, session.id, who.id, NewPost(object, post.at, text, 0))
    _announce(ctx, session, who, text, 0, post.at)
    if who.id not in known and who.id in invited:
        ctx.announce(SPOKE, object_of(session), member=who, on=ctx.course.date_at(post.at))
    _show_again(ctx, session, is_correction=True)


def _announce(ctx: Context, session: Any, who: Member, text: str, attachments: int, at: datetime) -> None:
    """For the day on which it was posted."""
    on, length = ctx.course.date_at(at), visible_length(text)
    ctx.announce(POSTED, object_of(session), member=who, on=on, text=text, length=length, attachments=attachments)


def _show_again(ctx: Context, session: Any, *, is_correction: bool) -> None:
    if session.closed_at is not None and ctx.space is not None:
        posts.show_summary(ctx, ctx.space, session, is_correction=is_correction)

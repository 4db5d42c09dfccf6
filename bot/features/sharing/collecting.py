"""What members post in a session."""

from collections.abc import Sequence
from typing import Any

from bot.domain.events import PlainMessage
from bot.domain.text import visible_length
from bot.engine.context import MessageBatch
from bot.engine.messages import message_object
from bot.features.sharing import posts, sessions, store
from bot.features.sharing.declared import POSTED, SPOKE, SharingOptions, feature, object_of, options_of
from bot.features.sharing.store import NewPost


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    """What members post in a session is their share, by the time of posting; of several, the longest is kept."""
    spaces = {message.space.id for message in messages}
    first = min(message.event.at for message in messages)
    for session in sessions.open_since(batch.db, messages[0].space.course, spaces, first):
        options = options_of(batch.live.courses[session.course], session.ritual)
        mine = [message for message in messages if _belongs(message, session) and _is_share(message, options)]
        if mine:
            _collect(batch, session, mine)


def _belongs(message: PlainMessage, session: Any) -> bool:
    return bool(message.space.id == session.space and session.opened_at <= message.event.at < session.closes_at)


def _is_share(message: PlainMessage, options: SharingOptions) -> bool:
    return bool(message.event.attachments) or visible_length(message.event.text) >= options.from_characters


def _collect(batch: MessageBatch, session: Any, those: Sequence[PlainMessage]) -> None:
    known, invited = store.taking_part(batch.db, session.id)
    for message in those:
        text, who = message.event.text, message.member.id
        is_first = who not in known
        known.add(who)
        said = message_object(message.event.address, message.event.message)
        length, attachments = visible_length(text), len(message.event.attachments)
        store.keep(batch.db, session.id, who, NewPost(said, message.event.at, text, attachments))
        ctx = batch.context_for(message)
        outcome = ctx.announce(POSTED, object_of(session), text=text, length=length, attachments=attachments)
        points = outcome.points
        if is_first:
            ctx.reply("sharing.received")
        if is_first and who in invited:
            points += ctx.announce(SPOKE, object_of(session)).points
        if points:
            ctx.reply("points.plus", points=points)
    if session.closed_at is not None:
        posts.show_summary(batch.context_for(those[-1]), those[-1].space, session)

"""Opens, collects and closes the sharing session."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.domain.events import MessageDeleted, OccurrenceDue, PlainMessage
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.domain.rituals import Occurrence, Step
from bot.domain.text import visible_length
from bot.engine.context import Context, MessageBatch
from bot.engine.degrade import shorten
from bot.engine.feature import Feature
from bot.engine.messages import message_object
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.features.sharing import store
from rules.fields import PositiveDuration
from rules.vocabulary import Uses
from storage.personal import Personal

feature = Feature("sharing")
feature.fact("share.posted", has_text=True, length="number", attachments="number")
feature.personal(
    Personal(store.share),
    Personal(store.share_post, path=("share", "member"), texts=("text",), emptied={"message": None}),
)

_EXCERPT = 60  # columns
_SHOWN = 8
_READ = 2000  # characters of a share that its excerpt may come from
_OPEN, _CLOSE = 0, 1
_LATE = timedelta(minutes=5)


class SharingOptions(BaseModel):
    """How long a session is open, and from how many characters on a post counts as a share."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lasts: PositiveDuration = timedelta(hours=1)
    from_characters: int = Field(default=10, ge=1, le=1000, strict=True)


def _steps(options: SharingOptions) -> tuple[Step, ...]:
    return Step(keeps_record=True), Step(after=options.lasts, is_needed=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    if occurrence.step == _CLOSE:
        return Text(id="preview.sharing_closes")
    day = course.day(occurrence.local_date)
    if day is None or day.sharing is None:
        return Text(id="preview.sharing_free")
    return Text(id="preview.sharing", values={"topic": day.sharing})


_USES = Uses(takes=lambda options: ("sharing",), is_session=True)


@feature.action("sharing", SharingOptions, preview=_preview, steps=_steps, uses=_USES)
def sharing(ctx: Context, due: OccurrenceDue) -> None:
    if due.step == _OPEN:
        _open(ctx, due)
    else:
        _close(ctx, due)


def _open(ctx: Context, due: OccurrenceDue) -> None:
    closes_at = due.due_at + _options(ctx.course, due.ritual).lasts
    store.open_session(ctx.db, due, closes_at)
    day = ctx.course.day(due.local_date)
    lines: list[Words] = [Text(id="sharing.opens")]
    if day and day.sharing:
        lines.append(Text(id="sharing.topic", values={"topic": day.sharing}))
    lines.append(Text(id="sharing.how", values={"until": f"{closes_at.astimezone(ctx.course.tzinfo):%H:%M}"}))
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key)


def _close(ctx: Context, due: OccurrenceDue) -> None:
    session = store.close_session(ctx.db, due)
    if session is None or ctx.space is None:
        return
    is_missed = due.at - due.due_at > _LATE and not store.sharers(ctx.db, session.id)
    if not is_missed:  # else nobody may have known of it
        _summarise(ctx, ctx.space, session)


def _summarise(ctx: Context, space: Space, session: Any) -> None:
    """Post the summary, or bring it up to date where a share reached us after the close."""
    count, shares = store.summary(ctx.db, session.id, limit=_SHOWN)
    lines: list[Words] = [Text(id="sharing.closed", values={"count": count})]
    lines += [Text(id="sharing.line", values={"name": row.name, "text": _excerpt(row.text)}) for row in shares]
    if count > len(shares):
        lines.append(Text(id="sharing.more", values={"count": count - len(shares)}))
    lines.append(Text(id="sharing.thanks"))
    if count == 0:
        lines = [Text(id="sharing.nobody")]
    ctx.keep_posted(space, *lines, key=f"sharing:{session.id}:summary")


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    """What members post in a session is their share, by the time of posting; of several, the longest is kept."""
    spaces = {message.space.id for message in messages}
    first = min(message.event.at for message in messages)
    for session in store.sessions_in(batch.db, messages[0].space.course, spaces, first):
        options = _options(batch.live.courses[session.course], session.ritual)
        posts = [message for message in messages if _belongs(message, session) and _is_share(message, options)]
        if posts:
            _collect(batch, session, posts)


def _belongs(message: PlainMessage, session: Any) -> bool:
    return bool(message.space.id == session.space and session.opened_at <= message.event.at < session.closes_at)


def _collect(batch: MessageBatch, session: Any, posts: Sequence[PlainMessage]) -> None:
    known = store.sharers(batch.db, session.id)
    for message in posts:
        text, is_first = message.event.text, message.member.id not in known
        known.add(message.member.id)
        said = message_object(message.event.address, message.event.message)
        store.keep(batch.db, session.id, message, object=said)
        ctx = batch.context_for(message)
        length, attachments = visible_length(text), len(message.event.attachments)
        outcome = ctx.announce("share.posted", _object(session), text=text, length=length, attachments=attachments)
        if is_first:
            ctx.reply("sharing.received")
        if outcome.points:
            ctx.reply("points.plus", points=outcome.points)
    if session.closed_at is not None:
        _summarise(batch.context_for(posts[-1]), posts[-1].space, session)


@feature.on(MessageDeleted)
def withdraw(ctx: Context, event: MessageDeleted) -> None:
    """A share that is deleted is none: its text goes out of the summary, its points are taken back.

    Where its member has posted others in this session, the longest of them is the share, as if it were the only one.
    """
    gone = store.withdraw(ctx.db, message_object(event.address, event.message)) if ctx.space else None
    if gone is None:
        return
    session, who = gone.session, member_of(ctx.db, gone.member)
    ctx.retract("share.posted", _object(session), member=who)
    if gone.left is not None:
        text, on = gone.left.text, ctx.course.date_at(gone.left.at)
        values = {"length": visible_length(text), "attachments": gone.left.attachments}
        ctx.announce("share.posted", _object(session), member=who, on=on, text=text, **values)
    if session.closed_at is not None and ctx.space:
        _summarise(ctx, ctx.space, session)


def _object(session: Any) -> str:
    return f"session {session.id}"


def _is_share(message: PlainMessage, options: SharingOptions) -> bool:
    return bool(message.event.attachments) or visible_length(message.event.text) >= options.from_characters


def _options(course: Course, ritual: str) -> SharingOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, SharingOptions) else SharingOptions()


def _excerpt(text: str) -> str:
    return shorten(clean_line(text[:_READ]), _EXCERPT)

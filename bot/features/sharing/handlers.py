"""Opens, collects and closes the sharing session."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course, Occurrence
from bot.domain.events import OccurrenceDue, PlainMessage
from bot.domain.messages import Text, Words
from bot.engine.context import Context, MessageBatch
from bot.engine.degrade import shorten
from bot.engine.feature import Feature
from bot.features.sharing import store
from rules.fields import Duration

feature = Feature("sharing")
feature.fact("share.posted", about="the session", length="number", attachments="number")

_EXCERPT = 60  # columns
_SHOWN = 8
_OPEN, _CLOSE = 0, 1


class SharingOptions(BaseModel):
    """How long a session is open, and from how many characters on a post counts as a share."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lasts: Duration = timedelta(hours=1)
    from_characters: int = Field(default=10, ge=1, le=1000, strict=True)


def _slots(options: SharingOptions) -> tuple[timedelta, ...]:
    return timedelta(0), options.lasts


def _preview(course: Course, occurrence: Occurrence) -> Words:
    if occurrence.slot == _CLOSE:
        return Text(id="preview.sharing_closes")
    day = course.day(occurrence.local_date)
    if day is None or day.sharing is None:
        return Text(id="preview.sharing_free")
    return Text(id="preview.sharing", values={"topic": day.sharing})


@feature.action("sharing", SharingOptions, preview=_preview, slots=_slots)
def sharing(ctx: Context, due: OccurrenceDue) -> None:
    if due.slot == _OPEN:
        _open(ctx, due)
    else:
        _close(ctx, due)


def _open(ctx: Context, due: OccurrenceDue) -> None:
    store.open_session(ctx.db, due)
    day = ctx.course.day(due.local_date)
    closes_at = (due.due_at + _options(ctx.course, due.ritual).lasts).astimezone(ctx.course.tzinfo)
    lines: list[Words] = [Text(id="sharing.opens")]
    if day and day.sharing:
        lines.append(Text(id="sharing.topic", values={"topic": day.sharing}))
    lines.append(Text(id="sharing.how", values={"until": f"{closes_at:%H:%M}"}))
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key)


def _close(ctx: Context, due: OccurrenceDue) -> None:
    session = store.close_session(ctx.db, due)
    if session is None or ctx.space is None:
        return
    count, shares = store.summary(ctx.db, session.id, limit=_SHOWN)
    if count == 0:
        ctx.say(ctx.space, Text(id="sharing.nobody"), key=due.key)
        return
    lines: list[Words] = [Text(id="sharing.closed", values={"count": count})]
    lines += [Text(id="sharing.line", values={"name": row.name, "text": _excerpt(row.text)}) for row in shares]
    if count > len(shares):
        lines.append(Text(id="sharing.more", values={"count": count - len(shares)}))
    lines.append(Text(id="sharing.thanks"))
    ctx.say(ctx.space, *lines, key=due.key)


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    """What members post in an open session is their share; of several, the longest is kept for the summary."""
    course = messages[0].space.course
    sessions = store.open_in(batch.db, course, {message.space.id for message in messages})
    for space, session in sessions.items():
        options = _options(batch.live.courses[course], session.ritual)
        here = (message for message in messages if message.space.id == space)
        _collect(batch, session, [m for m in here if _is_share(m, options) and m.event.at >= session.opened_at])


def _collect(batch: MessageBatch, session: Any, posts: Sequence[PlainMessage]) -> None:
    known = store.sharers(batch.db, session.id) if posts else set()
    for message in posts:
        text, is_first = message.event.text, message.member.id not in known
        known.add(message.member.id)
        store.keep(batch.db, session.id, message.member.id, text, at=message.event.at)
        ctx = batch.context_for(message)
        length, attachments = len(text), len(message.event.attachments)
        points = ctx.announce("share.posted", f"session {session.id}", length=length, attachments=attachments).points
        if is_first:
            ctx.reply("sharing.received")
        if points:
            ctx.reply("points.plus", points=points)


def _is_share(message: PlainMessage, options: SharingOptions) -> bool:
    return bool(message.event.attachments) or len(message.event.text.strip()) >= options.from_characters


def _options(course: Course, ritual: str) -> SharingOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, SharingOptions) else SharingOptions()


def _excerpt(text: str) -> str:
    return shorten(" ".join(text.split()), _EXCERPT)

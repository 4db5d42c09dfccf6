"""Speakers are asked before a session: by rule, in private; who can't makes room for the next one.

All that is due of a call is done by `attend`, whoever has called: the day before, the alarm at the time by which to
answer and after the session has opened, a decline, somebody who leaves. Done twice it changes nothing.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.domain.course import Course
from bot.domain.events import AlarmsDue, MemberLeft, OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.telling import tell
from bot.engine.voice import Utterance
from bot.engine.works import excerpt
from bot.features.sharing import speakers
from bot.features.sharing.choosing import Choice, choose
from bot.features.sharing.coming import Opening, answer_by, opening_of
from bot.features.sharing.declared import feature, options_of
from bot.features.sharing.posts import topic_lines
from bot.features.sharing.speakers import OPEN_STATES, Invited
from rules.vocabulary import BeforeOptions
from storage import alarms

ASKS = "sharing_asks"
"""What the course does by itself before a session."""

ROOM_TO_ANSWER = timedelta(hours=1)
"""Nobody is asked later than so long before the session, or to answer sooner."""

_ALARM = "speakers"
_AFTER = timedelta(minutes=1)  # the session has opened by then, or it does not take place
_AGAIN = timedelta(minutes=10)  # it waits for a chat, or for somebody to mend its ritual
_EXCERPT = 80  # columns


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.sharing_asks")


@feature.action(ASKS, BeforeOptions, preview=_preview, is_built_in=True)
def ask(ctx: Context, due: OccurrenceDue) -> None:
    """However late this is done; not where nobody could post."""
    asks = ctx.course.ritual(due.ritual)
    if asks is None or ctx.space is None:
        return
    ritual = asks.options.ritual
    opens_at = due.due_at + options_of(ctx.course, ritual).ask_before
    attend(ctx, speakers.begin(ctx.db, due, ritual, opens_at), due.at)


@feature.alarm(_ALARM)
def look(ctx: Context, event: AlarmsDue) -> None:
    for one in event.alarms:
        attend(ctx, int(one.object), ctx.now)


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    """Who leaves is no longer waited for; should they come back, they may say yes again."""
    if ctx.has_member and ctx.space is not None and ctx.space.kind == "main":
        for number in speakers.calls_of(ctx.db, ctx.course.id, [ctx.member.id]):
            speakers.locked(ctx.db, ctx.course.id, number)
            speakers.answer(ctx.db, number, ctx.member.id, "lapsed", ctx.now)
            attend(ctx, number, ctx.now)


# --- what is due of a call --------------------------------------------------------------------------------------------


def attend(ctx: Context, number: int, now: datetime, *, but: Collection[int] = ()) -> None:
    """`but` are not asked whatever they made."""
    call = speakers.locked(ctx.db, ctx.course.id, number)
    if call is None or call.ended_at is not None:
        return
    opening = opening_of(ctx, call)
    if opening.state != "coming":
        _end(ctx, call, now, is_off=opening.state == "off")
        return
    if opening.due_at != call.opens_at:
        speakers.change(ctx.db, call.id, opens_at=opening.due_at)
        tell_speakers(ctx, call.id, Text(id="speaker.moved", values={"at": ctx.course.wall_time(opening.due_at)}))
    options = options_of(ctx.course, call.ritual)
    asks_at = opening.due_at - options.ask_before
    if now < asks_at - ROOM_TO_ANSWER:  # it was moved: then they are asked so long before the new time
        _set(ctx, call, asks_at)
        return
    speakers.lapse(ctx.db, call.id, now)
    by = answer_by(ctx, call, options, opening.due_at)
    _fill(ctx, call, opening, now, by if by - now >= ROOM_TO_ANSWER else opening.due_at, but)
    after = opening.due_at + _AFTER
    _set(ctx, call, by if now < by else after if now < after else now + _AGAIN)


def _set(ctx: Context, call: Any, at: datetime) -> None:
    alarms.put(ctx.db, ctx.course.id, _ALARM, [(str(call.id), at)])


def _end(ctx: Context, call: Any, now: datetime, *, is_off: bool) -> None:
    """Who had agreed hears of it where there is no session after all."""
    speakers.change(ctx.db, call.id, ended_at=now)
    if is_off:
        tell_speakers(ctx, call.id, Text(id="speaker.off", values={"at": ctx.course.wall_time(call.opens_at)}))


def tell_speakers(ctx: Context, call: int, words: Words) -> None:
    """Each who has agreed, alone."""
    for one in speakers.invited(ctx.db, call):
        if one.state == "accepted" and one.is_here:
            tell(ctx, one.person, words)


def _fill(ctx: Context, call: Any, opening: Opening, now: datetime, until: datetime, but: Collection[int]) -> None:
    """Ask as many as there is room for."""
    if opening.rests or opening.due_at - now < ROOM_TO_ANSWER:
        return
    known = speakers.invited(ctx.db, call.id)
    wanted = room_in(ctx, call, known)
    if wanted <= 0:
        return
    for one in choose(ctx, call, now, wanted, but={*but, *(it.person for it in known)}):
        speakers.add(ctx.db, call.id, one.member, at=now, until=until)
        _ask(ctx, call, one, opening.due_at, until, now)


def room_in(ctx: Context, call: Any, known: list[Invited]) -> int:
    """How many more may be asked."""
    taken = {one.person for one in known if one.state in OPEN_STATES and one.is_here}
    return options_of(ctx.course, call.ritual).invite - len(taken)


def _ask(ctx: Context, call: Any, one: Choice, opens_at: datetime, until: datetime, now: datetime) -> None:
    buttons = [
        (Text(id="button.speaker_yes"), f"invitation yes {call.id}"),
        (Text(id="button.speaker_no"), f"invitation no {call.id}"),
        (Text(id="button.speaker_never"), f"invitation never {call.id}"),
    ]
    lines = list(_lines(ctx, call, one, opens_at, until))
    what = Utterance(lines=lines, buttons=buttons, life=until - now, is_notice=True, is_confidential=True)
    key = f"speaker:{call.id}:{one.member}"
    ctx.whisper(one.ear.user, one.ear.space, what, key=key, language=one.ear.language)


def _lines(ctx: Context, call: Any, one: Choice, opens_at: datetime, until: datetime) -> Iterator[Words]:
    yield Text(id="speaker.asked", values={"at": ctx.course.wall_time(opens_at)})
    work = excerpt(one.work.text, one.work.files, _EXCERPT)
    yield Text(id="speaker.featured" if one.is_featured else "speaker.liked", values={"work": work})
    yield from topic_lines(ctx, call)
    yield Text(id="speaker.how", values={"until": ctx.course.wall_time(until)})

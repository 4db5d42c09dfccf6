"""Opens and closes a session."""

from datetime import timedelta

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence, Step
from bot.engine.context import Context
from bot.features.sharing import posts, sessions, speakers, store
from bot.features.sharing.declared import CLOSE, OPEN, SharingOptions, feature, options_of
from bot.features.sharing.doubtful import doubts
from bot.features.sharing.inviting import ASKS, tell_speakers
from rules.vocabulary import Beforehand, Uses

_LATE = timedelta(minutes=5)


def _steps(options: SharingOptions) -> tuple[Step, ...]:
    return Step(keeps_record=True), Step(after=options.lasts, is_needed=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    if occurrence.step == CLOSE:
        return Text(id="preview.sharing_closes")
    day = course.day(occurrence.local_date)
    if day is None or day.sharing is None:
        return Text(id="preview.sharing_free")
    return Text(id="preview.sharing", values={"topic": day.sharing})


_USES = Uses(
    takes=lambda options: ("sharing",),
    is_session=True,
    doubts=doubts,
    beforehand=Beforehand(action=ASKS, before=lambda options: options.ask_before if options.invite else None),
)


@feature.action("sharing", SharingOptions, preview=_preview, steps=_steps, uses=_USES)
def sharing(ctx: Context, due: OccurrenceDue) -> None:
    if due.step == OPEN:
        _open(ctx, due)
    else:
        _close(ctx, due)


def _open(ctx: Context, due: OccurrenceDue) -> None:
    session = sessions.begin(ctx.db, due, due.due_at + options_of(ctx.course, due.ritual).lasts)
    call = speakers.call_for(ctx.db, due)
    if call is not None:
        speakers.change(ctx.db, call.id, session=session.id, ended_at=due.at, opens_at=due.due_at)
        tell_speakers(ctx, call.id, Text(id="speaker.begins"))
    if ctx.space:
        posts.show_opening(ctx, ctx.space, session)


def _close(ctx: Context, due: OccurrenceDue) -> None:
    session = sessions.close(ctx.db, due)
    if session is None or ctx.space is None:
        return
    is_missed = due.at - due.due_at > _LATE and not store.sharers(ctx.db, session.id)
    if not is_missed:  # else nobody may have known of it
        posts.show_summary(ctx, ctx.space, session)

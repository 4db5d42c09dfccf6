"""What a session says by itself: beforehand, at its beginning, at its end."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.features.live_qa.declared import ACTION, feature
from bot.features.live_qa.listing import ranked
from bot.features.live_qa.minutes import minutes_of
from bot.features.live_qa.options import AGENDA, ANNOUNCE, CLOSE, GRACE, OPEN, REPORT, LiveOptions, options_of, steps_of
from bot.features.live_qa.settled import still_asked
from bot.features.live_qa.store import attendance, questions, sessions
from bot.features.live_qa.store.sessions import Session
from bot.features.live_qa.wording import about, clock_time, hours, question_lines
from rules.vocabulary import Uses

_ON_AGENDA, _IN_REPORT = 12, 50  # questions
_EXCERPT, _REPORTED = 80, 200  # columns of each
_CODES = 10_000

_PREVIEWS = {
    ANNOUNCE: "preview.live_announce",
    AGENDA: "preview.live_agenda",
    OPEN: "preview.live_open",
    CLOSE: "preview.live_close",
    REPORT: "preview.live_report",
}


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id=_PREVIEWS[occurrence.step])


@feature.action(ACTION, LiveOptions, preview=_preview, steps=steps_of, uses=Uses(is_session=True))
def live_qa(ctx: Context, due: OccurrenceDue) -> None:
    _ACTS[due.step](ctx, due, options_of(ctx.course, due.ritual))


def _announce(ctx: Context, due: OccurrenceDue, options: LiveOptions) -> None:
    when = Text(id="live.when", values=hours(ctx.course, _opens_at(ctx, due, options.announce_before), options))
    title = Text(id="live.announced", values={"when": when})
    _post(ctx, due, title, *about(options), Text(id="live.how_to_ask"))


def _opens_at(ctx: Context, due: OccurrenceDue, before: timedelta) -> datetime:
    """As it is planned, which staff or the file may have moved; else so long after this step."""
    return sessions.opens_at(ctx.db, due) or due.due_at + before


def _agenda(ctx: Context, due: OccurrenceDue, options: LiveOptions) -> None:
    opens_at = clock_time(ctx.course, _opens_at(ctx, due, options.agenda_before))
    waiting = sessions.waiting_session(ctx.db, ctx.course.id)
    listed = still_asked(ctx, ranked(ctx.db, waiting.id)) if waiting else []
    if not listed:
        _post(ctx, due, Text(id="live.agenda_empty", values={"at": opens_at}), *about(options))
        return
    title = Text(id="live.agenda", values={"at": opens_at, "count": len(listed)})
    lines = question_lines(listed, most=_ON_AGENDA, width=_EXCERPT)
    _post(ctx, due, title, *about(options), *lines, Text(id="live.how_to_vote"), Text(id="live.how_to_add"))


def _open(ctx: Context, due: OccurrenceDue, options: LiveOptions) -> None:
    closes_at = due.due_at + options.lasts
    session, is_new = sessions.open_session(ctx.db, due, closes_at=closes_at, code=f"{secrets.randbelow(_CODES):04}")
    until = clock_time(ctx.course, session.closes_at + GRACE)
    how = Text(id="live.how_to_attend", values={"until": until})
    _post(ctx, due, Text(id="live.opens"), *about(options), how, Text(id="live.how_to_ask_now"))
    if is_new:
        code = Text(id="live.code", values={"code": session.code, "until": until})
        ctx.tell_staff(code, key=f"live:{session.id}:code")


def _close(ctx: Context, due: OccurrenceDue, options: LiveOptions) -> None:
    """Nothing where it never opened: what was asked for it waits for the next one."""
    session = sessions.session_of(ctx.db, due)
    if session is None:
        return
    lines: list[Words] = [Text(id="live.closed"), *_figures(ctx, session)]
    if due.at < session.closes_at + GRACE:
        until = clock_time(ctx.course, session.closes_at + GRACE)
        lines.append(Text(id="live.attend_late", values={"until": until}))
    _post(ctx, due, *lines)


def _report(ctx: Context, due: OccurrenceDue, options: LiveOptions) -> None:
    """When nobody can mark their attendance any more: the minutes for everybody, and the lists for staff.

    Staff get theirs once, in however many spaces it was.
    """
    session = sessions.session_of(ctx.db, due)
    if session is None:
        return
    listed = still_asked(ctx, ranked(ctx.db, session.id))
    names = attendance.attendees(ctx.db, session.id)
    title = Text(id="live.report", values={"date": session.local_date})
    lines = [title, *_figures(ctx, session), *question_lines(listed, most=_IN_REPORT, width=_REPORTED)]
    if any(one.answer is None for one in listed):
        lines.append(Text(id="live.report_open"))
    if names:
        lines.append(Text(id="live.report_names", values={"names": names}))
    ctx.tell_staff(*lines, key=f"live:{session.id}:report")
    if minutes := minutes_of(ctx, session):
        _post(ctx, due, *minutes)


_ACTS: dict[int, Callable[[Context, OccurrenceDue, LiveOptions], None]] = {
    ANNOUNCE: _announce,
    AGENDA: _agenda,
    OPEN: _open,
    CLOSE: _close,
    REPORT: _report,
}


def _post(ctx: Context, due: OccurrenceDue, *lines: Words) -> None:
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key)


def _figures(ctx: Context, session: Session) -> Iterator[Words]:
    """How many attended, and how many questions there were; of nothing nothing is said."""
    attended = attendance.count_attendees(ctx.db, session.id)
    if attended:
        yield Text(id="live.attended_count", values={"count": attended})
    asked, listed = questions.count(ctx.db, session.id), len(ranked(ctx.db, session.id))
    if listed < asked:
        yield Text(id="live.asked_merged", values={"count": asked, "listed": listed})
    elif asked:
        yield Text(id="live.asked_count", values={"count": asked})

"""Occurrences that are due: claimed by this transaction, skipped where it is too late, else executed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.domain.rituals import Ritual
from bot.engine import agenda, pauses
from bot.engine.agenda import Reason
from bot.engine.context import Context
from bot.engine.pauses import Held
from bot.engine.transaction import Belonging, Transaction
from bot.engine.writes import Writes

_SHOWN = 10


class _Skipped(NamedTuple):
    event: OccurrenceDue
    reason: Reason


def handle_occurrences(tx: Transaction, events: Sequence[OccurrenceDue]) -> None:
    """Execute each that nobody has settled yet, in the order in which they were due, with one write for all."""
    _Run(tx).handle(events)


class _Run:
    """Occurrences that are settled in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._writes = Writes()
        self._pauses: dict[CourseId, Held] = {}
        self._spaces = tx.live.first_spaces
        self._skipped: dict[CourseId, list[_Skipped]] = {}

    def handle(self, events: Sequence[OccurrenceDue]) -> None:
        mine = agenda.take(self._tx.db, events)
        reasons: dict[int, Reason] = {}
        for event in events:
            if event.row in mine and (reason := self._execute(event)):
                reasons[event.row] = reason
                self._skipped.setdefault(event.course, []).append(_Skipped(event, reason))
        agenda.skip(self._tx.db, reasons)
        for course, skipped in self._skipped.items():
            if course in self._tx.live.courses:
                self._tell(self._tx.live.courses[course], skipped)
        self._writes.flush(self._tx.db)

    def _execute(self, event: OccurrenceDue) -> Reason | None:
        """Let its action act; or why it does not."""
        course = self._tx.live.courses.get(event.course)
        ritual = course.ritual(event.ritual) if course else None
        if course is None or ritual is None:
            return "gone"
        space = self._spaces.get((event.course, event.space))
        if reason := self._why_skipped(course, ritual, space, event):
            return reason
        ctx = self._context(course, event, space)
        _, handler = self._tx.engine.registry.actions[ritual.action]
        handler(ctx, event)
        ctx.finish()
        if self._writes.has_decisions:
            self._writes.flush(self._tx.db)  # what comes next is judged by what was given here
        return None

    def _context(self, course: Course, event: OccurrenceDue, space: Space | None) -> Context:
        return Context(self._tx, event, Belonging(course=course, space=space), writes=self._writes)

    def _why_skipped(self, course: Course, ritual: Ritual, space: Space | None, event: OccurrenceDue) -> Reason | None:
        """What was begun must be ended, however late, and whatever has come between."""
        step = ritual.steps[event.step]
        if ritual.is_built_in or (step and step.is_needed):
            return None
        if resting := pauses.why_resting(course, ritual, event, self._held(event.course)):
            return resting
        if space is None:
            return "no_place"
        return self._why_too_late(ritual, event)

    def _held(self, course: CourseId) -> Held:
        if course not in self._pauses:
            self._pauses[course] = pauses.of(self._tx.db, course)
        return self._pauses[course]

    def _why_too_late(self, ritual: Ritual, event: OccurrenceDue) -> Reason | None:
        late, until_next = event.at - event.due_at, ritual.next_after(event.step)
        if until_next is not None and late >= max(until_next, timedelta(microseconds=1)):
            return "over"  # the next step says more than this one could
        match ritual.catch_up:
            case "latest":
                return None if agenda.newest_due(self._tx.db, ritual, event) else "superseded"
            case "late_within":
                return "late" if late > ritual.late_within else None
            case "all":
                return None

    def _tell(self, course: Course, skipped: Sequence[_Skipped]) -> None:
        """Staff read once of what was skipped; of what rests or is on hold, once for a day or a pause."""
        missed = [one for one in skipped if one.reason not in ("quiet", "paused", "gone")]
        if missed:
            lines: list[Words] = [_line(course, one) for one in missed[:_SHOWN]]
            if len(missed) > _SHOWN:
                lines.append(Text(id="missed.more", values={"count": len(missed) - _SHOWN}))
            first = missed[0].event
            self._context(course, first, None).tell_staff(*lines, key=f"skipped:{first.key}")
        for event, reason in skipped:
            if reason == "quiet":
                what = Text(id="missed.quiet_day", values={"date": event.local_date})
                self._context(course, event, None).tell_staff(what, key=f"quiet:{course.id}:{event.local_date}")


def _line(course: Course, skipped: _Skipped) -> Text:
    event = skipped.event
    due = event.due_at.astimezone(course.tzinfo)
    return Text(id=f"missed.{skipped.reason}", values={"ritual": event.ritual, "due": due, "space": event.space})

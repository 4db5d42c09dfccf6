"""Occurrences that are due: claimed by this transaction, skipped where it is too late, else executed."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.domain.rituals import Ritual, Step
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

    def handle(self, events: Sequence[OccurrenceDue]) -> None:
        """First what is skipped, so that whoever looks back sees it; then what is done."""
        taken = agenda.take(self._tx.db, events)
        mine = [event for event in events if event.row in taken]
        reasons = {event.row: reason for event in mine if (reason := self._why_skipped(event))}
        agenda.skip(self._tx.db, reasons)
        gaps: dict[int, Reason] = {}
        for event in mine:
            if gap := self._execute(event, reasons.get(event.row)):
                gaps[event.row] = gap
        agenda.skip(self._tx.db, gaps)
        self._tell([_Skipped(event, reasons[event.row]) for event in mine if event.row in reasons])
        self._writes.flush(self._tx.db)

    def _execute(self, event: OccurrenceDue, skipped: Reason | None) -> Reason | None:
        """Let its action act; why there was nothing to do."""
        course = self._tx.live.courses.get(event.course)
        ritual = course.ritual(event.ritual) if course else None
        step = ritual.steps[event.step] if ritual else None
        if not (course and ritual and step) or not (skipped is None or _is_recorded(step, skipped)):
            return None
        said = len(self._writes.outgoing)
        ctx = self._context(course, event, self._spaces.get((event.course, event.space)))
        _, handler = self._tx.engine.registry.actions[ritual.action]
        gap: Reason | None = handler(ctx, event)
        ctx.finish()
        if skipped:
            del self._writes.outgoing[said:]
        if self._writes.has_decisions:
            self._writes.flush(self._tx.db)  # what comes next is judged by what was given here
        return gap

    def _context(self, course: Course, event: OccurrenceDue, space: Space | None) -> Context:
        return Context(self._tx, event, Belonging(course=course, space=space), writes=self._writes)

    def _why_skipped(self, event: OccurrenceDue) -> Reason | None:
        """What was begun must be ended, however late, and whatever has come between."""
        course = self._tx.live.courses.get(event.course)
        ritual = course.ritual(event.ritual) if course else None
        step = ritual.steps[event.step] if ritual else None
        if course is None or ritual is None or step is None:
            return "gone"
        if ritual.is_built_in or step.is_needed:
            return None
        if resting := pauses.why_resting(course, ritual, event, self._held(event.course)):
            return resting
        if (event.course, event.space) not in self._spaces:
            return "no_place"
        return self._why_too_late(course, ritual, event)

    def _held(self, course: CourseId) -> Held:
        if course not in self._pauses:
            self._pauses[course] = pauses.of(self._tx.db, course)
        return self._pauses[course]

    def _why_too_late(self, course: Course, ritual: Ritual, event: OccurrenceDue) -> Reason | None:
        late, until_next = event.at - event.due_at, ritual.next_after(event.step)
        step = ritual.steps[event.step]
        # What people did before the next step was due still belongs to this one, said or only recorded.
        handled = event.at if step and step.keeps_record else event.until or event.at
        if until_next and handled - event.due_at >= until_next:
            return "over"  # the next step says more than this one could
        match ritual.catch_up:
            case "latest":
                return "superseded" if self._comes_later(course, ritual, event) else None
            case "late_within":
                return "late" if late > ritual.late_within else None
            case "all":
                return None

    def _comes_later(self, course: Course, ritual: Ritual, event: OccurrenceDue) -> bool:
        later = agenda.later_due(self._tx.db, ritual, event)
        return any(pauses.why_resting(course, ritual, one, self._held(course.id)) is None for one in later)

    def _tell(self, skipped: Sequence[_Skipped]) -> None:
        """Staff read once of what was skipped; of what rests, once a day; of what is on hold they know."""
        by_course: dict[CourseId, list[_Skipped]] = {}
        for one in skipped:
            if one.event.course in self._tx.live.courses and not self._was_dropped(one):
                by_course.setdefault(one.event.course, []).append(one)
        for id, mine in by_course.items():
            course = self._tx.live.courses[id]
            self._tell_missed(course, [one for one in mine if one.reason not in ("quiet", "paused")])
            for event in (one.event for one in mine if one.reason == "quiet"):
                what = Text(id="missed.quiet_day", values={"date": event.local_date})
                self._context(course, event, None).tell_staff(what, key=f"quiet:{course.id}:{event.local_date}")

    def _was_dropped(self, skipped: _Skipped) -> bool:
        """A step that staff no longer want is no news; the end of a ritual that is gone is."""
        course = self._tx.live.courses[skipped.event.course]
        return skipped.reason == "gone" and course.ritual(skipped.event.ritual) is not None

    def _tell_missed(self, course: Course, missed: Sequence[_Skipped]) -> None:
        if missed:
            lines: list[Words] = [_line(course, one) for one in missed[:_SHOWN]]
            if len(missed) > _SHOWN:
                lines.append(Text(id="missed.more", values={"count": len(missed) - _SHOWN}))
            first = missed[0].event
            self._context(course, first, None).tell_staff(*lines, key=f"skipped:{first.key}")


def _is_recorded(step: Step, skipped: Reason) -> bool:
    return step.keeps_record and skipped in ("late", "over")


def _line(course: Course, skipped: _Skipped) -> Text:
    event = skipped.event
    due = event.due_at.astimezone(course.tzinfo)
    values = {"ritual": event.ritual, "due": due, "space": event.space, "day": event.local_date.isoformat()}
    return Text(id=f"missed.{skipped.reason}", values=values)

"""The one mutable thing that a handler gets: what it may read, and where it leaves what it decided."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.events import Event, PlainMessage
from bot.domain.ids import EventKey, MemberId, ObjectId
from bot.domain.places import Member
from bot.domain.rules import ANONYMOUS, MARK, Effect, Fact, Firing, Verdict
from bot.domain.text import fingerprint
from bot.engine.judging import Judging
from bot.engine.live import Live
from bot.engine.readers import Readers
from bot.engine.reversals import is_anonymous, take_back
from bot.engine.saying import Saying
from bot.engine.transaction import Belonging, Outcome, Transaction
from bot.engine.values import common_values
from bot.engine.voice import Voice
from bot.engine.writes import Writes
from rules.fold import LEVEL_REACHED, RETRACTED, Judged, entry_of
from rules.vocabulary import AWARD

_MARKS = {MARK, ANONYMOUS}
"""What facts hold beside the fields that features have declared."""


class Context(Saying):
    """One event, the member who caused it, and the open transaction; what is said of it, and what is recorded."""

    def __init__(
        self,
        tx: Transaction,
        event: Event,
        belonging: Belonging,
        *,
        writes: Writes | None = None,
        judging: Judging | None = None,
        readers: Readers | None = None,
    ) -> None:
        super().__init__(tx, event, belonging, writes, readers)
        self._judging = judging or Judging()

    def announce(
        self,
        kind: str,
        object: str,
        *,
        member: Member | None = None,
        on: date | None = None,
        text: str | None = None,
        is_anonymous: bool = False,
        **values: Any,
    ) -> Outcome:
        """Announce a fact about a member: the rules judge it at once, and what fires acts at once.

        `on` is the local date that it counts for, where that is not today; `text` is what a member wrote. Of an
        anonymous fact nobody is told, and nobody is shown what it was.
        """
        about = member or self.member
        if text is not None and (mark := fingerprint(text)):
            values[MARK] = mark
        if is_anonymous:
            values[ANONYMOUS] = True
        return _taken([(self, self.announced(kind, object, about, on or self.today, values))])[0]

    def announce_each(self, kind: str, object: str, of: Iterable[tuple[Member, dict[str, Any]]], *, on: date) -> None:
        """Announce a fact about many members, each with its values: what limits look at is read once for all."""
        _taken([(self, self.announced(kind, object, member, on, values)) for member, values in of])

    def announced(self, kind: str, object: str, member: Member, on: date, values: dict[str, Any]) -> Fact:
        """A fact as features announce it, not judged yet."""
        known = self.engine.registry.facts[kind]
        if values.keys() - _MARKS != known.fields.keys():
            raise ValueError(f"{kind} has the fields {sorted(known.fields)}, not {sorted(values)}")
        return self._fact(kind, object, member, on, values)

    def prepare(self, facts: Sequence[Fact]) -> None:
        """Read what the limits of their rules look at, for this context and all that share what it judges by."""
        self._judging.load(self.db, self.course, facts)

    def take(self, fact: Fact) -> Outcome:
        """Judge a fact that was prepared, and what follows from it; what fires acts at once."""
        verdicts: list[Verdict] = []
        for judged in self._judging.judged(self.db, self.course, fact):
            self.act(judged)
            verdicts += judged.verdicts
        return Outcome(fact=fact, verdicts=verdicts)

    def act(self, judged: Judged) -> None:
        """Record what the rules made of a fact, and let every effect of those that fired act."""
        fact = judged.fact
        for handle in self.engine.registry.fact_handlers.get(fact.kind, ()):
            handle(self, fact)
        self.writes.add_fact(fact, judged.verdicts, self.live.snapshots[self.course.id])
        if fact.kind == LEVEL_REACHED:
            self.writes.levels[fact.member] = fact.values["level"]
        for firing in judged.firings:
            if firing.verdict.is_shadow:
                self.writes.shadows.append(entry_of(firing))
                continue
            self.writes.entries.append(entry_of(firing))
            for effect in firing.rule.then:
                if effect.name != AWARD:
                    self._let_act(effect, firing)

    def _let_act(self, effect: Effect, firing: Firing) -> None:
        kind, handler = self.engine.registry.effects[effect.name]
        if not (kind.is_public and ANONYMOUS in firing.fact.values):
            handler(self, effect.argument, firing)

    def fact_about(self, kind: str, object: str, member: Member) -> Fact:
        """A fact as it would be announced now, for an effect that follows from what was announced before."""
        return self._fact(kind, object, member, self.today, {})

    def retract(self, kind: str, object: str, *, member: Member | None = None) -> int:
        """Take back whatever rules gave for a fact that holds no longer; the points, 0 where nothing was given."""
        about = member or self.member
        self.writes.flush_decisions(self.db)
        values = {"fact": kind, **({ANONYMOUS: True} if is_anonymous(self.db, about.id, kind, object) else {})}
        points = take_back(self, self._fact(RETRACTED, object, about, self.today, values))
        levels = {**self._judging.fold.levels, **self.writes.levels}
        self.writes.flush_decisions(self.db)
        self._judging = Judging()  # what the last one had counted holds no longer: the next asks the ledger
        self._judging.fold.levels |= levels
        return points

    def regroup(self, person: MemberId, other: MemberId) -> None:
        """Let features mend what they know of two members who are one person from now on, or are so no longer."""
        for handle in self.engine.registry.regroupings:
            handle(self, person, other)
        self.writes.flush_decisions(self.db)

    def _fact(self, kind: str, object: str, member: Member, day: date, values: dict[str, Any]) -> Fact:
        member = structs.replace(member, level=self._judging.level_of(member))
        seen = {**values, **common_values(self.course, member, self.space, day)}
        return Fact(
            kind=kind,
            course=self.course.id,
            member=member.id,
            object=ObjectId(object),
            at=self.now,
            local_date=day,
            cause=self.event.key,
            values=seen,
        )

    def audit(self, action: str, **details: Any) -> None:
        """Record what a member of staff did."""
        actor = getattr(self.event, "actor", None)
        self.writes.audits.append(
            {
                "at": self.now,
                "course": self._course.id if self._course else None,
                "member": self._member.id if self._member else None,
                "account": actor.account if actor else None,
                "action": action,
                "details": details,
            }
        )


class News(NamedTuple):
    """A fact about who caused an event, for `announce_all`."""

    ctx: Context
    object: str
    on: date
    values: dict[str, Any]


def announce_all(kind: str, news: Iterable[News]) -> list[Outcome]:
    """Announce the same of many who are answered together; what limits look at is read once for all."""
    return _taken([(n.ctx, n.ctx.announced(kind, n.object, n.ctx.member, n.on, n.values)) for n in news])


def _taken(facts: Sequence[tuple[Context, Fact]]) -> list[Outcome]:
    """What came of facts whose contexts share what they judge by."""
    if not facts:
        return []
    facts[0][0].prepare([fact for _, fact in facts])
    return [ctx.take(fact) for ctx, fact in facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBatch:
    """What a watcher of plain messages gets beside the messages."""

    db: Connection
    now: datetime
    live: Live
    voice: Voice
    context_for: Callable[[PlainMessage], Context]


def derived_key(event: Event, what: str) -> EventKey:
    """The key of something that follows from an event."""
    return EventKey(f"{event.key}:{what}")

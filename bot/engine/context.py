"""The one mutable thing that a handler gets: what it may read, and where it leaves what it decided."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import Done, Event, PlainMessage
from bot.domain.ids import EventKey, Language, MemberId, ObjectId, language_of
from bot.domain.messages import Policy, Text, Words
from bot.domain.places import Actor, Address, Member, Space, SpaceKind
from bot.domain.rules import ANONYMOUS, MARK, Effect, Fact, Firing, Verdict
from bot.domain.text import fingerprint
from bot.engine.judging import Judging
from bot.engine.live import Live
from bot.engine.reversals import is_anonymous, take_back
from bot.engine.transaction import Belonging, Outcome, Transaction
from bot.engine.values import common_values
from bot.engine.voice import INTERACTION_LIFE, NOTICE_LIFE, REPLY_LIFE, Label, Utterance, Where
from bot.engine.writes import Writes
from rules.fold import LEVEL_REACHED, RETRACTED, Judged, entry_of
from rules.vocabulary import AWARD
from storage.outbox import newest_post

Gathered = Callable[["Context", Sequence[Any]], None]


@dataclass(slots=True)
class Reply:
    """What a handler answers, collected into one message."""

    lines: list[Words] = field(default_factory=list)
    table: Sequence[Sequence[Words | str]] = ()
    numbers: frozenset[int] = frozenset()
    buttons: list[Label] = field(default_factory=list)


class Context:
    """One event, the member who caused it, and the open transaction."""

    def __init__(
        self,
        tx: Transaction,
        event: Event,
        belonging: Belonging,
        *,
        writes: Writes | None = None,
        judging: Judging | None = None,
    ) -> None:
        self.tx = tx
        self.engine = tx.engine
        self.db = tx.db
        self.live = tx.live
        self.event = event
        self.space = belonging.space
        self.writes = writes or Writes()
        self._course = belonging.course
        self._member = belonging.member
        self._judging = judging or Judging()
        self._reply = Reply()
        self._gathered: dict[Gathered, list[Any]] = {}
        self._said = 0

    # --- what is so ---------------------------------------------------------------------------------------------------

    @property
    def course(self) -> Course:
        if self._course is None:
            raise UserError("place.no_course")
        return self._course

    @property
    def member(self) -> Member:
        if self._member is None:
            raise UserError("place.no_course")
        return self._member

    @property
    def has_member(self) -> bool:
        return self._member is not None

    @cached_property
    def actor(self) -> Actor:
        actor = getattr(self.event, "actor", None)
        assert isinstance(actor, Actor), "only what a person did has an actor"
        return actor

    @property
    def actor_address(self) -> Address:
        """Where the event happened, whether or not a course lives there."""
        address = getattr(self.event, "address", None)
        assert isinstance(address, Address), "only what a person did has an address"
        return address

    @property
    def now(self) -> datetime:
        return self.event.at

    @cached_property
    def today(self) -> date:
        """The local date in the course."""
        return self.course.date_at(self.now)

    @property
    def language(self) -> Language:
        """The language of who is answered: chosen, else the course's, else the platform's."""
        if self._member is not None and self._member.language:
            return self._member.language
        if self._course is not None:
            return self._course.language
        actor = getattr(self.event, "actor", None)
        return (language_of(actor.language) if actor else None) or "en"

    def choose_language(self, language: Language | None) -> None:
        """From now on this member is answered in this language; None: in the course's."""
        self._member = structs.replace(self.member, language=language)

    def answers(self, member: MemberId) -> bool:
        """Whether it is this member who caused the event, and so reads the answer."""
        return self._member is not None and self._member.id == member

    def ask(self, query: str, *arguments: Any) -> Any:
        """Another feature's read-only question, answered on this transaction."""
        self.writes.flush_decisions(self.db)
        return self.engine.registry.queries[query](self.db, *arguments)

    # --- what is said -------------------------------------------------------------------------------------------------

    def reply(self, id: str, /, *, buttons: Sequence[Label] = (), **values: Any) -> None:
        """Answer who caused the event. All lines of one handler become one message."""
        self.reply_words(Text(id=id, values=values))
        self._reply.buttons.extend(buttons)

    def reply_words(self, words: Words) -> None:
        self._reply.lines.append(words)

    def reply_table(self, rows: Sequence[Sequence[Words | str]], *, numbers: frozenset[int] = frozenset()) -> None:
        """Add a board to the answer; `numbers` are the columns that align right."""
        self._reply.table, self._reply.numbers = rows, numbers

    def say(
        self,
        where: SpaceKind | Space,
        *lines: Words,
        key: str | None = None,
        buttons: Sequence[Label] = (),
        policy: Policy = "at_most_once",
    ) -> None:
        """Post to a space of the course. A key that was used before says nothing again."""
        self._said += 1
        base = key or f"{self.event.key}:{self._said}"
        self._post(base, where, Utterance(lines=lines, buttons=buttons, policy=policy))

    def say_to(self, user: str, space: Space, *lines: Words, key: str, language: Language | None = None) -> None:
        """Post to a space what one person alone reads there; nothing where its platform would show it to all."""
        if self.engine.voice.can_whisper(space.address.platform):
            where = Where(address=space.address, only_for=user)
            self._queue(_at(key, space), Utterance(lines=lines), where, language)

    def keep_posted(self, where: SpaceKind | Space, *lines: Words, key: str, buttons: Sequence[Label] = ()) -> None:
        """One post whose text is replaced: sent the first time, edited from then on; sent anew where that failed."""
        what = Utterance(lines=lines, buttons=buttons, policy="at_least_once")
        again = Utterance(lines=lines, buttons=buttons, policy="replaceable")  # its failure is told for the first only
        for space in self._spaces(where):
            first = _at(key, space)
            post, is_there = newest_post(self.db, first)
            if is_there or any(q.message.key == post for q in self.writes.outgoing):
                self._queue(f"{post}:edit:{self.event.key}", again, Where(address=space.address, edits=post))
            else:
                self._queue(post, what if post == first else again, Where(address=space.address))

    def tell_staff(self, *lines: Words, key: str | None = None, buttons: Sequence[Label] = ()) -> None:
        """Post to the staff room of the course."""
        self._said += 1
        base = key or f"{self.event.key}:{self._said}:staff"
        self._post(base, "staff", Utterance(lines=lines, buttons=buttons, life=NOTICE_LIFE))

    def _post(self, key: str, where: SpaceKind | Space, what: Utterance) -> None:
        for space in self._spaces(where):
            self._queue(_at(key, space), what, Where(address=space.address))

    def _spaces(self, where: SpaceKind | Space) -> list[Space]:
        if isinstance(where, Space):
            return self.live.spaces_of(self.course.id, id=where.id)
        return self.live.spaces_of(self.course.id, kind=where)

    def _queue(self, key: str, what: Utterance, where: Where, language: Language | None = None) -> None:
        spoken = language or self.course.language
        self.writes.say(self.engine.voice.queue(key, what, where, spoken, self.tx.said_at or self.now))

    def gather(self, handler: Gathered, item: Any) -> None:
        """Hand all such items over together, when everything that follows from the event is known."""
        self._gathered.setdefault(handler, []).append(item)

    def finish(self, *, key: str | None = None) -> None:
        """Turn the collected answer into a message."""
        gathered, self._gathered = self._gathered, {}
        for handler, items in gathered.items():
            handler(self, items)
        if not (self._reply.lines or self._reply.table):
            return
        if not isinstance(self.event, Done):
            self.say("main", *self._reply.lines)  # nobody asked: what a rule says about the clock's facts is for all
            self._reply = Reply()
            return
        answers = getattr(self.event, "interaction", None)
        what = Utterance(
            lines=self._reply.lines,
            table=self._reply.table,
            numbers=self._reply.numbers,
            buttons=self._reply.buttons,
            life=INTERACTION_LIFE if answers else REPLY_LIFE,
        )
        where = Where(
            address=self.event.address,
            reply_to=getattr(self.event, "message", None),
            only_for=None if self.event.address.private else self.event.actor.user,
            answers=answers,
        )
        self._queue(key or f"reply:{self.event.key}", what, where, self.language)
        self._reply = Reply()

    def refuse(self, mistake: UserError) -> None:
        """Answer with what went wrong; nothing else that the handler decided stays."""
        self.writes = Writes()
        self._gathered = {}
        self._reply = Reply(lines=[mistake.text])
        self._reply.buttons = [(Text(id=button.label), button.command) for button in mistake.buttons]
        self.finish()

    # --- what is recorded ---------------------------------------------------------------------------------------------

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
        self._check_fields(kind, values)
        about = member or self.member
        if text is not None and (mark := fingerprint(text)):
            values[MARK] = mark
        if is_anonymous:
            values[ANONYMOUS] = True
        fact = self._fact(kind, object, about, on or self.today, values)
        verdicts: list[Verdict] = []
        for judged in self._judging.take(self.db, self.course, fact):
            self.act(judged)
            verdicts += judged.verdicts
        return Outcome(fact=fact, verdicts=verdicts)

    def announce_each(self, kind: str, object: str, of: Iterable[tuple[Member, dict[str, Any]]], *, on: date) -> None:
        """Announce a fact about many members, each with its values: what limits look at is read once for all."""
        facts = []
        for member, values in of:
            self._check_fields(kind, values)
            facts.append(self._fact(kind, object, member, on, values))
        self._judging.load(self.db, self.course, facts)
        for fact in facts:
            for judged in self._judging.judged(self.db, self.course, fact):
                self.act(judged)

    def _check_fields(self, kind: str, values: dict[str, Any]) -> None:
        known = self.engine.registry.facts[kind]
        if set(values) != set(known.fields):
            raise ValueError(f"{kind} has the fields {sorted(known.fields)}, not {sorted(values)}")

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


def _at(key: str, space: Space) -> str:
    return f"{key}@{space.address.platform}:{space.address.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBatch:
    """What a watcher of plain messages gets beside the messages."""

    db: Connection
    now: datetime
    live: Live
    context_for: Callable[[PlainMessage], Context]


def derived_key(event: Event, what: str) -> EventKey:
    """The key of something that follows from an event."""
    return EventKey(f"{event.key}:{what}")

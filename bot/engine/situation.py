"""What is so while an event is handled: who and where, the course, the moment, the open transaction."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from msgspec import structs

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import Event, OccurrenceDue
from bot.domain.ids import Language, MemberId, language_of
from bot.domain.places import Actor, Address, Member
from bot.engine.roster import find_member
from bot.engine.transaction import Belonging, Transaction
from bot.engine.writes import Writes


class Situation:
    """One event, the member who caused it, and the open transaction."""

    def __init__(self, tx: Transaction, event: Event, belonging: Belonging, writes: Writes | None = None) -> None:
        self.tx = tx
        self.engine = tx.engine
        self.db = tx.db
        self.live = tx.live
        self.event = event
        self.space = belonging.space
        self.writes = writes or Writes()
        self._course = belonging.course
        self._member = belonging.member

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
        """When it happened; of an occurrence, when it was due, however late it is done."""
        return self.event.due_at if isinstance(self.event, OccurrenceDue) else self.event.at

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

    def find_member(self, who: str, *, is_present: bool = False) -> Member:
        """The one member whom the actor means by these words. Raises UserError with the ways out."""
        return find_member(self.db, self.course.id, who, platform=self.actor.platform, is_present=is_present)

    def answers(self, member: MemberId) -> bool:
        """Whether it is this member who caused the event, and so reads the answer."""
        return self._member is not None and self._member.id == member

    def ask(self, query: str, *arguments: Any) -> Any:
        """Another feature's read-only question, answered on this transaction."""
        self.writes.flush_decisions(self.db)
        registry = self.engine.registry
        by = (self.engine, self.db) if query in registry.searches else (self.db,)
        return registry.queries[query](*by, *arguments)

    def ask_each(self, question: str, *arguments: Any) -> list[Any]:
        """A read-only question to every feature that has something to say to it; all they say, in their order."""
        self.writes.flush_decisions(self.db)
        handlers = self.engine.registry.offers.get(question, ())
        return [found for handler in handlers for found in handler(self.db, *arguments)]

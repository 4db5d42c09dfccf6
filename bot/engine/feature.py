"""What a feature declares: commands, words, facts, effects, ritual actions, settings, queries.

Constructing a `Feature` registers nothing; the list in `bot/features` does, through `Registry`.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, TypeVar, Unpack

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.events import CommandInvoked, MessagePosted, OccurrenceDue, PlainMessage
from bot.domain.ids import ROLES, MemberId, Role
from bot.domain.messages import Act, OutgoingMessage, Words
from bot.domain.places import SPACE_KINDS, SpaceKind
from bot.domain.response import Area
from bot.domain.rituals import Occurrence, Step
from bot.domain.rules import Fact, FactKind, Field, Firing, LedgerEntry
from bot.engine.forms_shape import Form, FormField, FormHandler
from bot.engine.parameters import Parameter
from rules.vocabulary import AWARD, USES_NOTHING, Action, Doubt, EffectKind, Points, Section, Uses, Vocabulary, at_once
from storage.personal import CORE, Person, Personal

if TYPE_CHECKING:
    from bot.engine.context import Context
    from bot.engine.transaction import Transaction

CommandHandler = Callable[["Context", CommandInvoked], None]
ManyHandler = Callable[[Sequence["Asked"]], None]
OccurrenceHandler = Callable[["Context", OccurrenceDue], Literal["gap"] | None]
"""`gap`: there was nothing to say, and staff have been told why."""
AlarmHandler = Callable[["Context", Any], None]
"""Hears an `AlarmsDue`."""
EventHandler = Callable[["Context", Any], None]
Withdrawal = Callable[["Context", "LedgerEntry"], None]
FactHandler = Callable[["Context", Fact], None]
Afterwards = Callable[["Transaction", datetime], None]
Parting = Callable[["Context", Person, str], None]
Regrouping = Callable[["Context", MemberId, MemberId], None]
Refusal = Callable[[Connection, OutgoingMessage, datetime], None]
EffectHandler = Callable[["Context", Any, "Firing"], None]
Preview = Callable[[Course, Occurrence], Words]
Suggested = tuple[str, Words | str | date]
"""A value as the command takes it, and what is shown for it."""
Suggester = Callable[["Context", str], Iterable[Suggested]]
"""What may be meant by what was typed so far."""
PrivateHandler = Callable[["Context", MessagePosted], None]
BelowHandler = Callable[["Context", MessagePosted, str], None]
"""Hears a message and the key of the post of ours that it answers, without its place."""
MessagesHandler = Callable[[Any, Sequence["PlainMessage"]], None]
Decorated = TypeVar("Decorated", bound=Callable[..., None])
_Name = TypeVar("_Name", bound=Hashable)


class Asked(NamedTuple):
    """Somebody's command, and the context that answers it."""

    ctx: "Context"
    cmd: CommandInvoked


class Hearing(NamedTuple):
    """Who hears the alarms of one name, and how many at once."""

    handler: AlarmHandler
    most: int


class InReply(tuple[str, ...]):
    """Words that mean their command only where they answer a message."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: who may use it where, and the plain words that mean it."""

    name: str
    handler: CommandHandler
    roles: tuple[Role, ...] = ROLES
    places: tuple[SpaceKind, ...] = SPACE_KINDS
    words: tuple[str, ...] = ()
    anywhere: bool = False  # also where no course lives yet, and for who is no member
    is_private: bool = False  # what it answers is nobody else's business
    alone: bool = False  # it is for the private chat, where there is one and answers in a group are not for one alone
    spoilt: CommandHandler | None = None  # it was refused, and others have read it: what it gave away is void
    is_public: bool = False  # what it answers is for everybody there, unless the platform can whisper
    by_link: bool = False  # a link that anybody can make may run it: it changes nothing that the person would mind
    is_listed: bool = True  # in the help and in completion
    parameters: tuple[Parameter, ...] = ()  # what it takes, for platforms that ask for each by name
    on_message: str = ""  # the text that names it where people choose what to do with a message
    is_reply: bool = False  # it is about the message that it answers, and about nothing else
    area: Area | None = None  # only assistants who look after this may use it
    for_many: ManyHandler | None = None  # does the same for different people of one course at once


class CommandOptions(TypedDict, total=False):
    """What may be said of a command beside its name and its handler."""

    roles: tuple[Role, ...]
    places: tuple[SpaceKind, ...]
    words: tuple[str, ...]
    anywhere: bool
    is_private: bool
    alone: bool
    spoilt: CommandHandler
    is_public: bool
    by_link: bool
    is_listed: bool
    parameters: tuple[Parameter, ...]
    on_message: str
    is_reply: bool
    area: Area


@dataclass(slots=True)
class Feature:
    """One thing that the community does."""

    name: str
    needs: tuple[str, ...] = ()  # queries of other features that this one asks
    commands: list[Command] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    facts: list[FactKind] = field(default_factory=list)
    effects: dict[str, tuple[EffectKind, EffectHandler]] = field(default_factory=dict)
    actions: dict[str, tuple[Action, OccurrenceHandler]] = field(default_factory=dict)
    previews: dict[str, Preview] = field(default_factory=dict)
    handlers: dict[type, list[EventHandler]] = field(default_factory=dict)
    watchers: list[MessagesHandler] = field(default_factory=list)
    private_handlers: list[tuple[Callable[[str], bool], PrivateHandler]] = field(default_factory=list)
    below_handlers: dict[str, BelowHandler] = field(default_factory=dict)
    branches: dict[tuple[str, str], CommandHandler] = field(default_factory=dict)
    fact_handlers: dict[str, list[FactHandler]] = field(default_factory=dict)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    looks: list[Afterwards] = field(default_factory=list)
    course_looks: list[Afterwards] = field(default_factory=list)
    partings: list[Parting] = field(default_factory=list)
    regroupings: list[Regrouping] = field(default_factory=list)
    refusals: dict[type[Act], list[Refusal]] = field(default_factory=dict)
    queries: dict[str, Callable[..., Any]] = field(default_factory=dict)
    searches: set[str] = field(default_factory=set)
    offers: dict[str, Callable[..., Sequence[Any]]] = field(default_factory=dict)
    suggesters: dict[str, Suggester] = field(default_factory=dict)
    alarms: dict[str, Hearing] = field(default_factory=dict)
    sections: dict[str, type] = field(default_factory=dict)
    doubts: dict[str, Callable[[Course], Iterable[Doubt]]] = field(default_factory=dict)  # about these sections
    personals: list[Personal] = field(default_factory=list)

    def command(self, name: str, **options: Unpack[CommandOptions]) -> Callable[[CommandHandler], CommandHandler]:
        """Handles `/name`, and the words where a message is nothing else; the options as `Command` has them."""

        def declare(handler: CommandHandler) -> CommandHandler:
            self.commands.append(Command(name=name, handler=handler, **options))
            return handler

        return declare

    def command_for_many(self, name: str, **options: Unpack[CommandOptions]) -> Callable[[ManyHandler], ManyHandler]:
        """The same for what many do at the same moment: the handler gets commands of different people of one course.

        What one of them did wrong it says with `ctx.refuse`, for the others go on.
        """

        def declare(handler: ManyHandler) -> ManyHandler:
            def handle_one(ctx: "Context", cmd: CommandInvoked) -> None:
                handler([Asked(ctx, cmd)])

            self.commands.append(Command(name=name, handler=handle_one, for_many=handler, **options))
            return handler

        return declare

    def personal(self, *tables: Personal) -> None:
        """Declares what tables hold about a person: for their own copy of it, and for when they are forgotten."""
        self.personals += tables

    def form(
        self,
        name: str,
        *,
        fields: tuple[FormField, ...],
        command: str | None = None,
        again: Callable[[Mapping[str, str]], str | None] | None = None,
    ) -> Callable[[FormHandler], FormHandler]:
        """Handles a form when it is handed in; `command` opens it, where it is called otherwise than the form."""

        def declare(handler: FormHandler) -> FormHandler:
            self.forms.append(Form(name=name, handler=handler, fields=fields, command=command or name, again=again))
            return handler

        return declare

    def fact(self, name: str, *, has_text: bool = False, has_place: bool = True, **fields: Field) -> None:
        """Declares a kind of fact and the fields that rules may read; texts say what it is: `facts.NAME` and others."""
        kind = FactKind(name=name, fields=fields, has_text=has_text, has_place=has_place)
        self.facts.append(kind)

    def effect(
        self,
        name: str,
        argument: Any,
        *,
        names: Section | None = None,
        is_public: bool = False,
        shows: tuple[str, ...] = (),
        not_on: tuple[str, ...] = (),
    ) -> Callable[[EffectHandler], EffectHandler]:
        """Handles what `- name: argument` in a rule does; the rest as `EffectKind` has it."""

        kind = EffectKind(name=name, argument=argument, names=names, is_public=is_public, shows=shows, not_on=not_on)

        def declare(handler: EffectHandler) -> EffectHandler:
            self.effects[name] = (kind, handler)
            return handler

        return declare

    def on_fact(self, kind: str) -> Callable[[FactHandler], FactHandler]:
        """Sees each fact of this kind, whoever announces it, before it is recorded and before its rules act."""

        def declare(handler: FactHandler) -> FactHandler:
            self.fact_handlers.setdefault(kind, []).append(handler)
            return handler

        return declare

    def on_reversal(self, handler: Withdrawal) -> Withdrawal:
        """Withdraws what an effect did beside points, when the entry of its rule is taken back."""
        self.withdrawals.append(handler)
        return handler

    def afterwards(self, look: Afterwards) -> Afterwards:
        """Looks at what has come of each batch of events, in its transaction, and whenever time has passed."""
        self.looks.append(look)
        return look

    def on_other_courses(self, look: Afterwards) -> Afterwards:
        """Looks, before those, at what is live where that is not what this process has looked at last.

        Several processes may come with the same: what it leads to is kept in rows, and done once.
        """
        self.course_looks.append(look)
        return look

    def before_forgetting(self, parting: Parting) -> Parting:
        """Takes back what stands elsewhere of a person who is about to be forgotten, while it is known.

        Messages that it leaves in the context outlast what is forgotten. A key that begins with `KEY:`, where `KEY` is
        what it is given, goes with our last words to them: for what has to name their account.
        """
        self.partings.append(parting)
        return parting

    def on_regrouping(self, handler: Regrouping) -> Regrouping:
        """Hears when two members have just become one person, or are two again: who stays, and who came or goes."""
        self.regroupings.append(handler)
        return handler

    def on_refusal(self, act: type[Act]) -> Callable[[Refusal], Refusal]:
        """Hears of an act of this type that was not done and will not be: refused, or too late."""

        def declare(handler: Refusal) -> Refusal:
            self.refusals.setdefault(act, []).append(handler)
            return handler

        return declare

    def action(
        self,
        name: str,
        options: type,
        *,
        preview: Preview,
        steps: Callable[[Any], tuple[Step | None, ...]] = at_once,
        uses: Uses = USES_NOTHING,
        is_built_in: bool = False,
    ) -> Callable[[OccurrenceHandler], OccurrenceHandler]:
        """Handles what `do: name` in a ritual does, once per step; `preview` says beforehand what that will be.

        `steps` gives always as many, whatever the options are: None stands for one that is not wanted.
        `uses` says what it takes of the calendar and of its space; `is_built_in`: only a ritual that the course has by
        itself does it.
        """
        action = Action(name=name, options=options, steps=steps, uses=uses, is_built_in=is_built_in)

        def declare(handler: OccurrenceHandler) -> OccurrenceHandler:
            self.actions[name] = (action, handler)
            self.previews[name] = preview
            return handler

        return declare

    def alarm(self, name: str, *, most: int = 1000) -> Callable[[AlarmHandler], AlarmHandler]:
        """Hears the alarms of this name, as `storage/alarms.py` sets them: all that are due at once, up to so many."""

        def declare(handler: AlarmHandler) -> AlarmHandler:
            self.alarms[name] = Hearing(handler, most)
            return handler

        return declare

    def on(self, kind: type) -> Callable[[Decorated], Decorated]:
        """Handles events of this type, one by one."""

        def declare(handler: Decorated) -> Decorated:
            self.handlers.setdefault(kind, []).append(handler)
            return handler

        return declare

    def watch_messages(self, handler: MessagesHandler) -> MessagesHandler:
        """Sees plain messages, many at a time: no statement per message."""
        self.watchers.append(handler)
        return handler

    def in_private(self, is_meant: Callable[[str], bool]) -> Callable[[PrivateHandler], PrivateHandler]:
        """Handles what somebody writes to the bot alone, where the text is no command and is meant for this."""

        def declare(handler: PrivateHandler) -> PrivateHandler:
            self.private_handlers.append((is_meant, handler))
            return handler

        return declare

    def below(self, kind: str) -> Callable[[BelowHandler], BelowHandler]:
        """Hears what people say in a space in reply to a post of ours, or in its thread; among staff, too.

        `kind` is what the key of the post begins with, up to its first colon.
        """

        def declare(handler: BelowHandler) -> BelowHandler:
            self.below_handlers[kind] = handler
            return handler

        return declare

    def branch(self, command: str, *words: str) -> Callable[[CommandHandler], CommandHandler]:
        """Handles another feature's command where its text begins with one of these words; it gets what follows."""

        def declare(handler: CommandHandler) -> CommandHandler:
            self.branches |= {(command, word): handler for word in words}
            return handler

        return declare

    def query(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Offers a read-only question to other features: `handler(db, …)`."""

        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.queries[name] = handler
            return handler

        return declare

    def search(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """The same for a question whose answer the process keeps in memory: `handler(engine, db, …)`."""

        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.searches.add(name)
            return self.query(name)(handler)

        return declare

    def offer(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Answers a read-only question that is put to every feature, with its part of one list: `handler(db, …)`."""

        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.offers[name] = handler
            return handler

        return declare

    def suggest(self, name: str) -> Callable[[Suggester], Suggester]:
        """Says what a parameter with `suggests=name` may be. It reads and changes nothing."""

        def declare(handler: Suggester) -> Suggester:
            self.suggesters[name] = handler
            return handler

        return declare


class Registry:
    """All features of the product, refusing two that claim the same name."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self.commands = _merged((command.name, command) for f in self.features for command in f.commands)
        self.forms = _merged((form.name, form) for f in self.features for form in f.forms)
        self.effects = _merged(item for f in self.features for item in f.effects.items())
        self.actions = _merged(item for f in self.features for item in f.actions.items())
        self.previews = _merged(item for f in self.features for item in f.previews.items())
        self.facts = _merged((fact.name, fact) for f in self.features for fact in f.facts)
        self.sections = _merged(item for f in self.features for item in f.sections.items())
        self.doubts = _merged(item for f in self.features for item in f.doubts.items())
        self.queries = _merged(item for f in self.features for item in f.queries.items())
        self.searches = frozenset(name for f in self.features for name in f.searches)
        self.alarms = _merged(item for f in self.features for item in f.alarms.items())
        self.suggesters = _merged(item for f in self.features for item in f.suggesters.items())
        self.words = _merged((word, c) for c in self.commands.values() for word in c.words)
        self.watchers = tuple(watcher for f in self.features for watcher in f.watchers)
        self.private_handlers = tuple(pair for f in self.features for pair in f.private_handlers)
        self.below_handlers = _merged(item for f in self.features for item in f.below_handlers.items())
        self.branches = _merged(item for f in self.features for item in f.branches.items())
        for name, word in self.branches:
            if name in self.commands and self.commands[name].for_many:
                raise ValueError(f"/{name} is for many at once, and hands nothing over to /{name} {word}")
        self.withdrawals = tuple(withdrawal for f in self.features for withdrawal in f.withdrawals)
        self.looks = tuple(look for f in self.features for look in f.looks)
        self.course_looks = tuple(look for f in self.features for look in f.course_looks)
        self.partings = tuple(parting for f in self.features for parting in f.partings)
        self.regroupings = tuple(regrouping for f in self.features for regrouping in f.regroupings)
        self.refusals: dict[type[Act], list[Refusal]] = {}
        for act, refused in (item for f in self.features for item in f.refusals.items()):
            self.refusals.setdefault(act, []).extend(refused)
        self.fact_handlers: dict[str, list[FactHandler]] = {}
        for kind, handlers in (item for f in self.features for item in f.fact_handlers.items()):
            self.fact_handlers.setdefault(kind, []).extend(handlers)
        self.offers: dict[str, list[Callable[..., Sequence[Any]]]] = {}
        for name, handler in (item for f in self.features for item in f.offers.items()):
            self.offers.setdefault(name, []).append(handler)
        self.personals = (*CORE, *(personal for f in self.features for personal in f.personals))
        for feature in self.features:
            if unmet := set(feature.needs) - set(self.queries):
                raise ValueError(f"feature {feature.name} needs queries that nobody offers: {sorted(unmet)}")

    def command_of(self, name: str) -> Command | None:
        """The command that is called so; `/打卡` works too."""
        return self.commands.get(name) or self.words.get(name)

    def private_handler(self, text: str) -> PrivateHandler | None:
        """Who handles these words, where they are written to the bot alone and are no command."""
        return next((handler for is_meant, handler in self.private_handlers if is_meant(text)), None)

    def command_in(self, event: Any) -> Command | None:
        """The command that an event is."""
        return self.command_of(event.name) if isinstance(event, CommandInvoked) else None

    def handlers(self, kind: type) -> list[EventHandler]:
        return [handler for feature in self.features for handler in feature.handlers.get(kind, ())]

    def vocabulary(self) -> Vocabulary:
        """The words that course files may use."""
        return Vocabulary(
            facts=self.facts,
            effects={AWARD: EffectKind(name=AWARD, argument=Points)}
            | {name: kind for name, (kind, _) in self.effects.items()},
            actions={name: action for name, (action, _) in self.actions.items() if not action.is_built_in},
            sections=self.sections,
            doubts=self.doubts,
        )


def _merged(items: Iterable[tuple[_Name, Any]]) -> Mapping[_Name, Any]:
    merged: dict[_Name, Any] = {}
    for name, value in items:
        if name in merged:
            raise ValueError(f"two features claim {name!r}")
        merged[name] = value
    return merged

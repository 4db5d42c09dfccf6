"""From words to messages: rendered in the reader's language, fitted to the platform, keyed, with a life span."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from bot.domain.ids import Language
from bot.domain.messages import Act, Button, File, OutgoingMessage, Policy, Poll, Sheet, Span, Table, Topic, Words
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
from bot.engine.alone import UNKNOWN, Copied, Discretion, Reader, answered, closed, detour
from bot.engine.degrade import fit
from bot.texts.catalogue import Catalogues
from storage.outbox import Queued

INTERACTION_LIFE = timedelta(minutes=15)
REPLY_LIFE = timedelta(hours=1)
POST_LIFE = timedelta(hours=24)
NOTICE_LIFE = timedelta(days=7)

Label = tuple[Words, str]
"""A button's text and its command."""


class Board(NamedTuple):
    """The rows of a table; `numbers` are the columns that align right."""

    rows: Sequence[Sequence[Words | str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What is to be said, before anyone knows where and in which language."""

    lines: Sequence[Words]
    board: Board | None = None
    buttons: Sequence[Label] = ()
    ways: Sequence[Label] = ()  # buttons that open the private chat; a message with one says nothing but where to go
    files: Sequence[File] = ()
    policy: Policy = "at_least_once"
    life: timedelta = POST_LIFE
    is_notice: bool = False
    is_confidential: bool = False  # what is for one person is seen by nobody else, not even for a moment
    is_secret: bool = False  # what is worth something to whoever reads it: it is kept only until it is sent
    is_answer: bool = False
    is_kept: bool = False  # it waits for who can't be told in private yet, though they have not asked
    poll: Poll | None = None
    act: Act | None = None
    asks: bool | None = None
    sheet: Sheet | None = None
    topic: Topic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where an utterance goes, and what it refers to there."""

    address: Address
    reply_to: str | None = None
    only_for: str | None = None
    answers: str | None = None
    edits: str | None = None
    pins: str | None = None
    unpins: str | None = None
    deletes: str | None = None
    within: str | None = None
    quotes: str | None = None


def _queued(
    copies: Iterable[Copied], traits: Traits, life: timedelta, now: datetime, *, is_notice: bool
) -> Iterator[Queued]:
    for copy in copies:
        for part in fit(copy.message, traits):
            yield Queued(
                message=part,
                not_before=now + copy.after,
                expires_at=now + (copy.life or life) + copy.after,
                is_notice=is_notice,
                is_held=copy.is_held,
            )


class Voice:
    """Turns utterances into rows for the outbox."""

    def __init__(self, texts: Catalogues, traits: Mapping[str, Traits]) -> None:
        self.texts = texts
        self._traits = traits

    def can_whisper(self, platform: str, *, is_answer: bool = False) -> bool:
        """Whether it can show a message in a group to one person; `is_answer`: to who has pressed or commanded."""
        can = self._traits.get(platform, Traits()).can
        return Can.ONLY_FOR in can or (is_answer and Can.ASIDE in can)

    def shows_forms(self, platform: str, fields: int) -> bool:
        """Whether it asks for so many things at once in a form of its own."""
        traits = self._traits.get(platform, Traits())
        return Can.FORM in traits.can and fields <= traits.max_fields

    def writes_first(self, platform: str) -> bool:
        """Whether it lets the bot write in private to who has never written."""
        return Can.FIRST in self._traits.get(platform, Traits()).can

    def can_reach(self, platform: str) -> bool:
        """Whether it can tell one person something that nobody else reads."""
        return bool((Can.ONLY_FOR | Can.PRIVATE) & self._traits.get(platform, Traits()).can)

    def can_ask(self, platform: str) -> bool:
        """Whether it opens the reply to a question by itself; then there is no room for buttons under it."""
        return Can.ASK in self._traits.get(platform, Traits()).can

    def writes_in_private(self, where: Where) -> bool:
        """Whether what one person is to read goes into their private chat with the bot, if they have opened one."""
        platform, is_answer = where.address.platform, where.answers is not None
        is_alone = where.only_for is not None and not where.address.private
        return is_alone and self.can_reach(platform) and not self.can_whisper(platform, is_answer=is_answer)

    def can_inspect(self, platform: str) -> bool:
        """Whether it tells what the bot may do in a chat."""
        return Can.INSPECT in self._traits.get(platform, Traits()).can

    def can_mark(self, platform: str) -> bool:
        """Whether it can show on a person's name what they are."""
        return Can.ROLES in self._traits.get(platform, Traits()).can

    def takes_signs(self, platform: str) -> bool:
        """Whether members may put any sign under a message."""
        return Can.SIGNS in self._traits.get(platform, Traits()).can

    def may_repeat(self, platform: str) -> bool:
        """Whether a message that is sent again with the same key may stand there twice."""
        return Can.DEDUPE not in self._traits.get(platform, Traits()).can

    def shows_polls(self, platform: str) -> bool:
        """Whether it has polls of its own."""
        return Can.POLL in self._traits.get(platform, Traits()).can

    def must_answer(self, platform: str) -> bool:
        """Whether it shows who has pressed a button that it waits, until there is an answer."""
        return Can.WAIT in self._traits.get(platform, Traits()).can

    def queue(
        self,
        key: str,
        what: Utterance,
        where: Where,
        language: Language,
        now: datetime,
        reader: Reader = UNKNOWN,
    ) -> list[Queued]:
        """The messages that say it, in order; `reader` is its only one, where there is one."""
        message = self._message(key, what, where, language, now)
        traits = self._traits.get(where.address.platform, Traits())
        known = Discretion(
            reader=reader,
            is_confidential=what.is_confidential,
            is_expected=what.is_answer,
            is_kept=what.is_kept,
            is_signpost=bool(what.ways),
            say=partial(self.texts.say, language),
        )
        is_alone = self.writes_in_private(where)
        copies = detour(message, traits, known) if is_alone else answered(message, traits)
        return list(_queued(copies, traits, what.life, now, is_notice=what.is_notice))

    def queue_closed(self, message: OutgoingMessage, language: Language, now: datetime) -> list[Queued]:
        """What is said where somebody asked for a message that their private chat has not taken."""
        traits = self._traits.get(message.address.platform, Traits())
        copies = closed(message, traits, partial(self.texts.say, language))
        return list(_queued(copies, traits, REPLY_LIFE, now, is_notice=True))

    def _message(self, key: str, what: Utterance, where: Where, language: Language, now: datetime) -> OutgoingMessage:
        """What is to be said, before anyone knows whom it reaches how."""
        return OutgoingMessage(
            key=key,
            address=where.address,
            body=self._body(what.lines, language),
            table=self._table(what.board, language),
            buttons=self._buttons(what, language),
            files=tuple(what.files),
            reply_to=where.reply_to,
            only_for=where.only_for,
            answers=where.answers,
            edits=where.edits,
            pins=where.pins,
            unpins=where.unpins,
            deletes=where.deletes,
            policy=what.policy,
            at=now,
            poll=what.poll,
            act=what.act,
            asks=what.asks,
            sheet=what.sheet,
            topic=what.topic,
            within=where.within,
            quotes=where.quotes,
            is_secret=what.is_secret,
        )

    def _body(self, lines: Sequence[Words], language: Language) -> tuple[Span, ...]:
        spans: list[Span] = []
        for number, line in enumerate(lines):
            spans += ([Span("\n")] if number else []) + list(self.texts.render(language, line))
        return tuple(spans)

    def _buttons(self, what: Utterance, language: Language) -> tuple[Button, ...]:
        labels = [(False, label) for label in what.buttons] + [(True, label) for label in what.ways]
        return tuple(
            Button(label=self._plain(text, language), command=command, is_private=is_private)
            for is_private, (text, command) in labels
        )

    def _table(self, board: Board | None, language: Language) -> Table | None:
        if board is None:
            return None
        rows = tuple(tuple(self._plain(cell, language) for cell in row) for row in board.rows)
        return Table(rows=rows, numbers=board.numbers)

    def _plain(self, words: Words | str, language: Language) -> str:
        return words if isinstance(words, str) else self.texts.show(language, words)

"""From words to messages: rendered in the reader's language, fitted to the platform, keyed, with a life span."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.ids import Language
from bot.domain.messages import Button, File, OutgoingMessage, Policy, Span, Table, Words
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
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
    files: Sequence[File] = ()
    policy: Policy = "at_least_once"
    life: timedelta = POST_LIFE
    is_notice: bool = False


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


class Voice:
    """Turns utterances into rows for the outbox."""

    def __init__(self, texts: Catalogues, traits: Mapping[str, Traits]) -> None:
        self.texts = texts
        self._traits = traits

    def can_whisper(self, platform: str) -> bool:
        """Whether it can show a message in a group to one person."""
        return Can.ONLY_FOR in self._traits.get(platform, Traits()).can

    def queue(self, key: str, what: Utterance, where: Where, language: Language, now: datetime) -> list[Queued]:
        """The messages that say it, in order."""
        message = OutgoingMessage(
            key=key,
            address=where.address,
            body=self._body(what.lines, language),
            table=self._table(what.board, language),
            buttons=tuple(Button(label=self._plain(text, language), command=c) for text, c in what.buttons),
            files=tuple(what.files),
            reply_to=where.reply_to,
            only_for=where.only_for,
            answers=where.answers,
            edits=where.edits,
            pins=where.pins,
            unpins=where.unpins,
            policy=what.policy,
            at=now,
        )
        traits = self._traits.get(where.address.platform, Traits())
        expires_at = now + what.life
        return [
            Queued(message=part, not_before=now, expires_at=expires_at, is_notice=what.is_notice)
            for part in fit(message, traits)
        ]

    def _body(self, lines: Sequence[Words], language: Language) -> tuple[Span, ...]:
        spans: list[Span] = []
        for number, line in enumerate(lines):
            spans += ([Span("\n")] if number else []) + list(self.texts.render(language, line))
        return tuple(spans)

    def _table(self, board: Board | None, language: Language) -> Table | None:
        if board is None:
            return None
        rows = tuple(tuple(self._plain(cell, language) for cell in row) for row in board.rows)
        return Table(rows=rows, numbers=board.numbers)

    def _plain(self, words: Words | str, language: Language) -> str:
        return words if isinstance(words, str) else self.texts.show(language, words)

"""What an entry says, by language. Of people's words nothing is markup; what faq.yaml says may be bold or code."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row

from bot.domain.ids import Language
from bot.domain.messages import Localised, Span, Template
from bot.domain.questions import Faq
from bot.engine.degrade import shorten
from bot.engine.known import Settled
from bot.texts import template

ByLanguage = Mapping[Language, str]


class Said(NamedTuple):
    """A question and its answer."""

    asked: ByLanguage
    also: tuple[str, ...]  # other ways to ask it
    answer: ByLanguage
    is_styled: bool = False  # the course's own: question and answer are in the notation of its texts

    @property
    def digest(self) -> str:
        """The same for the same words."""
        return hashlib.sha256(msgspec.json.encode(self[:3], order="deterministic")).hexdigest()

    @property
    def plain(self) -> "Said":
        """The same words without any style."""
        return Said(_plain(self.asked), self.also, _plain(self.answer)) if self.is_styled else self

    def title(self, language: Language) -> str:
        return in_language(self.plain.asked, language)

    def text(self, language: Language) -> str:
        return in_language(self.plain.answer, language)

    def shown(self, language: Language, columns: int | None = None) -> Template | str:
        """The answer as people read it, cut to so many columns."""
        answer = in_language(self.answer, language)
        cut = answer if columns is None else shorten(answer, columns)
        if not self.is_styled:
            return cut
        return Template(text=Localised({language: cut if cut == answer else _closed(cut)}))

    def spans(self, language: Language) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        """The question and the answer."""
        asked, answer = in_language(self.asked, language), in_language(self.answer, language)
        return _spans(asked, self.is_styled), _spans(answer, self.is_styled)

    def ways(self) -> tuple[str, ...]:
        """All ways to ask it, in all languages."""
        return (*self.plain.asked.values(), *self.also)


def language_in(words: ByLanguage, language: Language) -> Language:
    """The language in which somebody reads it who prefers this one."""
    return language if words.get(language) else next(iter(words))


def in_language(words: ByLanguage, language: Language) -> str:
    return words[language_in(words, language)]


def of_version(row: Row[Any]) -> Said:
    """As it is kept. What no member has written comes from faq.yaml."""
    return Said(row.asked, tuple(row.also), row.answer, is_styled=row.member is None)


def of_question(one: Settled, language: Language) -> Said:
    """As it was asked and answered, in the course's language."""
    return Said({language: one.asked}, one.also, {language: one.answer})


def of_faq(one: Faq) -> Said:
    """As faq.yaml says it."""
    return Said(one.asked.by_language, one.also, one.answer.by_language, is_styled=True)


def _plain(words: ByLanguage) -> ByLanguage:
    return {language: template.unstyled(text) for language, text in words.items()}


def _spans(text: str, is_styled: bool) -> tuple[Span, ...]:
    return template.fill(template.parse(text), lambda name: f"{{{name}}}") if is_styled else (Span(text),)


def _closed(cut: str) -> str:
    """Without the mark that was closed by what is cut off."""
    for mark in ("`", "**"):
        if cut.count(mark) % 2:
            before, _, after = cut.rpartition(mark)
            cut = before + after
    return cut

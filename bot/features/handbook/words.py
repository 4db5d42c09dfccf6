"""What an entry says: plain words by language, of which nothing is markup."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row

from bot.domain.ids import Language
from bot.domain.messages import Localised
from bot.domain.questions import Faq
from bot.engine.known import Settled
from bot.texts.catalogue import Catalogues

ByLanguage = Mapping[Language, str]


class Said(NamedTuple):
    """A question and its answer."""

    asked: ByLanguage
    also: tuple[str, ...]  # other ways to ask it
    answer: ByLanguage

    @property
    def digest(self) -> str:
        """The same for the same words."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def title(self, language: Language) -> str:
        return in_language(self.asked, language)

    def text(self, language: Language) -> str:
        return in_language(self.answer, language)

    def ways(self) -> tuple[str, ...]:
        """All ways to ask it, in all languages."""
        return (*self.asked.values(), *self.also)


def language_in(words: ByLanguage, language: Language) -> Language:
    """The language in which somebody reads it who prefers this one."""
    return language if words.get(language) else next(iter(words))


def in_language(words: ByLanguage, language: Language) -> str:
    return words[language_in(words, language)]


def of_version(row: Row[Any]) -> Said:
    """As it is kept."""
    return Said(row.asked, tuple(row.also), row.answer)


def of_question(one: Settled, language: Language) -> Said:
    """As it was asked and answered, in the course's language."""
    return Said({language: one.asked}, one.also, {language: one.answer})


def of_faq(one: Faq, texts: Catalogues) -> Said:
    """As faq.yaml says it, without the marks of its notation."""
    return Said(_plain(one.asked, texts), one.also, _plain(one.answer, texts))


def _plain(words: Localised, texts: Catalogues) -> ByLanguage:
    return {language: texts.show(language, words) for language in words.by_language}

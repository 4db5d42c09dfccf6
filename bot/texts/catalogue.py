"""Message ids and values in, text in a person's language out."""

import gettext
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.ids import LANGUAGES, Language
from bot.domain.messages import Localised, Span, Template, Text, Words
from bot.texts import template

_SEPARATOR: Mapping[Language, str] = {"zh_Hans": "、", "en": ", "}
_UNITS_OF_DAYS: Mapping[Language, str] = {"zh_Hans": "{}天", "en": "{} days"}  # Babel would make them weeks
_TOUCHING = re.compile(r"(?<=[0-9])(?=[^\W0-9_])")
"""Between a figure and its unit: Babel writes none there in Chinese."""


class Catalogues:
    """All texts of the product, by language. An id without a text shows as itself, never as an error."""

    def __init__(self, folder: Path = Path(__file__).parent) -> None:
        self._folder = folder
        self._by_language = {language: _load(folder / f"{language}.po", language) for language in LANGUAGES}
        self._parsed = lru_cache(maxsize=4096)(template.parse)

    def has(self, id: str) -> bool:
        """Whether there is a text of this id; both catalogues have the same."""
        return self._by_language["en"].gettext(id) != id

    def everything(self) -> Iterable[str]:
        """All texts as they are written, in all languages."""
        return _everything(self._folder)

    def say(self, language: Language, id: str, /, **values: Any) -> str:
        """A catalogue's text, without styles."""
        return template.plain(self.render(language, Text(id=id, values=values)))

    def render(self, language: Language, words: Words) -> tuple[Span, ...]:
        """Spans in this language; a course's own text falls back to the language it was written in."""
        parts = self._parsed(self._template(language, words))
        return template.fill(parts, lambda name: self._filled(language, name, words.values))

    def _template(self, language: Language, words: Words) -> str:
        if isinstance(words, Template):
            return words.text.in_(language)
        catalogue = self._by_language[language]
        count = words.values.get("count")
        if isinstance(count, int) and (text := catalogue.ngettext(words.id, words.id, count)) != words.id:
            return text
        return catalogue.gettext(words.id)

    def _filled(self, language: Language, name: str, values: Mapping[str, Any]) -> str | tuple[Span, ...]:
        """A value. A course's own text keeps its styles in ours, too."""
        if name not in values:
            return f"{{{name}}}"
        value = values[name]
        return self.render(language, value) if isinstance(value, Template) else self.show(language, value)

    def show(self, language: Language, value: Any) -> str:
        """A value as a person writes it in this language."""
        match value:
            case Text() | Template():
                return template.plain(self.render(language, value))
            case Localised():
                return template.plain(template.fill(self._parsed(value.in_(language)), lambda name: f"{{{name}}}"))
            case datetime():
                return format_datetime(value, "d MMM HH:mm" if language == "en" else "M月d日 HH:mm", locale=language)
            case date():
                return format_date(value, "EEE, d MMM" if language == "en" else "M月d日 EEE", locale=language)
            case timedelta():
                return _length(language, value)
            case bool():
                return self.say(language, "word.yes" if value else "word.no")
            case list() | tuple():
                return _SEPARATOR[language].join(self.show(language, item) for item in value)
            case _:
                return str(value)


def _length(language: Language, value: timedelta) -> str:
    """All of it, where rounding to the largest unit would say something else: 90 minutes are not two hours."""
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [timedelta(days=days), timedelta(hours=hours), timedelta(minutes=minutes), timedelta(seconds=seconds)]
    shown = [format_timedelta(part, locale=language, threshold=1) for part in parts if part]
    if days % 7 and days > 7:
        shown[0] = _UNITS_OF_DAYS[language].format(days)
    length = " ".join(shown) or format_timedelta(value, locale=language)
    return _TOUCHING.sub(" ", length)


@cache
def _everything(folder: Path) -> tuple[str, ...]:
    found: list[str] = []
    for language in LANGUAGES:
        with (folder / f"{language}.po").open("rb") as file:
            for message in read_po(file, locale=language):
                said = message.string or ""
                found += [said] if isinstance(said, str) else said
    return tuple(found)


@cache
def _load(path: Path, language: Language) -> gettext.GNUTranslations:
    """Read once in a process: the texts are part of the program."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

"""The beginning of a course's text, in one line."""

from bot.domain.messages import Localised
from bot.engine.degrade import shorten
from bot.engine.names import clean_line

_COLUMNS = 60


def excerpt(text: Localised) -> Localised:
    return Localised({language: shorten(clean_line(words), _COLUMNS) for language, words in text.by_language.items()})

"""What a question, and what it is about, is called in a list."""

from collections.abc import Mapping

from bot.domain.messages import Text, Words
from bot.domain.questions import Tag
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.features.questions.store.questions import Question

_LONGEST = 30  # columns
_TAGS: Mapping[Tag | None, str] = {
    "content": "tag.content",
    "how_to": "tag.how_to",
    "beyond": "tag.beyond",
    None: "answers.no_tag",
}
_SHORT: Mapping[Tag | None, str] = {
    "content": "answers.short_content",
    "how_to": "answers.short_how_to",
    "beyond": "answers.short_beyond",
    None: "answers.no_tag",
}


def excerpt(row: Question) -> str:
    """How it begins, in one short line."""
    return shorten(clean_line(row.text), _LONGEST)


def tag_words(tag: Tag | None) -> Words:
    return Text(id=_TAGS[tag])


def short_tag(tag: Tag | None) -> Words:
    """For a narrow column."""
    return Text(id=_SHORT[tag])

"""questions.yaml: how soon questions are answered, who is told when they are not, and how they are sorted."""

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.domain.ids import Language
from bot.domain.questions import Answering, Tag
from rules.complaints import Complaints
from rules.fields import PositiveDuration, Words, as_tuple
from rules.nodes import Node, find
from rules.response_clock import ClockShape, clock_of
from rules.schema import CourseShape
from rules.shapes import fit, mapping
from rules.suggest import clipped

MAX_KEYWORDS = 50
"""Of one tag."""

_Word = Annotated[Words, Field(max_length=40)]
_SomeWords = Annotated[tuple[_Word, ...], Field(min_length=1, max_length=MAX_KEYWORDS)]
_OneOrMoreWords = Annotated[_SomeWords, BeforeValidator(as_tuple, json_schema_input_type=_Word | _SomeWords)]


class AnsweringShape(ClockShape):
    """All of questions.yaml; questions are answered sooner than homework."""

    within: PositiveDuration = timedelta(hours=4)
    step: PositiveDuration = timedelta(hours=1)
    claim_for: PositiveDuration = timedelta(minutes=30)
    anonymous: Annotated[int, Field(ge=0, le=20)] = 3
    offers: bool = True
    keywords: dict[Tag, _OneOrMoreWords] = Field(default={})


def answering_of(root: Node, complaints: Complaints, course: CourseShape | None, language: Language) -> Answering:
    """Anything wrong refuses the file, for all hangs on it. With complaints, it counts for nothing."""
    top = mapping(root, complaints, name="questions.yaml")
    shape = fit(AnsweringShape, top, complaints, name="questions.yaml", language=language) if top else None
    if not (top and shape):
        return Answering()
    clock = clock_of(shape, top, complaints, course)
    _check_keywords(shape, top, complaints)
    return Answering(**clock, anonymous=shape.anonymous, offers=shape.offers, keywords=shape.keywords)


def _check_keywords(shape: AnsweringShape, root: Node, complaints: Complaints) -> None:
    """A word speaks for one tag, in whichever case or width it is written."""
    taken: dict[str, Tag] = {}
    for tag, number, word in _words(shape):
        plain = unicodedata.normalize("NFKC", word).strip().casefold()
        if plain in taken:
            at = find(root, ("keywords", tag, number)).node
            complaints.add(at, "problem.keyword_twice", value=clipped(word), tag=taken[plain])
        taken.setdefault(plain, tag)


def _words(shape: AnsweringShape) -> Iterator[tuple[Tag, int, str]]:
    for tag, words in shape.keywords.items():
        for number, word in enumerate(words):
            yield tag, number, word

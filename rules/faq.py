"""faq.yaml: the questions that are known to come, with which the handbook begins."""

from collections.abc import Collection
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.ids import Language
from bot.domain.messages import Localised
from bot.domain.questions import Faq, Tag
from rules.complaints import Complaints
from rules.coursebook import check_day
from rules.entries import check_short_id, flaws_by_key, made_of
from rules.fields import CourseDay, Words, as_tuple, course_text
from rules.nodes import Entry, MapNode, find
from rules.reader import Document
from rules.schema import CourseShape
from rules.shapes import fit, mapping

FAQ = "faq"
"""The section that problems name."""
MAX_ENTRIES = 500
LONGEST_QUESTION = 300
"""Characters, in each language."""
LONGEST_ANSWER = 3000

_Other = Annotated[Words, Field(max_length=LONGEST_QUESTION)]
_Others = Annotated[tuple[_Other, ...], Field(min_length=1, max_length=20)]


class FaqShape(BaseModel):
    """One entry as it is written."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    asked: Annotated[Localised, course_text(LONGEST_QUESTION)]
    also: Annotated[_Others, BeforeValidator(as_tuple, json_schema_input_type=_Other | _Others)] = ()
    answer: Annotated[Localised, course_text(LONGEST_ANSWER)]
    tag: Tag | None = None
    lesson: CourseDay | None = None
    homework: Words | None = None


def faq_of(
    document: Document,
    complaints: Complaints,
    course: CourseShape | None,
    homework: Collection[str] | None,
    language: Language,
) -> tuple[Faq, ...]:
    """Every entry without a problem. `homework`: all that homework.yaml names; None where it can't be read."""
    root = mapping(document.root, complaints, name="faq.yaml") or MapNode(1, 1, {})
    flaws = flaws_by_key(document)
    for flaw in flaws.get(None, ()):  # one that belongs to no entry refuses the file
        complaints.take(flaw, flaw.text)
    entries = list(root.entries.values())
    if len(entries) > MAX_ENTRIES:
        complaints.add(entries[MAX_ENTRIES].key, "problem.too_many", name="faq.yaml", most=MAX_ENTRIES)

    def make(entry: Entry, complaints: Complaints) -> Faq | None:
        check_short_id(entry.key, complaints)
        shape = fit(FaqShape, entry.node, complaints, name=entry.key.name, language=language)
        if shape is None:
            return None
        if shape.lesson is not None:
            check_day(shape.lesson, course, find(entry.node, ("lesson",)).node, complaints)
        if shape.homework is not None and homework is not None and shape.homework not in homework:
            at = find(entry.node, ("homework",)).node
            if homework:
                complaints.unknown(at, shape.homework, homework, name="homework")
            else:
                complaints.add(at, "problem.no_homework")
        return _made(entry.key.name, shape)

    return made_of(entries[:MAX_ENTRIES], complaints.within(FAQ), make, flaws)


def _made(id: str, shape: FaqShape) -> Faq:
    return Faq(
        id=id,
        asked=shape.asked,
        also=shape.also,
        answer=shape.answer,
        tag=shape.tag,
        lesson=shape.lesson,
        homework=shape.homework,
    )

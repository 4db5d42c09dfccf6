"""rituals.yaml: what happens by itself, when and where; and what the course has by itself."""

from collections.abc import Sequence
from datetime import time, timedelta

from pydantic import BaseModel

from bot.domain.course import Ritual
from bot.domain.ids import Language, RitualId, SpaceId
from bot.domain.rules import Rule
from rules.complaints import Complaints
from rules.entries import each
from rules.nodes import Entry, Leaf, MapNode, find
from rules.reader import Document
from rules.schema import CourseShape, RitualShape
from rules.shapes import fit, mapping
from rules.vocabulary import Action, Vocabulary

DAY_END, END_DAY, DAY_ENDED = RitualId("day_end"), "end_day", "day.ended"
"""The ritual that ends the days of a course, its action, and the fact that one has ended."""

_OWN = tuple(RitualShape.model_fields)
_DAY = timedelta(days=1)


def built_in(course: CourseShape, rules: Sequence[Rule]) -> tuple[Ritual, ...]:
    """The end of each day, at the midnight that follows: where a rule listens to it, or is in the shadow."""
    if not any(rule.when == DAY_ENDED or rule.shadow is not None for rule in rules):
        return ()
    day_end = Ritual(
        id=DAY_END,
        action=END_DAY,
        at=time(0),
        weekdays=frozenset(range(7)),
        spaces=(SpaceId(""),),
        late_within=timedelta(0),
        zone=course.time_zone,
        first=course.starts + _DAY,
        last=course.ends + _DAY,
        is_built_in=True,
    )
    return (day_end,)


def rituals_of(
    document: Document, complaints: Complaints, vocabulary: Vocabulary, course: CourseShape | None, language: Language
) -> tuple[Ritual, ...]:
    """Every ritual without a problem; without a course there are only the complaints."""

    def make(entry: Entry, complaints: Complaints) -> Ritual | None:
        return _RitualReader(vocabulary, course, language, complaints).ritual(entry)

    return each(document, complaints, make, name="rituals.yaml")


class _RitualReader:
    """Reads one ritual."""

    def __init__(
        self, vocabulary: Vocabulary, course: CourseShape | None, language: Language, complaints: Complaints
    ) -> None:
        self.vocabulary = vocabulary
        self.course = course
        self.language = language
        self.complaints = complaints

    def ritual(self, entry: Entry) -> Ritual | None:
        """What it returns counts only if nothing was complained about."""
        id = entry.key.name
        if id == DAY_END:
            self.complaints.add(entry.key, "problem.built_in_ritual", value=id)
            return None
        node = mapping(entry.node, self.complaints, name=id)
        if node is None:
            return None
        shape = fit(RitualShape, node.only(_OWN), self.complaints, name=id, language=self.language)
        action = self.action(node)
        options = self.options(node, action, name=id) if action else None
        if not (shape and action and options and self.course):
            return None
        return Ritual(
            id=RitualId(id),
            action=action.name,
            at=shape.at,
            weekdays=shape.every,
            spaces=self.spaces(shape, node, self.course),
            slots=action.slots(options),
            late_within=shape.late_within,
            zone=self.course.time_zone,
            first=self.course.starts,
            last=self.course.ends,
            options=options,
        )

    def action(self, node: MapNode) -> Action | None:
        do = node.get("do")
        if not isinstance(do, Leaf) or not isinstance(do.value, str):
            return None
        action = self.vocabulary.actions.get(do.value)
        if action is None:
            self.complaints.unknown(do, do.value, self.vocabulary.actions, name="do")
        return action

    def options(self, node: MapNode, action: Action, *, name: str) -> BaseModel | None:
        """Every key that is not a ritual's own is an option of its action."""
        rest = node.without(_OWN)
        return fit(action.options, rest, self.complaints, name=name, language=self.language, also=_OWN)

    def spaces(self, shape: RitualShape, node: MapNode, course: CourseShape) -> tuple[SpaceId, ...]:
        if shape.spaces is None:
            return tuple(SpaceId(space.id) for space in course.spaces if space.kind == "main")
        known = [space.id for space in course.spaces]
        for number, space in enumerate(shape.spaces):
            if space not in known:
                self.complaints.unknown(find(node, ("spaces", number)).node, space, known, name="spaces")
        return tuple(SpaceId(space) for space in dict.fromkeys(shape.spaces))

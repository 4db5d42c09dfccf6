"""rituals.yaml: what happens by itself, when and where; and what the course has by itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from hashlib import blake2b

from msgspec import structs
from pydantic import BaseModel

from bot.domain.ids import Language, RitualId, SpaceId
from bot.domain.messages import File
from bot.domain.rituals import Around, ByCron, OnCourseDays, OnMonthDays, OnWeekdays, Ritual, Step, When
from bot.domain.rules import Rule
from rules.complaints import Complaints
from rules.entries import each
from rules.nodes import Entry, Leaf, MapNode, find, is_empty
from rules.reader import Document
from rules.schema import CourseShape, RitualShape
from rules.shapes import fit, fit_within, mapping
from rules.vocabulary import Action, BeforeOptions, Vocabulary

DAY_END, END_DAY, DAY_ENDED = RitualId("day_end"), "end_day", "day.ended"
"""The ritual that ends the days of a course, its action, and the fact that one has ended."""

WHENS = ("every", "monthly", "on_day", "before", "after", "cron")
"""The keys of which one says when."""
BY_DATE = ("every", "monthly", "on_day")
"""Those that want a time of day."""
AROUND = ("before", "after")
"""Those that want a lesson or a deadline."""
_OWN = tuple(RitualShape.model_fields)
_DAY = timedelta(days=1)
_BEFORE = ":before"
_LONGEST_ID = 48  # as rows of the database have them


def built_in(course: CourseShape, rules: Sequence[Rule]) -> tuple[Ritual, ...]:
    """The end of each day, at the midnight that follows: where a rule listens to it, or is in the shadow."""
    if not any(rule.when == DAY_ENDED or rule.shadow is not None for rule in rules):
        return ()
    day_end = Ritual(
        id=DAY_END,
        action=END_DAY,
        when=OnWeekdays(frozenset(range(7))),
        zone=course.time_zone,
        first=course.starts + _DAY,
        last=course.ends + _DAY,
        spaces=(SpaceId(""),),
        catch_up="all",
        on_quiet_days="run",
        is_built_in=True,
    )
    return (day_end,)


def prepared(rituals: Sequence[Ritual], vocabulary: Vocabulary) -> tuple[Ritual, ...]:
    """What the course does by itself before rituals of its files: on the same dates, so long before."""
    return tuple(_preparations(rituals, vocabulary))


def _preparations(rituals: Sequence[Ritual], vocabulary: Vocabulary) -> Iterator[Ritual]:
    for ritual in rituals:
        first = vocabulary.actions[ritual.action].uses.beforehand
        before = first.before(ritual.options) if first else None
        if first and before:
            yield structs.replace(
                ritual,
                id=_before(ritual.id),
                action=first.action,
                steps=(Step(after=-before),),
                catch_up="all",
                options=BeforeOptions(ritual=ritual.id),
                is_built_in=True,
            )


def _before(id: RitualId) -> RitualId:
    """The id of what comes before it, no longer than the longest id."""
    if len(id) > _LONGEST_ID - len(_BEFORE):
        mark = blake2b(id.encode(), digest_size=4).hexdigest()
        id = RitualId(id[: _LONGEST_ID - len(_BEFORE) - len(mark)] + mark)
    return RitualId(id + _BEFORE)


def rituals_of(
    document: Document,
    complaints: Complaints,
    vocabulary: Vocabulary,
    course: CourseShape | None,
    language: Language,
    files: Mapping[str, File],
) -> tuple[Ritual, ...]:
    """Every ritual without a problem; without a course there are only the complaints."""

    def make(entry: Entry, complaints: Complaints) -> Ritual | None:
        return _RitualReader(vocabulary, course, language, complaints, files).ritual(entry)

    return each(document, complaints, make, name="rituals.yaml")


class _RitualReader:
    """Reads one ritual."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        course: CourseShape | None,
        language: Language,
        complaints: Complaints,
        files: Mapping[str, File],
    ) -> None:
        self.vocabulary = vocabulary
        self.course = course
        self.language = language
        self.complaints = complaints
        self.files = files  # those that may be posted, by name

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
        self.check_when(node, entry)
        action = self.action(node)
        options = self.options(node, action, name=id) if action else None
        when = _when(shape) if shape else None
        if not (shape and when and action and options and self.course):
            return None
        ritual = Ritual(
            id=RitualId(id),
            action=action.name,
            when=when,
            at=shape.at or time(0),
            zone=shape.time_zone or self.course.time_zone,
            first=shape.starts or self.course.starts,
            last=shape.ends or self.course.ends,
            spaces=self.spaces(shape, node, self.course),
            steps=action.steps(options),
            late_within=shape.late_within,
            catch_up=shape.catch_up,
            on_quiet_days=shape.on_quiet_days,
            options=options,
        )
        if ritual.last < ritual.first:
            said = node.entries.get("ends") or node.entries.get("starts")
            if said:  # else it is the course that ends before it starts
                self.complaints.add(said.node, "problem.ends_first", starts=ritual.first.isoformat())
        return ritual

    def check_when(self, node: MapNode, entry: Entry) -> None:
        """One key says when; `at` belongs to dates, `by` to what stands around lessons and deadlines."""
        self.refuse_empty(node)
        asked = [name for name in node.entries if name in WHENS]
        if not asked:
            self.complaints.add(entry.key, "problem.no_when", known=", ".join(WHENS))
            return
        for name in asked[1:]:
            self.complaints.add(node.entries[name].key, "problem.second_when", first=asked[0], second=name)
        if asked[0] in BY_DATE and "at" not in node.entries:
            self.complaints.add(node.entries[asked[0]].key, "problem.no_at", key=asked[0])
        if asked[0] not in BY_DATE:
            self.refuse_key(node, "at", asked[0])
        if asked[0] not in AROUND:
            self.refuse_key(node, "by", asked[0])
        if asked[0] in (*AROUND, "cron"):
            postponed = node.get("on_quiet_days")
            if isinstance(postponed, Leaf) and postponed.value == "postpone":
                self.complaints.add(postponed, "problem.cannot_postpone", key=asked[0])
        catch_up = node.get("catch_up")
        if isinstance(catch_up, Leaf) and catch_up.value in ("latest", "all"):
            self.refuse_key(node, "late_within", f"catch_up: {catch_up.value}")

    def refuse_empty(self, node: MapNode) -> None:
        """A key of time with nothing behind it: it can't have been meant as its default."""
        for name in (*WHENS, "at"):
            said = node.get(name)
            if said and is_empty(said):
                self.complaints.add(said, "problem.empty", name=name)

    def refuse_key(self, node: MapNode, key: str, beside: str) -> None:
        if key in node.entries:
            self.complaints.add(node.entries[key].key, "problem.useless_key", key=key, beside=beside)

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
        context = {"language": self.language, "files": self.files}
        return fit_within(context, action.options, rest, self.complaints, name=name, also=_OWN)

    def spaces(self, shape: RitualShape, node: MapNode, course: CourseShape) -> tuple[SpaceId, ...]:
        if shape.spaces is None:
            return tuple(SpaceId(space.id) for space in course.spaces if space.kind == "main")
        known = [space.id for space in course.spaces]
        for number, space in enumerate(shape.spaces):
            if space not in known:
                self.complaints.unknown(find(node, ("spaces", number)).node, space, known, name="spaces")
        return tuple(SpaceId(space) for space in dict.fromkeys(shape.spaces))


def _when(shape: RitualShape) -> When | None:
    if shape.every is not None:
        return OnWeekdays(shape.every)
    if shape.monthly is not None:
        return OnMonthDays(shape.monthly)
    if shape.on_day is not None:
        return OnCourseDays(shape.on_day)
    if shape.before is not None:
        return Around(shape.before, -shape.by)
    if shape.after is not None:
        return Around(shape.after, shape.by)
    return ByCron(shape.cron) if shape.cron is not None else None

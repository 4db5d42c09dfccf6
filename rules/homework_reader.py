"""One homework of homework.yaml: what it says, and what of it does not go together."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.homework import Audience, Criterion, Homework, Late, LocalTime, Question
from bot.domain.ids import Language
from rules.complaints import Complaints
from rules.coursebook import check_day
from rules.entries import check_short_id
from rules.homework_questions import questions_of
from rules.homework_shapes import AudienceShape, CriterionShape, HomeworkShape, LateShape, LocalTimeShape
from rules.nodes import Entry, MapNode, find
from rules.schema import CourseShape
from rules.shapes import fit, mapping

NOT_IN_A_QUIZ = ("rubric", "template", "headings", "length", "accepts", "max_files", "team")
"""What says how something is made and handed in, where there are questions instead."""
ONLY_IN_A_QUIZ = ("attempts",)
OF_TEXT = ("headings", "length")
_DAY = timedelta(days=1)


class HomeworkReader:
    """Reads one homework."""

    def __init__(
        self, course: CourseShape | None, levels: Sequence[str], language: Language, complaints: Complaints
    ) -> None:
        self.course = course
        self.levels = levels
        self.language = language
        self.complaints = complaints

    def homework(self, entry: Entry) -> Homework | None:
        """What it returns counts only if nothing was complained about."""
        id = entry.key.name
        check_short_id(entry.key, self.complaints)
        node = mapping(entry.node, self.complaints, name=id)
        shape = fit(HomeworkShape, node, self.complaints, name=id, language=self.language) if node else None
        if not (node and shape):
            return None
        self.check_kind(shape, node)
        self.check_times(shape, node)
        self.check_text(shape, node)
        self.check_audience(shape, node)
        questions = questions_of(shape, node, self.complaints)
        return _made(id, shape, questions, self.course) if self.course else None

    def check_kind(self, shape: HomeworkShape, node: MapNode) -> None:
        """Questions are answered; anything else is made and handed in."""
        refused = NOT_IN_A_QUIZ if shape.questions else ONLY_IN_A_QUIZ
        for name in refused:
            if name not in node.entries:
                continue
            key = node.entries[name].key
            if shape.questions:
                self.complaints.add(key, "problem.useless_key", key=name, beside="questions")
            else:
                self.complaints.add(key, "problem.only_with_questions", key=name)

    def check_times(self, shape: HomeworkShape, node: MapNode) -> None:
        """All within the course, in the order of time; being late begins before it ends."""
        self.check_day(shape.opens.day, node, ("opens", "day"))
        self.check_day(shape.due.day, node, ("due", "day"))
        if shape.lesson is not None:
            self.check_day(shape.lesson, node, ("lesson",))
        if (shape.due.day, shape.due.at) <= (shape.opens.day, shape.opens.at):
            at = f"{shape.opens.at:%H:%M}"
            self.complaints.add(find(node, ("due",)).node, "problem.due_first", day=shape.opens.day, at=at)
        if shape.late and shape.late.accepted_for is not None and shape.late.accepted_for <= shape.grace:
            self.complaints.add(find(node, ("late", "accepted_for")).node, "problem.late_within_grace")

    def check_day(self, day: int, node: MapNode, path: Sequence[str]) -> None:
        check_day(day, self.course, find(node, path).node, self.complaints)

    def check_text(self, shape: HomeworkShape, node: MapNode) -> None:
        """What is asked of a text needs one; and something must be left to be handed in."""
        length = shape.length
        if length.at_least > length.at_most:
            self.complaints.add(find(node, ("length",)).node, "problem.bad_range", name="length")
        if "text" not in shape.accepts:
            for name in OF_TEXT:
                if name in node.entries:
                    self.complaints.add(node.entries[name].key, "problem.wants_text", key=name)
        if not shape.max_files and not {"text", "link"} & {*shape.accepts}:
            self.complaints.add(find(node, ("max_files",)).node, "problem.nothing_to_hand_in")

    def check_audience(self, shape: HomeworkShape, node: MapNode) -> None:
        groups = [space.id for space in self.course.spaces] if self.course else list(shape.audience.groups)
        self.check_known("levels", shape.audience.levels, self.levels, node)
        self.check_known("groups", shape.audience.groups, groups, node)

    def check_known(self, name: str, words: Iterable[str], known: Sequence[str], node: MapNode) -> None:
        for number, word in enumerate(words):
            if word not in known:
                self.complaints.unknown(find(node, ("audience", name, number)).node, word, known, name=name)


def _made(id: str, shape: HomeworkShape, questions: Sequence[Question], course: CourseShape) -> Homework:
    return Homework(
        id=id,
        title=shape.title,
        tier=shape.tier,
        about=shape.about,
        lesson=shape.lesson,
        covers=shape.covers,
        opens=_moment(shape.opens, course),
        due=_moment(shape.due, course),
        grace=shape.grace,
        late=_late(shape.late),
        accepts=frozenset(shape.accepts),
        max_files=shape.max_files,
        template=shape.template,
        headings=shape.headings,
        min_length=shape.length.at_least,
        max_length=shape.length.at_most,
        rubric=tuple(_criterion(id, criterion) for id, criterion in shape.rubric.items()),
        audience=_audience(shape.audience),
        team_size=shape.team.size if shape.team else None,
        questions=tuple(questions),
        attempts=shape.attempts,
    )


def _moment(shape: LocalTimeShape, course: CourseShape) -> LocalTime:
    return LocalTime(course.starts + (shape.day - 1) * _DAY, shape.at)


def _late(shape: LateShape | None) -> Late:
    if shape is None:
        return Late()
    return Late(accepted_for=shape.accepted_for, loses=shape.loses, per=shape.per, at_most=shape.at_most)


def _criterion(id: str, shape: CriterionShape) -> Criterion:
    return Criterion(id=id, title=shape.title, points=shape.points, problems=shape.problems)


def _audience(shape: AudienceShape) -> Audience:
    return Audience(levels=frozenset(shape.levels), tags=frozenset(shape.tags), groups=frozenset(shape.groups))

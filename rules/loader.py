"""From a folder's files to a course, or to everything that is wrong with them."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from bot.domain.course import Course
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import CourseId
from rules.complaints import Complaints, in_order
from rules.coursebook import course_of, days_of, language_in, settings_of, spaces_of
from rules.decode import decode
from rules.folder import KNOWN, RESERVED, Files, read_folder
from rules.nodes import Leaf, MapNode, is_empty
from rules.reader import Document, read
from rules.rituals import built_in, rituals_of
from rules.rulebook import rulebook_of
from rules.suggest import clipped, closest
from rules.unreadable import Unreadable
from rules.vocabulary import Vocabulary

__all__ = ["Files", "Loaded", "load_course", "read_folder"]

_NOTHING = Leaf(1, 1, None)
_EMPTY = Document(MapNode(1, 1, {}), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A course that can be lived with. Each problem names the rule or ritual that is off because of it."""

    course: Course
    problems: tuple[Problem, ...] = ()


def load_course(id: str, files: Files, vocabulary: Vocabulary, *, shown_as: str = "") -> Loaded:
    """Raises RulesRejected, with everything that is wrong, where the course as a whole can't be taken."""
    desk = _Desk(files, shown_as)
    desk.check_names(id)
    course = _course(CourseId(id), desk, vocabulary)
    problems = in_order(desk.problems)
    if course is None or any(problem.rule is None for problem in problems):
        raise RulesRejected(problems)
    return Loaded(course=course, problems=tuple(problems))


def _course(id: CourseId, desk: "_Desk", vocabulary: Vocabulary) -> Course | None:
    """None, or a course that counts only as far as nothing was complained about."""
    passport, about = desk.read("course.yaml")
    language = language_in(passport.root) if passport else "zh_Hans"
    shape = course_of(passport.root, about, vocabulary, language) if passport else None
    settings = settings_of(passport.root, about, vocabulary, language) if passport else {}
    calendar, about = desk.read("calendar.yaml")
    days = days_of(calendar.root, about, shape, language) if calendar else ()
    document, about = desk.read("rules.yaml", by_entry=True)
    rulebook = rulebook_of(document or _EMPTY, about, vocabulary, language)
    document, about = desk.read("rituals.yaml", by_entry=True)
    rituals = rituals_of(document, about, vocabulary, shape, language) if document else ()
    if shape is None:
        return None
    return Course(
        id=id,
        title=shape.title,
        language=shape.language,
        zone=shape.time_zone,
        starts=shape.starts,
        ends=shape.ends,
        spaces=spaces_of(shape),
        admins=frozenset(shape.staff.admins),
        assistants=frozenset(shape.staff.assistants),
        days=days,
        rules=rulebook.rules,
        levels=rulebook.sections.levels,
        badges=rulebook.sections.badges,
        titles=rulebook.sections.titles,
        rituals=(*rituals, *built_in(shape, rulebook.rules)),
        settings=settings,
    )


class _Desk:
    """The files of one course, and what was found wrong with each."""

    def __init__(self, files: Files, shown_as: str) -> None:
        self.files = files
        self.prefix = f"{shown_as}/" if shown_as else ""
        self.problems: list[Problem] = []

    def complaints(self, name: str) -> Complaints:
        return Complaints(file=self.prefix + name, problems=self.problems)

    def check_names(self, id: str) -> None:
        """The course's own name, and those of its files."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", id):
            self.complaints("course.yaml").add(_NOTHING, "problem.bad_course_id", value=clipped(id))
        if "course.yaml" not in self.files:
            self.complaints("course.yaml").add(_NOTHING, "problem.no_course_file")
        for name in self.files:
            if name in RESERVED:
                self.complaints(name).add(_NOTHING, "problem.reserved_file", value=name)
            elif name not in KNOWN and name.lower().endswith((".yaml", ".yml")):
                self.complain_of_unknown(name)
        if "demo.yaml" in self.files:
            self.check_text("demo.yaml")

    def complain_of_unknown(self, name: str) -> None:
        """Names are compared without their endings, in which all agree."""
        meant = closest(PurePath(name).stem, [PurePath(known).stem for known in KNOWN])
        if meant:
            values = {"value": clipped(name), "suggestion": f"{meant}.yaml"}
            self.complaints(name).add(_NOTHING, "problem.unknown_file_suggest", **values)
        else:
            values = {"value": clipped(name), "known": ", ".join(KNOWN)}
            self.complaints(name).add(_NOTHING, "problem.unknown_file", **values)

    def check_text(self, name: str) -> None:
        """Nobody reads this file now, but it is kept, and what is kept is text."""
        try:
            decode(self.files[name])
        except Unreadable as trouble:
            self.complaints(name).take(trouble, trouble.text)

    def read(self, name: str, *, by_entry: bool = False) -> tuple[Document | None, Complaints]:
        """An absent or empty file is an empty mapping; one that can't be read is None.

        Flaws are complained about at once, unless an entry of the file answers for them.
        """
        complaints = self.complaints(name)
        if name == "course.yaml" and name not in self.files:
            return None, complaints
        try:
            document = read(self.files.get(name, ""))
        except Unreadable as trouble:
            complaints.take(trouble, trouble.text)
            return None, complaints
        for flaw in () if by_entry else document.flaws:
            complaints.take(flaw, flaw.text)
        if is_empty(document.root):
            document = document._replace(root=MapNode(document.root.line, document.root.column, {}))
        return document, complaints

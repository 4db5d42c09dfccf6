"""From a folder's files to a course, or to everything that is wrong with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from msgspec import structs

from bot.domain.course import Course
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import CourseId, Language
from bot.domain.messages import File
from rules.answering import answering_of
from rules.attachments import FOLDER, read_attachments
from rules.calendar_csv import Dates, read_calendar
from rules.complaints import Complaints, in_order
from rules.coursebook import Calendar, calendar_of, course_of, language_in, quiet_days_of, settings_of, spaces_of
from rules.decode import decode
from rules.faq import faq_of
from rules.folder import KNOWN, Files, read_folder
from rules.homework import book_of, homework_rituals, names_in, with_deadlines
from rules.nodes import Leaf, MapNode, is_empty
from rules.reader import Document, read
from rules.rewards import rewards_in, rewards_of
from rules.rituals import built_in, prepared, rituals_of
from rules.rulebook import rulebook_of
from rules.schema import CourseShape
from rules.suggest import clipped, closest
from rules.unreadable import Unreadable
from rules.vocabulary import Vocabulary

__all__ = ["Files", "Loaded", "load_course", "read_folder"]

_ENDINGS = (".yaml", ".yml", ".csv")
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
    calendar, about = desk.calendar(shape, language)
    plan = calendar_of(calendar.root, about, shape, language) if calendar else Calendar()
    shop, about_shop = desk.read("rewards.yaml")
    document, about = desk.read("rules.yaml", by_entry=True)
    rulebook = rulebook_of(document or _EMPTY, about, vocabulary, language, rewards_in(shop) if shop else None)
    homework, about = desk.read("homework.yaml", by_entry=True)
    book = book_of(homework or _EMPTY, about, shape, rulebook.sections.levels, language)
    document, about = desk.read("questions.yaml")
    answering = answering_of((document or _EMPTY).root, about, shape, language)
    document, about = desk.read("faq.yaml", by_entry=True)
    faq = faq_of(document or _EMPTY, about, shape, names_in(homework) if homework else None, language)
    sections = rulebook.sections
    rewards = rewards_of((shop or _EMPTY).root, about_shop, sections.levels, sections.titles, language)
    document, about = desk.read("rituals.yaml", by_entry=True)
    files = desk.attachments()
    rituals = rituals_of(document, about, vocabulary, shape, language, files) if document else ()
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
        days=plan.days,
        anchors=with_deadlines(plan.anchors, book),
        quiet_days=quiet_days_of(shape),
        rules=rulebook.rules,
        levels=rulebook.sections.levels,
        badges=rulebook.sections.badges,
        titles=rulebook.sections.titles,
        rituals=(
            *rituals,
            *prepared(rituals, vocabulary),
            *built_in(shape, rulebook.rules),
            *homework_rituals(book, shape),
        ),
        book=book,
        answering=answering,
        faq=faq,
        rewards=rewards,
        settings=settings,
        files=files,
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
            if name not in KNOWN and not name.startswith(FOLDER) and name.lower().endswith(_ENDINGS):
                self.complain_of_unknown(name)
        if "demo.yaml" in self.files:
            self.check_text("demo.yaml")

    def attachments(self) -> Mapping[str, File]:
        """What may be posted."""
        files, problems = read_attachments(self.files)
        self.problems += [structs.replace(problem, file=self.prefix + problem.file) for problem in problems]
        return files

    def complain_of_unknown(self, name: str) -> None:
        """Names are compared without their endings, in which all agree."""
        path = PurePath(name)
        meant = closest(path.stem, [PurePath(known).stem for known in KNOWN])
        if meant:
            ending = ".csv" if path.suffix.lower() == ".csv" else ".yaml"
            values = {"value": clipped(name), "suggestion": meant + ending}
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

    def calendar(self, course: CourseShape | None, language: Language) -> tuple[Document | None, Complaints]:
        """From whichever of the two files there is."""
        if "calendar.csv" not in self.files:
            return self.read("calendar.yaml")
        if "calendar.yaml" in self.files:
            self.complaints("calendar.csv").add(_NOTHING, "problem.two_calendars")
        dates = Dates(course.starts, course.ends) if course else None
        return self.read("calendar.csv", reader=lambda content: read_calendar(content, dates, language))

    def read(
        self, name: str, *, by_entry: bool = False, reader: Callable[[str | bytes], Document] = read
    ) -> tuple[Document | None, Complaints]:
        """An absent or empty file is an empty mapping; one that can't be read is None.

        Flaws are complained about at once, unless an entry of the file answers for them.
        """
        complaints = self.complaints(name)
        if name == "course.yaml" and name not in self.files:
            return None, complaints
        try:
            document = reader(self.files.get(name, ""))
        except Unreadable as trouble:
            complaints.take(trouble, trouble.text)
            return None, complaints
        for flaw in () if by_entry else document.flaws:
            complaints.take(flaw, flaw.text)
        if is_empty(document.root):
            document = document._replace(root=MapNode(document.root.line, document.root.column, {}))
        return document, complaints

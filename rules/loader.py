"""From a folder's files to a course, or to everything that is wrong with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from msgspec import structs

from bot.domain.course import Course
from bot.domain.errors import Problem, RulesRejected
from bot.domain.homework import HomeworkBook
from bot.domain.ids import CourseId, Language
from bot.domain.messages import File
from bot.domain.questions import Answering, Faq
from bot.domain.rewards import Rewards
from bot.domain.rituals import Ritual
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
from rules.rulebook import Rulebook, rulebook_of
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


class _Passport(NamedTuple):
    """course.yaml, by which all other files are read."""

    shape: CourseShape | None
    language: Language
    settings: Mapping[str, Any]


class _Parts(NamedTuple):
    """What the other files say."""

    calendar: Calendar
    rulebook: Rulebook
    rewards: Rewards
    book: HomeworkBook
    answering: Answering
    faq: tuple[Faq, ...]
    rituals: tuple[Ritual, ...]
    files: Mapping[str, File]


def _course(id: CourseId, desk: "_Desk", vocabulary: Vocabulary) -> Course | None:
    """None, or a course that counts only as far as nothing was complained about."""
    passport = _passport(desk, vocabulary)
    parts = _parts(desk, vocabulary, passport.shape, passport.language)
    if passport.shape is None:
        return None
    return _assembled(id, passport.shape, passport.settings, parts, vocabulary)


def _passport(desk: "_Desk", vocabulary: Vocabulary) -> _Passport:
    document, about = desk.read("course.yaml")
    if document is None:
        return _Passport(None, "zh_Hans", {})
    language = language_in(document.root)
    shape = course_of(document.root, about, vocabulary, language)
    return _Passport(shape, language, settings_of(document.root, about, vocabulary, language))


def _parts(desk: "_Desk", vocabulary: Vocabulary, shape: CourseShape | None, language: Language) -> _Parts:
    """Without a shape they are read all the same, for what is wrong with each."""
    calendar, about = desk.calendar(shape, language)
    plan = calendar_of(calendar.root, about, shape, language) if calendar else Calendar()
    rulebook, rewards = _rules_and_rewards(desk, vocabulary, language)
    homework, about = desk.read("homework.yaml", by_entry=True)
    book = book_of(homework or _EMPTY, about, shape, rulebook.sections.levels, language)
    document, about = desk.read("questions.yaml")
    answering = answering_of((document or _EMPTY).root, about, shape, language)
    document, about = desk.read("faq.yaml", by_entry=True)
    faq = faq_of(document or _EMPTY, about, shape, names_in(homework) if homework else None, language)
    document, about = desk.read("rituals.yaml", by_entry=True)
    files = desk.attachments()
    rituals = rituals_of(document, about, vocabulary, shape, language, files) if document else ()
    return _Parts(plan, rulebook, rewards, book, answering, faq, rituals, files)


def _rules_and_rewards(desk: "_Desk", vocabulary: Vocabulary, language: Language) -> tuple[Rulebook, Rewards]:
    """Rules name rewards; rewards name levels and titles, which stand in rules.yaml."""
    shop, about_shop = desk.read("rewards.yaml")
    document, about = desk.read("rules.yaml", by_entry=True)
    rulebook = rulebook_of(document or _EMPTY, about, vocabulary, language, rewards_in(shop) if shop else None)
    levels, titles = rulebook.sections.levels, rulebook.sections.titles
    return rulebook, rewards_of((shop or _EMPTY).root, about_shop, levels, titles, language)


def _assembled(
    id: CourseId, shape: CourseShape, settings: Mapping[str, Any], parts: _Parts, vocabulary: Vocabulary
) -> Course:
    rules, sections = parts.rulebook
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
        days=parts.calendar.days,
        anchors=with_deadlines(parts.calendar.anchors, parts.book),
        quiet_days=quiet_days_of(shape),
        rules=rules,
        levels=sections.levels,
        badges=sections.badges,
        titles=sections.titles,
        rituals=(
            *parts.rituals,
            *prepared(parts.rituals, vocabulary),
            *built_in(shape, rules),
            *homework_rituals(parts.book, shape),
        ),
        book=parts.book,
        answering=parts.answering,
        faq=parts.faq,
        rewards=parts.rewards,
        settings=settings,
        files=parts.files,
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

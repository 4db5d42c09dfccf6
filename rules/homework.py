"""homework.yaml: what is handed in, by when, and how it is graded; and the rituals that follow from it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.homework import Homework, HomeworkBook, LocalTime
from bot.domain.ids import Language, RitualId, SpaceId
from bot.domain.rituals import Anchor, OnCourseDays, Ritual
from bot.domain.rules import Level
from rules.complaints import Complaints
from rules.entries import flaws_by_key, made_of
from rules.homework_reader import HomeworkReader
from rules.homework_sections import SECTIONS, extensions_of, grading_of
from rules.nodes import Entry, MapNode
from rules.reader import Document
from rules.schema import CourseShape
from rules.shapes import mapping

HOMEWORK = "homework"
"""The action of the rituals that a course has for each homework; also the section that problems name."""
MAX_HOMEWORK = 100
_DAY = timedelta(days=1)

What = Literal["opens", "reminds", "due"]
"""What happens to a homework by itself."""


class HomeworkStep(BaseModel):
    """What a homework's ritual does; its options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    homework: str
    what: What


def book_of(
    document: Document,
    complaints: Complaints,
    course: CourseShape | None,
    levels: Sequence[Level],
    language: Language,
) -> HomeworkBook:
    """Every homework without a problem; anything wrong with a section refuses the file, for all hangs on it."""
    root = mapping(document.root, complaints, name="homework.yaml") or MapNode(1, 1, {})
    flaws = flaws_by_key(document)
    for part in (None, *SECTIONS):
        for flaw in flaws.get(part, ()):
            complaints.take(flaw, flaw.text)
    entries = [entry for entry in root.entries.values() if entry.key.name not in SECTIONS]
    if len(entries) > MAX_HOMEWORK:
        complaints.add(entries[MAX_HOMEWORK].key, "problem.too_many", name="homework.yaml", most=MAX_HOMEWORK)

    def make(entry: Entry, complaints: Complaints) -> Homework | None:
        return HomeworkReader(course, [level.id for level in levels], language, complaints).homework(entry)

    made = made_of(entries[:MAX_HOMEWORK], complaints.within(HOMEWORK), make, flaws)
    return HomeworkBook(
        homework={homework.id: homework for homework in made},
        grading=grading_of(root, complaints, course, language),
        extensions=extensions_of(root, complaints, language),
    )


def names_in(document: Document) -> tuple[str, ...]:
    """The ids of all homework in the file, also of what is off."""
    entries = document.root.entries if isinstance(document.root, MapNode) else ()
    return tuple(name for name in entries if name not in SECTIONS)


def with_deadlines(anchors: Sequence[Anchor], book: HomeworkBook) -> tuple[Anchor, ...]:
    """The moments of the calendar and those by which homework is due, by date. What falls together is one deadline."""
    found = list(anchors)
    taken = {(anchor.date, anchor.at) for anchor in anchors if anchor.kind == "deadline"}
    for homework in book.homework.values():
        due = homework.due
        if (due.date, due.at) not in taken:
            taken.add((due.date, due.at))
            found.append(Anchor(kind="deadline", date=due.date, at=due.at, title=homework.title))
    return tuple(sorted(found, key=lambda anchor: anchor.date))


def homework_rituals(book: HomeworkBook, course: CourseShape) -> tuple[Ritual, ...]:
    """Each homework opens, is reminded of a day before, and is due: the course does so by itself."""
    return tuple(
        _ritual(homework.id, what, at, course) for homework in book.homework.values() for what, at in _moments(homework)
    )


def _moments(homework: Homework) -> Iterator[tuple[What, LocalTime]]:
    """No reminder of what has not been open for a day."""
    opens, due = homework.opens, homework.due
    day_before = LocalTime(due.date - _DAY, due.at)
    yield "opens", opens
    if (opens.date, opens.at) < (day_before.date, day_before.at):
        yield "reminds", day_before
    yield "due", due


def _ritual(id: str, what: What, at: LocalTime, course: CourseShape) -> Ritual:
    return Ritual(
        id=RitualId(f"{id}:{what}"),
        action=HOMEWORK,
        when=OnCourseDays(frozenset({(at.date - course.starts).days + 1})),
        at=at.at,
        zone=course.time_zone,
        first=course.starts,
        last=course.ends,
        spaces=(SpaceId(""),),
        catch_up="all",
        on_quiet_days="run",
        options=HomeworkStep(homework=id, what=what),
        is_built_in=True,
    )

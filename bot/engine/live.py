"""The courses as they are live now: one immutable view, replaced whole when a row says that something changed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import structs
from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import CourseId, Role, SpaceId
from bot.domain.places import Address, Space, SpaceKind
from rules.loader import Files, load_course
from rules.vocabulary import Vocabulary
from storage.among import among
from storage.tables import binding, moved_space, snapshot, staff_grant

Version = tuple[int, int, int, int]
Parsed = tuple[Course, tuple[Problem, ...]]


@dataclass(frozen=True, kw_only=True)
class Live:
    """What every decision of a batch is based on."""

    version: Version = (0, 0, 0, 0)
    courses: Mapping[CourseId, Course] = field(default_factory=dict)
    snapshots: Mapping[CourseId, int] = field(default_factory=dict)
    problems: Mapping[CourseId, tuple[Problem, ...]] = field(default_factory=dict)  # rules and rituals that are off
    spaces: Mapping[tuple[str, str], Space] = field(default_factory=dict)
    grants: Mapping[str, Mapping[CourseId | None, Role]] = field(default_factory=dict)

    def space_at(self, address: Address) -> Space | None:
        """The space that a place belongs to; a topic that is none itself belongs to what its chat is.

        A private chat belongs to none: it has the id of its person, which may also be a room's.
        """
        if address.private:
            return None
        found = self.spaces.get((address.platform, address.chat))
        if found or address.room == address.chat:
            return found
        return self.spaces.get((address.platform, address.room))

    def space_around(self, address: Address) -> Space | None:
        """The same, for what a platform tells of a chat without naming the topic: any of its topics will do."""
        if address.private:
            return None
        inside = (space for space in self.spaces.values() if space.address.platform == address.platform)
        return self.space_at(address) or next((s for s in inside if s.address.room == address.room), None)

    def spaces_of(self, course: CourseId, *, id: SpaceId | None = None, kind: SpaceKind | None = None) -> list[Space]:
        """The course's spaces, one for each address."""
        mine = (space for space in self.spaces.values() if space.course == course)
        return [space for space in mine if id in (None, space.id) and kind in (None, space.kind)]

    def off(self, course: CourseId) -> set[str]:
        """The rules and rituals of a course that are off because of a mistake in them."""
        return {problem.rule for problem in self.problems[course] if problem.rule}

    @cached_property
    def platforms(self) -> frozenset[str]:
        """On which there are spaces."""
        return frozenset(space.address.platform for space in self.spaces.values())

    @cached_property
    def first_spaces(self) -> Mapping[tuple[CourseId, SpaceId], Space]:
        """Each space that has a place to be posted to, at the first of its addresses."""
        found: dict[tuple[CourseId, SpaceId], Space] = {}
        for space in self.spaces.values():
            found.setdefault((space.course, space.id), space)
        return found

    def role_of(self, course: CourseId, account: str) -> Role:
        """What YAML and `/claim` make of an account; else a student."""
        found = self.courses[course]
        granted = self.grants.get(account, {})
        if account in found.admins or "admin" in (granted.get(course), granted.get(None)):
            return "admin"
        if account in found.assistants or "assistant" in (granted.get(course), granted.get(None)):
            return "assistant"
        return "student"


class LiveCourses:
    """Keeps the view up to date with the database, so that replicas never judge by different rules.

    What a transaction sees counts for others only once it is committed: a rolled-back number is given out again.
    """

    def __init__(self, vocabulary: Vocabulary, configured: Iterable[CourseId]) -> None:
        self.vocabulary = vocabulary
        self.configured = frozenset(configured)
        self._parsed: dict[int, Parsed | None] = {}  # by the snapshot's number; None: it can't be read
        self._live = Live()
        self._committed = (self._live, self._parsed)

    @property
    def last_seen(self) -> Live:
        """The view as of the last transaction that this process committed."""
        return self._committed[0]

    def committed(self) -> None:
        self._committed = (self._live, self._parsed)

    def rolled_back(self) -> None:
        self._live, self._parsed = self._committed

    def refreshed(self, db: Connection) -> Live:
        """The view as of this transaction."""
        version = _version(db)
        if version != self._live.version:
            self._live = self._read(db, version)
        return self._live

    def _read(self, db: Connection, version: Version) -> Live:
        numbers = {CourseId(row.course): row.number for row in db.execute(_NEWEST) if row.course in self.configured}
        self._parsed = self._with_new(db, numbers.values())
        loaded = {course: found for course, number in numbers.items() if (found := self._parsed[number])}
        courses = {course: found[0] for course, found in loaded.items()}
        return Live(
            version=version,
            courses=courses,
            snapshots=numbers,
            problems={course: found[1] for course, found in loaded.items()},
            spaces=_spaces(db, courses),
            grants=_grants(db),
        )

    def _with_new(self, db: Connection, numbers: Collection[int]) -> dict[int, Parsed | None]:
        """What stands in these snapshots. Files are read only of those that were not parsed yet: they are most of it.

        A course that starts would read those of all others else, and a hundred would do it a hundred times.
        """
        known = dict(self._parsed)
        if new := [number for number in numbers if number not in known]:
            for row in db.execute(_FILES, {"numbers": new}):
                known[row.number] = self._parse(row.course, row.files)
        return {number: known[number] for number in numbers}

    def _parse(self, course: str, files: Files) -> Parsed | None:
        try:
            loaded = load_course(course, files, self.vocabulary)
        except RulesRejected:
            return None  # written by another version of the program; the files on disk are loaded at start
        return loaded.course, loaded.problems


_NUMBER = func.max(snapshot.c.number)
_FIRST = func.min(snapshot.c.number)
_NEWEST = select(snapshot.c.course, _NUMBER.label("number")).group_by(snapshot.c.course).order_by(_FIRST)
"""The oldest course first: of two that name the same place, the first has it, whichever is read again later."""
_FILES = select(snapshot.c.number, snapshot.c.course, snapshot.c.files).where(among(snapshot.c.number, "numbers"))
_VERSION = select(
    select(func.coalesce(func.max(snapshot.c.number), 0)).scalar_subquery(),
    select(func.coalesce(func.max(binding.c.id), 0)).scalar_subquery(),
    select(func.coalesce(func.max(staff_grant.c.id), 0)).scalar_subquery(),
    select(func.coalesce(func.max(moved_space.c.id), 0)).scalar_subquery(),
)


def _version(db: Connection) -> Version:
    snapshots, bindings, grants, moves = db.execute(_VERSION).one()
    return snapshots, bindings, grants, moves


def _spaces(db: Connection, courses: Mapping[CourseId, Course]) -> dict[tuple[str, str], Space]:
    spaces: dict[tuple[str, str], Space] = {}
    moved = _moved(db)
    for row in db.execute(select(binding).order_by(binding.c.id)):
        address = moved(Address(platform=row.platform, chat=row.chat))
        if not row.course:
            spaces.pop((row.platform, address.chat), None)
        elif row.course in courses:
            spaces[row.platform, address.chat] = Space(course=row.course, id=row.space, kind=row.kind, address=address)
    named_spaces: dict[tuple[str, str], Space] = {}
    for course in courses.values():
        for named in course.spaces:
            for address in map(moved, named.addresses):
                space = Space(course=course.id, id=named.id, kind=named.kind, address=address)
                named_spaces.setdefault((address.platform, address.chat), space)
    # YAML wins where it names an address; of two courses that name the same, the first.
    return spaces | named_spaces


def _moved(db: Connection) -> Callable[[Address], Address]:
    """Where a chat is now, which may have moved more than once."""
    newest = {(row.platform, row.old): row.new for row in db.execute(select(moved_space))}

    def now_at(address: Address) -> Address:
        for _ in newest:  # no more steps than there are moves, should they ever run in a circle
            if (new := newest.get((address.platform, address.chat))) is None:
                break
            address = structs.replace(address, chat=new)
        return address

    return now_at


def _grants(db: Connection) -> dict[str, dict[CourseId | None, Role]]:
    grants: dict[str, dict[CourseId | None, Role]] = {}
    for row in db.execute(select(staff_grant).order_by(staff_grant.c.id)):
        grants.setdefault(row.account, {})[row.course] = row.role
    return grants

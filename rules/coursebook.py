"""course.yaml and the calendar: anything wrong in them refuses the course."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from bot.domain.course import CourseSpace, Day, QuietDays
from bot.domain.ids import Language, SpaceId, language_of
from bot.domain.places import Address
from bot.domain.rituals import Anchor, AnchorKind
from rules.complaints import Complaints
from rules.fields import PLATFORMS, WEEKDAYS
from rules.nodes import Leaf, MapNode, Node, Place, find, is_empty
from rules.schema import CalendarShape, CourseShape, DayShape, MomentShape, QuietDaysShape, QuietRange, SpaceShape
from rules.shapes import fit, mapping
from rules.suggest import clipped
from rules.vocabulary import Vocabulary

MAX_DAYS = 400
_DAY = timedelta(days=1)


def language_in(root: Node) -> Language:
    """What plain strings are written in, as far as course.yaml tells before it is checked."""
    node = root.get("language") if isinstance(root, MapNode) else None
    tag = node.value if isinstance(node, Leaf) else None
    return (language_of(tag) if isinstance(tag, str) else None) or "zh_Hans"


def course_of(root: Node, complaints: Complaints, vocabulary: Vocabulary, language: Language) -> CourseShape | None:
    """course.yaml without its sections; None with complaints."""
    top = mapping(root, complaints, name="course.yaml")
    if top is None:
        return None
    own = top.without(vocabulary.sections)
    shape = fit(CourseShape, own, complaints, name="course.yaml", language=language, also=vocabulary.sections)
    if shape:
        _check_dates(shape, top, complaints)
        _check_spaces(shape.spaces, top, complaints)
        _check_quiet_days(shape.quiet_days, top, complaints)
    return shape


def settings_of(root: Node, complaints: Complaints, vocabulary: Vocabulary, language: Language) -> Mapping[str, Any]:
    """The sections that features declared. One that is absent or empty has its defaults."""
    top = root if isinstance(root, MapNode) else MapNode(1, 1, {})
    settings = {}
    for name, section in vocabulary.sections.items():
        node = top.get(name)
        if node is None or is_empty(node):
            node = MapNode(top.line, top.column, {})
        settings[name] = fit(section, node, complaints, name=name, language=language)
    return settings


def _check_dates(course: CourseShape, root: Node, complaints: Complaints) -> None:
    at = find(root, ("ends",)).node
    if course.ends < course.starts:
        complaints.add(at, "problem.ends_before_start", starts=course.starts.isoformat())
    elif (course.ends - course.starts).days >= MAX_DAYS:
        complaints.add(at, "problem.course_too_long", most=MAX_DAYS)


def _check_spaces(spaces: Sequence[SpaceShape], root: Node, complaints: Complaints) -> None:
    """Exactly one main space; ids and addresses are unique."""
    mains = [number for number, space in enumerate(spaces) if space.kind == "main"]
    if not mains:
        complaints.add(find(root, ("spaces",)).node, "problem.one_main")
    for number in mains[1:]:
        complaints.add(find(root, ("spaces", number, "kind")).node, "problem.one_main")
    for key in ("id", *PLATFORMS):
        check_unique([getattr(space, key) for space in spaces], "spaces", key, root, complaints)


def _check_quiet_days(quiet: QuietDaysShape, root: Node, complaints: Complaints) -> None:
    """A course that always rests does nothing; a slip of the year would make it rest for years."""
    if len(quiet.weekdays) == len(WEEKDAYS):
        complaints.add(find(root, ("quiet_days", "weekdays")).node, "problem.always_quiet")
    for number, one in enumerate(quiet.dates):
        if not isinstance(one, QuietRange):
            continue
        at = find(root, ("quiet_days", "dates", number, "ends")).node
        if one.ends < one.starts:
            complaints.add(at, "problem.ends_first", starts=one.starts.isoformat())
        elif (one.ends - one.starts).days >= MAX_DAYS:
            complaints.add(at, "problem.course_too_long", most=MAX_DAYS)


def check_unique(values: Sequence[object], rows: str, key: str, root: Node, complaints: Complaints) -> None:
    """No value but None stands twice under this key of these rows."""
    seen: set[object] = {None}
    for number, value in enumerate(values):
        if value is not None and value in seen:
            complaints.add(find(root, (rows, number, key)).node, "problem.twice", name=key, value=clipped(value))
        seen.add(value)


def spaces_of(course: CourseShape) -> tuple[CourseSpace, ...]:
    return tuple(
        CourseSpace(id=SpaceId(space.id), kind=space.kind, addresses=_addresses(space)) for space in course.spaces
    )


def _addresses(space: SpaceShape) -> tuple[Address, ...]:
    chats = ((platform, getattr(space, platform)) for platform in PLATFORMS)
    return tuple(Address(platform=platform, chat=chat) for platform, chat in chats if chat is not None)


class Calendar(NamedTuple):
    """What the calendar holds."""

    days: tuple[Day, ...] = ()
    anchors: tuple[Anchor, ...] = ()


def calendar_of(root: Node, complaints: Complaints, course: CourseShape | None, language: Language) -> Calendar:
    """The calendar, from either file; without a course, no day lies outside it."""
    top = mapping(root, complaints, name="calendar.yaml")
    shape = fit(CalendarShape, top, complaints, name="calendar.yaml", language=language) if top else None
    if shape is None:
        return Calendar()
    last = (course.ends - course.starts).days + 1 if course else MAX_DAYS
    _check_days([day.day for day in shape.days], last, root, complaints)
    anchors = tuple(_anchors(shape.days, course.starts)) if course else ()
    return Calendar(tuple(map(_day, shape.days)), anchors)


def _check_days(days: Sequence[int], last: int, root: Node, complaints: Complaints) -> None:
    before = 0
    for number, day in enumerate(days):
        at = find(root, ("days", number, "day")).node
        if day > last > 0:
            complaints.add(at, "problem.day_outside", day=day, last=last)
        elif day <= before:
            complaints.add(at, "problem.day_order", day=day, before=before)
        before = max(day, before)


def check_day(day: int, course: CourseShape | None, at: Place, complaints: Complaints) -> None:
    """No day after the last one; without a course, none lies outside it."""
    last = (course.ends - course.starts).days + 1 if course else 0
    if day > last > 0:
        complaints.add(at, "problem.day_outside", day=day, last=last)


def _day(shape: DayShape) -> Day:
    return Day(
        number=shape.day,
        title=shape.title,
        task=shape.task,
        material=shape.material,
        sharing=shape.sharing,
        reminder=shape.reminder,
    )


def _anchors(days: Iterable[DayShape], starts: date) -> Iterator[Anchor]:
    for day in days:
        moments: dict[AnchorKind, MomentShape | None] = {"lesson": day.lesson, "deadline": day.deadline}
        for kind, moment in moments.items():
            if moment:
                on = starts + (day.day - 1) * _DAY
                yield Anchor(kind=kind, date=on, at=moment.at, title=moment.title or day.title)


def quiet_days_of(course: CourseShape) -> QuietDays:
    """Every date by itself: a range has at most as many as a course."""
    dates: set[date] = set()
    for one in course.quiet_days.dates:
        first, last = (one.starts, one.ends) if isinstance(one, QuietRange) else (one, one)
        dates.update(first + n * _DAY for n in range((last - first).days + 1))
    return QuietDays(weekdays=course.quiet_days.weekdays, dates=frozenset(dates))

"""What `doctor` sees without asking any platform: database, disk, courses, time zones, what went wrong lately."""

import re
import shutil
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from bot.config import Settings
from bot.domain.course import Course
from bot.domain.errors import RulesRejected, StorageTrouble
from bot.domain.findings import Finding, Level
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.domain.places import Space
from bot.domain.traits import Can
from bot.engine.feature import Registry
from bot.engine.live import LiveCourses
from bot.engine.pictures import Undrawable, render
from bot.engine.pictures.svg import LEAST_SIZE, PHONE, canvas, label
from bot.features import FEATURES
from bot.platforms import TRAITS
from rules.loader import Loaded, load_course, read_folder
from rules.vocabulary import Vocabulary
from storage import migrate as schema
from storage.database import Database
from storage.leases import Holder, others
from storage.outbox import perhaps_twice
from storage.tables import adapter_document, outbox, set_aside

_TIGHT, _FULL = 1_000_000_000, 100_000_000  # bytes that are free
_SHOWN = 5  # of what could not be understood
_FIRST = 100  # characters of each
_PATIENCE = timedelta(seconds=5)
_TOLD = ("commands", "gaps", "role", "unread")
_YEARS = 2  # after which rules of time zones are old
_LETTERS = "成长 growth"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(slots=True)
class House:
    """What was found, and what the platforms are examined by."""

    found: list[Finding] = field(default_factory=list)
    spaces: Sequence[Space] = ()
    is_running: bool = False
    documents: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # of Discord's adapter: kind, key

    def note(self, level: Level, id: str, /, **values: Any) -> None:
        self.found.append(Finding(level=level, text=Text(id=id, values=values)))


def examine_house(settings: Settings, now: datetime, *, secrets: Sequence[str]) -> House:
    """Look at everything that is on this machine. Whatever holds one of the secrets is shown without it."""
    house = House()
    vocabulary = Registry(FEATURES).vocabulary()
    _look_at_courses(house, settings, vocabulary, now)
    _look_at_database(house, settings, vocabulary, now, secrets)
    _look_at_disk(house, settings.data)
    _look_at_pictures(house)
    return house


def _look_at_pictures(house: House) -> None:
    """Only what is wrong with them is worth a line."""
    try:
        render(canvas(PHONE, 100, [label(_LETTERS, (0, 50), LEAST_SIZE, colour="#000000")]))
    except Undrawable as error:
        house.note("problem", "doctor.no_pictures", reason=str(error))


# --- the database -----------------------------------------------------------------------------------------------------


def _look_at_database(
    house: House, settings: Settings, vocabulary: Vocabulary, now: datetime, secrets: Sequence[str]
) -> None:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        house.note("warning", "doctor.no_database", path=url.database)
        return
    database = Database(settings.database, busy_timeout=_PATIENCE)
    try:
        _read(house, database, LiveCourses(vocabulary, _configured(settings)), now, secrets)
    except StorageTrouble as trouble:
        house.note("problem", trouble.text.id, **trouble.text.values)
    finally:
        database.close()


def _configured(settings: Settings) -> list[CourseId]:
    return [CourseId(folder.name) for folder in settings.courses]


def _read(house: House, database: Database, courses: LiveCourses, now: datetime, secrets: Sequence[str]) -> None:
    revision, needed = schema.current_revision(database), schema.newest_revision()
    shown = database.file or schema.shown(database.url)
    if revision != needed:
        is_newer = revision is not None and revision > needed
        id = "doctor.schema_newer" if is_newer else "doctor.schema_older"
        house.note("problem" if is_newer else "warning", id, path=shown, found=revision or "–", known=needed)
        return
    house.note("ok", "doctor.database", path=shown, revision=revision)
    with database.begin() as db:
        house.spaces = list(courses.refreshed(db).spaces.values()) or house.spaces
        _look_at_processes(house, db, now)
        _look_at_troubles(house, db, now, secrets)
        _read_documents(house, db)


def _read_documents(house: House, db: Connection) -> None:
    """What the adapter has written down for whoever examines it."""
    mine = (adapter_document.c.adapter == "discord") & adapter_document.c.kind.in_(_TOLD)
    for row in db.execute(select(adapter_document).where(mine).order_by(adapter_document.c.revision)):
        house.documents.setdefault(row.kind, {})[row.key] = row.value


def _look_at_processes(house: House, db: Connection, now: datetime) -> None:
    running = dict.fromkeys((one.pid, one.host) for one in others(db, Holder.this_process("doctor"), now))
    house.is_running = bool(running)
    for pid, host in running:
        house.note("ok", "doctor.running", pid=pid, host=host)
    if not running:
        house.note("ok", "doctor.not_running")


def _look_at_troubles(house: House, db: Connection, now: datetime, secrets: Sequence[str]) -> None:
    waiting = set_aside.c.replayed_at.is_(None)
    unread = select(set_aside).where(waiting, set_aside.c.raw.is_not(None)).order_by(set_aside.c.id.desc())
    rows = db.execute(unread).all()
    for row in rows[:_SHOWN]:
        first = _harmless(row.raw, secrets)
        house.note(
            "warning", "doctor.unread", number=row.id, at=row.at, error=_harmless(row.error, secrets), first=first
        )
    if len(rows) > _SHOWN:
        house.note("warning", "doctor.unread_more", count=len(rows) - _SHOWN)
    failed = select(func.count()).select_from(set_aside).where(waiting, set_aside.c.event.is_not(None))
    if count := db.execute(failed).scalar_one():
        house.note("warning", "doctor.failed", count=count)
    lately = outbox.c.settled_at > now - timedelta(days=1)
    ended = select(outbox.c.platform, outbox.c.state, func.count()).where(
        lately, outbox.c.state.in_(("unknown", "dead"))
    )
    for platform, state, number in db.execute(
        ended.group_by(outbox.c.platform, outbox.c.state).order_by(outbox.c.platform)
    ):
        house.note(
            "warning", "doctor.undelivered" if state == "dead" else "doctor.uncertain", platform=platform, count=number
        )
    repeating = [platform for platform, traits in TRAITS.items() if Can.DEDUPE not in traits.can]
    twice = select(outbox.c.platform, func.count()).where(perhaps_twice(repeating, now - timedelta(days=1)))
    for platform, number in db.execute(twice.group_by(outbox.c.platform).order_by(outbox.c.platform)):
        house.note("ok", "doctor.perhaps_twice", platform=platform, count=number)


def _harmless(text: str, secrets: Sequence[str]) -> str:
    """Its beginning on one line, without any secret."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return _CONTROL.sub(" ", text)[:_FIRST]


# --- files and time ---------------------------------------------------------------------------------------------------


def _look_at_disk(house: House, folder: Path) -> None:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    level: Level = "problem" if free < _FULL else "warning" if free < _TIGHT else "ok"
    house.note(level, "doctor.disk" if level == "ok" else "doctor.disk_full", size=f"{free / 1e9:.1f} GB", path=there)


def _look_at_courses(house: House, settings: Settings, vocabulary: Vocabulary, now: datetime) -> None:
    if not settings.courses:
        house.note("problem", "run.no_courses")
    loaded: list[Loaded] = []
    for folder in settings.courses:
        try:
            loaded.append(load_course(folder.name, read_folder(folder), vocabulary))
        except RulesRejected as rejected:
            house.note(
                "problem", "doctor.course_refused", course=folder.name, count=len(rejected.problems), path=folder
            )
            continue
        if problems := loaded[-1].problems:
            house.note("warning", "doctor.course_off", course=folder.name, count=len(problems), path=folder)
        else:
            house.note("ok", "doctor.course", course=folder.name)
    house.spaces = [space for one in loaded for space in _named(one.course)]
    _look_at_zones(house, [one.course.zone for one in loaded], now)


def _named(course: Course) -> Iterator[Space]:
    """What the files name, for as long as no database knows more."""
    for space in course.spaces:
        for address in space.addresses:
            yield Space(course=course.id, id=space.id, kind=space.kind, address=address)


def _look_at_zones(house: House, zones: Sequence[str], now: datetime) -> None:
    """A course with a zone that nobody knows is refused; what else can be wrong is that the rules are old ones."""
    version = zone_rules()
    if not zones or version is None:
        return
    values = {"zones": sorted(set(zones)), "version": version}
    if now.year - int(version[:4]) >= _YEARS:
        house.note("warning", "doctor.zones_old", **values)
    else:
        house.note("ok", "doctor.zones", **values)


def zone_rules() -> str | None:
    """The version of the rules of time zones that Python goes by, such as `2026a` or `2026.1`; None: nobody says."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "tzdata.zi").is_file():
            with (folder / "tzdata.zi").open(encoding="utf-8") as file:
                found = re.match(r"# version (\d{4}\w*)", file.readline())
            return found[1] if found else None
        if (folder / "UTC").exists():
            return None
    return metadata.version("tzdata")

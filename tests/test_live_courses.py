"""The view of what is live: what is read for it, and that it follows the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.app import build
from bot.config import Platforms, Settings
from bot.domain.ids import CourseId
from bot.engine.feature import Registry
from bot.engine.live import Live, LiveCourses
from bot.features import FEATURES
from rules.decode import text_of
from rules.loader import read_folder
from scheduler.clock import VirtualClock
from storage.columns import Json
from storage.database import Database
from storage.tables import snapshot
from tests import databases
from tests.community import COURSE, write_course

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
NAMES = tuple(f"camp-{number}" for number in range(5))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The `course.yaml` of each course whose files a process has read from its database."""
    found: list[str] = []
    usual = Json.process_result_value

    def seen(column: Json, value: str | None, dialect: Any) -> Any:
        decoded = usual(column, value, dialect)
        if isinstance(decoded, dict) and "course.yaml" in decoded:
            found.append(decoded["course.yaml"])
        return decoded

    monkeypatch.setattr(Json, "process_result_value", seen)
    return found


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = databases.opened(f"sqlite:///{(tmp_path / 'live.db').as_posix()}", tmp_path, (), at=NOW)
    yield opened
    opened.close()


@pytest.fixture
def keep(database: Database, tmp_path: Path) -> Callable[..., None]:
    """Makes a version of a course live, as another process does."""

    def keep(name: str, course: str = COURSE) -> None:
        files = files_of(tmp_path / "files" / name, course)
        with database.begin() as db:
            db.execute(insert(snapshot).values(course=name, at=NOW, digest="", files=files))

    return keep


def files_of(folder: Path, course: str) -> dict[str, str]:
    return {name: text_of(name, content) for name, content in read_folder(write_course(folder, course=course)).items()}


def courses_of(names: Sequence[str]) -> LiveCourses:
    return LiveCourses(Registry(FEATURES).vocabulary(), map(CourseId, names))


def look(courses: LiveCourses, database: Database) -> Live:
    """In a transaction of its own."""
    with database.begin() as db:
        live = courses.refreshed(db)
    courses.committed()
    return live


def titles(live: Live) -> list[str]:
    return [course.title.in_("en") for course in live.courses.values()]


async def started(folder: Path, folders: Sequence[Path]) -> None:
    async def kept(_: datetime) -> None:
        pass

    database = f"sqlite:///{(folder / 'camps.db').as_posix()}"
    settings = Settings(database=database, data=folder, language="en", courses=tuple(folders), platforms=Platforms())
    app = build(settings, clock=VirtualClock(NOW, kept))
    await app.start()
    await app.close()


async def test_a_start_reads_the_files_of_each_course_once_however_many_there_are(
    tmp_path: Path, read: list[str]
) -> None:
    folders = [write_course(tmp_path / name, course=COURSE.replace("Writing", name)) for name in NAMES]
    await started(tmp_path, folders)
    assert len(read) == len(set(read)) == len(NAMES)
    read.clear()
    await started(tmp_path, folders)
    assert len(read) == len(set(read)) == len(NAMES)


def test_only_the_course_that_has_changed_is_read_again(
    database: Database, keep: Callable[..., None], read: list[str]
) -> None:
    courses = courses_of(NAMES)
    for name in NAMES:
        keep(name)
    look(courses, database)
    read.clear()
    keep(NAMES[3], newer := COURSE.replace("Writing", "Reading"))
    live = look(courses, database)
    assert read == [newer]
    assert sorted(titles(live)) == sorted(["Writing camp"] * 4 + ["Reading camp"])
    assert live.snapshots[CourseId(NAMES[3])] == len(NAMES) + 1


def test_a_course_that_another_installation_keeps_there_is_not_read(
    database: Database, keep: Callable[..., None], read: list[str]
) -> None:
    for name in NAMES:
        keep(name)
    live = look(courses_of(NAMES[:2]), database)
    assert list(live.courses) == list(NAMES[:2])
    assert len(read) == 2


def test_files_that_this_version_can_not_read_stop_no_other_course_and_are_read_once(
    database: Database, keep: Callable[..., None], read: list[str]
) -> None:
    courses = courses_of(NAMES)
    keep(NAMES[0], newer := COURSE.replace("language: en", "tongue: en"))
    for name in NAMES[1:]:
        keep(name)
        assert NAMES[0] not in look(courses, database).courses
    assert list(look(courses, database).courses) == list(NAMES[1:])
    assert read.count(newer) == 1


def test_what_is_rolled_back_was_never_live_though_its_number_is_given_out_again(
    database: Database, keep: Callable[..., None], tmp_path: Path
) -> None:
    courses = courses_of(NAMES[:1])
    keep(NAMES[0])
    look(courses, database)
    withdrawn = files_of(tmp_path / "withdrawn", COURSE.replace("Writing", "Withdrawn"))
    with database.engine.connect() as db:
        db.execute(insert(snapshot).values(course=NAMES[0], at=NOW, digest="", files=withdrawn))
        assert titles(courses.refreshed(db)) == ["Withdrawn camp"]
        db.rollback()
    courses.rolled_back()
    assert titles(courses.last_seen) == titles(look(courses, database)) == ["Writing camp"]
    keep(NAMES[0], COURSE.replace("Writing", "Kept"))
    assert titles(look(courses, database)) == ["Kept camp"]


def test_of_two_courses_that_name_the_same_place_it_belongs_to_the_one_that_was_there_first(
    database: Database, keep: Callable[..., None]
) -> None:
    for name in reversed(NAMES):
        keep(name)
    live = look(courses_of(NAMES), database)
    assert list(live.courses) == list(reversed(NAMES))
    assert {space.course for space in live.spaces.values()} == {NAMES[-1]}

"""The courses' folders, and how a new version of their files becomes live."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert, select

from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import CourseId
from bot.domain.messages import File, Text
from bot.engine import shadows
from bot.engine.agenda import Schedule, replan
from bot.engine.levels import relevel
from bot.engine.live import Live, LiveCourses
from bot.engine.roster import sync_roles
from rules.attachments import Hashes, paths_of
from rules.decode import text_of
from rules.loader import Files, load_course, read_folder
from storage.files import FileStore
from storage.tables import snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What came of taking a course's files."""

    course: CourseId
    changed: bool = False  # a new snapshot is live
    problems: tuple[Problem, ...] = ()  # rules that are off, or why the files were not taken
    refused: bool = False  # the last good files, if any, stay in force


class Library:
    """Course folders and the view of what is live."""

    def __init__(
        self, folders: Mapping[CourseId, Path], live: LiveCourses, schedule: Schedule, store: FileStore
    ) -> None:
        self.folders = dict(folders)
        self.courses = live
        self.schedule = schedule
        self.store = store
        self._hashes = Hashes()

    def activate(self, db: Connection, course: CourseId, now: datetime) -> Activation:
        """Read the course's folder; make it live if it is good and differs from what is live."""
        folder = self.folders[course]
        before = self.courses.refreshed(db).courses.get(course)
        try:
            files = read_folder(folder, self._hashes)
            loaded = load_course(course, files, self.courses.vocabulary, shown_as=folder.name)
            self._store_attachments(folder, loaded.course.files)
        except RulesRejected as rejected:
            return Activation(course=course, problems=rejected.problems, refused=True)
        changed = self._keep(db, course, files, now)
        if changed:
            live = self.courses.refreshed(db)
            sync_roles(db, live, [course])
            if course in live.courses:
                replan(db, live.courses[course], self.schedule, now, live.off(course))
                shadows.follow(db, live, live.courses[course], self.courses.vocabulary, now)
                if before is None or before.levels != live.courses[course].levels:
                    relevel(db, live.courses[course])
        return Activation(course=course, changed=changed, problems=loaded.problems)

    def _store_attachments(self, folder: Path, files: Mapping[str, File]) -> None:
        """What a course may post is there before it can be posted. Raises RulesRejected."""
        problems = []
        paths = paths_of(folder) if files else {}
        for name, file in files.items():
            try:
                is_kept = self.store.take(paths[name], file)
            except (OSError, KeyError):
                is_kept = False
            if not is_kept:
                told = Text(id="problem.attachment_not_kept")
                problems.append(Problem(file=f"{folder.name}/{name}", line=1, column=1, text=told))
        if problems:
            raise RulesRejected(problems)

    def activate_all(self, db: Connection, now: datetime) -> list[Activation]:
        """Every configured course, at the start of the process."""
        return [self.activate(db, course, now) for course in self.folders]

    def _keep(self, db: Connection, course: CourseId, files: Files, now: datetime) -> bool:
        texts = {name: text_of(name, content) for name, content in sorted(files.items())}
        digest = hashlib.sha256(msgspec.json.encode(texts)).hexdigest()
        newest = select(snapshot.c.digest).where(snapshot.c.course == course).order_by(snapshot.c.number.desc())
        if db.execute(newest.limit(1)).scalar_one_or_none() == digest:
            return False
        db.execute(insert(snapshot).values(course=course, at=now, digest=digest, files=texts))
        return True

    def refresh(self, db: Connection) -> Live:
        """What is live, as of this transaction."""
        return self.courses.refreshed(db)

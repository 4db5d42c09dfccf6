"""Both kinds of database for a test, and a course with students in one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

import bot.features  # noqa: F401 - so that the tables of all features are known
from bot.domain.ids import CourseId
from storage.database import Database
from storage.migrate import migrate
from storage.tables import member, profile
from tests import community

COURSE = CourseId("writing")


def keep_communities_on(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Communities that are opened keep everything there."""
    monkeypatch.setattr(community, "database_in", lambda data, folder: url)


def opened(url: str, folder: Path, students: Collection[int], *, at: datetime) -> Database:
    """A new database with these students of one course, by number."""
    database = Database(url)
    migrate(database, folder, at)
    people = [{"id": number, "course": COURSE, "role": "student", "joined_at": at} for number in students]
    with database.begin() as db:
        if people:
            db.execute(insert(member), people)
            db.execute(insert(profile), [{"member": one["id"], "name": f"M{one['id']}"} for one in people])
    return database

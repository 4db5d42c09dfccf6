"""Homework on PostgreSQL: the same conversations, on the other database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from storage.database import Database, insert_new
from storage.tables import lease, metadata
from tests.community import Community
from tests.databases import keep_communities_on
from tests.homework_course import HOMEWORK, HOMEWORK_NOTE
from tests.postgres import postgres

WORK = "Three hundred yuan and a rented room"
SOME_DAY = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Communities that are opened keep everything there."""
    with postgres() as url:
        keep_communities_on(monkeypatch, url)
        yield url


def test_an_insert_says_whether_it_added_its_row(server: str) -> None:
    database = Database(server)
    with database.begin() as db:
        metadata.create_all(db, tables=[lease])
        row = {
            "name": "one",
            "holder": "me",
            "epoch": 1,
            "host": "here",
            "pid": 1,
            "expires_at": datetime(2027, 3, 1, tzinfo=UTC),
        }
        assert [db.execute(insert_new(db, lease), row).rowcount for _ in range(2)] == [1, 0]
    database.close()


async def test_a_work_is_handed_in_and_graded(server: str, open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_NOTE)
    await course.until(10)
    assert "version 1" in await course.answer("ada", f"/submit {WORK}")
    assert "version 2" in await course.answer("ada", f"/submit {WORK}, and a second bed")
    await course.types("lin", "/grade 1 hook=30 body=40 form=20 Well done", room="staff")
    assert "90" in await course.answer("ada", "/homework")
    assert "Hook: 30/30" in await course.answer("ada", "/feedback")


async def test_a_quiz_is_judged_answer_by_answer(server: str, open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK)
    await course.until(21)
    await course.types("ada", "/quiz quiz_1")
    heard = await course.presses("ada", "A") or (await course.said("ada"))[-1]
    assert "Not right. You answered: A. Good day" in heard

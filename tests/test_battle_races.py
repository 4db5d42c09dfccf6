"""A hundred members who press at once, and in the last second, on both databases: each press counts or is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.events import OccurrenceDue
from bot.domain.ids import EventKey, MemberId, RitualId, SpaceId
from bot.features.battles import store
from bot.features.battles.options import BattleOptions
from bot.features.battles.questions import in_turn
from bot.features.battles.tables import answer, question
from storage.database import Database
from tests.databases import COURSE, opened

pytestmark = pytest.mark.long

NOW = datetime(2027, 3, 1, 19, tzinfo=UTC)
MEMBERS = range(1, 101)
OPTIONS = BattleOptions.model_validate(
    {"questions": [{"ask": "Which one?", "options": ["This", "That", "None"], "right": 2}]}
)


@pytest.fixture
def database(either_url: str, tmp_path: Path) -> Iterator[Database]:
    """The first question of a battle is open."""
    database = opened(either_url, tmp_path, MEMBERS, at=NOW)
    with database.begin() as db:
        number = store.begin(db, DUE, OPTIONS, in_turn(OPTIONS, {}), first_at=NOW)
        found = store.locked(db, number)
        assert found is not None
        store.ask(db, found, at=NOW)
    yield database
    database.close()


DUE = OccurrenceDue(
    key=EventKey("begins"),
    at=NOW,
    course=COURSE,
    ritual=RitualId("quiz_night"),
    space=SpaceId("main"),
    local_date=date(2027, 3, 1),
    slot=0,
    step=0,
    due_at=NOW,
)


def presses(database: Database, who: int, option: int) -> bool:
    """Whether it was taken, by the state that this transaction sees."""
    with database.begin() as db:
        battle = store.shared(db, COURSE, 1)
        assert battle is not None
        asked = store.asked_as(db, battle.id, 1)
        assert asked is not None
        if asked.closed_at is not None:
            return False
        return store.take(db, asked, MemberId(who), option, at=NOW + timedelta(seconds=who / 10))


def closes(database: Database) -> int:
    """How many have answered, as the group then reads it."""
    with database.begin() as db:
        battle = store.locked(db, 1)
        assert battle is not None
        asked = store.asked_as(db, battle.id, 1)
        assert asked is not None
        store.close(db, asked, at=NOW + timedelta(seconds=32), is_void=False)
        return sum(store.counts(db, asked).values())


def test_each_press_in_the_last_second_is_counted_or_refused(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        pressing = [threads.submit(presses, database, who, 1 + who % 3) for who in MEMBERS]
        told = threads.submit(closes, database)
        taken = sum(one.result() for one in pressing)
    assert told.result() == taken
    with database.begin() as db:
        assert db.execute(select(func.count()).select_from(answer)).scalar_one() == taken


def test_of_a_hundred_members_with_two_devices_each_has_one_answer(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        pressing = [(who, threads.submit(presses, database, who, option)) for who in MEMBERS for option in (1, 2)]
        taken = [who for who, one in pressing if one.result()]
    assert sorted(taken) == list(MEMBERS)
    assert closes(database) == len(MEMBERS)


def test_two_processes_that_close_a_question_and_many_who_press_never_wait_for_each_other(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        closing = [threads.submit(closes, database) for _ in range(4)]
        pressing = [threads.submit(presses, database, who, 1) for who in MEMBERS]
        assert all(one.result() >= 0 for one in closing)
        taken = sum(one.result() for one in pressing)
    with database.begin() as db:
        assert db.execute(select(func.count()).select_from(answer)).scalar_one() == taken
        assert db.execute(select(question.c.closed_at)).scalar_one() == NOW + timedelta(seconds=32)

"""The key that signs certificates: two processes that need the first one at the same moment share it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from bot.domain.ids import MemberId
from bot.engine.certificates import new_key_pair
from bot.features.completion import store
from bot.features.completion.store import Reached
from storage.database import Database
from storage.signing import key_pair, signing_key
from tests.databases import COURSE, opened

pytestmark = pytest.mark.long

NOW = datetime(2027, 3, 15, tzinfo=UTC)
AT_ONCE = 8


@pytest.fixture
def database(either_url: str, tmp_path: Path) -> Iterator[Database]:
    database = opened(either_url, tmp_path, [1], at=NOW)
    yield database
    database.close()


def test_many_who_need_a_key_at_once_share_one(database: Database) -> None:
    together = Barrier(AT_ONCE)

    def need(_: int) -> str:
        together.wait()
        with database.begin() as db:
            return key_pair(db, "certificate", new_key_pair, NOW).public

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = set(pool.map(need, range(AT_ONCE)))
    with database.begin() as db:
        kept = db.execute(select(signing_key.c.public)).scalars().all()
    assert found == set(kept)
    assert len(kept) == 1


def test_a_completion_that_two_find_at_once_is_announced_by_one(database: Database) -> None:
    together = Barrier(AT_ONCE)
    ada = Reached(MemberId(1), 11, 4)

    def find(_: int) -> int:
        together.wait()
        with database.begin() as db:
            return len(store.add(db, COURSE, [ada], on=date(2027, 3, 14), at=NOW))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(find, range(AT_ONCE))) == 1

"""Group reports of overlapping dates that two processes post at the same moment: the group reads one table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Event

import pytest

from bot.domain.messages import Text
from bot.engine.figures import Stretch
from bot.features.growth import published
from storage.database import Database
from tests.databases import COURSE, opened

pytestmark = pytest.mark.long

NOW = datetime(2027, 3, 31, tzinfo=UTC)
LAST = date(2027, 3, 31)
LINES = [(Text(id="figure.checkins"), "40", "5–9")]
AT_ONCE = 6


@pytest.fixture
def database(either_url: str, tmp_path: Path) -> Iterator[Database]:
    database = opened(either_url, tmp_path, [], at=NOW)
    yield database
    database.close()


def test_of_two_reports_that_overlap_and_are_posted_at_once_one_has_figures(database: Database) -> None:
    has_posted, other_has_posted = Event(), Event()

    def month() -> bool:
        with database.begin() as db:
            found = published.once(db, COURSE, Stretch(LAST.replace(day=1), LAST), LINES, at=NOW)
            has_posted.set()
            other_has_posted.wait(1)  # in vain: it waits for our commit
        return found is not None

    def whole_course() -> bool:
        has_posted.wait()
        with database.begin() as db:
            found = published.once(db, COURSE, Stretch(date(2027, 2, 1), LAST), LINES, at=NOW)
        other_has_posted.set()
        return found is not None

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(month), pool.submit(whole_course)
        assert (first.result(), second.result()) == (True, False)


def test_the_same_report_that_is_posted_twice_at_once_reads_the_same(database: Database) -> None:
    together = Barrier(AT_ONCE)

    def post(number: int) -> str:
        together.wait()
        with database.begin() as db:
            lines = [(LINES[0][0], str(40 + number), "5–9")]
            found = published.once(db, COURSE, Stretch(LAST.replace(day=1), LAST), lines, at=NOW)
        return found[0][1] if found else ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = set(pool.map(post, range(AT_ONCE)))
    assert len(found) == 1
    assert found != {""}

"""Votes and entries that race with the end of their time, on both databases: each is either counted or refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import bot.features  # noqa: F401 - so that the tables of all features are known
from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, EventKey, MemberId, RitualId, SpaceId
from bot.features.contests import ballot, store
from bot.features.contests.store import Work
from storage.database import Database
from storage.migrate import migrate
from storage.tables import member, profile
from tests.postgres import postgres

pytestmark = pytest.mark.long

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
COURSE = CourseId("writing")
MEMBERS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'homeroom.db'}", tmp_path)
        return
    with postgres() as url:
        yield from _opened(url, tmp_path)


def _opened(url: str, folder: Path) -> Iterator[Database]:
    database = Database(url)
    migrate(database, folder, NOW)
    with database.begin() as db:
        people = [{"id": id, "course": COURSE, "role": "student", "joined_at": NOW} for id in range(1, MEMBERS + 1)]
        db.execute(insert(member), people)
        db.execute(insert(profile), [{"member": one["id"], "name": f"M{one['id']}"} for one in people])
        ends = {"entries_until": NOW + timedelta(days=4), "votes_until": NOW + timedelta(days=6)}
        store.open_contest(db, step(store.OPEN), **ends)
    yield database
    database.close()


def step(number: int) -> OccurrenceDue:
    return OccurrenceDue(
        key=EventKey(f"step:{number}"),
        at=NOW,
        course=COURSE,
        ritual=RitualId("weekly_pk"),
        space=SpaceId("main"),
        local_date=date(2027, 3, 1),
        slot=number,
        step=number,
        due_at=NOW + timedelta(days=2 * number),
    )


def enters(database: Database, who: int) -> bool:
    """Whether the work was taken, by the state that this transaction sees."""
    with database.begin() as db:
        [found] = store.running(db, COURSE, NOW)
        if found.gallery_at is not None:
            return False
        store.keep(db, found.id, MemberId(who), Work(f"Work of {who}", (), None), at=NOW)
        return True


def votes(database: Database, who: int, number: int) -> bool:
    with database.begin() as db:
        open_ones = [found for found in store.running(db, COURSE, NOW) if found.gallery_at is not None]
        if not open_ones:
            return False
        work = store.work_no(db, open_ones[0].id, number)
        assert work is not None
        ballot.cast(db, open_ones[0].id, MemberId(who), work.id, at=NOW)
        return True


def shows_gallery(database: Database) -> int:
    with database.begin() as db:
        found = store.take_no_more(db, step(store.VOTE))
        assert found is not None
        works = store.works(db, found.id)
        store.give_numbers(db, [work.id for work in works])
        return len(works)


def closes(database: Database) -> list[int]:
    """The votes of each work, by its number."""
    with database.begin() as db:
        found = store.close(db, step(store.CLOSE))
        assert found is not None
        return [outcome.votes for outcome in ballot.outcomes(db, found.id)]


def test_a_work_in_the_last_second_is_shown_or_refused(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        entering = [threads.submit(enters, database, who) for who in range(1, MEMBERS + 1)]
        shown = threads.submit(shows_gallery, database)
        taken = sum(one.result() for one in entering)
    assert shown.result() == taken


def test_one_member_who_enters_from_many_devices_has_one_work(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: enters(database, 7), range(20)))
    with database.begin() as db:
        assert len(db.execute(select(store.entry)).all()) == 1
    assert shows_gallery(database) == 1


def test_a_vote_in_the_last_second_is_counted_or_refused_and_each_member_has_one(database: Database) -> None:
    for who in (1, 2):
        assert enters(database, who)
    shows_gallery(database)
    with ThreadPoolExecutor(8) as threads:
        voting = [threads.submit(votes, database, who, 1 + n) for who in range(3, MEMBERS) for n in (0, 1)]
        counted = threads.submit(closes, database)
        accepted = [one.result() for one in voting]
    voters = sum(any(accepted[place : place + 2]) for place in range(0, len(accepted), 2))
    assert sum(counted.result()) == voters
    with database.begin() as db:
        assert len(db.execute(select(ballot.vote)).all()) == voters

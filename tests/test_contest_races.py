"""Votes and entries that race with the end of their time, on both databases: each is either counted or refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.events import OccurrenceDue
from bot.domain.ids import EventKey, MemberId, RitualId, SpaceId
from bot.features.contests import appealed, ballot, entries, store
from bot.features.contests.entries import Work
from storage.database import Database
from tests.databases import COURSE, opened

pytestmark = pytest.mark.long

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
MEMBERS = 102


@pytest.fixture
def database(either_url: str, tmp_path: Path) -> Iterator[Database]:
    database = opened(either_url, tmp_path, range(1, MEMBERS + 1), at=NOW)
    with database.begin() as db:
        entries_until, votes_until = NOW + timedelta(days=4), NOW + timedelta(days=6)
        store.open_contest(db, step(store.OPEN), entries_until=entries_until, votes_until=votes_until)
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
        entries.keep(db, found.id, MemberId(who), Work(f"Work of {who}", (), None), at=NOW)
        return True


def votes(database: Database, who: int, number: int) -> bool:
    with database.begin() as db:
        open_ones = [found for found in store.running(db, COURSE, NOW) if found.gallery_at is not None]
        if not open_ones:
            return False
        work = entries.work_no(db, open_ones[0].id, number)
        assert work is not None
        ballot.cast(db, open_ones[0].id, MemberId(who), work.id, at=NOW)
        return True


def shows_gallery(database: Database) -> int:
    with database.begin() as db:
        found = store.take_no_more(db, step(store.VOTE))
        assert found is not None
        works = entries.works(db, found.id)
        entries.give_numbers(db, [work.id for work in works])
        return len(works)


def closes(database: Database) -> list[int]:
    """The votes of each work, by its number."""
    with database.begin() as db:
        found = store.close(db, step(store.CLOSE))
        assert found is not None
        return [outcome.votes for outcome in ballot.outcomes(db, found.id, found.closed_at)]


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


def test_a_hundred_votes_at_once_are_a_hundred(database: Database) -> None:
    for who in (1, 2):
        assert enters(database, who)
    shows_gallery(database)
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda who: votes(database, who, 1 + who % 2), range(3, MEMBERS + 1)))
    assert closes(database) == [50, 50]


def test_one_who_votes_from_many_devices_at_once_has_one_vote(database: Database) -> None:
    for who in (1, 2):
        assert enters(database, who)
    shows_gallery(database)
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda n: votes(database, 7, 1 + n % 2), range(30)))
    assert sum(closes(database)) == 1


def removes(database: Database, number: int) -> None:
    with database.begin() as db:
        found = store.locked(db, COURSE, 1)
        assert found is not None
        work = entries.work_no(db, found.id, number)
        assert work is not None
        entries.remove(db, work.id, "copied", NOW)


def appeals(database: Database, who: int) -> bool:
    with database.begin() as db:
        found = store.locked(db, COURSE, 1)
        assert found is not None
        if appealed.has_appealed(db, found.id, MemberId(who)):
            return False
        appealed.add(db, found.id, MemberId(who), "why?", NOW)
        return True


def test_a_work_that_is_taken_out_while_a_hundred_vote_has_no_place_and_nobody_loses_another_vote(
    database: Database,
) -> None:
    for who in (1, 2, 3):
        assert enters(database, who)
    shows_gallery(database)
    with ThreadPoolExecutor(16) as threads:
        voting = [threads.submit(votes_or_not, database, who, 1 + who % 3) for who in range(4, MEMBERS + 1)]
        threads.submit(removes, database, 2).result()
        accepted = sum(one.result() for one in voting)
    counted = closes(database)
    assert counted == [33, 33]
    assert accepted >= 66


def votes_or_not(database: Database, who: int, number: int) -> bool:
    with database.begin() as db:
        [found] = store.running(db, COURSE, NOW)
        work = entries.work_no(db, found.id, number)
        if work is not None:
            ballot.cast(db, found.id, MemberId(who), work.id, at=NOW)
        return work is not None


def test_one_who_appeals_from_many_devices_at_once_appeals_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: appeals(database, 7), range(20))) == 1

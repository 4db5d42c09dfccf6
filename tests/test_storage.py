"""The database: transactions that lose nothing, trouble in words, migrations, backups, leases, documents, claims."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from bot.domain.errors import StorageTrouble
from bot.domain.ids import CourseId
from storage import boards
from storage import migrate as schema
from storage.claims import claim_keys
from storage.database import Database
from storage.documents import Documents
from storage.leases import LEASE, Holder, living, others, release_all, take
from storage.tables import clock, event_claim, ledger, member, metadata
from tests.sources import ROOT

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SOON = timedelta(seconds=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "homeroom.db"


def opened(file: Path, **more: Any) -> Database:
    return Database(f"sqlite:///{file.as_posix()}", **more)


@pytest.fixture
def database(file: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with our schema."""
    database = opened(file)
    schema.migrate(database, tmp_path / "backups", NOW)
    yield database
    database.close()


def count_of(database: Database, table: Any) -> int:
    with database.begin() as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def add_member(db: Connection) -> int:
    row = insert(member).values(course="writing", role="student", joined_at=NOW)
    return int(db.execute(row.returning(member.c.id)).scalar_one())


def add_entry(db: Connection, who: int, object: str = "a") -> None:
    row = {"course": "writing", "member": who, "points": 5, "rule": "check_in", "object": object, "round": 0}
    db.execute(insert(ledger).values(**row, cause="local:1", at=NOW, local_date=NOW.date()))


# --- transactions -----------------------------------------------------------------------------------------------------


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as db:
        add_entry(db, add_member(db) + 999)
    assert (count_of(database, member), count_of(database, ledger)) == (0, 0)
    with database.begin() as db:
        add_member(db)
    assert count_of(database, member) == 1


async def test_work_in_the_storage_thread_is_one_transaction(database: Database) -> None:
    def work(db: Connection) -> None:
        add_member(db)
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(work)
    assert await database.run(add_member) == 1


def test_a_row_that_refers_to_nobody_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as db:
        add_entry(db, who=999)


COUNT_UP = """
import sys
from storage.database import Database
database = Database(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with database.begin() as db:
        now = db.exec_driver_sql("select now from clock").scalar_one()
        db.exec_driver_sql("update clock set now = ?", (now + 1,))
database.close()
"""


def test_threads_and_processes_that_read_and_write_lose_nothing(database: Database, file: Path) -> None:
    with database.begin() as db:
        db.exec_driver_sql("insert into clock values (1, 0)")
    process = subprocess.Popen([sys.executable, "-P", "-c", COUNT_UP, str(database.url), "50"], cwd=ROOT)
    mine = [opened(file) for _ in range(2)]

    def count_up(one: Database) -> None:
        for _ in range(50):
            with one.begin() as db:
                now = db.exec_driver_sql("select now from clock").scalar_one()
                db.exec_driver_sql("update clock set now = ?", (now + 1,))

    threads = [threading.Thread(target=count_up, args=(one,)) for one in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert process.wait() == 0
    with database.begin() as db:
        assert db.exec_driver_sql("select now from clock").scalar_one() == 150
    for one in mine:
        one.close()


# --- trouble ----------------------------------------------------------------------------------------------------------


def trouble_of(work: Callable[[], Any]) -> tuple[str, Any]:
    with pytest.raises(StorageTrouble) as trouble:
        work()
    return trouble.value.text.id, trouble.value.text.values["file"]


def add_one(database: Database) -> None:
    with database.begin() as db:
        add_member(db)


def test_a_database_that_another_keeps_locked(database: Database, file: Path) -> None:
    impatient = opened(file, busy_timeout=timedelta(milliseconds=1))
    with database.begin() as db:
        db.execute(select(1))
        assert trouble_of(lambda: add_one(impatient)) == ("storage.locked", str(file))
    add_one(impatient)
    impatient.close()


def test_a_full_disk(database: Database, file: Path) -> None:
    with database.begin() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with database.begin() as db:
            db.execute(insert(event_claim), [{"key": f"{n:0200}", "at": NOW} for n in range(2000)])

    assert trouble_of(fill) == ("storage.disk_full", str(file))
    assert count_of(database, event_claim) == 0


def test_a_database_that_may_only_be_read(database: Database, file: Path) -> None:
    with database.begin() as db:
        db.exec_driver_sql("PRAGMA query_only = ON")
    assert trouble_of(lambda: add_one(database)) == ("storage.read_only", str(file))


@pytest.mark.parametrize("path", ["folder", "file/homeroom.db"])
def test_a_path_where_no_database_can_be(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("not a folder")
    impossible = opened(tmp_path / path)
    assert trouble_of(lambda: add_one(impossible)) == ("storage.cannot_open", str(tmp_path / path))
    impossible.close()


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)
    garbage = opened(file)
    assert trouble_of(lambda: add_one(garbage)) == ("storage.cannot_open", str(file))
    garbage.close()


def test_a_database_with_a_torn_page(database: Database, file: Path) -> None:
    with database.begin() as db:
        db.execute(insert(event_claim), [{"key": f"{n:0200}", "at": NOW} for n in range(2000)])
    database.close()
    content = bytearray(file.read_bytes())
    content[40_000:] = os.urandom(len(content) - 40_000)
    file.write_bytes(content)
    torn = opened(file)
    assert trouble_of(lambda: count_of(torn, event_claim)) == ("storage.disk_error", str(file))
    torn.close()


def test_a_server_that_cannot_be_reached() -> None:
    away = Database("postgresql+psycopg://ada@127.0.0.1:1/homeroom")
    assert trouble_of(lambda: add_one(away))[0] == "storage.no_connection"
    away.close()


def test_a_mistake_of_ours_is_not_taken_for_trouble(database: Database) -> None:
    with pytest.raises(DatabaseError, match="no such table"), database.begin() as db:
        db.execute(text("select * from nowhere"))


# --- migrations -------------------------------------------------------------------------------------------------------


def test_a_fresh_database_is_what_the_tables_say(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import bot.features  # noqa: F401 - the features' tables stand on the same metadata

    with database.begin() as db:
        difference = compare_metadata(MigrationContext.configure(db, opts={"compare_server_default": True}), metadata)
    assert difference == []


def test_migrating_twice_does_nothing_the_second_time(file: Path, tmp_path: Path) -> None:
    database, needed = opened(file), schema.newest_revision()
    assert schema.current_revision(database) is None
    assert schema.migrate(database, tmp_path / "backups", NOW) == (None, needed, None)
    add_one(database)
    assert schema.migrate(database, tmp_path / "backups", NOW) == (needed, needed, None)
    assert count_of(database, member) == 1
    assert not (tmp_path / "backups").exists()  # there was nothing to lose
    database.close()


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a next migration to a copy of ours."""
    copied = tmp_path / "migrations"
    shutil.copytree(schema._MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    newest = schema.newest_revision()

    def add(upgrade: str) -> None:
        lines = ["from alembic import op", f'revision = "9999"\ndown_revision = "{newest}"', "def upgrade():"]
        lines += [f"    {line}" for line in upgrade.splitlines()]
        (copied / "versions" / "9999_next.py").write_text("\n".join(lines))
        monkeypatch.setattr(schema, "_MIGRATIONS", copied)

    return add


def test_a_filled_database_is_backed_up_before_it_is_migrated(
    database: Database, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    add_one(database)
    before = schema.newest_revision()
    migrations('op.execute("create table next (id integer)")')
    revisions = schema.migrate(database, tmp_path / "backups", NOW)
    assert revisions == (before, "9999", tmp_path / "backups" / "homeroom-20270301-090000.db")
    backup = opened(revisions[2])
    assert schema.current_revision(backup) == before
    assert count_of(backup, member) == count_of(database, member) == 1
    backup.close()


def test_a_migration_that_fails_half_way_leaves_nothing_of_itself(
    database: Database, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    add_one(database)
    before = schema.newest_revision()
    migrations('op.execute("create table next (id integer)")\nop.execute("delete from member")\nraise RuntimeError')
    with pytest.raises(RuntimeError):
        schema.migrate(database, tmp_path / "backups", NOW)
    assert schema.current_revision(database) == before
    assert count_of(database, member) == 1
    with database.begin() as db:
        assert db.execute(text("select count(*) from sqlite_master where name = 'next'")).scalar_one() == 0


def test_a_migration_that_breaks_references_is_refused(
    database: Database, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    with database.begin() as db:
        add_entry(db, add_member(db))
    migrations('op.execute("delete from member")')
    with pytest.raises(RuntimeError, match="broke references"):
        schema.migrate(database, tmp_path / "backups", NOW)
    assert count_of(database, member) == 1


@pytest.mark.parametrize("change", [update(ledger).values(points=500), delete(ledger)])
def test_the_database_itself_refuses_changes_of_the_ledger(database: Database, change: Any) -> None:
    with database.begin() as db:
        add_entry(db, add_member(db))
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as db:
        db.execute(change)
    with database.begin() as db:
        assert db.execute(select(ledger.c.points)).scalars().all() == [5]


# --- backups ----------------------------------------------------------------------------------------------------------


def test_a_backup_of_a_database_in_use_is_whole(database: Database, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.begin() as db:  # both or neither
                add_entry(db, add_member(db))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [schema.back_up(database, tmp_path, NOW + n * SOON) for n in range(5)]
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        assert schema.is_homeroom(copy)
        backup = opened(copy)
        assert count_of(backup, member) == count_of(backup, ledger)
        backup.close()
    assert {path.name for path in tmp_path.glob("*.partial")} == set()


def test_no_backup_ever_takes_anothers_name(database: Database, tmp_path: Path) -> None:
    names = [schema.back_up(database, tmp_path / "backups", NOW).name for _ in range(3)]
    assert names == [f"homeroom-20270301-090000{number}.db" for number in ("", "-2", "-3")]


def test_a_backup_takes_the_place_of_a_database_and_of_what_was_beside_it(
    database: Database, file: Path, tmp_path: Path
) -> None:
    add_one(database)
    backup = schema.back_up(database, tmp_path / "backups", NOW)
    add_one(database)
    database.close()
    for leftover in ("-wal", "-shm"):
        file.with_name(file.name + leftover).write_bytes(b"of the old database")
    schema.replace_database(backup, file)
    restored = opened(file)
    assert count_of(restored, member) == 1
    restored.close()
    assert schema.is_homeroom(backup)  # it is still there


def test_a_backup_can_be_put_where_nothing_was(database: Database, tmp_path: Path) -> None:
    backup = schema.back_up(database, tmp_path / "backups", NOW)
    schema.replace_database(backup, tmp_path / "new" / "place.db")
    assert schema.is_homeroom(tmp_path / "new" / "place.db")


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def _empty(path: Path) -> None:
    path.touch()


def _torn(path: Path) -> None:
    database = opened(path)
    schema.migrate(database, path.parent, NOW)
    database.close()
    path.write_bytes(path.read_bytes()[:20_000])


def _someone_elses(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("create table alembic_version (version_num text)")
    db.execute("insert into alembic_version values ('0001')")
    db.commit()
    db.close()


def _nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize("made", [_garbage, _empty, _torn, _someone_elses, _nothing, Path.mkdir])
def test_what_is_no_whole_database_of_ours_is_told_apart(tmp_path: Path, made: Callable[[Path], None]) -> None:
    path = tmp_path / "given.db"
    made(path)
    assert not schema.is_homeroom(path)
    assert path.exists() == (made is not _nothing)  # looking makes no file


@pytest.mark.parametrize("name", ["a b.db", "50%41.db", "what?.db", "nr#1.db", "备份.db"])
def test_a_backup_may_have_any_name(database: Database, tmp_path: Path, name: str) -> None:
    schema.replace_database(schema.back_up(database, tmp_path, NOW), tmp_path / name)
    assert schema.is_homeroom(tmp_path / name)


def test_the_address_of_a_database_is_shown_without_its_password() -> None:
    from sqlalchemy.engine import make_url

    assert schema.shown(make_url("postgresql://ada:secret@db/x")) == "postgresql://ada:***@db/x"


# --- leases -----------------------------------------------------------------------------------------------------------

MINE = Holder(id="mine", host="here", pid=os.getpid())
NEIGHBOUR = Holder(id="neighbour", host="here", pid=os.getppid())  # a process that lives
ELSEWHERE = Holder(id="elsewhere", host="there", pid=1)


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def epoch(database: Database) -> int:
    with database.begin() as db:
        return int(db.execute(text("select epoch from lease where name = 'adapter'")).scalar_one())


def takes(database: Database, holder: Holder, *, after: timedelta = timedelta(0)) -> str | None:
    """Whose it is already; None: it is the taker's now."""
    with database.begin() as db:
        other = take(db, "adapter", holder, NOW + after)
    return other.id if other else None


@pytest.mark.parametrize("other", [NEIGHBOUR, ELSEWHERE])
def test_a_lease_is_one_processs_until_it_runs_out(database: Database, other: Holder) -> None:
    assert takes(database, other) is None
    assert takes(database, MINE) == other.id
    assert takes(database, MINE, after=LEASE - SOON) == other.id
    assert takes(database, MINE, after=LEASE) is None
    assert takes(database, other, after=LEASE) == "mine"


def test_a_renewed_lease_lasts_longer_and_has_the_same_epoch(database: Database) -> None:
    assert takes(database, ELSEWHERE) is None
    assert takes(database, ELSEWHERE, after=LEASE - SOON) is None
    assert takes(database, MINE, after=LEASE + SOON) == "elsewhere"
    assert epoch(database) == 1


def test_the_epoch_grows_with_every_change_of_holder(database: Database) -> None:
    seen = []
    for n, holder in enumerate((ELSEWHERE, MINE, ELSEWHERE)):
        assert takes(database, holder, after=n * LEASE) is None
        seen.append(epoch(database))
    assert seen == [1, 2, 3]


def test_the_epoch_grows_also_when_a_lease_was_given_back(database: Database) -> None:
    assert takes(database, ELSEWHERE) is None
    with database.begin() as db:
        release_all(db, ELSEWHERE)
    assert takes(database, MINE) is None
    assert epoch(database) == 2


def test_a_lease_that_was_given_back_is_free_at_once(database: Database) -> None:
    assert takes(database, NEIGHBOUR) is None
    with database.begin() as db:
        release_all(db, NEIGHBOUR)
    assert takes(database, MINE) is None


def test_a_dead_process_of_the_same_machine_holds_nothing(database: Database) -> None:
    pid = dead_pid()
    assert takes(database, Holder(id="killed", host="here", pid=pid)) is None
    assert takes(database, MINE) is None
    with database.begin() as db:
        assert (living(db, MINE, NOW), others(db, MINE, NOW)) == ({"mine"}, [])


def test_the_same_process_number_started_anew_holds_nothing(database: Database) -> None:
    assert takes(database, Holder(id="before the restart", host="here", pid=os.getpid())) is None
    assert takes(database, MINE) is None


def test_a_dead_process_of_another_machine_holds_its_lease_until_it_runs_out(database: Database) -> None:
    assert takes(database, Holder(id="killed", host="there", pid=dead_pid())) is None
    assert takes(database, MINE) == "killed"
    with database.begin() as db:
        assert living(db, MINE, NOW) == {"killed"}
        assert [other.id for other in others(db, MINE, NOW)] == ["killed"]
        assert living(db, MINE, NOW + LEASE) == set()


# --- an adapter's documents -------------------------------------------------------------------------------------------


@pytest.fixture
def documents(database: Database) -> Documents:
    return Documents(database, "telegram")


async def listed(documents: Documents, kind: str, after: int = 0, **more: Any) -> list[str]:
    return [found.key for found in await documents.since(kind, after, **more)]


async def test_documents_come_in_the_order_of_their_last_change(documents: Documents) -> None:
    revisions = [await documents.put("note", key, {"n": 1}) for key in ("a", "b", "c")]
    revisions.append(await documents.put("note", "a", {"n": 2}))
    assert revisions == sorted(set(revisions))
    assert await listed(documents, "note") == ["b", "c", "a"]
    assert await listed(documents, "note", after=revisions[1]) == ["c", "a"]
    assert await listed(documents, "note", after=revisions[3]) == []
    assert await listed(documents, "note", limit=2) == ["b", "c"]
    assert [found.revision for found in await documents.since("note", 0)] == revisions[1:]
    assert [(found.key, found.value) for found in await documents.latest("note", limit=2)] == [
        ("c", {"n": 1}),
        ("a", {"n": 2}),
    ]


async def test_a_document_is_read_by_its_key(documents: Documents) -> None:
    await documents.put("note", "a", {"文": ["🦊", None, 1.5]})
    assert await documents.get("note", "a") == {"文": ["🦊", None, 1.5]}
    assert await documents.get("note", "b") is None
    assert await documents.get("other", "a") is None


async def test_kinds_and_adapters_do_not_see_each_others_documents(database: Database, documents: Documents) -> None:
    other = Documents(database, "discord")
    await documents.put_many([("note", "a", {}), ("offset", "a", {})])
    assert await other.put("note", "b", {}) == 1
    assert await listed(documents, "note") == await listed(documents, "offset") == ["a"]
    await other.delete_through("note", 100)
    assert (await listed(documents, "note"), await listed(other, "note")) == (["a"], [])


async def test_many_are_kept_together_or_not_at_all(documents: Documents) -> None:
    last = await documents.put_many([("note", "a", {}), ("note", "b", {})])
    assert [found.revision for found in await documents.since("note", 0)] == [last - 1, last]
    with pytest.raises(TypeError):
        await documents.put_many([("note", "c", {}), ("note", "d", {"what": object()})])
    with pytest.raises(ValueError, match="surrogates"):  # half a character, as a platform may send it
        await documents.put_many([("note", "c", {}), ("note", "d", {"what": "\ud800"})])
    assert await listed(documents, "note") == ["a", "b"]


async def test_a_revision_is_never_given_out_twice(database: Database, documents: Documents) -> None:
    used = [await documents.put("update", str(n), {}) for n in range(3)]
    await documents.delete_through("update", used[1])
    assert await listed(documents, "update") == ["2"]
    await documents.delete_through("update", used[2])
    assert await listed(documents, "update") == []
    again = Documents(database, "telegram")  # and after a restart
    assert await again.put("update", "3", {}) > max(used)


# --- claims -----------------------------------------------------------------------------------------------------------


def test_each_key_is_claimed_once_for_ever(database: Database) -> None:
    with database.begin() as db:
        assert claim_keys(db, ["a", "b"], NOW) == {"a", "b"}
        assert claim_keys(db, ["b", "c", "c"], NOW) == {"c"}
        assert claim_keys(db, [], NOW) == set()
    with database.begin() as db:
        assert claim_keys(db, ["a", "b", "c", "文'\"%"], NOW) == {"文'\"%"}


def test_a_claim_is_undone_with_its_transaction(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as db:
        db.execute(insert(event_claim).values(key="b" if claim_keys(db, ["a", "b"], NOW) else "c", at=NOW))
    with database.begin() as db:
        assert claim_keys(db, ["a"], NOW) == {"a"}


def test_a_moment_is_kept_to_the_microsecond_whatever_its_zone(database: Database) -> None:
    from zoneinfo import ZoneInfo

    moment = datetime(2027, 3, 1, 9, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))
    with database.begin() as db:
        db.execute(insert(clock).values(id=1, now=moment))
        assert db.execute(select(clock.c.now)).scalar_one() == moment


# --- what older versions wrote ----------------------------------------------------------------------------------------


def test_shares_of_the_first_version_are_kept(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "migrations"
    shutil.copytree(schema._MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]_*", "00[1-9]?_*"))
    database = opened(file)
    with monkeypatch.context() as older:
        older.setattr(schema, "_MIGRATIONS", first)
        older.setattr("storage.boards.rebuild", lambda db: None)
        schema.migrate(database, tmp_path, NOW)
    at = "2027-03-01T20:00:00.000000Z"
    with database.begin() as db:
        for row in (
            f"member (id, course, role, joined_at) values (1, 'w', 'student', '{at}')",
            f"sharing_session values (1, 'w', 'evening', 'main', '2027-03-01', '{at}', '{at}', null)",
            f"share (id, session, member, at) values (7, 1, 1, '{at}')",
            "share_text (share, text) values (7, 'my line')",
            "ledger values (1, 'w', 1, 9, 'grant', 'g', 0, 'c', 1, '2027-03-01', '')",
            "ledger values (2, 'w', 1, 5, 'check_in', 'd', 0, 'c', 1, '2027-03-01', '')",
        ):
            db.execute(text(f"insert into {row}"))
    schema.migrate(database, tmp_path, NOW)
    with database.begin() as db:
        rows = db.execute(text("select share, message, at, attachments, text from share_post")).all()
        assert [tuple(row) for row in rows] == [(7, None, at, 0, "my line")]
        entries = db.execute(text("select rule, category from ledger order by id")).all()
        assert [tuple(row) for row in entries] == [("grant", "other"), ("check_in", "activity")]
        standing = next(boards.standings_of(db, CourseId("w"), [1]))
        assert standing[2:] == (5, 0)
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as db:
        db.execute(text("update ledger set points = 1"))
    database.close()

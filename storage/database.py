"""One database: transactions, the thread that runs them, and trouble in words that help."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.pool import PoolProxiedConnection

from bot.domain.errors import StorageTrouble
from bot.domain.messages import Text

Result = TypeVar("Result")


class Watcher(Protocol):
    """Keeps something in memory that must follow what was committed, and nothing else."""

    def committed(self) -> None: ...

    def rolled_back(self) -> None: ...


class Database:
    """Where everything is kept. Transactions run one after the other, in a thread of their own.

    `inline` is for a simulator, which waits for each of them anyway and throws the database away: they run in the
    caller's thread, and would not survive a power cut.
    """

    def __init__(self, url: str, *, busy_timeout: timedelta = timedelta(seconds=30), inline: bool = False) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = open_engine(self.url, busy_timeout=busy_timeout, durable=not inline)
        self.watchers: list[Watcher] = []
        self.on_jobs: Callable[[], None] = lambda: None  # hears, in the transaction's thread, that there are new ones
        self._thread = None if inline else ThreadPoolExecutor(1, thread_name_prefix="storage")

    @property
    def file(self) -> Path | None:
        """The database's file, where it is one."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed at the end, undone by any exception.

        Raises StorageTrouble where trying again helps.
        """
        afterwards: list[Callable[[Database], None]] = []
        try:
            with self._watched(), self.engine.begin() as db:
                db.info[_AFTERWARDS] = afterwards
                yield db
        except DBAPIError as error:
            if trouble := _trouble(error, self.file):
                raise StorageTrouble(trouble) from error
            raise
        except StatementError as error:  # a value that its column's type could not write down
            raise error.orig or error from error
        for act in afterwards:
            act(self)

    def scrub(self) -> None:
        """Write the file anew, without what was deleted, and cut the log. Raises StorageTrouble.

        Also with `secure_delete`, a row that was once moved to another page may leave a copy of itself behind (seen).
        """
        if not self.is_sqlite:
            return
        connection = self.engine.raw_connection()  # VACUUM is done outside of any transaction
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StorageTrouble(Text(id="storage.not_scrubbed", values={"error": str(error)})) from error
        finally:
            connection.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            for watcher in self.watchers:
                watcher.rolled_back()
            raise
        for watcher in self.watchers:
            watcher.committed()

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run a function in a transaction, in the storage thread."""
        return await self.call(lambda: self._in_transaction(work))

    def _in_transaction(self, work: Callable[[Connection], Result]) -> Result:
        with self.begin() as db:
            return work(db)

    async def call(self, work: Callable[[], Result]) -> Result:
        """Run a function that makes its own transactions, in the storage thread."""
        if self._thread is None:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        if self._thread:
            self._thread.shutdown(wait=True)
        self.engine.dispose()


_AFTERWARDS = "after the commit"


def after_commit(db: Connection, act: Callable[[Database], None]) -> None:
    """Do this when the transaction is committed, in its thread. It is committed whatever happens here: never raise."""
    db.info[_AFTERWARDS].append(act)


@contextmanager
def savepoint(db: Connection) -> Iterator[None]:
    """A part of the transaction that any exception undoes alone; half the cost of `begin_nested`."""
    db.exec_driver_sql("SAVEPOINT part")
    try:
        yield
    except BaseException:
        with suppress(DBAPIError):  # where the connection is lost, all of it is undone anyway
            db.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            db.exec_driver_sql("RELEASE SAVEPOINT part")
        raise
    db.exec_driver_sql("RELEASE SAVEPOINT part")


def insert(db: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say ON CONFLICT, in the dialect of this connection."""
    return sqlite.insert(table) if db.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(db: Connection, table: Table) -> Insert:
    """An insert that passes over rows that are there already."""
    return _insert_new(db.dialect.name, table)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    """Made once: making a statement costs more than executing it."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


def open_engine(
    url: URL, *, busy_timeout: timedelta = timedelta(seconds=30), foreign_keys: bool = True, durable: bool = True
) -> Engine:
    """An engine whose transactions begin at once and are durable when they are committed, unless nobody needs that."""
    # Parameters are people's texts: an error that names them would write them to the log.
    if url.get_backend_name() != "sqlite":
        # An INSERT … ON CONFLICT is asked whether it added its row: unless told so, psycopg's answer is thrown away.
        return create_engine(url, hide_parameters=True, execution_options={"preserve_rowcount": True})
    if url.database:
        with suppress(OSError):  # connecting says what is wrong
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # isolation_level None: the driver's own BEGIN is deferred, and a deferred read-modify-write loses updates silently.
    arguments = {"isolation_level": None, "timeout": busy_timeout.total_seconds(), "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        if durable:
            _use_wal(connection, busy_timeout)
            connection.execute("PRAGMA secure_delete = ON")  # no measurable cost, see bench pipeline
            connection.execute("PRAGMA synchronous = FULL")  # "sent" must survive a power cut
        else:
            for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -65536"):
                connection.execute(f"PRAGMA {pragma}")

    # No listener for "begin": where an engine has one, every statement looks for listeners.
    engine.dialect.do_begin = _begin_immediate  # type: ignore[method-assign, assignment]

    return engine


def _begin_immediate(connection: PoolProxiedConnection) -> None:
    connection.cursor().execute("BEGIN IMMEDIATE")


def _use_wal(connection: sqlite3.Connection, patience: timedelta) -> None:
    """Switch a new file to WAL. SQLite does not wait for a lock here as it does elsewhere: two first starts collide."""
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _trouble(error: DBAPIError, file: Path | None) -> Text | None:
    """What an operator can do about this error, or None where it is a bug of ours."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    known = {
        sqlite3.SQLITE_FULL: "storage.disk_full",
        sqlite3.SQLITE_BUSY: "storage.locked",
        sqlite3.SQLITE_LOCKED: "storage.locked",
        sqlite3.SQLITE_READONLY: "storage.read_only",
        sqlite3.SQLITE_CANTOPEN: "storage.cannot_open",
        sqlite3.SQLITE_NOTADB: "storage.cannot_open",
        sqlite3.SQLITE_IOERR: "storage.disk_error",
        sqlite3.SQLITE_CORRUPT: "storage.disk_error",
    }
    # The low byte is the primary code; the rest says which kind of I/O error it was.
    id = known.get(code & 0xFF) if code is not None else _server_trouble(error)
    return Text(id=id, values={"file": str(file or "")}) if id else None


_TRY_AGAIN = ("40P01", "40001")
"""PostgreSQL's codes for a deadlock, and for a transaction that others have overtaken."""


def _server_trouble(error: DBAPIError) -> str | None:
    """Without a code of PostgreSQL's own, the server was never reached. Who lost a deadlock tries again."""
    if getattr(error.orig, "sqlstate", None) in _TRY_AGAIN:
        return "storage.locked"
    is_unreachable = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None
    return "storage.no_connection" if is_unreachable or error.connection_invalidated else None

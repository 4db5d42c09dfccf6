"""What a PostgreSQL server spends, and how often it makes one wait for another."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any, LiteralString, Self

import psycopg
from sqlalchemy.engine import URL

from bench._processes import cpu_of, until

_LOOK = 0.02  # seconds between two looks at the server
_WAITS = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = %s"


_UNSENT = """
    select count(*) from outbox
    where state = 'sending' or (state = 'pending' and not_before <= extract(epoch from now()) * 1000000)
"""


class Server:
    """Connections of our own, which count for nothing."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql")
        self._stack = ExitStack()
        self._mine: set[int] = set()
        self._db = self._connected("postgres")
        self._master = _parent_of(self._db.info.backend_pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _connected(self, database: str) -> "psycopg.Connection[Any]":
        """Until the end: what a process has spent counts for the server as soon as it has ended."""
        address = self._url.set(database=database).render_as_string(hide_password=False)
        db = self._stack.enter_context(psycopg.connect(address, autocommit=True))
        self._mine.add(db.info.backend_pid)
        return db

    def do(self, statement: LiteralString) -> None:
        self._db.execute(statement)

    def cpu(self) -> float:
        """Seconds that all its processes have spent so far, those that have ended included, ours not."""
        running = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        mine = [pid for pid in running if pid not in self._mine and _parent_of(pid) == self._master]
        return sum(map(cpu_of, mine)) + cpu_of(self._master, with_ended=True)

    def deadlocks(self, database: str) -> int:
        return self._number(_DEADLOCKS, database)

    async def watch(self, database: str, looks: list[bool]) -> None:
        """Look for ever whether anybody waits for somebody else's lock there."""
        while True:
            looks.append(await asyncio.to_thread(self._number, _WAITS, database) > 0)
            await asyncio.sleep(_LOOK)

    async def until_sent(self, database: str) -> None:
        """Until the outbox of a database of ours has nothing more that may go now."""
        db = self._connected(database)

        def is_sent() -> bool:
            return db.execute(_UNSENT).fetchone() == (0,)

        await until(is_sent)

    def _number(self, question: LiteralString, database: str) -> int:
        row = self._db.execute(question, [database]).fetchone()
        return int(row[0]) if row else 0


def _parent_of(pid: int) -> int:
    """0 where there is no such process any more."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return 0
    return int(told.rpartition(")")[2].split()[1])

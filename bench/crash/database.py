"""Where a run keeps everything: a SQLite file in its folder, or a schema of its own in an empty PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

_TABLES = (
    "select table_schema || '.' || table_name from information_schema.tables"
    " where table_schema not in ('pg_catalog', 'information_schema') order by 1 limit 5"
)


class NotEmptyError(Exception):
    """There are tables in it; `tables` are some of them."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


def sqlite(folder: Path) -> str:
    return f"sqlite:///{(folder / 'data' / 'homeroom.db').as_posix()}"


def is_postgres(address: str) -> bool:
    return address.startswith(("postgresql://", "postgresql+psycopg://"))


def check_empty(address: str) -> None:
    """Raises NotEmptyError, and what SQLAlchemy raises where the database can't be reached."""
    engine = create_engine(_with_driver(address))
    try:
        with engine.connect() as db:
            if tables := list(db.execute(text(_TABLES)).scalars()):
                raise NotEmptyError(tables)
    finally:
        engine.dispose()


@contextmanager
def schema_of(address: str, adapter: str) -> Iterator[str]:
    """The address of a new schema. It is dropped at the end, and kept where an exception is raised."""
    url, name = _with_driver(address), f"crash_{adapter}"
    engine = create_engine(url)
    try:
        with engine.begin() as db:
            db.execute(text(f"create schema {name}"))
        yield url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
        with engine.begin() as db:
            db.execute(text(f"drop schema {name} cascade"))
    finally:
        engine.dispose()


def _with_driver(address: str) -> URL:
    return make_url(address).set(drivername="postgresql+psycopg")

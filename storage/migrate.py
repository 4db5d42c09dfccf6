"""The database's schema, brought up to date by Alembic; and the backup that is taken before."""

import re
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from bot.domain.errors import StorageTrouble
from bot.domain.messages import Text
from storage import boards
from storage.database import Database, open_engine

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x686F6D65
"""The number of our lock on PostgreSQL."""


def newest_revision() -> str:
    """The revision that this version of the program needs, read off the file names: `0001_first.py` is 0001."""
    names = [re.match(r"(\d{4})_", path.name) for path in (_MIGRATIONS / "versions").glob("*.py")]
    return max(name[1] for name in names if name)


def current_revision(database: Database) -> str | None:
    """The revision that the database has; None: it is empty."""
    with database.begin() as db:
        if not inspect(db).has_table("alembic_version"):
            return None
        return db.execute(text("select version_num from alembic_version")).scalar_one_or_none()


def migrate(database: Database, backups: Path, now: datetime) -> tuple[str | None, str, Path | None]:
    """Bring the schema up to date; revision before and after, and the backup that was taken of a filled database."""
    before, needed = current_revision(database), newest_revision()
    if before == needed:
        return before, needed, None
    if before is not None and before > needed:
        raise StorageTrouble(Text(id="storage.newer", values={"found": before, "known": needed}))
    backup = back_up(database, backups, now) if before and database.is_sqlite else None
    _upgrade(database)
    return before, needed, backup


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    # An engine of its own: with foreign keys on, rebuilding a table would delete its children silently.
    engine = open_engine(database.url, foreign_keys=False)
    try:
        with engine.begin() as db:  # all or nothing, also when killed half way
            _wait_for_others(db)
            config.attributes["connection"] = db
            command.upgrade(config, "head")
            boards.rebuild(db)  # what an older version kept otherwise, or not at all
            _check_foreign_keys(db)
    finally:
        engine.dispose()


def _wait_for_others(db: Connection) -> None:
    """On PostgreSQL several processes may start on an empty database at once; SQLite has one writer at a time."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _check_foreign_keys(db: Connection) -> None:
    if db.dialect.name == "sqlite" and (broken := db.execute(text("PRAGMA foreign_key_check")).all()):
        raise RuntimeError(f"the migration broke references: {broken[:5]}")


def back_up(database: Database, folder: Path, now: datetime, *, name: str = "homeroom") -> Path:
    """A consistent copy of a SQLite database in use, by SQLite's own backup; its path."""
    path = new_path(folder, now, name=name)
    assert database.file is not None
    copy_database(database.file, path)
    return path


def new_path(folder: Path, now: datetime, *, name: str = "homeroom", suffix: str = ".db") -> Path:
    """Where a backup goes: in this folder, under a name that no other has."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{now:%Y%m%d-%H%M%S}"
    paths = (folder / f"{stem}{number}{suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in paths if not path.exists())


def copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite, never the file of a live WAL database; the target appears whole or not at all."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    reading, writing = sqlite3.connect(source), sqlite3.connect(partial)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()
    partial.replace(target)


def replace_database(source: Path, target: Path) -> None:
    """Put a copy of a backup in the place of a database that nobody has open."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in ("-wal", "-shm"):  # of the old database; they would be applied to the new one
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    copy_database(source, target)


def is_homeroom(path: Path) -> bool:
    """Whether a file is a whole database of ours."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            whole = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            db.execute("select 1 from alembic_version, ledger, outbox limit 1")  # raises where one is missing
            return bool(whole)
        finally:
            db.close()
    except sqlite3.Error:
        return False


def shown(url: URL) -> str:
    """The database's address without its password."""
    return url.render_as_string(hide_password=True)

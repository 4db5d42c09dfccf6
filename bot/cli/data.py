"""The commands on the data: `migrate`, `backup`, `restore`, `ledger`, `rebuild`."""

import argparse
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path

from sqlalchemy import select

from bot.app import real_now
from bot.cli import FINE, PROBLEMS, Command, Terminal
from bot.cli.configured import configured
from bot.config import Settings
from bot.engine.reversals import anonymous_facts
from storage import archive, boards, tables
from storage import migrate as schema
from storage.database import Database
from storage.leases import Holder, others

DataCommand = Callable[[Terminal, argparse.Namespace, Settings, Database], int]


def on_database(command: DataCommand) -> Command:
    """Opens the configured database for the command."""

    @wraps(command)
    @configured
    def run(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
        database = Database(settings.database, busy_timeout=timedelta(seconds=5))
        try:
            return command(terminal, options, settings, database)
        finally:
            database.close()

    return run


def on_data(command: DataCommand) -> Command:
    """The same for a command that only reads: where there is no database yet it says so, and makes none."""

    @wraps(command)
    @on_database
    def run(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
        if (database.file and not database.file.exists()) or schema.current_revision(database) is None:
            terminal.complain("data.no_database", path=database.file or schema.shown(database.url))
            return PROBLEMS
        return command(terminal, options, settings, database)

    return run


@on_database
def migrate(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    before, after, backup = schema.migrate(database, settings.data / "backups", real_now())
    if backup:
        terminal.say("data.backed_up", path=backup, size=_size(backup))
    terminal.say("data.current" if before == after else "data.migrated", before=before or "–", after=after)
    return FINE


@on_database
def backup(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    if database.file is None:
        terminal.complain("data.postgres")
        return PROBLEMS
    if not database.file.exists():
        terminal.complain("data.no_database", path=database.file)
        return PROBLEMS
    schema.current_revision(database)  # says what is wrong with the file, if anything is
    path = _target(options.to, settings.data / "backups")
    archive.pack(database.file, settings.data / "files", path)
    terminal.say("data.backed_up", path=path, size=_size(path))
    return FINE


@on_database
def restore(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    if database.file is None:
        terminal.complain("data.postgres")
        return PROBLEMS
    if not options.backup.is_file():
        terminal.complain("data.no_backup", path=options.backup)
        return PROBLEMS
    if (user := _user_of(database)) is not None:
        terminal.complain("data.in_use", pid=user.pid)
        return PROBLEMS
    kept = _kept(database, settings.data / "backups")
    database.close()
    if not archive.unpack(options.backup, database.file, settings.data / "files"):
        terminal.complain("data.not_ours", path=options.backup)
        return PROBLEMS
    terminal.say("data.restored" if kept else "data.restored_new", path=options.backup, kept=kept)
    return FINE


def _target(asked: Path | None, folder: Path) -> Path:
    """A file that is named `….zip`, else a new one in the folder."""
    if asked is not None and asked.suffix == ".zip":
        return asked
    return schema.new_path(asked or folder, real_now(), suffix=".zip")


def _user_of(database: Database) -> Holder | None:
    """A living process that has the database open; a broken one is of no use to anybody."""
    if database.file is None or not schema.is_homeroom(database.file):
        return None
    with database.begin() as db:
        return next(iter(others(db, Holder.this_process("restore"), real_now())), None)


def _kept(database: Database, folder: Path) -> Path | None:
    """A copy of what the restore is about to replace."""
    if database.file is None or not database.file.exists():
        return None
    if schema.is_homeroom(database.file):
        return schema.back_up(database, folder, real_now(), name="before-restore")
    return Path(shutil.copy2(database.file, schema.new_path(folder, real_now(), name="before-restore")))


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


_ENTRIES = select(tables.ledger).where(tables.ledger.c.points != 0).order_by(tables.ledger.c.id)
"""Entries of 0 points only say that a rule has acted; they are there for its limits."""


_MASK = "–"
"""What stands for what somebody did without their name."""


@on_data
def ledger(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    with database.begin() as db:
        accounts: dict[int, str] = {}
        for row in db.execute(select(tables.account).order_by(tables.account.c.platform, tables.account.c.user)):
            accounts.setdefault(row.member, f"{row.platform}:{row.user}")
        masked = anonymous_facts(db)
        for row in db.execute(_ENTRIES):
            is_masked = (row.member, row.fact, row.object) in masked
            entry = {
                "at": (row.local_date if is_masked else row.at).isoformat(),
                "course": row.course,
                "member": accounts.get(row.member, f"#{row.member}"),
                "points": row.points,
                "rule": _MASK if is_masked else row.rule,
                "object": _MASK if is_masked else row.object,
                "cause": _MASK if is_masked else row.cause,
            }
            print(json.dumps(entry, ensure_ascii=False) if options.json else "  ".join(map(str, entry.values())))
    return FINE


@on_database
def rebuild(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    if database.file and not database.file.exists():
        terminal.complain("data.no_database", path=database.file)
        return PROBLEMS
    found, known = schema.current_revision(database), schema.newest_revision()
    if found != known:
        terminal.complain("data.not_current", found=found or "–", known=known)
        return PROBLEMS
    with database.begin() as db:
        wrong = boards.wrong(db)
        count = boards.rebuild(db)
    terminal.say("data.rebuilt_other" if wrong else "data.rebuilt", count=count, wrong=wrong)
    return FINE

"""Once a day, and when somebody was forgotten: what has had its time is deleted, in the database and beside it."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.errors import StorageTrouble
from storage import kept_files
from storage.archive import forget_old_backups
from storage.database import Database
from storage.erasing import contents_in, forget_farewells, is_needed, settle
from storage.files import FileStore
from storage.kept_files import remove_expired
from storage.personal import Personal
from storage.retention import files_going, forget_old

_DELIVERED = timedelta(hours=1)
"""By then our last words to who was forgotten have been read, or never will be."""

log = logging.getLogger(__name__)


def tidy(
    database: Database,
    store: FileStore,
    backups: Path,
    personals: Sequence[Personal],
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    """`now` is the course's time; files in the folder of backups have the machine's."""
    with database.begin() as db:
        going = {content for files in files_going(db, now) for content in contents_in(files)}
        forget_old(db, now)
        kept_files.give_up(db, [], [one for one in sorted(going) if not is_needed(db, one, personals)], at=now)
        forgotten = forget_farewells(db, now - _DELIVERED)
    _remove_files(database, store, now)
    forget_old_backups(backups, real_now)
    if forgotten and _scrub(database):
        with database.begin() as db:
            settle(db, forgotten)


def clean_up(store: FileStore, now: datetime) -> Callable[[Database], None]:
    """What can't be undone, and so is done only when it is committed that somebody is forgotten."""

    def act(database: Database) -> None:
        _remove_files(database, store, now)
        _scrub(database)

    return act


def _remove_files(database: Database, store: FileStore, now: datetime) -> None:
    try:
        with database.begin() as db:
            remove_expired(db, store, now)
    except (StorageTrouble, OSError) as error:
        log.warning("files that have had their time could not be deleted, and will be the next time: %s", error)


def _scrub(database: Database) -> bool:
    try:
        database.scrub()
        return True
    except StorageTrouble as trouble:
        log.warning("the database could not be written anew, and will be tomorrow: %s", trouble.text.values["error"])
        return False

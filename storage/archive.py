"""A whole backup in one file: a consistent copy of the database, and the files that people sent."""

import re
import tempfile
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

from storage.migrate import copy_database, is_homeroom, replace_database
from storage.retention import BACKUP_DAYS

DATABASE = "homeroom.db"
_BACKUP = re.compile(r"(homeroom|before-restore)-\d{8}-\d{6}(-\d+)?\.(db|zip)")
_DAY = 86_400  # seconds
_FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}")


def pack(database: Path, files: Path, target: Path) -> None:
    """Write the backup; it appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        copy_database(database, copy)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, DATABASE)
            for path in sorted(files.glob("??/*")):
                archive.write(path, f"files/{path.parent.name}/{path.name}")
    partial.replace(target)


def unpack(backup: Path, database: Path, files: Path) -> bool:
    """Put a backup in the place of the data; False, and nothing was touched, where it is no whole backup of ours."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        source = _database_in(backup, Path(folder))
        if source is None or not is_homeroom(source):
            return False
        if zipfile.is_zipfile(backup):
            _unpack_files(backup, files)
        replace_database(source, database)
    return True


def _database_in(backup: Path, folder: Path) -> Path | None:
    """The database of a backup; a bare database, such as one saved before a migration, is a backup too."""
    if not zipfile.is_zipfile(backup):
        return backup
    try:
        with zipfile.ZipFile(backup) as archive:
            return Path(archive.extract(DATABASE, folder)) if archive.testzip() is None else None
    except (KeyError, zipfile.BadZipFile, zlib.error, RuntimeError, OSError):  # RuntimeError: it is encrypted
        return None


def _unpack_files(backup: Path, files: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        for name in archive.namelist():
            if _FILE.fullmatch(name):  # nothing else, wherever its name points
                path = files / name.removeprefix("files/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))


def forget_old_backups(folder: Path, now: datetime) -> None:
    """Delete the backups in this folder that are older than they may be: who was forgotten stands in them."""
    for path in folder.glob("*"):
        if _BACKUP.fullmatch(path.name) and now.timestamp() - path.stat().st_mtime > BACKUP_DAYS * _DAY:
            path.unlink(missing_ok=True)

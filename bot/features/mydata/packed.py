"""A zip of it: a text to read first, JSON of every table, sheets, and the files themselves."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from bot.domain.files import MAX_FILE
from bot.domain.ids import Language
from bot.engine.spreadsheet import csv_of
from bot.engine.transaction import Engine
from bot.features.mydata.collected import Collected, Rows
from storage.files import FileStore

_ALL = "data"


def pack(engine: Engine, language: Language, collected: Collected, *, at: datetime) -> bytes:
    packed = io.BytesIO()
    files = list(_files(engine.library.store, collected))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _read_me(engine, language, collected, len(files), at))
        content = {"made_at": at, **collected.rows}
        archive.writestr(f"{_ALL}.json", msgspec.json.format(msgspec.json.encode(content), indent=2))
        for name in sorted(collected.sheets & collected.rows.keys()):
            archive.writestr(f"{name}.csv", _sheet(collected.rows[name]))
        for name, path in files:
            archive.write(path, f"files/{name}")
    return packed.getvalue()


def _read_me(engine: Engine, language: Language, collected: Collected, files: int, at: datetime) -> str:
    say = engine.voice.texts.say
    lines = [say(language, "mydata.read_me", at=at), ""]
    for name, rows in collected.rows.items():
        what = say(language, f"kept.{name}")
        lines.append(say(language, "mydata.table", table=name, what=what, count=len(rows)))
    if collected.files:
        lines += ["", say(language, "mydata.files", packed=files, count=len(collected.files))]
    return "\r\n".join(lines) + "\r\n"


def _sheet(rows: Rows) -> str:
    return csv_of([[*rows[0]], *(row.values() for row in rows)])


def _files(store: FileStore, collected: Collected) -> Iterator[tuple[str, Path]]:
    """As many as one message takes; each under a name of its own."""
    room = MAX_FILE // 2
    for sha256, name in sorted(collected.files.items()):
        path = store.path(sha256)
        if path and path.stat().st_size <= room:
            room -= path.stat().st_size
            yield f"{sha256[:8]}-{Path(name.replace(chr(92), '/')).name}", path

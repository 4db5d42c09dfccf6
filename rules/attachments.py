"""The folder `files/` of a course: what its rituals may post.

Among a course's files each stands under its name with a description: type, size and hash of its content. A snapshot
keeps that, and the content itself is stored elsewhere, by its hash.
"""

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

import msgspec

from bot.domain.errors import Problem
from bot.domain.files import MAX_FILE, picture_type
from bot.domain.messages import File, Text
from rules.decode import CONTROL
from rules.suggest import clipped

FOLDER = "files/"
MAX_FILES = 200
_MB = 1024 * 1024
_TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".zip": "application/zip",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
}
"""Our own: what the system knows differs from one machine to the next, and would be another version of the course."""


class _Described(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands for a file among the texts of a course."""

    media_type: str = ""
    size: int = 0  # bytes
    sha256: str = ""
    problem: str = ""  # a message id: why it can't be posted


class Hashes:
    """What files are, read again only where the system says that they have changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], _Described]] = {}

    def of(self, path: Path) -> _Described:
        """Raises OSError."""
        state = path.stat()
        signature = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        known = self._known.get(path)
        if known is None or known[0] != signature:
            known = self._known[path] = signature, _described(path)
        return known[1]


def attachments_in(folder: Path, hashes: Hashes) -> dict[str, str]:
    """The descriptions of a course's files, by their names."""
    found = list(islice(_paths(folder), MAX_FILES + 1))
    described = {_kept(name): _encoded(_look(name, path, folder, hashes)) for name, path in found[:MAX_FILES]}
    if len(found) > MAX_FILES:
        described[FOLDER] = _encoded(_Described(problem="problem.too_many_attachments"))
    return described


def paths_of(folder: Path) -> dict[str, Path]:
    """Where the files of a course lie, by their names."""
    return dict(islice(_paths(folder), MAX_FILES))


def folders_of(folder: Path) -> list[Path]:
    """The folder of files and those in it: where something may change."""
    return [here for here, _ in _walk(folder / FOLDER)]


def read_attachments(files: Mapping[str, str | bytes]) -> tuple[dict[str, File], list[Problem]]:
    """From the descriptions: what can be posted, by name, and why the rest can't; that puts off nothing else."""
    found, problems = dict[str, File](), list[Problem]()
    for name, text in files.items():
        if not name.startswith(FOLDER):
            continue
        what = msgspec.json.decode(text, type=_Described)
        if what.problem:
            told = Text(id=what.problem, values={"most": MAX_FILES, "megabytes": MAX_FILE // _MB})
            off = clipped(name.removeprefix(FOLDER)) or FOLDER
            problems.append(Problem(file=clipped(name), line=1, column=1, text=told, rule=off, section="files"))
        else:
            shown = PurePosixPath(name).name
            found[name] = File(name=shown, media_type=what.media_type, size=what.size, sha256=what.sha256)
    return found, problems


def _walk(top: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its files, hidden ones left out; links to folders lead nowhere."""
    for here, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(here), sorted(name for name in names if not name.startswith("."))


def _paths(folder: Path) -> Iterator[tuple[str, Path]]:
    """Only regular files: opening a pipe would wait for ever. Names are the same however a system writes accents."""
    for here, names in _walk(folder / FOLDER):
        for path in (here / name for name in names):
            if path.is_file():
                yield unicodedata.normalize("NFC", path.relative_to(folder).as_posix()), path


def _kept(name: str) -> str:
    """As a database can hold it, and a terminal show it: a system may give names that are no text."""
    return CONTROL.sub("?", name)


def _look(name: str, path: Path, folder: Path, hashes: Hashes) -> _Described:
    if CONTROL.search(name):
        return _Described(problem="problem.attachment_name")
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return _Described(problem="problem.attachment_outside")
        if path.stat().st_size > MAX_FILE:
            return _Described(problem="problem.attachment_too_large")
        return hashes.of(path)
    except OSError:
        return _Described(problem="problem.unreadable_file")


def _described(path: Path) -> _Described:
    content = path.read_bytes()
    if not content:
        return _Described(problem="problem.attachment_empty")
    media_type = picture_type(content[:16]) or _TYPES.get(path.suffix.lower(), "application/octet-stream")
    return _Described(media_type=media_type, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _encoded(what: _Described) -> str:
    return msgspec.json.encode(what).decode()

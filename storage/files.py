"""Files that last, stored by their content: what people send, and what a course posts."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from bot.domain.messages import File

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of files named by their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, media_type: str, content: bytes) -> File:
        """Store a file durably; the same content is stored once. Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._place(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, content)
        clean = Path(name.replace("\\", "/")).name.replace("\0", "")[:120] or "file"
        return File(name=clean, media_type=media_type[:100], size=len(content), sha256=sha256)

    def take(self, source: Path, file: File) -> bool:
        """Store a course's file; False where its content is another one by now. Raises OSError."""
        if self.path(file.sha256):
            return True
        content = source.read_bytes()
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return False
        self.keep(file.name, file.media_type, content)
        return True

    def path(self, sha256: str) -> Path | None:
        """Where a file is; None where there is none of that content."""
        path = self._place(sha256) if _SHA256.fullmatch(sha256) else None
        return path if path and path.is_file() else None

    def remove(self, sha256: str) -> None:
        """Forget the file of this content, if there is one. Raises OSError."""
        if path := self.path(sha256):
            path.unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _write_durably(path: Path, content: bytes) -> None:
    # Written beside and renamed: a crash leaves no half of a file under its name.
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise

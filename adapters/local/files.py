"""Files that people send, stored by content hash."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from adapters.local.values import Mistake, Upload

MAX_FILE = 20 * 1024 * 1024  # bytes
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """A folder of files named by their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, media_type: str, content: bytes) -> Upload:
        """Store a file durably; the same content is stored once."""
        if len(content) > MAX_FILE:
            raise Mistake("chat.file_too_large", 413)
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256[:2] / sha256
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, content)
        clean = Path(name.replace("\\", "/")).name.replace("\0", "")[:120] or "file"
        return Upload(name=clean, media_type=media_type[:100], size=len(content), sha256=sha256)

    def path(self, sha256: str) -> Path | None:
        """Where a file is; None where there is none of that name."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._folder / sha256[:2] / sha256
        return path if path.is_file() else None


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

"""Stored files on their way into a message."""

from collections.abc import Iterable

from adapters.discord.client import Upload
from adapters.discord.naming import file_name, media_type
from bot.domain.errors import Refused
from bot.domain.messages import File
from bot.domain.ports import FileStore

_MOST = 10 * 1024 * 1024  # bytes of one file


def uploads_of(files: Iterable[File], store: FileStore) -> list[Upload]:
    """The files with what is in them. Raises Refused where one is gone, or larger than Discord takes."""
    return [_upload(file, store) for file in files]


def _upload(file: File, store: FileStore) -> Upload:
    if file.size > _MOST:
        raise Refused(f"the file {file.name} is larger than the 10 MiB that Discord takes")
    path = store.path(file.sha256)
    if path is None:
        raise Refused(f"the file {file.name} is not there any more")
    return Upload(file_name(file.name), media_type(file.media_type), path.read_bytes())

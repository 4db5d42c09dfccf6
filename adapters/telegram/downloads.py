"""What is in a file that somebody sent: the server is asked where it lies now, and then for it."""

import asyncio
from typing import Any

from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.errors import outcome_of
from bot.domain.errors import Refused, Unknown
from bot.domain.files import MAX_FILE

_PATIENCE = 180.0  # seconds, for all of a file
_TOO_LARGE = "file is too big"
_UNHEARD_OF = "invalid file_id"
"""Of others the server says `wrong file_id or the file is temporarily unavailable`: nobody knows which."""


async def download(client: Client, file_id: str) -> bytes:
    """Raises NotSent, Refused or Unknown; their words hold no address, for the token is part of it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            found = await client.call("getFile", file_id=file_id)
            return await _content(client, found)
    except TimeoutError:
        raise Unknown("the file did not come in time") from None
    except BadRequest as error:
        raise _refusal(error) from None
    except TelegramError as error:
        raise outcome_of(error) from None


def _refusal(error: BadRequest) -> BaseException:
    said = str(error).casefold()
    if _TOO_LARGE in said:
        return Refused(str(error), why="too_large")
    return Refused(str(error), why="gone") if _UNHEARD_OF in said else outcome_of(error)


async def _content(client: Client, found: Any) -> bytes:
    place = found if isinstance(found, dict) else {}
    if (place.get("file_size") or 0) > MAX_FILE:
        raise Refused("the file is too large", why="too_large")
    if not place.get("file_path"):
        raise Refused("the server does not say where the file is")
    try:
        return await client.download(str(place["file_path"]))
    except InvalidToken:  # which the library makes of every 404
        raise Refused("the file is not where the server said") from None

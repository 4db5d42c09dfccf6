"""What changes seldom, and is published where it differs from what was published last."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

_EVERY = 60.0  # seconds
_LONGEST = 900.0  # seconds between two attempts at what fails


async def keep_published(publish: Callable[[], Awaitable[bool]]) -> None:
    """Look for ever, with growing pauses while it fails; `publish` says whether nothing is left to be done."""
    wait = _EVERY
    while True:
        wait = _EVERY if await publish() else min(wait * 2, _LONGEST)
        await asyncio.sleep(wait)


def digest_of(wanted: Any) -> str:
    """The same for what is the same."""
    return hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()

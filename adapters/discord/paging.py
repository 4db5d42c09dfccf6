"""Messages of many channels in the order in which they were written, read page by page."""

import heapq
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Any

from adapters.discord.asking import DELETED, Asking, Unreadable, together

Raw = dict[str, Any]

PAGE = 100
_MESSAGES = "/channels/{channel_id}/messages"


def number(message: Raw) -> int:
    """Snowflakes grow with time, over all of Discord."""
    return int(message["id"])


async def messages_after(asking: Asking, channel: str, after: str) -> AsyncGenerator[Raw, None]:
    """The messages after an id, oldest first. Raises Unreadable."""
    while True:
        # Discord gives the batch that follows the id, newest first within it.
        page = await asking.get(_MESSAGES, {"after": after, "limit": PAGE}, channel_id=channel)
        for message in sorted(page, key=number):
            yield message
        if len(page) < PAGE:
            return
        after = str(max(map(number, page)))


async def messages_until(asking: Asking, channel: str, last: str) -> list[Raw]:
    """Up to a hundred messages at and before an id, oldest first. Raises Unreadable."""
    page = await asking.get(_MESSAGES, {"before": str(int(last) + 1), "limit": PAGE}, channel_id=channel)
    return sorted(page, key=number)


async def check_readable(asking: Asking, channel: str, message: str) -> None:
    """Ask for a message where a page was empty, as it is for who may not read what was written. Raises Unreadable."""
    try:
        await asking.get(f"{_MESSAGES}/{{message_id}}", channel_id=channel, message_id=message)
    except Unreadable as error:
        if error.reason != DELETED:
            raise


async def merged(sources: Sequence[AsyncGenerator[Raw, None]]) -> AsyncGenerator[Raw, None]:
    """The messages of all of them, each of which is in order, by their ids. One page of each is held at a time."""
    async with AsyncExitStack() as stack:
        for source in sources:
            await stack.enter_async_context(aclosing(source))
        firsts = await together(map(_next, sources))
        heads = [(number(first), place, first) for place, first in enumerate(firsts) if first is not None]
        heapq.heapify(heads)
        while heads:
            _, place, message = heads[0]
            yield message
            following = await _next(sources[place])
            if following is None:
                heapq.heappop(heads)
            else:
                heapq.heapreplace(heads, (number(following), place, following))


async def _next(source: AsyncGenerator[Raw, None]) -> Raw | None:
    return await anext(source, None)

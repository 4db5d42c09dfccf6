"""Messages of several channels, page by page, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.asking import Asking
from adapters.discord.paging import merged, messages_after, messages_until

Chats = Mapping[str, Sequence[int]]


class Server:
    """Gives history as Discord does: the oldest batch after an id, newest first within it."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats
        self.pages = 0

    async def call(self, method: str, path: str, *, params: dict[str, Any] | None = None, **ids: str) -> Any:
        assert (method, path) == ("GET", "/channels/{channel_id}/messages")
        assert params is not None
        self.pages += 1
        there, limit = sorted(self.chats[ids["channel_id"]]), params["limit"]
        if "after" in params:
            page = [id for id in there if id > int(params["after"])][:limit]
        else:
            page = [id for id in there if id < int(params["before"])][-limit:]
        return [{"id": str(id), "channel_id": ids["channel_id"]} for id in reversed(page)]


some_chats = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=450).map(
    lambda rows: {
        str(chat): [sum(step for _, step in rows[: at + 1]) for at, (one, _) in enumerate(rows) if one == chat]
        for chat in range(4)
    }
)


@given(chats=some_chats, after=st.integers(0, 200), stop=st.integers(0, 450))
async def test_all_after_an_id_once_in_order_also_when_one_stops_and_begins_again(
    chats: dict[str, list[int]], after: int, stop: int
) -> None:
    server = Server(chats)
    marks = dict.fromkeys(chats, after)
    found: list[int] = []
    for limit in (stop, 10_000):
        asking = Asking(server)
        source = merged([messages_after(asking, chat, str(mark)) for chat, mark in marks.items()])
        async for message in source:
            if len(found) >= limit:
                break
            found.append(int(message["id"]))
            marks[message["channel_id"]] = found[-1]
        await source.aclose()
    assert found == sorted(id for there in chats.values() for id in there if id > after)


@given(there=st.lists(st.integers(1, 500), max_size=300, unique=True), last=st.integers(1, 600))
async def test_the_newest_hundred_up_to_an_id(there: list[int], last: int) -> None:
    found = await messages_until(Asking(Server({"1": there})), "1", str(last))
    assert [int(message["id"]) for message in found] == sorted(id for id in there if id <= last)[-100:]


class Away:
    """Answers nothing at all for so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def call(self, method: str, path: str, **more: Any) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise ConnectionResetError
        return []


async def test_where_nothing_is_answered_it_is_asked_until_something_is() -> None:
    async def no_time(seconds: float) -> None:
        assert seconds > 0

    assert await Asking(Away(1001), no_time).get("/channels/{channel_id}/messages", channel_id="1") == []

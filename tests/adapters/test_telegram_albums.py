"""Albums, whatever dies when: each picture has its effect once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from bot.domain.errors import StorageTrouble
from bot.domain.events import Event
from bot.domain.messages import Text
from bot.simulation.memory import Memory
from scheduler.clock import RealClock
from storage.files import FileStore

CHAT = {"id": -1001, "type": "supergroup", "title": "Writing camp"}
ADA = {"id": 7, "is_bot": False, "first_name": "Ada"}


class Killed(BaseException):
    """The process ends here."""


class FragileStore(Memory):
    """Counts what is written; at one of the writes something happens, before it or after it."""

    def __init__(self, strike: Callable[[int, bool], None]) -> None:
        super().__init__()
        self._strike = strike
        self._writes = 0

    async def put(self, kind: str, key: str, value: Mapping[str, Any]) -> int:
        return await self.put_many([(kind, key, value)])

    async def put_many(self, documents: Sequence[tuple[str, str, Mapping[str, Any]]], **more: Any) -> int:
        self._writes += 1
        self._strike(self._writes, False)
        done = await super().put_many(documents, **more)
        self._strike(self._writes, True)
        return done

    async def delete(self, kind: str, key: str) -> None:
        self._writes += 1
        self._strike(self._writes, False)
        await super().delete(kind, key)
        self._strike(self._writes, True)


class Core:
    """Gives each event its effect once, as the real one does; it may die around a batch, too."""

    def __init__(self, strike: Callable[[int, bool], None]) -> None:
        self.events: dict[str, Event] = {}
        self._strike = strike
        self._batches = 0

    async def __call__(self, events: Sequence[Event], /) -> None:
        self._batches += 1
        self._strike(100 + self._batches, False)
        for event in events:
            self.events.setdefault(event.key, event)
        self._strike(100 + self._batches, True)

    def pictures(self) -> list[str]:
        return sorted(file.ref for event in self.events.values() for file in getattr(event, "attachments", ()))

    def texts(self) -> list[str]:
        return sorted(text for event in self.events.values() if (text := getattr(event, "text", "")))


def picture(number: int, caption: str = "") -> dict[str, Any]:
    photo = [{"file_id": f"picture {number}", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 9}]
    message = {"message_id": number, "date": 1803891600, "chat": CHAT, "from": ADA, "photo": photo}
    words = {"caption": caption} if caption else {}
    return {"update_id": number, "message": {**message, "media_group_id": "g", **words}}


def text(number: int) -> dict[str, Any]:
    message = {"message_id": number, "date": 1803891600, "chat": CHAT, "from": ADA, "text": f"text {number}"}
    return {"update_id": number, "message": message}


async def play(batches: Sequence[Sequence[dict[str, Any]]], strike: Callable[[int, bool], None], tmp_path: Any) -> Core:
    """The server sends each batch again until it is confirmed; whatever has died is started again."""
    store, core = FragileStore(strike), Core(strike)
    adapter = await started(store, tmp_path)
    for batch in batches:
        while True:
            try:
                await adapter.take(batch, core)
                adapter._albums._due_at = dict.fromkeys(adapter._albums._due_at, 0.0)
                await adapter._albums.hand_over(core)
                break
            except StorageTrouble:
                continue
            except Killed:
                adapter = await started(store, tmp_path)
    while adapter._albums._due_at:
        adapter._albums._due_at = dict.fromkeys(adapter._albums._due_at, 0.0)
        try:
            await adapter._albums.hand_over(core)
        except (StorageTrouble, Killed):
            adapter = await started(store, tmp_path)
    return core


async def started(store: Memory, tmp_path: Any) -> TelegramAdapter:
    async def none(_adapter: TelegramAdapter, _sink: Any) -> None: ...

    adapter = TelegramAdapter(open_client("1:x", "http://127.0.0.1:9"), store, FileStore(tmp_path), RealClock(), none)
    adapter._me = {"username": "homeroom_bot"}
    await adapter._albums.open()
    return adapter


BATCHES = {
    "together": [[picture(1, "mine"), picture(2), picture(3)]],
    "one late": [[picture(1, "mine"), picture(2)], [picture(3)]],
    "the first late": [[picture(2), picture(3)], [picture(1, "mine")]],
    "text between": [[picture(1, "mine"), text(4), picture(2), picture(3)], [text(5)]],
    "text behind": [[picture(1, "mine"), picture(2)], [picture(3), text(4)]],
}


@pytest.mark.parametrize("failure", ["kill", "trouble"])
@pytest.mark.parametrize("name", BATCHES)
async def test_each_picture_has_its_effect_once_whatever_fails_when(name: str, failure: str, tmp_path: Any) -> None:
    batches = BATCHES[name]
    texts = sorted(
        {"mine", *(one["message"]["text"] for batch in batches for one in batch if "text" in one["message"])}
    )
    for at in (*range(1, 12), *range(101, 106)):
        for is_after in (False, True):
            left = [1]

            def strike(
                write: int, after: bool, at: int = at, is_after: bool = is_after, left: list[int] = left
            ) -> None:
                if (write, after) == (at, is_after) and left:
                    left.clear()
                    raise Killed if failure == "kill" else StorageTrouble(Text(id="storage.locked"))

            core = await play(batches, strike, tmp_path)
            assert core.pictures() == ["picture 1", "picture 2", "picture 3"], (at, is_after)
            assert core.texts() == texts, (at, is_after)


async def test_what_follows_an_album_comes_behind_it(tmp_path: Any) -> None:
    core = await play([[picture(1, "mine"), picture(2), text(3)]], lambda write, after: None, tmp_path)
    assert [getattr(event, "text", "") for event in core.events.values()] == ["mine", "text 3"]

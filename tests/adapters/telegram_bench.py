"""The Telegram adapter in front of a Bot API server of ours, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.polling import Polling
from bot.domain.places import Address
from scheduler.clock import RealClock
from storage.database import Database
from storage.documents import Documents
from storage.files import FileStore
from storage.migrate import migrate
from tests.adapters.contract import Seen
from tests.fakes.telegram import FakeTelegram, Limits


class TelegramBench:
    """The adapter in front of the server, with its memory in a temporary database."""

    def __init__(self, telegram: FakeTelegram, folder: Path) -> None:
        self.telegram = telegram
        self.people = {"ada": telegram.person("Ada"), "ben": telegram.person("Ben")}
        self.chat = telegram.group("Writing camp", *self.people.values(), bot="administrator")
        self.group = Address(platform="telegram", chat=str(self.chat.id))
        self.database = Database(f"sqlite:///{(folder / 'telegram.db').as_posix()}")
        migrate(self.database, folder, RealClock().now())
        self.files = FileStore(folder / "files")
        self.client = open_client(telegram.token, telegram.url)
        self.adapter = self.another()

    def another(self) -> TelegramAdapter:
        """The adapter as another process would have it."""
        clock = RealClock()
        return TelegramAdapter(self.client, Documents(self.database, "telegram"), self.files, clock, Polling(clock))

    def user(self, who: str) -> str:
        return str(self.people[who].id)

    async def sees(self, who: str) -> list[Seen]:
        return [
            Seen(text=seen.text, buttons=tuple(seen.labels), is_pinned=seen.is_pinned)
            for seen in self.telegram.sees(self.people[who], self.chat)
            if seen.by_bot
        ]

    async def hears(self, who: str) -> list[str]:
        return [toast.text or "" for toast in self.telegram.toasts(self.people[who])]

    async def says(self, who: str, text: str) -> None:
        self.telegram.says(self.people[who], self.chat, text)

    async def presses(self, who: str, label: str) -> None:
        ada = self.people[who]
        newest = [seen for seen in self.telegram.sees(ada, self.chat) if label in seen.labels][-1]
        self.telegram.presses(ada, self.chat, newest.id, label)

    async def sends(self, who: str, name: str, content: bytes) -> None:
        self.telegram.sends_document(self.people[who], self.chat, content, name=name)

    def lose_files(self) -> None:
        self.telegram.world.files.clear()


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[TelegramBench]:
    """It is closed again, and the server has seen nothing that the real one would refuse."""
    async with FakeTelegram(limits=Limits.off()) as telegram:
        bench = TelegramBench(telegram, folder)
        yield bench
        await bench.client.hang_up()
        bench.database.close()
        assert telegram.violations == []

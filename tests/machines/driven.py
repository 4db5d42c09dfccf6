"""A course for a state machine: everybody speaks through the pipeline, and the platform may deliver oddly."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import select

from bot.domain.events import Event
from bot.domain.ids import CourseId
from bot.engine.recorded import facts_of, judged_again, versions_of
from storage import boards
from storage.tables import account, ledger, member
from tests.community import Community, write_course

Value = TypeVar("Value")

CODE = re.compile(r"[0-9A-F]{5}-[0-9A-F]{5}")
ENTRY = ("member", "rule", "object", "round", "points", "category", "fact", "local_date")
"""What of a ledger entry must come out again when the recorded facts are judged anew."""


class Driven:
    """What a state machine says and hears, without having to wait."""

    def __init__(self, new_database: Path, **files: str) -> None:
        self._runner = asyncio.Runner()
        self._home = TemporaryDirectory()
        self._folder = Path(self._home.name)
        self._files = dict(files)
        (self._folder / "data").mkdir()
        shutil.copyfile(new_database, self._folder / "data" / "writing.db")
        self._delivered: list[Event] = []
        self.community: Community
        self._open()

    def _open(self) -> None:
        files = write_course(self._folder / "writing", **self._files)
        self.community = self.run(Community.open(self._folder / "data", files))

    def run(self, what: Awaitable[Value]) -> Value:
        async def awaited() -> Value:
            return await what

        return self._runner.run(awaited())

    def close(self) -> None:
        try:
            self.run(self.community.close())
        finally:
            self._runner.close()
            self._home.cleanup()

    def restarts(self) -> None:
        """Another process goes on where this one ended."""
        self.run(self.community.close())
        self._open()

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def withheld(self, act: Awaitable[Any]) -> list[Event]:
        """What the platform would tell of an act, which nobody has heard of yet."""
        self.run(act)
        return self.run(self.community.withheld())

    def hears_of(self, events: Sequence[Event], *, times: int = 1) -> None:
        """The core is told of them, once or several times."""
        for _ in range(times):
            self.run(self.community.run.app.sink(list(events)))
        self._delivered += events
        self.run(self.community.settle())

    def hears_again(self, number: int) -> None:
        """The platform tells once more of something that it told long ago."""
        if self._delivered:
            self.hears_of([self._delivered[number % len(self._delivered)]])

    # --- people -------------------------------------------------------------------------------------------------------

    def told(
        self, who: str, text: str, *, room: str = "main", reply_to: int | None = None, times: int = 1
    ) -> tuple[str, int]:
        """Somebody posts this; what they alone are told, and the number of their message."""
        return self._told(who, room, lambda: self.community.posts(who, text, room=room, reply_to=reply_to), times)

    def answer(self, who: str, text: str, *, room: str = "main", times: int = 1) -> str:
        """Somebody says this; what they alone are told."""
        return self.told(who, text, room=room, times=times)[0]

    def staff(self, text: str, *, who: str = "lin", times: int = 1) -> str:
        """Somebody says this in the staff room; all that is new there."""
        before = self.last(who, "staff")
        self.hears_of(self.withheld(self.community.posts(who, text, room="staff")), times=times)
        new = (one for one in self.messages(who, "staff") if one.number > before and one.author == "bot")
        return "\n".join(one.text for one in new)

    def presses(self, who: str, number: int, command: str, *, room: str = "main", times: int = 1) -> str:
        """Somebody presses a button of a message that has this command; what they alone are told."""
        chat = self.community.run.adapter.chat
        return self._told(who, room, lambda: chat.press(who, room, number, command), times)[0]

    def edits(self, who: str, number: int, text: str, *, room: str = "main", times: int = 1) -> None:
        chat = self.community.run.adapter.chat
        self.hears_of(self.withheld(chat.edit(who, room, number, text)), times=times)

    def deletes(self, who: str, number: int, *, room: str = "main", times: int = 1) -> None:
        chat = self.community.run.adapter.chat
        self.hears_of(self.withheld(chat.delete(who, room, number)), times=times)

    def leaves(self, who: str, *, times: int = 1) -> None:
        self.hears_of(self.withheld(self.community.run.adapter.chat.leave(who, "main")), times=times)

    def joins(self, who: str, *, times: int = 1) -> None:
        self.hears_of(self.withheld(self.community.run.adapter.chat.join(who, "main")), times=times)

    def links(self, first: str, second: str) -> str:
        found = CODE.search(self.answer(first, "/link"))
        assert found
        return self.answer(second, f"/link {found[0]}")

    def parts(self, who: str) -> str:
        self.staff(f"/unlink @{who}", who="chen")
        button = self.messages("chen", "staff")[-1].buttons[0]
        return self.staff(f"/{button.command}", who="chen")

    def forgets(self, who: str) -> str:
        self.answer(who, "/forget")
        return self.answer(who, "/forget yes")

    def _told(self, who: str, room: str, act: Callable[[], Awaitable[Any]], times: int) -> tuple[str, int]:
        chat, before, revision = self.community.run.adapter.chat, self.last(who, room), 0
        revision = chat.revision
        number: list[int] = []

        async def acted() -> None:
            done = await act()
            number.append(done if isinstance(done, int) else 0)

        self.hears_of(self.withheld(acted()), times=times)
        private = room == "private"
        heard = [one.text for one in self.messages(who, room) if one.number > before and one.author == "bot"]
        if not private:
            heard = [one.text for one in self.messages(who, room) if one.number > before and one.only_for == who]
        heard += [one.text for one in self.run(chat.answers(who, revision))]
        return "\n".join(heard), number[0]

    # --- course and time ----------------------------------------------------------------------------------------------

    def rewrites(self, **files: str) -> str:
        """The operator saves other files; what staff are told when they are read."""
        self._files |= files
        self.community.rewrites(**self._files)
        return self.staff("/reload", who="chen")

    def passes(self, **length: float) -> None:
        self.run(self.community.passes(**length))

    def is_away(self, **length: float) -> None:
        """Nothing is at work for so long; then all that is due is done."""
        self.run(self.community.is_away(**length))
        self.run(self.community.comes_back())

    def until(self, hour: int, minute: int = 0) -> None:
        self.run(self.community.until(hour, minute))

    @property
    def now(self) -> datetime:
        return self.community.now

    # --- what is seen -------------------------------------------------------------------------------------------------

    def messages(self, who: str, room: str = "main") -> Sequence[Any]:
        return self.run(self.community.run.adapter.chat.history(who, room, limit=400))

    def said(self, who: str, room: str = "main") -> list[str]:
        return [one.text for one in self.messages(who, room) if one.author == "bot"]

    def last(self, who: str, room: str = "main") -> int:
        return max((one.number for one in self.messages(who, room)), default=0)

    def rows(self, query: Any) -> list[Any]:
        return self.run(self.community.rows(query))

    def points(self, who: str) -> int:
        """As the member is told."""
        said = self.answer(who, "/points")
        found = re.search(r"You have (-?\d+) point", said)
        assert found, said
        return int(found[1])

    def ledger(self) -> dict[str, int]:
        """The sum of the entries of each account's own member."""
        users = {row.member: row.user for row in self.rows(select(account))}
        found: Counter[str] = Counter(dict.fromkeys(users.values(), 0))
        for row in self.rows(select(ledger.c.member, ledger.c.points)):
            if row.member in users:
                found[users[row.member]] += row.points
        return dict(found)

    def assert_boards_agree(self) -> None:
        """What boards are counted from is what the ledger says."""
        assert self.run(self.community.run.app.database.run(boards.wrong)) == 0

    def assert_replays(self) -> None:
        """The recorded facts, judged anew by the rules of their time, make the same ledger."""
        database, where = self.community.run.app.database, CourseId("writing")
        vocabulary = self.community.run.app.registry.vocabulary()
        versions = self.run(database.call(lambda: versions_of(database, where, vocabulary)))
        again = self.run(database.call(lambda: judged_again(facts_of(database, where), versions)))
        kept = self.rows(select(*(ledger.c[name] for name in ENTRY)).order_by(ledger.c.id))
        assert [tuple(getattr(one, name) for name in ENTRY) for one in again.entries] == [tuple(row) for row in kept]

    def members(self) -> Mapping[str, int]:
        """The number of the member that each account belongs to."""
        query = select(account.c.user, member.c.id, member.c.merged_into).join(member, member.c.id == account.c.member)
        return {row.user: row.merged_into or row.id for row in self.rows(query)}


DAY = timedelta(days=1)

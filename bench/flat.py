"""Whether a message costs the same in 10 groups and in 10,000, and whatever stands in the ledger already."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from bench import heard, telegram
from bench.course import Camp, begun, copied
from bench.rounds import Work, in_turns, ours_under_run
from bench.table import Row
from bot.domain.text import fingerprint
from storage import boards
from storage.bulk import insert_stored
from storage.columns import stored_moment
from storage.tables import binding, ledger, member


class Size(NamedTuple):
    groups: Sequence[int]
    courses: Sequence[int]
    entries: Sequence[int]
    messages: int  # in a round, and as many for all sizes
    check_ins: int
    rounds: int


FULL = Size((10, 100, 1_000, 10_000), (1, 10, 30), (1_000, 10_000, 100_000, 1_000_000), 1_000, 100, 7)
TINY = Size((1, 3), (2,), (10,), 50, 5, 1)
_BATCH = 100
_FLAT = "0.85–1.15 ×"
_RULES = (
    ("check_in", "checkin.done", "activity", 5),
    ("thoughtful_message", "message.posted", "activity", 1),
    ("helpful_reply", "message.posted", "help", 2),
    ("thanked", "thanks.received", "help", 2),
)
_HISTORY = 365  # days over which the entries were earned

Grow = Callable[[Path, int], Awaitable["Town"]]


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Microseconds of CPU for a message, from Telegram's bytes to the commit, a hundred in a batch.

    All sizes take turns, and the ratio is to the first. The 300 who speak are the same: what grows is what is around
    them. Groups are those of one course, as `/bind` adds them; courses have one group each, and whoever has many of
    them pays for each course of a batch, which is why that has no target.

    A /checkin costs less where fewer people check in at one place: they share a post there, which each of them edits.
    """
    return asyncio.run(_measured(pack, folder, size))


async def _measured(pack: Path, folder: Path, size: Size) -> list[Row]:
    grown: list[tuple[str, Sequence[int], Grow, str | None]] = [
        ("groups", size.groups, partial(_with_groups, pack), _FLAT),
        ("entries in the ledger", size.entries, partial(_with_entries, pack), _FLAT),
        ("courses", size.courses, partial(_with_courses, pack), None),
    ]
    return [row for what, sizes, grow, target in grown for row in await _rows(what, sizes, grow, target, folder, size)]


async def _rows(what: str, sizes: Sequence[int], grow: Grow, target: str | None, folder: Path, size: Size) -> list[Row]:
    async with AsyncExitStack() as stack:
        towns = [await grow(folder / f"{what} {many}", many) for many in sizes]
        for town in towns:
            stack.push_async_callback(town.camp.app.close)

        async def prepare(day: int) -> None:
            for town in towns:
                await town.prepare(day, size)

        works = [work for town in towns for work in (_take(town, "messages"), _take(town, "check_ins"))]
        found = await in_turns(works, size.rounds, before_each=prepare)
        for town in towns:
            await town.camp.check(messages=town.given["message"], check_ins=town.given["/checkin"])
    rows = []
    for kind, rounds in (("message", found[::2]), ("/checkin", found[1::2])):
        shown = [Row.of(f"{kind}, {many:,} {what}", one, "µs") for many, one in zip(sizes, rounds, strict=True)]
        first = shown[0]
        rows += [first, *(row.beside(first, f"with {sizes[0]:,}").meeting(target) for row in shown[1:])]
    return rows


class Town:
    """A process, and the groups in which people speak."""

    def __init__(self, camp: Camp, groups: Sequence[int], *, at_home: bool = False) -> None:
        self.camp = camp
        self.ours = telegram.Ours(camp.app)
        self._groups = groups
        self._at_home = at_home
        self._numbers = count()
        self.given: Counter[str] = Counter()  # of either kind
        self.messages: list[bytes] = []
        self.check_ins: list[bytes] = []

    async def prepare(self, day: int, size: Size) -> None:
        await self.camp.go_to(day)
        self.messages[:] = [self.said(day) for _ in range(size.messages)]
        self.check_ins[:] = [self.said(day, "/checkin", who) for who in range(size.check_ins)]

    def said(self, day: int, text: str = "", who: int | None = None) -> bytes:
        """Somebody in some group; who is at home speaks in one only, as in that course alone."""
        number = next(self._numbers)
        self.given[text if text == "/checkin" else "message"] += 1
        by = heard.person(number) if who is None else who
        place = by if self._at_home else number * 7919
        at, chat = self.camp.at(day, number % 10_000 / 10), self._groups[place % len(self._groups)]
        return heard.telegram(number, at, text or heard.text(number), who=by, chat=chat)


def _take(town: Town, kind: str) -> Work:
    updates: list[bytes] = getattr(town, kind)

    async def work(_: int) -> int:
        for first in range(0, len(updates), _BATCH):
            await town.ours.take(heard.answer(updates[first : first + _BATCH]))
        return len(updates)

    return ours_under_run(work)


async def _with_groups(pack: Path, folder: Path, groups: int) -> Town:
    camp = await begun([copied(pack, folder, group=f'telegram: "{heard.GROUP}"')], folder)
    chats = [heard.GROUP - number for number in range(groups)]
    at, course = stored_moment(camp.clock.now()), camp.course.id

    def bind(db: Connection) -> None:
        columns = ("platform", "chat", "course", "space", "kind", "at")
        rows = [("telegram", str(chat), course, f"group-{-chat}", "interest", at) for chat in chats[1:]]
        if rows:
            insert_stored(db, binding, columns, rows)

    await camp.app.database.run(bind)
    return Town(camp, chats)


async def _with_courses(pack: Path, folder: Path, courses: int) -> Town:
    chats = [heard.GROUP - number for number in range(courses)]
    copies = [
        copied(pack, folder, group=f'telegram: "{chat}"', name=f"course-{number}") for number, chat in enumerate(chats)
    ]
    return Town(await begun(copies, folder), chats, at_home=True)


async def _with_entries(pack: Path, folder: Path, entries: int) -> Town:
    camp = await begun([copied(pack, folder, group=f'telegram: "{heard.GROUP}"')], folder)
    town = Town(camp, [heard.GROUP])
    await camp.go_to(0)
    for first in range(0, heard.PEOPLE, _BATCH):  # everybody is there
        batch = [town.said(0, "hi", who) for who in range(first, first + _BATCH)]
        await town.ours.take(heard.answer(batch))
    await camp.app.database.run(lambda db: _earned(db, camp, entries))
    return town


def _earned(db: Connection, camp: Camp, entries: int) -> None:
    """A year of what the 300 have earned, by rules of the pack; the boards are rebuilt from it."""
    members = list(db.scalars(select(member.c.id).where(member.c.course == camp.course.id)))
    chance, first = random.Random(10), camp.at(0, 0) - timedelta(days=_HISTORY)  # noqa: S311 - no secret
    given = ("course", "member", "points", "rule", "object", "round", "cause", "at", "local_date")
    columns = (*given, "reason", "fact", "category", "text")
    rows = []
    for number in range(entries):
        rule, kind, category, points = _RULES[number % len(_RULES)]
        at = first + timedelta(days=number * _HISTORY // entries, seconds=number % 3_000)
        mark = fingerprint(f"entry {number}") if kind == "message.posted" else None
        earned = (camp.course.id, chance.choice(members), points, rule, f"old {number}", 0, f"bench:{number}")
        rows.append((*earned, stored_moment(at), at.date().isoformat(), "", kind, category, mark))
    insert_stored(db, ledger, columns, rows)
    boards.rebuild(db)

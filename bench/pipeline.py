"""Messages from the platform's raw bytes to the durable commit, rules judged; beside the libraries' own no-op."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench import discord, flat, heard, latency, telegram
from bench.course import Camp, begun, copied
from bench.rounds import Work, in_turns, ours_under_run
from bench.table import Row

Item = TypeVar("Item")


class Size(NamedTuple):
    """`messages` in a round go by a hundred, `solo` ones each alone."""

    messages: int
    solo: int
    rounds: int
    flat: flat.Size
    latency: latency.Size


FULL = Size(2_000, 200, 7, flat.FULL, latency.FULL)
TINY = Size(100, 5, 1, flat.TINY, latency.TINY)
BATCH = 100

PTB, DISCORD = "python-telegram-bot's no-op", "discord.py's no-op"
_LEAST, _OVER = "≤ 0.5 ×", "≤ 40 µs"


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Microseconds of CPU for a message; what a round's people say is different from all before.

    Ours runs under the garbage collector's settings of `homeroom run`, the libraries' no-ops under Python's own. What
    a /checkin is answered stands in the outbox in the end; sending it is not counted.
    """
    return [
        *asyncio.run(_telegram(pack, folder / "telegram", size)),
        *asyncio.run(_discord(pack, folder / "discord", size)),
        *latency.measure(pack, folder / "latency", size.latency),
        *flat.measure(pack, folder / "flat", size.flat),
    ]


async def _telegram(pack: Path, folder: Path, size: Size) -> list[Row]:
    camp = await begun([copied(pack, folder, group=f'telegram: "{heard.GROUP}"')], folder)
    ours, said = telegram.Ours(camp.app), _Said(camp, size)

    async def solo(number: int) -> int:
        for raw in said.solo:
            await ours.take(heard.answer([raw]))
        return len(said.solo)

    async with telegram.Theirs() as theirs:
        works = [_alone(theirs, said.messages), _together(ours, said.messages), ours_under_run(solo)]
        works += [_alone(theirs, said.check_ins), _together(ours, said.check_ins)]
        floor, together, alone, floor_in, check_in = await in_turns(works, size.rounds, before_each=said.prepare)
    await camp.check(messages=said.given[""], check_ins=said.given["/checkin"])
    await camp.app.close()
    answered = f"Telegram: /checkin to its reply in the outbox, {BATCH} in a batch"
    no_op, no_op_in = Row.of(f"{PTB}: message", floor, "µs"), Row.of(f"{PTB}: /checkin", floor_in, "µs")
    return [
        no_op,
        Row.of(f"Telegram: message to commit, {BATCH} in a batch", together, "µs", target=_LEAST).beside(no_op, PTB),
        Row.of("Telegram: message to commit, alone", alone, "µs").beside(no_op, PTB),
        no_op_in,
        Row.of(answered, check_in, "µs", target="≤ 6 ×").beside(no_op_in, PTB),
    ]


class _Said:
    """What is said in a round, on a day of its own."""

    def __init__(self, camp: Camp, size: Size) -> None:
        self._camp = camp
        self._size = size
        self._number = 0
        self.given: Counter[str] = Counter()  # by the command, or none
        self.messages: list[bytes] = []
        self.solo: list[bytes] = []
        self.check_ins: list[bytes] = []

    async def prepare(self, day: int) -> None:
        await self._camp.go_to(day)
        size, people = self._size, min(heard.PEOPLE, self._size.messages)
        self.messages[:] = [self._next(day) for _ in range(size.messages)]
        self.solo[:] = [self._next(day) for _ in range(size.solo)]
        self.check_ins[:] = [self._next(day, "/checkin", who) for who in range(people)]

    def _next(self, day: int, said: str = "", who: int | None = None) -> bytes:
        number, self._number = self._number, self._number + 1
        self.given[said] += 1
        at = self._camp.at(day, number % 10_000 / 10)
        by = heard.person(number) if who is None else who
        return heard.telegram(number, at, said or heard.text(number), who=by)


def _alone(theirs: telegram.Theirs, updates: Sequence[bytes]) -> Work:
    async def work(number: int) -> int:
        await theirs.take(updates)
        return len(updates)

    return work


def _together(ours: telegram.Ours, updates: Sequence[bytes]) -> Work:
    async def work(number: int) -> int:
        for batch in batched(updates):
            await ours.take(heard.answer(batch))
        return len(updates)

    return ours_under_run(work)


def batched(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[first : first + BATCH] for first in range(0, len(items), BATCH)]


async def _discord(pack: Path, folder: Path, size: Size) -> list[Row]:
    town = discord.Town()
    camp = await begun([copied(pack, folder, group=f'discord: "{town.main.id}"')], folder)
    frames: list[str] = []
    solo: list[str] = []
    number = count()

    async def prepare(day: int) -> None:
        await camp.go_to(day)
        place = {"channel": str(town.main.id), "guild": str(town.guild.id)}
        for found, many in ((frames, size.messages), (solo, size.solo)):
            numbers = [next(number) for _ in range(many)]
            found[:] = [
                heard.discord(n, camp.at(day, n % 10_000 / 10), heard.text(n), who=heard.person(n), **place)
                for n in numbers
            ]

    async with town.server, discord.both(camp, town) as (ours, theirs):

        async def no_op(_: int) -> int:
            for batch in batched(frames):
                await theirs.take(batch)
            return len(frames)

        async def together(_: int) -> int:
            for batch in batched(frames):
                await ours.take(batch)
            return len(frames)

        async def alone(_: int) -> int:
            for frame in solo:
                await ours.take([frame])
            return len(solo)

        works = [no_op, ours_under_run(together), ours_under_run(alone)]
        floor, batch, single = await in_turns(works, size.rounds, before_each=prepare)
    await camp.check(messages=next(number))
    await camp.app.close()
    bare = Row.of(DISCORD, floor, "µs")
    over = [mine - its for mine, its in zip(batch, floor, strict=True)]
    return [
        bare,
        Row.of(f"Discord: message to commit, {BATCH} in a batch", batch, "µs").beside(bare, DISCORD),
        Row.of(f"Discord: over {DISCORD}, {BATCH} in a batch", over, "µs", target=_OVER),
        Row.of("Discord: message to commit, alone", single, "µs").beside(bare, DISCORD),
    ]

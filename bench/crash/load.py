"""What people do while the process lives and dies: each thing has an effect that can be counted."""

from __future__ import annotations

import asyncio
import random
import time

from bench.crash.course import LONG
from bench.crash.town import Asked, Town
from bench.crash.values import MAIN, ROOMS, STAFF, Kind, Said

_REGULARS, _READERS = 6, 4
_PAUSE = 0.1  # seconds, on average, between two things that one does
_FILL = "and so on, in words that are many enough to be thought about"

_SHARES = {"talk": 40, "thought": 20, "newcomer": 20, "points": 5, "question": 8, "run": 7}


class Load:
    """People who act until told to stop. What they did is in `said`."""

    def __init__(self, town: Town, seed: int) -> None:
        self._town = town
        self._seed = seed
        self._numbers = 0
        self.allowance = 0  # so many things more are done in this life, however slow the machine is
        self._next: dict[str, float] = {}
        self.said: list[Said] = []
        self.stopping = asyncio.Event()
        self.users: dict[str, str] = {}  # the user ids of those who are there, by name

    async def enter(self) -> None:
        """Those who are there all the time. The process must be at work."""
        self.users["chen"] = self._town.admin().partition(":")[2]
        if self._town.platform == "local":
            await self._town.enter("chen")
        for name in (*_names("regular", _REGULARS), *_names("reader", _READERS)):
            self.users[name] = await self._town.enter(name)
        await self.says("chen", MAIN, "hello, all of you", "talk")

    async def run(self) -> None:
        """Raises what went wrong with one of them."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._town.workers):
                group.create_task(_Worker(self, self._town, f"{self._seed}:{number}").live())

    def may(self, kind: str) -> bool:
        """A bot may say so many things in a group in a minute: what makes it speak there comes seldom."""
        now = time.monotonic()
        if self.allowance <= 0 or now < self._next.get(kind, 0.0):
            return False
        self._next[kind] = now + self._town.seldom.get(kind, 0.0)
        return True

    def number(self) -> int:
        """A new one, so that no two texts are the same."""
        self._numbers += 1
        return self._numbers

    async def says(self, name: str, room: str, text: str, kind: str) -> tuple[str, Said]:
        """A message, which is remembered as soon as it is acknowledged; its id."""
        id, object = await self._town.says(name, room, text)
        said = Said(kind=kind, who=self.users[name], object=object, words=text)  # type: ignore[arg-type]
        self.said.append(said)
        return id, said


class _Worker:
    """One or more people, one after the other."""

    def __init__(self, load: Load, town: Town, seed: str) -> None:
        self._load = load
        self._town = town
        self._chance = random.Random(seed)  # noqa: S311 - the same again for the same seed
        self._name = seed.rpartition(":")[2]
        self._newcomers = 0

    async def live(self) -> None:
        kinds, weights = list(_SHARES), list(_SHARES.values())
        while not self._load.stopping.is_set():
            [kind] = self._chance.choices(kinds, weights)
            if self._load.may(kind):
                self._load.allowance -= 1
                await getattr(self, f"_{kind}")()
            await asyncio.sleep(self._chance.uniform(0, 2 * _PAUSE * self._town.workers))

    # --- what those do who are always there ---------------------------------------------------------------------------

    async def _talk(self) -> None:
        await self._say(self._one_of("regular", _REGULARS), f"ok {self._load.number()}", "talk")

    async def _thought(self) -> None:
        text = f"{self._load.number()} {_FILL}"
        assert len(text) >= LONG
        await self._say(self._one_of("regular", _REGULARS), text, "thought")

    async def _question(self) -> None:
        name = f"asker_{self._load.number()}"  # nobody may have more than ten open questions
        self._load.users[name] = await self._town.enter(name)
        await self._say(name, f"#question Why is that so, number {self._load.number()}?", "question")

    async def _points(self) -> None:
        name = self._one_of("reader", _READERS)
        asked = await self._town.asks(name, "private", "points")
        self._load.said.append(_by_command("points", self._load.users[name], asked))

    async def _run(self) -> None:
        asked = await self._town.asks("chen", STAFF, "run", ritual="ordered", again="again")
        self._load.said.append(_by_command("run", self._load.users["chen"], asked))

    # --- what everybody does once -------------------------------------------------------------------------------------

    async def _newcomer(self) -> None:
        """Somebody comes, checks in, hands in an essay and says thanks."""
        self._newcomers += 1
        name = f"new_{self._name}_{self._newcomers}"
        user = self._load.users[name] = await self._town.enter(name)
        await self._check_in(name, user)
        words = f"An essay, number {self._load.number()}."
        id, said = await self._load.says(name, MAIN, f"#homework {words}", "homework")
        said.words = words
        if self._chance.random() < 0.5:
            said.words, said.versions = f"{words} Better.", 2
            await asyncio.sleep(self._chance.uniform(0, 0.3))
            await self._town.edits(name, MAIN, id, f"#homework {said.words}")
        if self._chance.random() < 0.3:
            await self._thank(name, user)

    async def _check_in(self, name: str, user: str) -> None:
        way = self._chance.choice(("word", "command", "button"))
        heard = None
        if way == "button":
            heard = await self._town.presses(name)
        elif way == "command":
            heard = (await self._town.asks(name, MAIN, "checkin")).is_heard
        if heard is None:
            await self._load.says(name, MAIN, "打卡", "word")
        else:
            self._load.said.append(Said(kind=way, who=user, is_heard=heard))  # type: ignore[arg-type]

    async def _thank(self, name: str, user: str) -> None:
        asked = await self._town.asks(name, MAIN, "thanks", member="chen")
        self._load.said.append(Said(kind="thanks", who=user, taker=self._load.users["chen"], is_heard=asked.is_heard))

    async def _say(self, name: str, text: str, kind: str) -> None:
        await self._load.says(name, self._chance.choice(ROOMS), text, kind)

    def _one_of(self, role: str, count: int) -> str:
        return self._chance.choice(_names(role, count))


def _names(role: str, count: int) -> tuple[str, ...]:
    return tuple(f"{role}_{number}" for number in range(count))


def _by_command(kind: Kind, who: str, asked: Asked) -> Said:
    return Said(kind=kind, who=who, cause=asked.cause, is_heard=asked.is_heard)

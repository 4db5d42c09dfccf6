"""A simulated year in a process of its own, which weighs itself after each month.

The people of a simulation remember what they have said, and their platform keeps every message in memory. Neither is
the program's own weight: so the script is written to files beforehand, and the platform keeps its messages in a
database of its own. The program is as under `run`: with its storage thread and its pragmas, which the simulator does
without.

`python -m bench._year ORDERS` lives through it.
"""

import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

import bot.simulation.platform
import bot.simulation.term
from bench._processes import environment, weight_of
from bot.config import Platforms, Settings
from bot.domain.course import Course
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.simulation.acts import Deed, Room
from bot.simulation.cast import Cast, assistants_of, cast_of
from bot.simulation.pack import copy_pack
from bot.simulation.platform import Platform
from bot.simulation.script import script_of
from bot.simulation.term import Term, opening
from bot.simulation.weather import Calm
from rules.loader import load_course, read_folder
from scheduler.clock import RealClock, VirtualClock
from storage.database import Database
from storage.documents import Documents
from storage.migrate import migrate

Months = list[tuple[int, float]]
"""The number of each month, and RSS after it in MB."""
_HOMEWORK = 3  # of a round of the course
_REMEMBERED = 5_000  # posts that people can still reply to


class Community(msgspec.Struct, frozen=True, kw_only=True):
    """Who lives through it, and for how long."""

    weeks: int
    students: int
    assistants: int
    seed: int
    month: float = 364 / 12  # days


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is to live through."""

    course: str  # its folder
    folder: str  # where everything is kept; the script in `script/`, a file for each day
    rooms: Mapping[Room, str]
    size: Community


def lived(pack: Path, folder: Path, size: Community) -> Months:
    """Live through it. Raises CalledProcessError where the process fails."""
    course = folder / pack.name
    (folder / "script").mkdir(parents=True)
    pack = _with_less_homework(pack, folder / "pack" / pack.name)
    rooms = copy_pack(pack, course, _course_in(pack), weeks=size.weeks, assistants=assistants_of(size.assistants))
    orders = Orders(course=str(course), folder=str(folder), rooms=rooms, size=size)
    _write_script(orders)
    file = folder / "orders.json"
    file.write_bytes(msgspec.json.encode(orders))
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-P", "-m", "bench._year", str(file)], env=environment(), stdout=subprocess.PIPE, check=True
    )
    return [(month, rss) for month, rss in map(json.loads, done.stdout.splitlines())]


def _with_less_homework(pack: Path, to: Path) -> Path:
    """A copy whose homework, as often as it is repeated in a year, is no more than a course may have."""
    shutil.copytree(pack, to)
    file = to / "homework.yaml"
    if file.exists():
        book = yaml.safe_load(file.read_text(encoding="utf-8"))
        several = [name for name, entry in book.items() if "due" in entry]
        kept = {name: entry for name, entry in book.items() if name not in several[:-_HOMEWORK]}
        file.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return to


def _write_script(orders: Orders) -> None:
    loaded = _course_in(Path(orders.course))
    for number, deeds in enumerate(script_of(loaded, _cast_of(loaded, orders), orders.size.seed), 1):
        (Path(orders.folder) / "script" / f"{number:04}").write_bytes(msgspec.msgpack.encode(deeds))


def _course_in(folder: Path) -> Course:
    return load_course(folder.name, read_folder(folder), Registry(FEATURES).vocabulary(), shown_as=folder.name).course


def _cast_of(course: Course, orders: Orders) -> Cast:
    size = orders.size
    return cast_of(course, students=size.students, assistants=assistants_of(size.assistants), seed=size.seed)


# --- the process ------------------------------------------------------------------------------------------------------


class Forgetful(Platform):
    """Its people can't reply to what is long past."""

    async def perform(self, deed: Deed) -> None:
        await super().perform(deed)
        for kept in (self._numbers, self.posts):
            while len(kept) > _REMEMBERED:
                del kept[next(iter(kept))]  # type: ignore[arg-type]


async def live(orders: Orders) -> None:
    """Print RSS when a month is over."""
    folder, course = Path(orders.folder), _course_in(Path(orders.course))
    clock = VirtualClock(opening(course), _forgotten)
    people = Database(f"sqlite:///{(folder / 'people.db').as_posix()}")
    migrate(people, folder, RealClock().now())
    _as_under_run(people)
    platform = Forgetful(course, _cast_of(course, orders), orders.rooms, clock)
    settings = Settings(
        database=f"sqlite:///{(folder / 'term.db').as_posix()}",
        data=folder,
        language="en",
        courses=(Path(orders.course),),
        platforms=Platforms(),
    )
    tell = _weighing(orders.size.month)
    app = await Term(settings, platform, clock, Calm()).run(course, _script(folder), tell)
    tell(orders.size.weeks * 7 + 1)
    await app.close()
    people.close()


def _as_under_run(people: Database) -> None:
    """The simulator's own stand-ins: a big cache in the database, and messages in memory."""

    def durable(url: str, *, inline: bool) -> Database:
        return Database(url)

    term: Any = bot.simulation.term
    platform: Any = bot.simulation.platform
    term.Database = durable
    platform.Memory = lambda: Documents(people, "people")


def _script(folder: Path) -> Iterator[list[Deed]]:
    for day in sorted((folder / "script").iterdir()):
        yield msgspec.msgpack.decode(day.read_bytes(), type=list[Deed])


def _weighing(month: float) -> Callable[[int], None]:
    """Hears of each day that begins: a month has ended when the next one begins."""

    def tell(day: int) -> None:
        number = int((day - 1) / month)
        if number > int((day - 2) / month):
            sys.stdout.write(json.dumps([number, weight_of(os.getpid()).rss]) + "\n")
            sys.stdout.flush()

    return tell


async def _forgotten(_: object) -> None:
    """Nobody starts again here."""


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(live(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Orders)))

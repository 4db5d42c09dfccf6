"""Memory of the real process: idle, by platforms and by groups, and month by month through a simulated year.

A group is a space of a course. Courses are copies of the shipped one, under way, with rituals for these days. Ten
groups are one course; a thousand are ten courses of a hundred groups, and once more a hundred courses of ten, as most
of what a course costs are its files; ten thousand are a hundred courses of a hundred. The process is `bot run`,
connected to the servers of tests/, and each is started a second time, on the database that it left behind: only a first
start makes the schema. Of the platforms, only the local chat brings the web page. What people write is not searched by
anybody.
"""

import asyncio
from pathlib import Path
from typing import NamedTuple

from bench._courses import write_config, write_courses
from bench._processes import Weight, running, weight_of
from bench._servers import connected
from bench._year import Community, lived
from bench.table import Row
from scheduler.clock import RealClock

_TARGET = "< 120 MB"
_SAMPLES = 3


class Shape(NamedTuple):
    """An installation."""

    platforms: tuple[str, ...] = ("telegram",)
    courses: int = 1
    groups: int = 10  # of each course


class Size(NamedTuple):
    """How much of it."""

    shapes: tuple[Shape, ...]
    settles: float  # seconds from the start to the first of the samples, which are as far apart
    year: Community


FULL = Size(
    shapes=(
        *map(Shape, ((), ("telegram",), ("discord",), ("telegram", "discord"), ("local",))),
        Shape(courses=10, groups=100),
        Shape(courses=100, groups=10),
        Shape(courses=100, groups=100),
    ),
    settles=3,
    year=Community(weeks=52, students=20, assistants=2, seed=7),
)
"""The year has about 60,000 events."""
TINY = Size(shapes=(Shape(),), settles=0.1, year=Community(weeks=1, students=2, assistants=1, seed=7, month=3))


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """RSS and PSS in MB; the spread is that of three looks at one process."""
    rows = []
    for number, shape in enumerate(size.shapes):
        rows += idle(pack, folder / f"{number}", shape, settles=size.settles)
    return [*rows, *year(pack, folder / "year", size.year)]


def idle(pack: Path, folder: Path, shape: Shape, *, settles: float) -> list[Row]:
    """After the first start, and after a second."""
    folder.mkdir(parents=True)
    target = None if "local" in shape.platforms else _TARGET
    first, again = asyncio.run(_weighed(pack, folder, shape, settles))
    what = _words(shape)
    return [
        Row.of(f"{what}, first start: RSS", [weight.rss for weight in first], "MB", target=target),
        Row.of(f"{what}: RSS", [weight.rss for weight in again], "MB", target=target),
        Row.of(f"{what}: PSS", [weight.pss for weight in again], "MB"),
    ]


def _words(shape: Shape) -> str:
    courses = f"{shape.courses} courses" if shape.courses > 1 else "1 course"
    return f"{shape.courses * shape.groups:,} groups, {courses}, {' and '.join(shape.platforms) or 'no platform'}"


async def _weighed(pack: Path, folder: Path, shape: Shape, settles: float) -> list[list[Weight]]:
    groups = shape.courses * shape.groups
    async with connected(dict.fromkeys(shape.platforms, groups)) as servers:
        chats = servers.chats or {"local": [f"room-{number}" for number in range(groups)]}
        courses = write_courses(pack, folder, chats, each=shape.groups, today=RealClock().now().date())
        config = write_config(folder, courses, platforms=servers.sections)
        return [await _samples(folder, config, settles) for _ in range(2)]


async def _samples(folder: Path, config: Path, settles: float) -> list[Weight]:
    async with running(folder, ["-m", "bot", "run", "-c", str(config)], ready="Homeroom is ready") as pid:
        found = []
        for _ in range(_SAMPLES):
            await asyncio.sleep(settles)
            found.append(weight_of(pid))
    return found


def year(pack: Path, folder: Path, community: Community) -> list[Row]:
    """RSS after each month; in the first one, everything is used for the first time, which is no growth."""
    months = lived(pack, folder, community)
    rows = [Row.of(f"a year, {community.students} students: month {n}", [rss], "MB") for n, rss in months]
    if len(months) > 1:
        grown = months[-1][1] - months[1][1]
        rows.append(Row.of(f"growth from month 2 to month {months[-1][0]}", [grown], "MB", target="none"))
    return rows

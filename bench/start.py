"""From process start to ready: ten courses, SQLite, no web page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.table import Row


class Size(NamedTuple):
    courses: int
    runs: int


FULL = Size(10, 5)
TINY = Size(1, 1)
_FLOOR = "python that imports SQLAlchemy and pydantic"

_BARE = """
import json, resource
import sqlalchemy, pydantic
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime]))
"""

_CHILD = """
import asyncio, json, resource, sys
from pathlib import Path
from bot.app import build
from bot.config import load_config
from scheduler.clock import RealClock

async def start():
    app = build(load_config(Path(sys.argv[1]), {}), clock=RealClock())
    await app.start()
    await app.run_due()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([used.ru_utime + used.ru_stime, len((await app.live()).courses)]))
    await app.close()

asyncio.run(start())
"""


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """CPU of processes, each as it tells of itself: when it is ready, or has imported; what ending costs is left out.

    Ready on an empty database, and on one that has been there.
    """
    config = _config(pack, folder, size.courses)
    fresh, again, floor = [], [], []
    for _ in range(size.runs):
        shutil.rmtree(folder / "data", ignore_errors=True)
        fresh.append(_start(config, size.courses))
        again.append(_start(config, size.courses))
        floor.append(_floor())
    bare = Row.of(f"floor: {_FLOOR}", floor, "s")
    return [
        bare,
        Row.of(f"ready, {size.courses} courses, empty database", fresh, "s").beside(bare, _FLOOR),
        Row.of(f"ready, {size.courses} courses, database there", again, "s").beside(bare, _FLOOR),
    ]


def _config(pack: Path, folder: Path, courses: int) -> Path:
    names = [f"course-{number}" for number in range(courses)]
    for number, name in enumerate(names):
        shutil.copytree(pack, folder / name)
        file = folder / name / "course.yaml"
        text = file.read_text(encoding="utf-8").replace("local: ", f"local: c{number}-")
        file.write_text(text, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(f"courses: {json.dumps(names)}\n", encoding="utf-8")
    return config


def _start(config: Path, courses: int) -> float:
    spent, live = _told(_CHILD, str(config))
    assert live == courses
    return spent


def _floor() -> float:
    [spent] = _told(_BARE)
    return spent


def _told(code: str, *arguments: str) -> list[float]:
    """The numbers of the last line that a process of its own prints."""
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-c", code, *arguments], capture_output=True, check=True, text=True
    )
    return [float(number) for number in json.loads(done.stdout.splitlines()[-1])]

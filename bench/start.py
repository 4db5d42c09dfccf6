"""From process start to ready: ten courses, SQLite, no web page."""

import json
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from bench.table import Row

COURSES = 10
RUNS = 5

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
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, len((await app.live()).courses)]))
    await app.close()

asyncio.run(start())
"""


def measure(pack: Path, folder: Path) -> list[Row]:
    """CPU of whole processes: on an empty database, and on one that has been there."""
    config = _config(pack, folder)
    fresh, again = [], []
    for _ in range(RUNS):
        shutil.rmtree(folder / "data", ignore_errors=True)
        fresh.append(_start(config))
        again.append(_start(config))
    floor = [_floor() for _ in range(RUNS)]
    return [
        _row("ready, empty database", fresh),
        _row("ready, database there", again),
        _row("floor: python that imports SQLAlchemy and pydantic", floor),
    ]


def _config(pack: Path, folder: Path) -> Path:
    names = [f"course-{number}" for number in range(COURSES)]
    for number, name in enumerate(names):
        shutil.copytree(pack, folder / name)
        file = folder / name / "course.yaml"
        text = file.read_text(encoding="utf-8").replace("local: ", f"local: c{number}-")
        file.write_text(text, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(f"courses: {json.dumps(names)}\n", encoding="utf-8")
    return config


def _start(config: Path) -> float:
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-c", _CHILD, str(config)], capture_output=True, check=True, text=True
    )
    spent, _, courses = json.loads(done.stdout.splitlines()[-1])
    assert courses == COURSES
    return float(spent)


def _floor() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import sqlalchemy, pydantic"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(what: str, seconds: list[float]) -> Row:
    return Row(what=what, unit="s", median=statistics.median(seconds), lowest=min(seconds), highest=max(seconds))

"""Ten thousand rituals that are due at one second; and how late an ordinary one is under the real alarm clock."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from bench.table import Row, percentiles
from bot.app import App, build, real_now
from bot.cli.serving import rare_collection
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.events import Event
from bot.domain.ids import RitualId, SpaceId
from bot.domain.rituals import Occurrence
from bot.engine import agenda
from scheduler.clock import RealClock, VirtualClock
from scheduler.ticker import Ticker
from storage.migrate import migrate
from storage.tables import occurrence


class Size(NamedTuple):
    rituals: int
    times: int
    ordinary: int


FULL = Size(10_000, 5, 100)
TINY = Size(30, 1, 5)
APART = timedelta(milliseconds=100)

_COURSE = """
title: Ten thousand rituals
language: en
time_zone: UTC
starts: 2027-03-01
ends: 2027-03-14
spaces:
  - {id: main, kind: main, local: main}
"""
_CALENDAR = "days: [{day: 1, title: First, task: Write three lines.}]\n"
_DUE = datetime(2027, 3, 1, 9, tzinfo=UTC)


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """CPU of the steps, in milliseconds for all of them; lateness in milliseconds."""
    rounds = [_at_once(folder / str(number), size.rituals) for number in range(size.times)]
    steps = list(zip(*rounds, strict=True))
    names = ("materialise", "claim, execute and commit", "both")
    rows = [
        Row.of(f"{size.rituals:,} due at one second: {name}", step, "ms")
        for name, step in zip(names, steps, strict=True)
    ]
    late = asyncio.run(_lateness(folder / "ordinary", size.ordinary))
    return [*rows, *percentiles(f"lateness of {size.ordinary} ordinary rituals", late)]


def _at_once(folder: Path, rituals: int) -> tuple[float, float, float]:
    app = _opened(folder, rituals, VirtualClock(_DUE - timedelta(hours=1), _nothing))
    with app.database.begin() as db:
        app.library.activate_all(db, _DUE - timedelta(hours=2))
    with rare_collection():  # as under `homeroom run`
        spent = _spent(app)
    app.database.close()
    return spent


def _spent(app: App) -> tuple[float, float, float]:
    began = time.process_time()
    with app.database.begin() as db:
        agenda.plan(db, app.library.refresh(db), app.library.schedule, _DUE - timedelta(hours=1))
    planned = time.process_time()
    while due := _due(app):
        app.pipeline.process(due)
    done = time.process_time()
    return (planned - began) * 1e3, (done - planned) * 1e3, (done - began) * 1e3


def _due(app: App) -> Sequence[Event]:
    with app.database.begin() as db:
        return agenda.due(db, app.library.refresh(db), _DUE, until=_DUE)


async def _lateness(folder: Path, ordinary: int) -> list[float]:
    """Milliseconds from when each was due until it was committed, on the real clock."""
    clock = RealClock()
    app = _opened(folder, 1, clock)
    first = clock.now() + timedelta(seconds=1)
    app.library.schedule = lambda course, since, until: _one_by_one(course, ordinary, first, since, until)
    with app.database.begin() as db:
        app.library.activate_all(db, clock.now())
    watched = _Watched(app, ordinary)
    with rare_collection():
        ticking = asyncio.create_task(Ticker(watched, clock, app).run())
        await watched.enough.wait()
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
    app.database.close()
    return watched.late[:ordinary]


class _Watched:
    """The agenda, with a look after each commit at the clock and at what was settled, be it one or several."""

    def __init__(self, app: App, wanted: int) -> None:
        self._app = app
        self._wanted = wanted
        self._settled: set[datetime] = set()  # when each was due
        self.late: list[float] = []
        self.enough = asyncio.Event()

    async def run_due(self) -> None:
        await self._app.run_due()
        now = real_now()
        found = await self._app.database.run(lambda db: set(db.scalars(_SETTLED)))
        self.late += [(now - due_at) / _MILLISECOND for due_at in sorted(found - self._settled)]
        self._settled = found
        if len(self.late) >= self._wanted:
            self.enough.set()

    async def next_due(self, after: datetime) -> datetime | None:
        return await self._app.next_due(after)


_SETTLED = select(occurrence.c.due_at).where(occurrence.c.state != "planned")
_MILLISECOND = timedelta(milliseconds=1)


def _one_by_one(
    course: Course, ordinary: int, first: datetime, since: datetime, until: datetime
) -> Iterator[Occurrence]:
    for number in range(ordinary + 10):
        due_at = first + number * APART
        if since < due_at <= until:
            yield Occurrence(
                course=course.id,
                ritual=RitualId("task0"),
                space=SpaceId("main"),
                local_date=date(2027, 3, 1),
                slot=number,
                step=0,
                due_at=due_at,
            )


def _opened(folder: Path, rituals: int, clock: VirtualClock | RealClock) -> App:
    course = folder / "many"
    course.mkdir(parents=True)
    (course / "course.yaml").write_text(_COURSE, encoding="utf-8")
    (course / "calendar.yaml").write_text(_CALENDAR, encoding="utf-8")
    at = f"{time_of_day(9):%H:%M}"
    lines = (f"task{number}: {{every: day, at: {at}, do: post_task}}\n" for number in range(rituals))
    (course / "rituals.yaml").write_text("".join(lines), encoding="utf-8")
    settings = Settings.model_validate(
        {
            "database": f"sqlite:///{folder / 'bench.db'}",
            "data": folder,
            "language": "en",
            "courses": (course,),
            "platforms": {},
        }
    )
    app = build(settings, clock=clock)
    migrate(app.database, folder, datetime(2027, 3, 1, tzinfo=UTC))
    return app


async def _nothing(_: datetime) -> None:
    return None

"""A course that is under way on some platform, in a process whose clock is the benchmark's."""

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot import platforms
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.course import Course
from bot.domain.ports import Clock
from scheduler.clock import VirtualClock
from storage.tables import fact, outbox

_GROUP = re.compile(r"local: main")
_OTHERS = re.compile(r"(local: ?)(?=\w)")
_DATE = re.compile(r"(starts|ends): \d{4}-\d{2}-\d{2}")


def copied(pack: Path, folder: Path, *, group: str, name: str = "", starts: date | None = None) -> Path:
    """The pack's course with its main group at `group`, such as `telegram: "-100"`.

    Under another name its places in the local chat are its own, too. It may begin on another day, and last two weeks.
    """
    course = folder / (name or pack.name)
    shutil.copytree(pack, course)
    file = course / "course.yaml"
    text = _GROUP.sub(group, file.read_text(encoding="utf-8"))
    if name:
        text = _OTHERS.sub(lambda found: f"{found[1]}{name}-", text)
    if starts is not None:
        dates = {"starts": starts, "ends": starts + timedelta(days=13)}
        text = _DATE.sub(lambda found: f"{found[1]}: {dates[found[1]]}", text)
    file.write_text(text, encoding="utf-8")
    return course


async def opened(courses: Sequence[Path], folder: Path, clock: Clock) -> App:
    """A process for these courses, ready for events; SQLite on disk."""
    settings = Settings(
        database=f"sqlite:///{(folder / 'bench.db').as_posix()}",
        data=folder,
        language="en",
        courses=tuple(courses),
        platforms=Platforms(),
    )
    app = build(settings, clock=clock, traits=platforms.TRAITS)
    await app.start()
    return app


async def begun(courses: Sequence[Path], folder: Path) -> "Camp":
    """The same under a clock that stands before the courses begin, all on the same day."""
    clock = VirtualClock(datetime.fromisoformat("2027-02-28T12:00:00+00:00"), _nothing)
    app = await opened(courses, folder, clock)
    live = await app.live()
    assert len(live.courses) == len(courses)
    return Camp(app, clock, next(iter(live.courses.values())))


class Camp:
    """A process, its clock and its first course."""

    def __init__(self, app: App, clock: VirtualClock, course: Course) -> None:
        self.app = app
        self.clock = clock
        self.course = course

    def at(self, day: int, seconds: float) -> datetime:
        """A moment after 10:01 on a day of the course, of which the first is 0; no ritual is due for an hour then."""
        starts = self.course.starts + timedelta(days=day)
        return datetime.combine(starts, time(10, 1), self.course.tzinfo) + timedelta(seconds=seconds)

    async def check(self, *, messages: int, check_ins: int = 0) -> None:
        """That everything that was handed over has happened."""
        await self.app.database.run(lambda db: check(db, messages=messages, check_ins=check_ins))

    async def go_to(self, day: int) -> None:
        """Let it be 10:58 on that day, with all done that was due."""
        await self.clock.move(self.at(day, 57 * 60))
        await self.app.run_due()


def check(db: Connection, *, messages: int, check_ins: int = 0) -> None:
    """That each message is a fact, and each check-in is one and has its reply in the outbox."""
    facts = Counter(db.scalars(select(fact.c.kind)))
    assert facts["message.posted"] == messages, facts
    assert facts["checkin.done"] == check_ins, facts
    mine = (fact.c.kind == "checkin.done") & (outbox.c.key == "reply:" + fact.c.cause)
    replies = db.scalar(select(func.count()).select_from(fact).join(outbox, mine))
    assert replies == check_ins, replies


async def _nothing(_: datetime) -> None:
    return None

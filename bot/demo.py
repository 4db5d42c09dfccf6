"""The demo: one course in a local chat, with a virtual clock and classmates who act by a script."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from adapters.local.adapter import TRAITS, LocalAdapter
from adapters.local.parse import PLATFORM
from adapters.local.values import BOT, Person
from bot.app import App, build, real_now
from bot.config import Local, Platforms, Settings
from bot.domain.course import Course
from bot.domain.ids import Language
from bot.domain.moments import moment_of
from bot.engine.feature import Feature, Registry
from bot.features import FEATURES
from bot.local import LocalControl, adapter_of, live_now
from rules.demo import Demo, load_demo
from rules.loader import load_course, read_folder
from scheduler.clock import VirtualClock
from scheduler.virtual import advance
from storage.database import Database, insert
from storage.leases import Holder
from storage.migrate import migrate
from storage.tables import clock as clock_table

PACKS = Path(__file__).parent.parent / "rules" / "packs"
PACK_OF: dict[Language, str] = {"zh_Hans": "xhs-writing", "en": "python-start"}

_OPENS = time(8, 30)
_LOOKS_BACK = 200  # messages among which a classmate looks for what to reply to


class ScriptedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a classmate says at a moment; `key` makes sure that it is said once."""

    at: datetime
    who: str
    says: str
    key: str
    replies_to: str | None = None  # words of the newest message that holds them


class DemoControl(LocalControl):
    """Adds the virtual clock and the script to what the page can ask."""

    def __init__(
        self, app: App, adapter: LocalAdapter, language: Language, *, lines: Sequence[ScriptedLine], clock: VirtualClock
    ) -> None:
        super().__init__(app, adapter, language, is_demo=True)
        self._lines = lines
        self._clock = clock
        self._moving = asyncio.Lock()

    async def advance(self, to: datetime) -> None:
        """Move the clock; rituals, classmates and messages on the way happen in order."""
        async with self._moving:
            await advance(self, self, to)

    async def move(self, to: datetime) -> None:
        """Move the clock in one step, while nothing is on its way.

        What was said before must count as of then, and no answer may grow too old to be sent by the jump.
        """
        async with self._adapter.chat.acting:
            await self.settle()
            await self._clock.move(to)

    async def catch_up(self) -> None:
        """Do what was due when the process ended in the middle of a move of the clock."""
        await self.advance(self.now())

    async def run_due(self) -> None:
        """As the clock's agenda: first the rituals, then what classmates make of them."""
        await self._app.run_due()
        await self.settle()
        now = self.now()
        for line in self._lines:
            # Lines of the last day are said again after a crash; their keys let each through once.
            room = self._main_room()
            if room and now - timedelta(days=1) < line.at <= now:
                replied_to = await self._replied_to(line, room)
                await self._adapter.chat.say(line.who, room, line.says, reply_to=replied_to, key=line.key)
                await self.settle()

    async def _replied_to(self, line: ScriptedLine, room: str) -> int | None:
        """The number of what a classmate replies to, or of the bot's post about it; None: nothing, or it is gone."""
        if line.replies_to is None:
            return None
        messages = await self._adapter.chat.history(line.who, room, limit=_LOOKS_BACK)
        meant = max((one.number for one in messages if line.replies_to in one.text), default=None)
        posts = (one.number for one in messages if one.author == BOT and meant is not None and one.reply_to == meant)
        return max(posts, default=meant)

    def _main_room(self) -> str | None:
        """Where classmates speak."""
        spaces = live_now(self._app).spaces.values()
        mains = (space.address for space in spaces if space.kind == "main")
        return next((address.chat for address in mains if address.platform == PLATFORM), None)

    async def next_due(self, after: datetime) -> datetime | None:
        planned = [await self._app.next_due(after), *(line.at for line in self._lines if line.at > after)]
        return min((moment for moment in planned if moment), default=None)


def script_of(course: Course, demo: Demo) -> list[ScriptedLine]:
    """The script with its moments, in order."""
    lines = [
        ScriptedLine(
            at=moment_of(course.starts + timedelta(days=day - 1), line.at, course.zone),
            who=line.who,
            says=line.says,
            key=f"script:{day}:{number}",
            replies_to=line.replies_to,
        )
        for number, line in enumerate(demo.script)
        for day in line.days
    ]
    return sorted(lines, key=lambda line: (line.at, line.key))


def people_of(demo: Demo) -> list[Person]:
    """Whom one can be, and the classmates who act alone. What they are in the course stands in course.yaml."""
    mine = [Person(id=person.id, name=person.name) for person in demo.people]
    return mine + [Person(id=person.id, name=person.name, is_scripted=True) for person in demo.classmates]


async def opened_clock(database: Database, starts_at: datetime) -> VirtualClock:
    """The virtual clock where it stood, else at the morning of the first day."""

    def keep(db: Connection, now: datetime) -> None:
        upsert = insert(db, clock_table).values(id=1, now=now)
        db.execute(upsert.on_conflict_do_update(index_elements=["id"], set_={"now": now}))

    async def kept(now: datetime) -> None:
        await database.run(lambda db: keep(db, now))

    stood = await database.run(lambda db: db.execute(select(clock_table.c.now)).scalar_one_or_none())
    return VirtualClock(stood or starts_at, kept)


def demo_settings(data: Path, language: Language, folder: Path, port: int) -> Settings:
    """What the demo is set to: one course, one database file in its data folder."""
    return Settings(
        database=f"sqlite:///{(data / f'{folder.name}.db').as_posix()}",
        data=data,
        language=language,
        courses=(folder,),
        platforms=Platforms(local=Local(port=port)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """A demo that is ready to be talked to."""

    app: App
    adapter: LocalAdapter
    control: DemoControl


async def start_demo(
    settings: Settings, *, features: Sequence[Feature] = FEATURES, database: Database | None = None
) -> DemoRun | Holder:
    """Open the demo where it stood, or say which process has it open already.

    Raises CannotStart or RulesRejected where its course is broken.
    """
    folder = settings.courses[0]
    database = database or Database(settings.database)
    await database.call(lambda: migrate(database, settings.data / "backups", real_now()))
    files = read_folder(folder)
    vocabulary = Registry(features).vocabulary()
    course = load_course(folder.name, files, vocabulary, shown_as=folder.name).course
    demo = load_demo(files, course, shown_as=folder.name)
    clock = await opened_clock(database, moment_of(course.starts, _OPENS, course.zone))
    app = build(settings, clock=clock, database=database, traits={PLATFORM: TRAITS}, features=features)
    if other := await app.leases.take("demo"):
        database.close()
        return other
    await app.start()
    adapter = adapter_of(app, settings.language, people_of(demo))
    await adapter.chat.open()
    control = DemoControl(app, adapter, settings.language, lines=script_of(course, demo), clock=clock)
    return DemoRun(app=app, adapter=adapter, control=control)

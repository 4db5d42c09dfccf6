"""The composition root: builds everything, hands it over, starts it and stops it."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from sqlalchemy import Connection, delete, insert

from bot.config import Settings
from bot.domain.errors import Problem, StorageTrouble
from bot.domain.events import Event, TimeLost
from bot.domain.ids import CourseId, EventKey
from bot.domain.ports import Adapter, Clock
from bot.domain.traits import Traits
from bot.engine import agenda, alarms
from bot.engine.codes import digest_of, new_code
from bot.engine.deepening import Deepener
from bot.engine.deliver import Deliverer
from bot.engine.feature import Feature, Registry
from bot.engine.fetching import Fetcher
from bot.engine.finding import Finder
from bot.engine.library import Activation, Library
from bot.engine.live import Live, LiveCourses, Version
from bot.engine.pipeline import Pipeline
from bot.engine.retrieval import has_encoder
from bot.engine.transaction import Engine
from bot.engine.voice import Voice
from bot.features import FEATURES
from bot.leasing import Leases
from bot.texts.catalogue import Catalogues
from bot.watching import FolderWatch
from scheduler.occurrences import occurrences
from scheduler.ticker import Ticker
from storage import alarms as alarm_rows
from storage import changed, heartbeat, outbox
from storage.database import Database
from storage.files import FileStore
from storage.leases import PROCESS, Holder
from storage.migrate import migrate
from storage.tables import claim_code
from storage.tidying import tidy

log = logging.getLogger(__name__)

_CODE_LIFE = timedelta(days=1)
_TIDY_EVERY = timedelta(days=1)
_AWAY = timedelta(minutes=5)
"""A silence of all processes that staff are told of: a restart is shorter."""
_PATIENCE = 10.0  # seconds for the platforms to hand over what piled up, before the clock goes on without them
_RESTART = 2.0  # seconds before a long-lived task that failed is started again


def real_now() -> datetime:
    """The time of the machine, aware UTC."""
    return datetime.now(UTC)


class CannotStart(Exception):
    """No course can be run. Carries what is wrong with which."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(slots=True)
class App:
    """One running process."""

    settings: Settings
    texts: Catalogues
    registry: Registry
    database: Database
    clock: Clock
    library: Library
    engine: Engine
    pipeline: Pipeline
    deliverer: Deliverer
    fetcher: Fetcher
    leases: Leases
    active: dict[str, Adapter]  # the adapters whose lease is ours
    caught_up: dict[str, asyncio.Event] = field(default_factory=dict)  # by platform: what had piled up is handled
    tidied_at: datetime | None = None
    _next_due: tuple[Version, datetime | None] | None = None  # before this moment, by these courses, nothing is due

    # --- events and time ----------------------------------------------------------------------------------------------

    async def sink(self, events: Sequence[Event], /) -> None:
        """Where adapters hand over events; returns when they are committed.

        In the order in which they happened, and what was due before one of them goes first: a share that was posted
        while we were away belongs to the session that should have been open then.
        """
        waiting = sorted(events, key=lambda event: event.at)
        try:
            while waiting:
                due_at = await self._due_first(waiting[0].at)
                ready = [event for event in waiting if due_at is None or event.at < due_at]
                await self._process(ready)
                waiting = waiting[len(ready) :]
        except StorageTrouble as trouble:
            log.error("%s", self.texts.say(self.settings.language, trouble.text.id, **trouble.text.values))
            raise

    async def _due_first(self, moment: datetime) -> datetime | None:
        """Do what was due up to this moment; when something is due after it."""
        version = self.library.courses.last_seen.version
        known, due_at = self._next_due or (None, None)
        if known != version or (due_at and due_at <= moment):
            await self._run_due(min(moment, self.clock.now()))
            due_at = await self.database.run(lambda db: _planned_next(db, moment))
            self._next_due = (self.library.courses.last_seen.version, due_at)
        return due_at

    async def _process(self, events: Sequence[Event]) -> None:
        await self.database.call(lambda: self.pipeline.process(events))
        self.deliverer.wake()

    async def run_due(self) -> None:
        """Do everything that is due now, as the clock's agenda."""
        await self._run_due(self.clock.now())
        self._next_due = None  # staff may have moved something, in any process

    async def _run_due(self, until: datetime) -> None:
        now = self.clock.now()
        if self.tidied_at is None or now - self.tidied_at >= _TIDY_EVERY:
            await self.database.call(lambda: self._tidy(now))
            self.tidied_at = now
        await self.database.run(lambda db: agenda.plan(db, self.library.refresh(db), self.library.schedule, now))
        newest = await self.database.run(alarm_rows.newest)
        last: list[EventKey] = []
        while due := await self.database.run(lambda db: self._due(db, now, until, newest)):
            keys = [event.key for event in due]
            if keys == last:
                log.error("events stay due although they were handled: %s", keys)
                break
            last = keys
            await self._process(due)
        await self.database.call(lambda: self.pipeline.look(now))
        self.deliverer.wake()
        self.fetcher.wake()

    async def drain(self) -> None:
        """Fetch all files that can be fetched now, and send all that can be sent."""
        await self.fetcher.drain()
        await self.deliverer.drain()

    def _due(self, db: Connection, now: datetime, until: datetime, newest: int) -> list[Event]:
        live = self.library.refresh(db)
        return [*agenda.due(db, live, now, until=until), *alarms.due(db, live, now, until=until, newest=newest)]

    def _tidy(self, now: datetime) -> None:
        backups = self.settings.data / "backups"
        tidy(self.database, self.library.store, backups, self.registry.personals, now=now, real_now=real_now())

    async def next_due(self, after: datetime) -> datetime | None:
        """The next moment after this one for which something is planned."""

        def earliest(db: Connection) -> datetime | None:
            planned = (_planned_next(db, after), outbox.next_due(db, after), changed.next_due(db, after))
            return min((moment for moment in planned if moment), default=None)

        return await self.database.run(earliest)

    async def alive(self, now: datetime) -> None:
        """A sign of life; after a long silence of all processes, staff are told how long it was."""
        last = await self.database.run(lambda db: heartbeat.beat(db, now))
        if last is not None and now - last >= _AWAY:
            await self._lose("away", last, now)

    async def lost(self, kind: Literal["asleep", "forward", "back"], since: datetime, now: datetime) -> None:
        """The machine was suspended, or its clock was set."""
        log.warning("the clock did not run evenly: %s, from %s to %s", kind, since, now)
        await self._lose(kind, since, now)
        await self.database.run(lambda db: heartbeat.beat(db, now))  # it has been told why nobody was at work
        self._next_due = None

    async def _lose(self, kind: Literal["away", "asleep", "forward", "back"], since: datetime, now: datetime) -> None:
        key = EventKey(f"time:{kind}:{since.isoformat()}")
        await self._process([TimeLost(key=key, at=now, kind=kind, since=since)])

    # --- start and stop -----------------------------------------------------------------------------------------------

    async def start(self) -> list[Activation]:
        """Bring schema and courses up to date. Raises CannotStart where no course can be run."""
        await self.prepare()
        await self.leases.take(PROCESS + self.leases.holder.id)
        now = self.clock.now()
        activations = await self.database.run(lambda db: self.library.activate_all(db, now))
        live = await self.live()
        if not live.courses:
            raise CannotStart([problem for activation in activations for problem in activation.problems])
        return activations

    async def prepare(self) -> None:
        """Bring the schema up to date; a filled SQLite database is backed up first."""
        backups = self.settings.data / "backups"
        await self.database.call(lambda: migrate(self.database, backups, real_now()))

    async def live(self) -> Live:
        return await self.database.run(self.library.refresh)

    async def new_claim_code(self) -> str | None:
        """A one-time code for the first admin; None where somebody can already act as admin."""
        platforms = set(self.settings.platforms.named())
        live = await self.live()
        named = [account for course in live.courses.values() for account in course.admins]
        if live.grants or any(account.partition(":")[0] in platforms for account in named):
            return None
        code = new_code()
        now = self.clock.now()

        def keep(db: Connection) -> None:
            stale = claim_code.c.used_at.is_(None) & (claim_code.c.at < now - _CODE_LIFE)
            db.execute(delete(claim_code).where(stale))
            db.execute(insert(claim_code).values(digest=digest_of(code), at=now))

        await self.database.run(keep)
        return code

    async def activate(self, adapter: Adapter) -> None:
        """From now on this process delivers for the adapter; first what a dead process left half sent."""
        self.active[adapter.platform] = adapter
        await self.deliverer.pace(adapter)
        await self.deliverer.recover(adapter.platform, real_now())
        self.deliverer.wake()
        await self.fetcher.recover(adapter.platform, real_now())

    async def serve(self, adapter: Adapter) -> None:
        """Run an adapter while its lease is ours; deliver its messages meanwhile."""

        async def work() -> None:
            await self.activate(adapter)
            try:
                await adapter.run(partial(self._take, adapter.platform))
            finally:
                self.active.pop(adapter.platform, None)

        await self.leases.run_alone(f"adapter:{adapter.platform}", work)

    async def _take(self, platform: str, events: Sequence[Event], /) -> None:
        if events:
            await self.sink(events)
        else:
            self.caught_up[platform].set()

    async def _tick(self, adapters: Sequence[Adapter]) -> None:
        """Keep time, once what piled up while we were away is handled: that came first."""
        handled = (asyncio.create_task(self.caught_up[adapter.platform].wait()) for adapter in adapters)
        tasks = [*handled]
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)
        for task in tasks:
            task.cancel()
        await Ticker(self, self.clock, self).run()

    async def run(
        self,
        adapters: Sequence[Adapter],
        stopping: asyncio.Event,
        *,
        ticks: bool = True,
    ) -> None:
        """Run until told to stop; then start nothing new and let what is being sent settle.

        `ticks` is off where a virtual clock moves.
        """
        jobs: list[Callable[[], Awaitable[None]]] = [self.deliverer.run]
        jobs += [self.fetcher.run, self.leases.keep_all]
        if has_encoder():
            jobs.append(Deepener(self.engine.finder).run)
        # Not the sink: before a change of now, all that is due would be done, and the platforms' backlog comes first.
        jobs.append(FolderWatch(self.library.folders, self._process, self.database, self.clock.now).run)
        jobs += [lambda adapter=adapter: self.serve(adapter) for adapter in adapters]  # type: ignore[misc]
        self.caught_up = {adapter.platform: asyncio.Event() for adapter in adapters}
        if ticks:
            jobs.append(lambda: self._tick(adapters))
            with suppress(StorageTrouble):  # else the first tick does it
                await self.alive(self.clock.now())  # staff read of an outage before they read what came of it
        tasks = [asyncio.create_task(_supervised(job)) for job in jobs]
        try:
            await stopping.wait()
        finally:
            self.fetcher.stop()
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            # Only now: while the page answers its last callers, what they caused is delivered.
            self.deliverer.stop()
            await asyncio.wait({tasks[0]}, timeout=10)
            tasks[0].cancel()
            await self.close()

    async def close(self) -> None:
        """Give back the leases and close the database."""
        try:
            await self.leases.release_all()
        finally:
            self.database.close()


def _planned_next(db: Connection, after: datetime) -> datetime | None:
    planned = (agenda.next_due(db, after), alarm_rows.next_due(db, after))
    return min((moment for moment in planned if moment), default=None)


async def _supervised(job: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await job()
            return
        except StorageTrouble:
            pass  # said where it happened
        except Exception:
            log.exception("a task of the process failed; starting it again")
        await asyncio.sleep(_RESTART)


def build(
    settings: Settings,
    *,
    clock: Clock,
    database: Database | None = None,
    traits: Mapping[str, Traits] | None = None,
    features: Sequence[Feature] = FEATURES,
    real_now: Callable[[], datetime] = real_now,
) -> App:
    """Put a process together. Nothing runs yet, and nothing was written.

    `real_now` times how long a platform that failed is left alone, and leases; a simulator's own clock need not wait.
    """
    texts = Catalogues()
    registry = Registry(features)
    database = database or Database(settings.database)
    folders = {CourseId(folder.name): folder for folder in settings.courses}
    files = FileStore(settings.data / "files")
    library = Library(folders, LiveCourses(registry.vocabulary(), folders), occurrences, files)
    finder = Finder()
    database.watchers += [library.courses, finder]
    engine = Engine(registry=registry, voice=Voice(texts, traits or {}), library=library, finder=finder)
    holder = Holder.this_process(uuid.uuid4().hex)
    active: dict[str, Adapter] = {}
    pipeline = Pipeline(database, engine)
    deliverer = Deliverer(database, engine, active, holder=holder, clock=clock, real_now=real_now)

    def tell_standby(other: Holder) -> None:
        log.warning("%s", texts.say(settings.language, "run.standby", pid=other.pid, host=other.host))

    return App(
        settings=settings,
        texts=texts,
        registry=registry,
        database=database,
        clock=clock,
        library=library,
        engine=engine,
        pipeline=pipeline,
        deliverer=deliverer,
        fetcher=Fetcher(
            database,
            pipeline,
            active,
            files,
            holder=holder,
            clock=clock,
            real_now=real_now,
            told=deliverer.wake,
        ),
        leases=Leases(database, holder, real_now, tell_standby),
        active=active,
    )

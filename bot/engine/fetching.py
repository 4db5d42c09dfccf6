"""Fetches or draws the files that jobs ask for: claimed, outside of any transaction, stored, and told to the core."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy import Connection

from bot.domain.drawings import Drawing
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.events import Attachment, JobDone
from bot.domain.files import MAX_FILE, PICTURES, picture_type
from bot.domain.ids import CourseId, EventKey
from bot.domain.messages import File
from bot.domain.ports import Adapter, Clock, FileStore
from bot.engine.bare import Broken, bare
from bot.engine.drawing import drawn
from bot.engine.pictures import Undrawable
from bot.engine.pipeline import Pipeline
from bot.engine.worker import Worker
from storage import jobs
from storage.database import Database
from storage.jobs import Claimed, Job
from storage.leases import Holder, living
from storage.outbox import backoff

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Failure = Literal["gone", "too_large", "failed"]

_AT_ONCE = 4  # of a platform: each may hold 20 MiB
_MOST_DOUBTS = 3  # tries, where a platform refuses and does not say that the file is gone
_MOST_CRASHES = 8
_STORAGE_RETRY = 1.0  # seconds
_UNKNOWN_TYPE = "application/octet-stream"


class Fetcher(Worker):
    """The jobs' worker, for the adapters that this process runs.

    How long a file is wanted is timed by the course's clock, how long a platform is left alone by `real_now`. `told` is
    called when the core has heard of something.
    """

    def __init__(  # noqa: PLR0913 - what a deliverer has, and where files go
        self,
        database: Database,
        pipeline: Pipeline,
        adapters: Mapping[str, Adapter],
        files: FileStore,
        *,
        holder: Holder,
        clock: Clock,
        real_now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        super().__init__()
        self._database = database
        self._pipeline = pipeline
        self._adapters = adapters
        self._files = files
        self._holder = holder
        self._clock = clock
        self._real_now = real_now
        self._told = told
        self._in_flight: dict[int, str] = {}  # rows, with their platforms
        self._is_asked = True  # there may be rows to claim
        self._loop: asyncio.AbstractEventLoop | None = None
        self._drawing = asyncio.Lock()
        database.on_jobs = self._hear

    def wake(self) -> None:
        """There may be something to fetch."""
        self._is_asked = True
        super().wake()

    def _hear(self) -> None:
        """The same, from the storage thread."""
        self._is_asked = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._more.set)

    async def recover(self, platform: str, real_now: datetime) -> None:
        """Put back what dead processes, or this one, began to fetch and left."""

        def put_back(db: Connection) -> None:
            others = living(db, self._holder, real_now) - {self._holder.id}
            jobs.recover(db, platform, living=others, in_flight=list(self._in_flight))

        async with self._claiming:  # between the claim and its entry among those in flight, ours would look abandoned
            await self._persist(put_back)
        self.wake()

    async def drain(self) -> None:
        """Fetch everything that can be fetched now, and return when the core has heard of all of it."""
        self._loop = asyncio.get_running_loop()
        async with self._draining:
            fetching: set[asyncio.Task[None]] = set()
            try:
                while True:
                    fetching |= {asyncio.create_task(self._fetch(row)) for row in await self._claim()}
                    if not fetching:
                        return
                    fetching = await self._wait_for_one(fetching)
            finally:
                for task in fetching:
                    task.cancel()

    # --- rows ---------------------------------------------------------------------------------------------------------

    async def _claim(self) -> list[Claimed]:
        if self._is_stopping or not self._is_asked:
            return []
        self._is_asked = False
        now, real_now, platforms = self._clock.now(), self._real_now(), list(self._adapters)

        def claim(db: Connection) -> tuple[list[Claimed], list[Claimed], datetime | None]:
            busy = Counter(self._in_flight.values())
            over = jobs.claim_expired(db, holder=self._holder.id, now=now)
            found = [
                row
                for platform in platforms
                if (room := _AT_ONCE - busy[platform]) > 0
                for row in jobs.claim(db, platform, room, holder=self._holder.id, real_now=real_now)
            ]
            return over, found, jobs.next_retry(db, platforms, after=real_now)

        async with self._claiming:
            over, found, next_retry = await self._persist(claim)
            self._in_flight |= {row.id: row.job.platform for row in (*over, *found)}
        self._wake_after(next_retry - real_now if next_retry else None)
        for row in over:
            await self._ended(row, self._failed(row, "failed"))
        return found

    async def _fetch(self, row: Claimed) -> None:
        await self._ended(row, await self._try(row))

    async def _ended(self, row: Claimed, done: JobDone | timedelta) -> None:
        """Tell what came of it, or wait so long before the next try."""
        try:
            if isinstance(done, JobDone):
                await self._tell(row, done)
            else:
                await self._persist(partial(jobs.retry, row=row, retry_at=self._real_now() + done))
        finally:
            del self._in_flight[row.id]
            self.wake()

    async def _tell(self, row: Claimed, done: JobDone) -> None:
        """The row goes as the core hears of it; where it stays, the core could not take it."""
        await self._until_stored(lambda: self._pipeline.process([done]))
        await self._persist(partial(jobs.fail, row=row))
        self._told()

    # --- the platform -------------------------------------------------------------------------------------------------

    async def _try(self, row: Claimed) -> JobDone | timedelta:
        try:
            return self._done(row, file=await self._file_of(row.job))
        except Refused as error:
            return self._after_refusal(row, error)
        except NotSent as error:
            return self._again(row, str(error), error.retry_after or timedelta(0))
        except (Unknown, OSError) as error:
            return self._again(row, str(error))
        except (Broken, Undrawable) as error:
            log.warning("job %s: %s", row.job.key, error)
            return self._failed(row, "failed")
        except Exception as error:
            log.exception("job %s raised what it must not", row.job.key)
            reason = type(error).__name__
            return self._failed(row, "failed") if row.attempts >= _MOST_CRASHES else self._again(row, reason)

    async def _file_of(self, wanted: Job) -> File:
        """Draw it, or have its platform hand it out."""
        what, adapter = wanted.what, self._adapters.get(wanted.platform)
        if isinstance(what, Drawing):
            # One at a time: it is all work for the processor, and what comes of them is told in the order of the rows.
            async with self._drawing:
                return await asyncio.to_thread(drawn, self._files, what)
        if what.size > MAX_FILE:
            raise Refused("it is larger than files may be", why="too_large")
        if adapter is None:
            raise NotSent("its platform has just left this process")
        content = await adapter.fetch(what)
        if len(content) > MAX_FILE:
            raise Refused("it is larger than files may be", why="too_large")
        return await asyncio.to_thread(_keep, self._files, what, content)

    def _after_refusal(self, row: Claimed, refused: Refused) -> JobDone | timedelta:
        if refused.why == "too_large":
            return self._failed(row, "too_large")
        is_sure = refused.why == "gone" or row.attempts >= _MOST_DOUBTS
        return self._failed(row, "gone") if is_sure else self._again(row, str(refused))

    def _again(self, row: Claimed, reason: str, wait: timedelta = timedelta(0)) -> JobDone | timedelta:
        if row.expires_at <= self._clock.now():
            return self._failed(row, "failed")
        log.info("job %s could not be done, and will be tried again: %s", row.job.key, reason)
        return max(wait, backoff(row.attempts))

    def _failed(self, row: Claimed, error: Failure) -> JobDone:
        log.warning("job %s ended without its file: %s", row.job.key, error)
        return self._done(row, error=error)

    def _done(self, row: Claimed, *, file: File | None = None, error: Failure | None = None) -> JobDone:
        return JobDone(
            key=EventKey(f"job:{row.job.key}"),
            at=self._clock.now(),
            course=CourseId(row.job.course),
            job=row.job.key,
            file=file,
            error=error,
        )

    # --- the database -------------------------------------------------------------------------------------------------

    async def _persist(self, work: Callable[[Connection], Result]) -> Result:
        """Do it in a transaction, however long the database is in trouble."""

        def do() -> Result:
            with self._database.begin() as db:
                return work(db)

        return await self._until_stored(do)

    async def _until_stored(self, work: Callable[[], Result]) -> Result:
        while True:
            try:
                return await self._database.call(work)
            except StorageTrouble as trouble:
                log.warning("what became of a job could not be recorded yet: %s", trouble)
                await asyncio.sleep(_STORAGE_RETRY)


def _keep(files: FileStore, attachment: Attachment, content: bytes) -> File:
    """Of a picture its content says what it is. Nothing that only calls itself a picture is one.

    Raises OSError; and Broken, where it should tell nothing of whose it is, and may.
    """
    content = bare(content) if attachment.is_bare else content
    said = _UNKNOWN_TYPE if attachment.media_type in PICTURES else attachment.media_type
    return files.keep(attachment.name, picture_type(content[:16]) or said, content)

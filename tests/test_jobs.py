"""Files that must last: asked for in a transaction, fetched outside of any, and heard of once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import real_now
from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.events import Attachment, CommandInvoked, JobDone, PlainMessage
from bot.domain.files import MAX_FILE
from bot.domain.ids import EventKey
from bot.domain.messages import Localised, Template
from bot.engine import jobs
from bot.engine.context import Context, MessageBatch
from bot.engine.feature import Feature
from bot.engine.fetching import Fetcher
from bot.features import FEATURES
from storage.jobs import job
from storage.leases import Holder
from tests.community import Community

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


class Killed(BaseException):
    """The process ends here."""


def echo(*, fails: Callable[[], bool] = lambda: False) -> Feature:
    """A feature that has whatever is posted fetched, and says what came of it."""
    feature = Feature("echo")

    @feature.watch_messages
    def hear(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
        for message in messages:
            for number, file in enumerate(message.event.attachments):
                jobs.fetch(batch.context_for(message), f"echo:{message.event.key}:{number}", file)

    @feature.on(JobDone)
    def say(ctx: Context, done: JobDone) -> None:
        if fails():
            raise RuntimeError("this feature is broken")
        found = done.file
        words = f"{found.name} {found.media_type} {found.size}" if found else str(done.error)
        ctx.say("main", Template(text=Localised({"en": f"Fetched: {words} for {ctx.course.id}"})))

    return feature


Open = Callable[..., Awaitable[Community]]


@pytest.fixture
def open_echo(open_community: Open) -> Open:
    async def open_one(**more: Any) -> Community:
        return await open_community(features=(*FEATURES, echo(**more)))

    return open_one


@pytest.fixture
async def course(open_echo: Open) -> Community:
    return await open_echo()


async def heard(course: Community) -> list[str]:
    """What the course was told of files."""
    said = [text for text in await course.said("ben") if text.startswith("Fetched: ")]
    return [text.removeprefix("Fetched: ").removesuffix(" for writing") for text in said]


async def waiting(course: Community) -> list[str]:
    """The states of the jobs that are there."""
    return [row.state for row in await course.rows(select(job.c.state).order_by(job.c.id))]


def is_kept(course: Community, content: bytes) -> bool:
    path = course.run.app.library.store.path(sha256(content).hexdigest())
    return path is not None and path.read_bytes() == content


# --- on every platform ------------------------------------------------------------------------------------------------


@pytest.mark.every_platform
async def test_what_is_posted_is_kept_and_its_size_is_said(course: Community) -> None:
    await course.sends("ada", b"my ten words", name="work.txt")
    assert await heard(course) == ["work.txt text/plain 12"]
    assert is_kept(course, b"my ten words")
    assert await waiting(course) == []


@pytest.mark.every_platform
async def test_the_largest_file_is_taken_and_a_larger_one_is_not(course: Community) -> None:
    await course.sends("ada", bytes(MAX_FILE))
    assert await heard(course) == [f"work.txt text/plain {MAX_FILE}"]
    await course.sends("ada", bytes(MAX_FILE + 1))
    assert await heard(course) == [f"work.txt text/plain {MAX_FILE}", "too_large"]


@pytest.mark.every_platform
async def test_of_a_picture_its_content_says_what_it_is(course: Community) -> None:
    await course.sends("ada", PNG, name="work.txt")
    assert await heard(course) == [f"work.txt image/png {len(PNG)}"]


async def test_what_only_calls_itself_a_picture_is_none(course: Community) -> None:
    await course.sends("ada", b"<script>alert(1)</script>", name="a.png", media_type="image/png")
    assert await heard(course) == ["a.png application/octet-stream 25"]


@pytest.mark.every_platform
async def test_a_platform_that_is_out_of_order_is_asked_again_when_it_has_rested(course: Community) -> None:
    platform = Flaky.at(course, NotSent("no connection"), Unknown("no answer"))
    await course.sends("ada", b"some words")
    assert (await heard(course), await waiting(course)) == ([], ["pending"])
    await platform.rests(seconds=0.9)
    assert (platform.asked, await waiting(course)) == (1, ["pending"])
    await platform.rests(seconds=0.1)
    assert (platform.asked, await waiting(course)) == (2, ["pending"])
    await platform.rests(seconds=2)
    assert await heard(course) == ["work.txt text/plain 10"]
    assert (platform.asked, await waiting(course)) == (3, [])


@pytest.mark.every_platform
async def test_a_file_that_nobody_has_any_more_is_not_waited_for(course: Community) -> None:
    platform = Flaky.at(course, Refused("it is gone", why="gone"))
    await course.sends("ada", b"some words")
    assert (await heard(course), platform.asked, await waiting(course)) == (["gone"], 1, [])


# --- a platform that fails --------------------------------------------------------------------------------------------


@dataclass
class Flaky:
    """The platform of a community: it hands out files, but for these errors first. Its real clock stands still."""

    course: Community
    trouble: list[BaseException]
    now: datetime = datetime(2027, 3, 1, tzinfo=UTC)
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0
    gate: asyncio.Event | None = None  # nothing is handed out before it is set
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    meanwhile: Callable[[], Awaitable[None]] | None = None  # what happens while a file is fetched

    @classmethod
    def at(cls, course: Community, *trouble: BaseException) -> "Flaky":
        flaky = cls(course, list(trouble))
        [adapter] = course.run.app.active.values()
        fetch = adapter.fetch

        async def fetch_later(attachment: Attachment) -> bytes:
            flaky.asked += 1
            flaky.at_once += 1
            flaky.most_at_once = max(flaky.at_once, flaky.most_at_once)
            flaky.is_asked.set()
            try:
                return await flaky._handed_out(fetch, attachment)
            finally:
                flaky.at_once -= 1

        adapter.fetch = fetch_later  # type: ignore[method-assign]
        course.run.app.fetcher = flaky.fetcher(course.run.app.leases.holder)
        return flaky

    async def _handed_out(self, fetch: Callable[[Attachment], Awaitable[bytes]], attachment: Attachment) -> bytes:
        if self.trouble:
            raise self.trouble.pop(0)
        if self.meanwhile:
            await self.meanwhile()
        if self.gate:
            await self.gate.wait()
        return await fetch(attachment)

    def fetcher(self, holder: Holder) -> Fetcher:
        app = self.course.run.app
        return Fetcher(
            app.database,
            app.pipeline,
            app.active,
            app.library.store,
            holder=holder,
            clock=app.clock,
            real_now=lambda: self.now,
            told=app.deliverer.wake,
        )

    async def rests(self, **length: float) -> None:
        """Real time passes, which the course's clock knows nothing of."""
        self.now += timedelta(**length)
        self.course.run.app.fetcher.wake()
        await self.course.settle()


async def test_a_refusal_that_may_be_a_mistake_is_asked_about_three_times(course: Community) -> None:
    platform = Flaky.at(course, *[Refused("wrong file_id or the file is temporarily unavailable")] * 5)
    await course.sends("ada", b"some words")
    for _ in range(5):
        await platform.rests(minutes=5)
    assert (await heard(course), platform.asked) == (["gone"], 3)


async def test_after_two_days_nobody_waits_any_more(course: Community) -> None:
    platform = Flaky.at(course, *[Unknown("no answer")] * 1000)
    await course.sends("ada", b"some words")
    await course.passes(hours=47)
    await platform.rests(minutes=5)
    assert await heard(course) == []
    await course.passes(hours=2)
    await platform.rests(minutes=5)
    assert (await heard(course), await waiting(course)) == (["failed"], [])


async def test_what_was_asked_for_before_a_long_silence_is_still_fetched(course: Community) -> None:
    platform, adapters = Flaky.at(course), course.run.app.active
    gone = dict(adapters)
    adapters.clear()
    await course.sends("ada", b"some words")
    await course.passes(days=4)
    assert await heard(course) == []
    adapters.update(gone)
    await platform.rests(days=4)
    assert await heard(course) == ["work.txt text/plain 10"]


async def test_of_a_platform_that_never_comes_back_the_end_is_told(course: Community) -> None:
    platform, adapters = Flaky.at(course), course.run.app.active
    gone = dict(adapters)
    adapters.clear()
    await course.sends("ada", b"some words")
    await course.passes(days=6, hours=23)
    assert await waiting(course) == ["pending"]
    await course.passes(hours=1)
    assert await waiting(course) == []
    adapters.update(gone)
    await platform.rests(seconds=1)
    assert (await heard(course), platform.asked) == (["failed"], 0)


async def test_an_adapter_that_raises_what_it_must_not_is_given_up_in_the_end(course: Community) -> None:
    platform = Flaky.at(course, *[ValueError("a bug")] * 100)
    await course.sends("ada", b"some words")
    for _ in range(10):
        await platform.rests(minutes=5)
    assert (await heard(course), platform.asked) == (["failed"], 8)


async def test_a_disk_that_is_full_for_a_while_loses_nothing(course: Community, monkeypatch: Any) -> None:
    platform, store = Flaky.at(course), course.run.app.library.store
    keep, troubles = store.keep, [OSError("no space left")]

    def keep_if_there_is_room(*about: Any) -> Any:
        if troubles and platform.asked:
            raise troubles.pop()
        return keep(*about)

    monkeypatch.setattr(store, "keep", keep_if_there_is_room)
    await course.sends("ada", b"some words")
    assert await heard(course) == []
    await platform.rests(seconds=1)
    assert await heard(course) == ["work.txt text/plain 10"]


async def test_at_most_four_files_of_a_platform_are_fetched_at_once(course: Community) -> None:
    platform = Flaky.at(course)
    platform.gate = asyncio.Event()
    store = course.run.app.library.store
    files = [store.keep(f"{number}.txt", "text/plain", b"x" * number) for number in range(1, 11)]
    sending = asyncio.create_task(course.types("ada", "here", files=files))
    while platform.at_once < 4:
        await platform.is_asked.wait()
        platform.is_asked.clear()
    platform.gate.set()
    await sending
    assert (platform.most_at_once, platform.asked) == (4, 10)
    assert sorted(await heard(course)) == sorted(f"{number}.txt text/plain {number}" for number in range(1, 11))


async def test_the_next_try_comes_by_itself(course: Community) -> None:
    platform = Flaky.at(course, NotSent("no connection"))
    app = course.run.app
    is_told = asyncio.Event()
    app.fetcher = Fetcher(
        app.database,
        app.pipeline,
        app.active,
        app.library.store,
        holder=app.leases.holder,
        clock=app.clock,
        real_now=real_now,
        told=is_told.set,
    )
    working = asyncio.create_task(app.fetcher.run())
    await course.run.adapter.chat.say("ada", "main", "", files=[app.library.store.keep("a.txt", "text/plain", b"abc")])
    await course.run.adapter.pump(app.sink)
    async with asyncio.timeout(20):
        await is_told.wait()
    app.fetcher.stop()
    await working
    await course.settle()
    assert (await heard(course), platform.asked) == (["a.txt text/plain 3"], 2)


# --- processes that end -----------------------------------------------------------------------------------------------


@pytest.mark.every_platform
@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
async def test_a_kill_around_the_commit_loses_nothing_and_says_nothing_twice(
    course: Community, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, app = Flaky.at(course), course.run.app
    process = app.pipeline.process

    def dies(events: Sequence[Any]) -> None:
        is_result = any(isinstance(event, JobDone) for event in events)
        if not is_result or when == "after the commit":
            process(events)
        if is_result:
            raise Killed

    with monkeypatch.context() as killed:
        killed.setattr(app.pipeline, "process", dies)
        with pytest.raises(Killed):
            await course.sends("ada", b"some words")
    app.fetcher = platform.fetcher(app.leases.holder)
    [adapter] = app.active.values()
    await app.activate(adapter)
    await course.settle()
    assert await heard(course) == ["work.txt text/plain 10"]
    assert (platform.asked, await waiting(course)) == (2 if when == "before the commit" else 1, [])


async def test_two_processes_fetch_each_file_once(course: Community) -> None:
    platform, app = Flaky.at(course), course.run.app
    store = app.library.store
    files = [store.keep(f"{number}.txt", "text/plain", b"x" * number) for number in range(1, 21)]
    await course.posts("ada", "here", files=files)
    while await course.run.adapter.pump(app.sink):
        pass
    other = platform.fetcher(Holder(id="other", host="there", pid=1))
    await asyncio.gather(app.fetcher.drain(), other.drain())
    await course.settle()
    assert platform.asked == 20
    assert sorted(await heard(course)) == sorted(f"{number}.txt text/plain {number}" for number in range(1, 21))


async def test_what_a_feature_can_not_take_is_set_aside_and_can_be_replayed(open_echo: Open) -> None:
    is_broken = True
    course = await open_echo(fails=lambda: is_broken)
    await course.sends("ada", b"some words")
    assert [text for text in await course.said("chen", "staff") if "once it is mended, /replay 1." in text]
    assert (await heard(course), await waiting(course)) == ([], ["failed"])
    is_broken = False
    await course.types("chen", "/replay 1", room="staff")
    assert (await heard(course), await waiting(course)) == (["work.txt text/plain 10"], [])


# --- who is forgotten -------------------------------------------------------------------------------------------------


async def test_what_a_forgotten_person_handed_in_is_not_fetched(course: Community) -> None:
    platform = Flaky.at(course, NotSent("no connection"))
    await course.sends("ada", b"some words")
    await course.types("ada", "/forget")
    await course.types("ada", "/forget yes")
    assert await waiting(course) == []
    await platform.rests(minutes=1)
    assert (await heard(course), platform.asked) == ([], 1)


async def test_who_is_forgotten_while_their_file_is_fetched_leaves_no_file(course: Community) -> None:
    platform, app = Flaky.at(course), course.run.app
    content = b"some words of mine"

    async def is_forgotten() -> None:
        for number, words in enumerate(("", "yes")):
            at: dict[str, Any] = {"actor": course.actor("ada"), "address": course.address(), "at": course.now}
            command = CommandInvoked(key=EventKey(f"local:x:{number}"), name="forget", text=words, message="99", **at)
            await app.sink([command])
        app.library.store.remove(sha256(content).hexdigest())  # the chat's own goes with what they said
        app.library.store.keep("a.txt", "text/plain", content)

    platform.meanwhile = is_forgotten
    await course.sends("ada", content)
    assert (await heard(course), await waiting(course)) == ([], [])
    await course.passes(days=2)
    assert not is_kept(course, content)

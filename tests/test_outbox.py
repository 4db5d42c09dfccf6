"""Delivery on a platform that fails in every way: what is sent again, what waits, what staff are told."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, select, type_coerce, update

from bot.app import App, build, real_now
from bot.config import Platforms, Settings
from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.events import Attachment, ButtonPressed, CommandInvoked
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Actor, Address
from bot.domain.ports import Sink
from bot.domain.traits import Can, Traits
from bot.engine.deliver import Deliverer
from scheduler.clock import VirtualClock
from scheduler.virtual import advance
from storage.outbox import Queued, Room, claim, enqueue, next_retry
from storage.tables import lease, outbox
from tests.community import COURSE, write_course

DAWN = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
ABLE = Traits(can=Can.REPLY | Can.EDIT | Can.BUTTONS | Can.ONLY_FOR | Can.ANSWER | Can.STYLE)
MAIN, STAFF = Address(platform="telegram", chat="-1"), Address(platform="telegram", chat="-2")
FOLDER = (
    COURSE.replace("local: main", "telegram: -1").replace("local: staff", "telegram: -2").replace("local:", "telegram:")
)
TASK = "Day 1 · First words"


@dataclass
class Post:
    """What stands on the platform."""

    chat: str
    text: str
    buttons: list[str]


@dataclass
class Platform:
    """A platform in memory: it takes what it is given, unless it is told to fail."""

    traits: Traits = ABLE
    platform: str = "telegram"
    posts: dict[str, Post] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    unsure: list[tuple[str, bool]] = field(default_factory=list)  # each try, and whether it was said to be uncertain
    taken: list[frozenset[str]] = field(default_factory=list)  # of each uncertain try: the messages that it can't be
    trouble: list[tuple[str, Exception]] = field(default_factory=list)  # for the next message with these words
    keeps: bool = False  # a message that failed is there all the same
    gate: asyncio.Event | None = None  # nothing returns before it is set
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, sink: Sink) -> None:
        raise NotImplementedError("the tests hand over events themselves")

    async def send(self, message: OutgoingMessage) -> str:
        self.tried.append(message.text)
        self.unsure.append((message.text, message.is_unsure))
        self.taken += [message.taken] if message.is_unsure else []
        self.is_asked.set()
        for number, (words, error) in enumerate(self.trouble):
            if words in message.text:
                del self.trouble[number]
                if self.keeps:
                    self._show(message)
                raise error
        if self.gate:
            await self.gate.wait()
        return self._show(message)

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotImplementedError("nobody sends files here")

    def _show(self, message: OutgoingMessage) -> str:
        id = message.target if message.edits else str(len(self.posts) + 1)
        if id is None or (message.edits and id not in self.posts):
            raise Refused("there is nothing to edit")
        chat = f"answer:{message.answers}" if message.answers else message.address.chat
        self.posts[id] = Post(chat, message.text, [button.command for button in message.buttons])
        return id

    def fails(self, words: str, *errors: Exception) -> None:
        self.trouble += [(words, error) for error in errors]

    def whole(self, chat: str) -> list[str]:
        """All of what stands in a chat."""
        return [post.text for post in self.posts.values() if post.chat == chat]

    def said(self, chat: str = "-1") -> list[str]:
        """The first lines of what stands in a chat."""
        return [post.text.splitlines()[0] for post in self.posts.values() if post.chat == chat]


@dataclass
class Course:
    """A course on that platform, under a virtual clock; backoff follows the same clock, unless told otherwise."""

    app: App
    platform: Platform
    clock: VirtualClock
    number: int = 0

    async def run_due(self) -> None:
        await self.app.run_due()
        await self.app.deliverer.drain()

    async def next_due(self, after: datetime) -> datetime | None:
        retry_at = await self.app.database.run(lambda db: next_retry(db, list(self.app.active), after))
        moments = (await self.app.next_due(after), retry_at)
        return min((moment for moment in moments if moment), default=None)

    async def until(self, hour: int, minute: int = 0, *, day: int = 1) -> None:
        await advance(self.clock, self, DAWN.replace(day=day, hour=hour, minute=minute))

    async def types(self, who: str, text: str, *, at: Address = MAIN) -> None:
        name, _, rest = text.removeprefix("/").partition(" ")
        await self._happens(CommandInvoked, who, at, name=name, text=rest, message=str(1000 + self.number))

    async def presses(self, who: str, command: str, *, at: Address = MAIN, message: str = "1") -> str:
        interaction = f"press-{self.number + 1}"
        await self._happens(ButtonPressed, who, at, command=command, message=message, interaction=interaction)
        return interaction

    async def _happens(self, kind: Any, who: str, at: Address, **more: Any) -> None:
        await self.hears(kind, who, at, **more)
        await self.app.deliverer.drain()

    async def hears(self, kind: Any, who: str, at: Address, **more: Any) -> None:
        """Something happens, and what it leads to is not yet sent."""
        self.number += 1
        key = EventKey(f"telegram:{self.number}")
        actor = Actor(platform="telegram", user=who, name=who.title(), handle=who)
        await self.app.sink([kind(key=key, at=self.clock.now(), actor=actor, address=at, **more)])

    async def change(self, words: str, **changed: Any) -> None:
        """The rows of the messages with these words are made to look otherwise."""
        row = update(outbox).where(type_coerce(outbox.c.message, Text).contains(words))
        await self.app.database.run(lambda db: db.execute(row.values(**changed)))

    async def states(self, words: str = "") -> list[str]:
        """The states of the messages with these words, in the order in which they were decided on."""
        query = select(outbox.c.state, outbox.c.message).order_by(outbox.c.id)
        rows = await self.app.database.run(lambda db: db.execute(query).all())
        return [row.state for row in rows if words in "".join(span["text"] for span in row.message["body"])]


Open = Callable[..., Awaitable[Course]]


@pytest.fixture
async def open_course(tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[Course] = []
    folder = write_course(tmp_path / "writing", course=FOLDER)
    database = f"sqlite:///{(tmp_path / 'homeroom.db').as_posix()}"
    settings = Settings(database=database, data=tmp_path, language="en", courses=(folder,), platforms=Platforms())

    async def kept(_: datetime) -> None:
        pass

    async def open_one(
        traits: Traits = ABLE, *, at: datetime = DAWN, real_now: Callable[[], datetime] | None = None
    ) -> Course:
        platform, clock = Platform(traits), VirtualClock(at, kept)
        app = build(settings, clock=clock, traits={"telegram": traits})
        app.deliverer = Deliverer(
            app.database,
            app.engine,
            app.active,
            holder=app.leases.holder,
            clock=clock,
            real_now=real_now or clock.now,
        )
        await app.start()
        await app.activate(platform)
        opened.append(Course(app, platform, clock))
        return opened[-1]

    yield open_one
    for course in opened:
        await course.app.close()


@pytest.fixture
async def course(open_course: Open) -> Course:
    return await open_course()


UNKNOWN = Unknown("the line broke while waiting")


# --- nobody knows whether it arrived ----------------------------------------------------------------------------------


async def test_a_ritual_that_perhaps_arrived_is_not_sent_again_and_staff_are_asked(course: Course) -> None:
    course.platform.fails(TASK, UNKNOWN)
    await course.until(12)
    assert await course.states(TASK) == ["unknown", "sent"]  # the second is the notice, which quotes it
    assert course.platform.said("-1") == []
    [notice] = [post for post in course.platform.posts.values() if post.chat == "-2"]
    assert notice.text.startswith(
        "⚠ Nobody knows whether this message arrived (#1): the line broke while waiting\n“Day 1"
    )
    assert notice.buttons == ["resend 1"]


async def test_the_button_under_that_notice_sends_it_again(course: Course) -> None:
    course.platform.fails(TASK, UNKNOWN)
    await course.until(12)
    interaction = await course.presses("chen", "resend 1", at=STAFF)
    assert course.platform.said(f"answer:{interaction}") == ["#1 is on its way again."]
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)"]
    again = await course.presses("chen", "resend 1", at=STAFF)
    assert course.platform.said(f"answer:{again}") == ["There is no message #1 to send again."]
    assert len(course.platform.said("-1")) == 1


async def test_only_an_admin_sends_it_again(course: Course) -> None:
    course.platform.fails(TASK, UNKNOWN)
    await course.until(12)
    interaction = await course.presses("lin", "resend 1", at=STAFF)
    assert course.platform.said(f"answer:{interaction}")[0].startswith("/resend is for: admin.")
    assert course.platform.said("-1") == []


async def test_a_lane_goes_on_after_a_message_that_nobody_knows_of(course: Course) -> None:
    course.platform.fails(TASK, UNKNOWN)
    await course.until(9)
    await course.types("ada", "/me")
    assert course.platform.said("-1") == ["Ada · student"]


async def test_an_answer_that_perhaps_arrived_is_sent_again_a_little_later(course: Course) -> None:
    course.platform.fails("Ada · student", UNKNOWN, UNKNOWN)
    await course.types("ada", "/me")
    assert await course.states() == ["pending"]
    await course.until(8, 31)
    assert await course.states() == ["sent"]
    assert len(course.platform.tried) == 3
    assert course.platform.said("-2") == []  # no need to trouble the staff


async def test_an_edit_that_perhaps_arrived_is_made_again(course: Course) -> None:
    await course.presses("ada", "checkin")
    course.platform.keeps = True
    course.platform.fails("2 so far", UNKNOWN)
    await course.presses("ben", "checkin")
    await course.until(8, 31)
    assert set(await course.states("so far")) == {"sent"}
    assert [post.text for post in course.platform.posts.values() if post.chat == "-1"] == [
        "Check-in, Mon, 1 Mar · 2 so far\nAda, Ben"
    ]


async def test_where_the_platform_tells_doubles_apart_everything_is_sent_again_at_once(open_course: Open) -> None:
    course = await open_course(Traits(can=ABLE.can | Can.DEDUPE))
    course.platform.fails(TASK, UNKNOWN)
    await course.until(9)
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)"]
    assert course.platform.said("-2") == []


async def test_only_what_perhaps_arrived_is_said_to_be_uncertain(open_course: Open) -> None:
    course = await open_course(Traits(can=ABLE.can | Can.DEDUPE))
    course.platform.fails(TASK, NotSent("no connection"), UNKNOWN, NotSent("no connection"))
    await course.until(9, 5)
    assert [unsure for text, unsure in course.platform.unsure if TASK in text] == [False, False, True, True]


async def test_what_is_uncertain_comes_with_the_other_messages_of_its_chat_by_the_platforms_ids(
    open_course: Open,
) -> None:
    course = await open_course(Traits(can=ABLE.can | Can.DEDUPE))
    await course.types("ada", "/me", at=STAFF)
    await course.types("ada", "/me")
    await course.types("ben", "/me")
    await course.until(8, 40)
    course.platform.fails("Ada · student", UNKNOWN)
    await course.types("ada", "/me")
    assert course.platform.said("-1") == ["Ada · student", "Ben · student", "Ada · student"]
    mine = {id for id, post in course.platform.posts.items() if post.chat == "-1"}
    newest = max(mine, key=int)
    assert course.platform.taken == [set()]  # the others were there long before it was decided on
    course.platform.fails("Ben · student", UNKNOWN)
    await course.types("ben", "/me")
    assert course.platform.taken[1:] == [{newest}]


async def test_where_the_platform_tells_doubles_apart_it_is_not_stormed(open_course: Open) -> None:
    course = await open_course(Traits(can=ABLE.can | Can.DEDUPE))
    course.platform.fails(TASK, *[UNKNOWN] * 5)
    await course.until(9)
    assert len(course.platform.tried) == 2  # and then after 2, 4, 8, 16 seconds
    await course.until(9, 1)
    assert len(course.platform.tried) == 6
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)"]


async def test_what_an_adapter_chokes_on_is_buried_after_eight_times(course: Course) -> None:
    course.platform.fails("Ada · student", *[ZeroDivisionError("by zero") for _ in range(8)])
    await course.types("ada", "/me")
    await course.until(8, 59)
    assert len([text for text in course.platform.tried if text.startswith("Ada · student")]) == 8
    assert (await course.states("Ada · student"))[0] == "dead"
    assert course.platform.said("-2") == ["⚠ A message could not be delivered (#1): ZeroDivisionError: by zero"]


async def test_an_adapter_that_raises_what_it_must_not_counts_as_unknown(
    course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    course.platform.fails(TASK, KeyError("message_id"))
    course.platform.fails("Ada · student", ZeroDivisionError())
    await course.until(9)
    await course.types("ada", "/me")
    await course.until(9, 1)
    assert (await course.states(TASK))[0] == "unknown"
    assert course.platform.said("-1") == ["Ada · student"]
    assert "KeyError: 'message_id'" in course.platform.said("-2")[0]
    assert "adapter telegram raised what it must not" in caplog.text


# --- refused ----------------------------------------------------------------------------------------------------------


async def test_staff_do_not_read_what_was_for_one_person(course: Course) -> None:
    course.platform.fails("5 points", Refused("too long"))
    await course.presses("ada", "checkin 2027-03-01")
    [notice] = [text for text in course.platform.whole("-2") if "could not be delivered" in text]
    assert "too long" in notice
    assert "5 points" not in notice


async def test_what_is_refused_is_told_to_staff_once_and_its_lane_goes_on(course: Course) -> None:
    course.platform.fails(TASK, Refused("the bot was removed from the group"))
    await course.until(9)
    await course.types("ada", "/me")
    await course.until(12)
    assert (await course.states(TASK))[0] == "dead"
    assert course.platform.said("-1") == ["Ada · student"]
    [notice] = [post for post in course.platform.posts.values() if post.chat == "-2"]
    assert notice.text.startswith("⚠ A message could not be delivered (#1): the bot was removed from the group\n“Day 1")
    assert len([text for text in course.platform.tried if text.startswith(TASK)]) == 1


async def test_a_counter_that_was_refused_is_posted_anew_and_edited_from_then_on(course: Course) -> None:
    for number, who in enumerate(("ada", "ben", "cid"), start=1):
        course.platform.fails(f"{number} so far", Refused("no rights"))
        await course.presses(who, "checkin")
    assert course.platform.said("-1") == []
    for who in ("dan", "eve"):
        await course.presses(who, "checkin")
    assert course.platform.said("-1") == ["Check-in, Mon, 1 Mar · 5 so far"]
    assert len(course.platform.said("-2")) == 1  # staff are told once, not for everyone who checks in


async def test_a_counter_that_expired_is_posted_anew(course: Course) -> None:
    course.platform.fails("so far", NotSent("too many requests", retry_after=timedelta(hours=1)))
    await course.presses("ada", "checkin")
    await course.change("so far", expires_at=course.clock.now())
    await course.app.deliverer.drain()
    assert await course.states("1 so far") == ["expired", "sent"]  # the second is the notice, which quotes it
    for who in ("ben", "cid"):
        await course.presses(who, "checkin")
    assert course.platform.said("-1") == ["Check-in, Mon, 1 Mar · 3 so far"]


async def test_a_notice_that_is_refused_is_not_told_of_in_turn(course: Course) -> None:
    course.platform.fails(TASK, Refused("removed"), Refused("removed here too"))
    await course.until(12)
    assert await course.states() == ["dead", "dead"]
    assert course.platform.said("-2") == []


# --- certainly not sent -----------------------------------------------------------------------------------------------


async def test_what_was_not_sent_waits_as_long_as_the_platform_says_and_keeps_its_order(course: Course) -> None:
    course.platform.fails(TASK, NotSent("too many requests", retry_after=timedelta(minutes=10)))
    await course.until(9)
    await course.types("ada", "/me")
    await course.types("ada", "/task")
    await course.until(9, 9)
    assert course.platform.said("-1") == []
    await course.until(9, 10)
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)", "Ada · student", f"{TASK} (Mon, 1 Mar)"]


async def test_a_lane_that_waits_holds_up_no_other(course: Course) -> None:
    course.platform.fails(TASK, NotSent("too many requests", retry_after=timedelta(minutes=10)))
    await course.until(9)
    await course.types("ada", "/me")
    await course.types("chen", "/audit", at=STAFF)
    assert course.platform.said("-1") == []
    assert course.platform.said("-2") == ["Staff have done nothing yet."]


async def test_an_answer_to_a_button_overtakes_a_group_that_waits(course: Course) -> None:
    course.platform.fails(TASK, NotSent("too many requests", retry_after=timedelta(minutes=10)))
    await course.until(9)
    interaction = await course.presses("ada", "checkin 2027-03-01")
    assert course.platform.said(f"answer:{interaction}") == ["Checked in! 1 day in a row."]
    assert course.platform.said("-1") == []


async def test_answers_overtake_a_post_for_five_minutes_and_no_longer(course: Course) -> None:
    """Where more is answered than can be sent, the group's task is not put off until it has expired."""
    post = OutgoingMessage(key="post", address=MAIN, body=(Span("The task of today"),))
    await course.app.database.run(lambda db: enqueue(db, [_queued(post, DAWN)]))
    gone = []
    for minute in range(7):
        now = DAWN + timedelta(minutes=minute)
        to_ada = Address(platform="telegram", chat=f"{minute}", private=True)
        answer = OutgoingMessage(key=f"answer {minute}", address=to_ada, body=(Span("Checked in!"),))
        await course.app.database.run(partial(enqueue, queued=[_queued(answer, now)]))
        take = partial(claim, platform="telegram", room=Room(most=1), holder="one", now=now, real_now=now)
        gone += [row.message.key for row in await course.app.database.run(take)]
    assert gone == [*(f"answer {minute}" for minute in range(5)), "post", "answer 5"]


def _queued(message: OutgoingMessage, at: datetime) -> Queued:
    return Queued(message=message, not_before=at, expires_at=at + timedelta(hours=1))


async def test_a_platform_that_stays_away_is_tried_less_and_less_often(course: Course) -> None:
    course.platform.fails(TASK, *[NotSent("no connection") for _ in range(8)])
    await course.until(9, 4)
    assert len(course.platform.tried) == 8  # after 1, 2, 4 … 64 seconds
    await course.until(9, 5)
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)"]


async def test_what_comes_too_late_to_be_useful_expires_and_frees_its_lane(
    course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    course.platform.fails("Ada · student", NotSent("too many requests", retry_after=timedelta(hours=3)))
    await course.types("ada", "/me")
    await course.until(9)
    assert course.platform.said("-1") == []  # the task waits behind the answer
    await course.until(11, 30)
    assert await course.states("Ada · student") == ["expired"]
    assert course.platform.said("-1") == [f"{TASK} (Mon, 1 Mar)"]
    assert "expired before it could be sent" in caplog.text


async def test_staff_are_told_what_expired_and_can_send_it_again(course: Course) -> None:
    course.platform.fails(TASK, NotSent("too many requests", retry_after=timedelta(hours=30)))
    await course.until(9, day=2)
    [notice] = [post for post in course.platform.posts.values() if post.chat == "-2"]
    assert notice.text.startswith("⚠ A message expired before it could be sent (#1): “Day 1")
    assert notice.buttons == ["resend 1"]
    assert course.platform.said("-1")[-1] == "Day 2 · Second day (Tue, 2 Mar)"
    await course.presses("chen", "resend 1", at=STAFF)
    assert course.platform.said("-1")[-1] == f"{TASK} (Mon, 1 Mar)"


async def test_what_waits_for_another_try_goes_by_the_real_clock_while_the_courses_stands_still(
    open_course: Open,
) -> None:
    course = await open_course(real_now=real_now)
    course.platform.fails("Ada · student", NotSent("no connection"))
    await course.types("ada", "/me")
    assert await course.states() == ["pending"]
    await sends_by_itself(course)
    assert course.platform.said("-1") == ["Ada · student"]


async def test_what_waited_for_another_try_before_a_restart_is_sent_in_time(open_course: Open) -> None:
    first = await open_course(real_now=real_now)
    first.platform.fails("Ada · student", NotSent("no connection", retry_after=timedelta(hours=1)))
    await first.types("ada", "/me")
    await first.change("Ada", retry_at=real_now() + timedelta(milliseconds=50))
    second = await open_course(real_now=real_now)
    await sends_by_itself(second)
    assert second.platform.said("-1") == ["Ada · student"]


async def sends_by_itself(course: Course) -> None:
    """Nothing happens any more, and yet the platform is asked to post something."""
    course.platform.is_asked.clear()
    working = asyncio.create_task(course.app.deliverer.run())
    async with asyncio.timeout(10):
        await course.platform.is_asked.wait()
    course.app.deliverer.stop()
    await working


async def test_edits_of_a_post_that_waits_become_one(course: Course) -> None:
    await course.presses("ada", "checkin")
    course.platform.fails("2 so far", NotSent("too many requests", retry_after=timedelta(minutes=10)))
    for who in ("ben", "cid", "dan", "eve"):
        await course.presses(who, "checkin")
    tried = len(course.platform.tried)
    await course.until(8, 50)
    assert course.platform.said("-1") == ["Check-in, Mon, 1 Mar · 5 so far"]
    assert len(course.platform.tried) == tried + 2  # the edit that was parked, and one for all the others


# --- processes that die -----------------------------------------------------------------------------------------------


async def stuck(course: Course) -> asyncio.Task[None]:
    """The task of the day is being sent, and the platform does not answer."""
    course.platform.gate = asyncio.Event()
    task = asyncio.create_task(course.until(9))
    await course.platform.is_asked.wait()
    return task


async def end(course: Course, task: asyncio.Task[None]) -> None:
    assert course.platform.gate
    course.platform.gate.set()
    await task


async def holder_is(course: Course, **changed: Any) -> None:
    await course.app.database.run(lambda db: db.execute(update(lease).values(**changed)))


async def test_what_a_living_process_is_sending_is_left_alone(open_course: Open) -> None:
    first = await open_course()
    task = await stuck(first)
    await holder_is(first, pid=os.getppid())  # another process of this machine, which lives
    second = await open_course(at=first.clock.now())
    assert await second.states(TASK) == ["sending"]
    await end(first, task)
    assert await second.states(TASK) == ["sent"]
    assert second.platform.tried == []


@pytest.mark.parametrize(
    "changed", [{"pid": 2**22 + 1}, {"host": "there", "expires_at": datetime(2020, 1, 1, tzinfo=UTC)}]
)
async def test_what_a_dead_process_was_sending_is_resolved_by_the_next(
    open_course: Open, changed: dict[str, Any]
) -> None:
    first = await open_course()
    task = await stuck(first)
    await holder_is(first, **changed)
    second = await open_course(at=first.clock.now())
    assert (await second.states(TASK))[0] == "unknown"
    await second.app.deliverer.drain()
    assert second.platform.said("-2") == [
        "⚠ Nobody knows whether this message arrived (#1): the process ended while sending"
    ]
    await end(first, task)


async def test_who_is_taken_over_while_sending_settles_nothing(
    open_course: Open, caplog: pytest.LogCaptureFixture
) -> None:
    first = await open_course()
    task = await stuck(first)
    await holder_is(first, pid=2**22 + 1)
    second = await open_course(at=first.clock.now())
    await second.app.deliverer.drain()
    await end(first, task)
    assert (await second.states(TASK))[0] == "unknown"
    assert "outbox row 1 was taken over by somebody else" in caplog.text


async def test_what_this_process_is_sending_is_left_alone_when_its_adapter_starts_again(course: Course) -> None:
    task = await stuck(course)
    await course.app.activate(course.platform)
    assert await course.states(TASK) == ["sending"]
    await end(course, task)
    assert await course.states(TASK) == ["sent"]


async def test_what_this_process_left_half_sent_is_resolved_when_its_adapter_starts_again(course: Course) -> None:
    course.platform.fails("Ada · student", NotSent("too many requests"))
    await course.types("ada", "/me")
    await course.change("Ada", state="sending", holder=course.app.leases.holder.id)
    await course.app.activate(course.platform)
    await course.until(8, 31)
    assert course.platform.said("-1") == ["Ada · student"]


async def test_what_was_claimed_for_an_adapter_that_left_is_sent_when_it_is_back(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = course.platform.send

    async def last_one(message: OutgoingMessage) -> str:
        course.app.active.clear()
        return await send(message)

    monkeypatch.setattr(course.platform, "send", last_one)
    await course.hears(CommandInvoked, "ada", MAIN, name="me", text="", message="1")
    await course.hears(CommandInvoked, "chen", STAFF, name="audit", text="", message="1")
    await course.app.deliverer.drain()
    assert await course.states() == ["sent", "pending"]
    monkeypatch.undo()
    await course.app.activate(course.platform)
    await course.app.deliverer.drain()
    assert await course.states() == ["sent", "sent"]


async def test_an_answer_that_a_dead_process_was_sending_is_sent_by_the_next(open_course: Open) -> None:
    first = await open_course()
    first.platform.gate = asyncio.Event()
    task = asyncio.create_task(first.types("ada", "/me"))
    await first.platform.is_asked.wait()
    await holder_is(first, pid=2**22 + 1)
    second = await open_course(at=first.clock.now() + timedelta(minutes=1))
    await second.app.deliverer.drain()
    assert second.platform.said("-1") == []  # a little later
    await second.until(8, 32)
    assert second.platform.said("-1") == ["Ada · student"]
    await end(first, task)

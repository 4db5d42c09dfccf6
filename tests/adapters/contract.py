"""What the core relies on, whatever the platform: every adapter passes these tests.

An adapter's test module makes a `Bench` for itself, offers it as the fixture `bench`, and imports the tests:
`from tests.adapters.contract import *`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import msgspec
import pytest

from bot.domain.errors import Refused, StorageTrouble
from bot.domain.events import Event
from bot.domain.files import MAX_FILE
from bot.domain.messages import Button, OutgoingMessage, Span, Table, Text
from bot.domain.places import Address
from bot.domain.ports import Adapter
from bot.domain.traits import Can

__all__ = [
    "test_a_button_that_is_pressed_comes_out_as_its_command",
    "test_a_file_that_is_gone_is_refused_for_good",
    "test_a_file_that_is_too_large_is_refused_for_good",
    "test_a_file_that_somebody_sent_can_be_fetched_as_long_as_it_stands",
    "test_a_message_has_an_id_of_its_own",
    "test_a_message_says_every_word",
    "test_a_pin_of_nothing_is_refused",
    "test_an_answer_reaches_who_pressed",
    "test_an_edit_changes_the_message_and_adds_none",
    "test_an_edit_of_nothing_is_refused",
    "test_an_event_is_acknowledged_only_when_the_sink_has_returned",
    "test_events_come_in_the_order_in_which_they_happened",
    "test_one_message_is_pinned_and_another_no_more",
    "test_one_persons_message_is_seen_by_nobody_else",
    "test_the_platform_has_a_name_and_limits",
    "test_the_same_event_has_the_same_key_when_it_comes_again",
    "test_the_same_key_twice_appears_once",
]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a person sees it on the platform."""

    text: str
    table: tuple[tuple[str, ...], ...] = ()
    buttons: tuple[str, ...] = ()  # their labels
    is_pinned: bool = False


class Bench(Protocol):
    """An adapter in front of its platform (or a fake of it), with two people in one group."""

    @property
    def adapter(self) -> Adapter: ...

    @property
    def group(self) -> Address: ...

    def user(self, who: str) -> str:
        """The platform's id of `ada` or `ben`."""
        ...

    async def sees(self, who: str) -> list[Seen]:
        """What `ada` or `ben` sees of the bot in the group, oldest first."""
        ...

    async def hears(self, who: str) -> list[str]:
        """What `ada` or `ben` was answered to button presses."""
        ...

    async def says(self, who: str, text: str) -> None:
        """A person posts in the group."""
        ...

    async def presses(self, who: str, label: str) -> None:
        """A person presses the newest button with this label."""
        ...

    async def sends(self, who: str, name: str, content: bytes) -> None:
        """A person posts a file in the group."""
        ...

    def lose_files(self) -> None:
        """What people have sent is gone from the platform."""
        ...


class Core:
    """A sink that collects events; it may be in trouble first."""

    def __init__(self, *, troubles: int = 0) -> None:
        self.events: list[Event] = []
        self.offered: list[list[Event]] = []
        self._troubles = troubles
        self._changed = asyncio.Event()

    async def __call__(self, events: Sequence[Event], /) -> None:
        self.offered.append(list(events))
        if self._troubles:
            self._troubles -= 1
            self._changed.set()
            raise StorageTrouble(Text(id="storage.disk_full"))
        self.events += events
        self._changed.set()

    async def changed(self) -> None:
        async with asyncio.timeout(30):
            await self._changed.wait()
        self._changed.clear()

    async def has(self, count: int) -> None:
        """Wait until so many events are taken."""
        while len(self.events) < count:
            await self.changed()


@asynccontextmanager
async def listening(bench: Bench) -> AsyncIterator[Core]:
    """The adapter at work; what it hands over."""
    core = Core()
    running = asyncio.create_task(bench.adapter.run(core))
    try:
        yield core
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def events_of(bench: Bench, count: int, core: Core | None = None) -> list[Event]:
    """What the adapter hands over until there are so many."""
    core = core or Core()
    running = asyncio.create_task(bench.adapter.run(core))
    try:
        await core.has(count)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return core.events


def message(bench: Bench, key: str, text: str = "Hello, class!", **more: Any) -> OutgoingMessage:
    return OutgoingMessage(key=key, address=bench.group, body=(Span(text),), **more)


def needs(bench: Bench, ability: Can) -> None:
    if ability not in bench.adapter.traits.can:
        pytest.skip(f"{bench.adapter.platform} can't: {ability.name}")


async def test_the_platform_has_a_name_and_limits(bench: Bench) -> None:
    assert bench.adapter.platform == bench.group.platform
    assert bench.adapter.traits.max_text >= 1000


# --- out --------------------------------------------------------------------------------------------------------------


async def test_a_message_has_an_id_of_its_own(bench: Bench) -> None:
    ids = [await bench.adapter.send(message(bench, f"k{n}", f"Message {n}")) for n in range(3)]
    assert all(ids)
    assert len(set(ids)) == 3
    assert [seen.text for seen in await bench.sees("ada")] == ["Message 0", "Message 1", "Message 2"]


async def test_a_message_says_every_word(bench: Bench) -> None:
    words = "**not bold** _x_ <b> & [a](b) @everyone 打卡 🦊 \u05d0 ```"
    styled = (Span(words), Span("bold", "bold"), Span("a`b", "code"), Span("\nhttps://example.org/a_b", "link"))
    await bench.adapter.send(OutgoingMessage(key="k", address=bench.group, body=styled))
    [seen] = await bench.sees("ben")
    assert seen.text == f"{words}bolda`b\nhttps://example.org/a_b"


async def test_the_same_key_twice_appears_once(bench: Bench) -> None:
    needs(bench, Can.DEDUPE)
    first = await bench.adapter.send(message(bench, "k"))
    assert await bench.adapter.send(message(bench, "k")) == first
    await bench.adapter.send(message(bench, "other"))
    assert len(await bench.sees("ada")) == 2


async def test_an_edit_changes_the_message_and_adds_none(bench: Bench) -> None:
    needs(bench, Can.EDIT)
    button = Button(label="Check in", command="checkin")
    id = await bench.adapter.send(message(bench, "k", "1 so far"))
    await bench.adapter.send(message(bench, "k2", "another"))
    edit = message(bench, "k3", "2 so far", edits="k", target=id, buttons=(button,), policy="replaceable")
    assert await bench.adapter.send(edit) == id
    assert [seen.text for seen in await bench.sees("ada")] == ["2 so far", "another"]
    if Can.BUTTONS in bench.adapter.traits.can:
        assert [seen.buttons for seen in await bench.sees("ada")] == [("Check in",), ()]


async def test_an_edit_of_nothing_is_refused(bench: Bench) -> None:
    needs(bench, Can.EDIT)
    for target in (None, "999999"):
        with pytest.raises(Refused):
            await bench.adapter.send(message(bench, f"k{target}", edits="never sent", target=target))
    assert await bench.sees("ada") == []


async def test_one_message_is_pinned_and_another_no_more(bench: Bench) -> None:
    needs(bench, Can.PIN)
    ids = [await bench.adapter.send(message(bench, f"k{n}", f"Message {n}")) for n in range(2)]

    async def act(key: str, target: str, **what: Any) -> None:
        sign = OutgoingMessage(key=key, address=bench.group, body=(), target=target, **what)
        for _ in range(2):  # twice is as good as once
            assert await bench.adapter.send(sign) == target

    await act("p0", ids[0], pins="k0")
    assert [seen.is_pinned for seen in await bench.sees("ben")] == [True, False]
    await act("u0", ids[0], unpins="k0")
    await act("p1", ids[1], pins="k1")
    assert [seen.is_pinned for seen in await bench.sees("ben")] == [False, True]
    assert [seen.text for seen in await bench.sees("ben")] == ["Message 0", "Message 1"]


async def test_a_pin_of_nothing_is_refused(bench: Bench) -> None:
    needs(bench, Can.PIN)
    for target in (None, "999999"):
        with pytest.raises(Refused):
            await bench.adapter.send(message(bench, f"k{target}", pins="never sent", target=target))
    assert await bench.sees("ada") == []


async def test_one_persons_message_is_seen_by_nobody_else(bench: Bench) -> None:
    needs(bench, Can.ONLY_FOR)
    table = Table(rows=(("1", "Ada"),))
    await bench.adapter.send(message(bench, "k", "Only for Ada", only_for=bench.user("ada"), table=table))
    assert [seen.text for seen in await bench.sees("ada")] == ["Only for Ada"]
    assert await bench.sees("ben") == []


async def test_an_answer_reaches_who_pressed(bench: Bench) -> None:
    needs(bench, Can.ANSWER | Can.BUTTONS)
    await bench.adapter.send(message(bench, "k", buttons=(Button(label="Check in", command="checkin"),)))
    await bench.presses("ada", "Check in")
    [event] = await events_of(bench, 1)
    answers = event.interaction  # type: ignore[union-attr]
    await bench.adapter.send(message(bench, "k2", "Checked in!", answers=answers, only_for=bench.user("ada")))
    assert (await bench.hears("ada"), await bench.hears("ben")) == (["Checked in!"], [])
    assert len(await bench.sees("ben")) == 1


# --- in ---------------------------------------------------------------------------------------------------------------


async def test_events_come_in_the_order_in_which_they_happened(bench: Bench) -> None:
    for who, text in (("ada", "one"), ("ben", "two"), ("ada", "three")):
        await bench.says(who, text)
    events: list[Any] = await events_of(bench, 3)
    ada, ben = bench.user("ada"), bench.user("ben")
    assert [(event.actor.user, event.text) for event in events] == [(ada, "one"), (ben, "two"), (ada, "three")]
    assert {event.address for event in events} == {bench.group}
    assert all(event.key.startswith(f"{bench.adapter.platform}:") for event in events)
    assert len({event.key for event in events}) == 3
    assert all(event.at.utcoffset() is not None for event in events)


async def test_a_button_that_is_pressed_comes_out_as_its_command(bench: Bench) -> None:
    needs(bench, Can.BUTTONS)
    button = Button(label="Check in", command="checkin 2027-03-01")
    id = await bench.adapter.send(message(bench, "k", buttons=(button,)))
    await bench.presses("ada", "Check in")
    await bench.presses("ada", "Check in")
    events: list[Any] = await events_of(bench, 2)
    assert [(event.command, event.message, event.actor.user) for event in events] == [
        ("checkin 2027-03-01", id, bench.user("ada"))
    ] * 2
    assert len({event.key for event in events}) == len({event.interaction for event in events}) == 2


async def test_a_file_that_somebody_sent_can_be_fetched_as_long_as_it_stands(bench: Bench) -> None:
    content = bytes(range(256)) * 4000
    await bench.sends("ada", "work.txt", content)
    async with listening(bench) as core:
        await core.has(1)
        [file] = core.events[0].attachments  # type: ignore[union-attr]
        assert (file.name, file.media_type, file.size) == ("work.txt", "text/plain", len(content))
        for _ in range(2):
            assert await bench.adapter.fetch(file) == content


async def test_a_file_that_is_gone_is_refused_for_good(bench: Bench) -> None:
    await bench.sends("ada", "work.txt", b"some words")
    async with listening(bench) as core:
        await core.has(1)
        bench.lose_files()
        [file] = core.events[0].attachments  # type: ignore[union-attr]
        for ref in (file.ref, "0" * 64, "1/2/3", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x"):
            with pytest.raises(Refused) as refused:
                await bench.adapter.fetch(msgspec.structs.replace(file, ref=ref))
            assert refused.value.why == "gone", ref


async def test_a_file_that_is_too_large_is_refused_for_good(bench: Bench) -> None:
    """Also where nobody has said how large it is."""
    await bench.sends("ada", "work.txt", bytes(MAX_FILE + 1))
    async with listening(bench) as core:
        await core.has(1)
        [file] = core.events[0].attachments  # type: ignore[union-attr]
        with pytest.raises(Refused) as refused:
            await bench.adapter.fetch(msgspec.structs.replace(file, size=0))
        assert refused.value.why == "too_large"


async def test_an_event_is_acknowledged_only_when_the_sink_has_returned(bench: Bench) -> None:
    await bench.says("ada", "one")
    await bench.says("ben", "two")
    core = Core(troubles=1)
    running = asyncio.create_task(bench.adapter.run(core))
    await core.changed()
    running.cancel()  # killed before it could try again
    await asyncio.gather(running, return_exceptions=True)
    assert core.events == []
    running = asyncio.create_task(bench.adapter.run(core))
    await core.has(2)
    await bench.says("ada", "three")
    await core.has(3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    taken: list[Any] = core.events
    assert [event.text for event in taken] == ["one", "two", "three"]


async def test_the_same_event_has_the_same_key_when_it_comes_again(bench: Bench) -> None:
    await bench.says("ada", "one")
    core = Core(troubles=1)
    running = asyncio.create_task(bench.adapter.run(core))
    await core.changed()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await events_of(bench, 1, core)
    offered = [[event.key for event in batch] for batch in core.offered if batch]
    assert offered == [offered[0]] * 2

"""The local chat as a platform: the contract of every adapter, and what its updates mean."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.adapter import LocalAdapter
from adapters.local.chat import LocalChat
from adapters.local.parse import parse
from adapters.local.values import Message, Mistake, Person, Piece, Room
from bot.domain.errors import NotSent, Refused
from bot.domain.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    UpdateUnreadable,
)
from bot.domain.messages import File, OutgoingMessage, Span
from bot.domain.places import Actor, Address
from bot.domain.ports import AdapterStore
from scheduler.clock import RealClock
from storage.database import Database
from storage.documents import Documents
from storage.files import FileStore
from storage.migrate import migrate
from tests.adapters.contract import *  # noqa: F403 - the tests that every adapter passes
from tests.adapters.contract import Seen, events_of

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
GROUP = Address(platform="local", chat="main")


class LocalBench:
    """The adapter over a chat in a temporary database."""

    group = GROUP

    def __init__(self, chat: LocalChat, files: FileStore) -> None:
        self.chat = chat
        self.files = files
        self.adapter = LocalAdapter(chat, RealClock(), files)
        self._sent: list[File] = []

    def user(self, who: str) -> str:
        return who

    async def sees(self, who: str) -> list[Seen]:
        return [
            Seen(text=m.text, table=m.table, buttons=tuple(button.label for button in m.buttons), is_pinned=m.is_pinned)
            for m in await self.chat.history(who, "main")
            if m.author == "bot"
        ]

    async def hears(self, who: str) -> list[str]:
        return [answer.text for answer in await self.chat.answers(who, 0)]

    async def says(self, who: str, text: str) -> None:
        await self.chat.say(who, "main", text)

    async def presses(self, who: str, label: str) -> None:
        newest = [m for m in await self.chat.history(who, "main") if label in [b.label for b in m.buttons]][-1]
        command = next(button.command for button in newest.buttons if button.label == label)
        await self.chat.press(who, "main", newest.number, command)

    async def sends(self, who: str, name: str, content: bytes) -> None:
        self._sent.append(self.files.keep(name, "text/plain", content))
        await self.chat.say(who, "main", "", files=self._sent[-1:])

    def lose_files(self) -> None:
        for file in self._sent:
            self.files.remove(file.sha256)


def opened(store: AdapterStore, people: Iterable[Person]) -> LocalChat:
    rooms = [Room(id="main", title="Main"), Room(id="staff", title="Staff", staff_only=True)]
    return LocalChat(store, RealClock(), lambda: rooms, people, may_enter=lambda person, room: person.is_staff)


@asynccontextmanager
async def in_front_of_a_chat(tmp_path: Path) -> AsyncIterator[LocalBench]:
    database = Database(f"sqlite:///{(tmp_path / 'chat.db').as_posix()}")
    migrate(database, tmp_path, NOW)
    people = [
        Person(id="ada", name="Ada"),
        Person(id="ben", name="Ben"),
        Person(id="lin", name="Lin", is_staff=True),
    ]
    chat = opened(Documents(database, "local"), people)
    await chat.open()
    yield LocalBench(chat, FileStore(tmp_path / "files"))
    database.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LocalBench]:
    async with in_front_of_a_chat(tmp_path) as bench:
        yield bench


# --- this platform's own ----------------------------------------------------------------------------------------------


async def test_an_update_that_cannot_be_read_is_handed_over_as_such_and_blocks_nothing(
    bench: LocalBench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.chat.store.put("update", "message:0", {"kind": "message"})
    await bench.says("ada", "hello")
    broken, fine = await events_of(bench, 2)
    assert isinstance(broken, UpdateUnreadable)
    assert (broken.key, broken.raw, broken.error) == ("local:message:0", '{"kind":"message"}', "KeyError: 'person'")
    assert isinstance(fine, MessagePosted)
    assert "could not be understood" in caplog.text


async def test_the_chat_is_as_it_was_when_it_is_opened_again(bench: LocalBench) -> None:
    await bench.says("ada", "hello")
    await bench.adapter.send(OutgoingMessage(key="k", address=GROUP, body=(Span("hi"),)))
    before = await bench.chat.history("ada", "main")
    again = opened(bench.chat.store, bench.chat.people.values())
    await again.open()
    assert await again.history("ada", "main") == before
    assert await again.say("ben", "main", "next") == before[-1].number + 1


async def test_no_number_is_given_twice_when_the_chat_is_opened_while_something_is_posted(bench: LocalBench) -> None:
    """As at a start: what a killed process left half sent goes out at once, and the page opens the chat meanwhile."""
    await bench.says("ada", "hello")
    posting = bench.adapter.send(OutgoingMessage(key="k", address=GROUP, body=(Span("hi"),)))
    await asyncio.gather(bench.chat.open(), posting)
    await bench.says("ben", "next")
    assert [message.text for message in await bench.chat.history("ada", "main")] == ["hello", "hi", "next"]


async def test_a_long_answer_to_a_button_becomes_a_message_that_only_its_reader_sees(bench: LocalBench) -> None:
    long = OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 201),), answers="press-1", only_for="ada")
    await bench.adapter.send(long)
    assert (len(await bench.sees("ada")), await bench.sees("ben"), await bench.hears("ada")) == (1, [], [])


@pytest.mark.parametrize(
    ("who", "room", "text", "why"),
    [
        ("ada", "main", "", "chat.empty"),
        ("ada", "main", " \n", "chat.empty"),
        ("ada", "main", "\0", "chat.empty"),
        ("ada", "main", "x" * 200_001, "chat.too_long"),
        ("ada", "staff", "hi", "chat.no_room"),
        ("ada", "nowhere", "hi", "chat.no_room"),
        ("eve", "main", "hi", "chat.nobody"),
    ],
)
async def test_the_chat_refuses(bench: LocalBench, who: str, room: str, text: str, why: str) -> None:
    with pytest.raises(Mistake) as refused:
        await bench.chat.say(who, room, text)
    assert refused.value.id == why


async def test_only_a_button_that_one_sees_can_be_pressed(bench: LocalBench) -> None:
    with pytest.raises(Mistake, match=r"chat\.no_button"):
        await bench.chat.press("ada", "main", 1, "grant ada +100 x")
    with pytest.raises(Mistake, match=r"chat\.reserved_name"):
        await bench.chat.welcome(Person(id="bot", name="Ada"))


async def test_the_same_key_is_said_once(bench: LocalBench) -> None:
    numbers = [await bench.chat.say("ada", "main", "hello", key="k") for _ in range(2)]
    assert numbers[0] == numbers[1]
    assert len(await bench.chat.history("ben", "main")) == 1


async def test_what_cannot_be_posted_is_refused(bench: LocalBench) -> None:
    edit = OutgoingMessage(key="k", address=GROUP, body=(Span("x"),), edits="k0", target="7")
    with pytest.raises(Refused, match=r"chat\.nothing_to_edit"):
        await bench.adapter.send(edit)


async def test_who_is_let_in_is_asked_at_every_access(bench: LocalBench) -> None:
    number = await bench.chat.say("lin", "staff", "for staff")
    assert [room.id for room in bench.chat.rooms_of(bench.chat.person("lin"))] == ["main", "staff"]
    again = opened(bench.chat.store, [])
    for is_staff in (True, False):
        await again.welcome(Person(id="lin", name="Lin", is_staff=is_staff))
        person = again.person("lin")
        assert again.room_or_first("staff", person).id == ("staff" if is_staff else "main")
        if is_staff:
            assert [message.number for message in await again.history("lin", "staff")] == [number]
    for access in (
        again.history("lin", "staff"),
        again.changes("lin", "staff", 0),
        again.say("lin", "staff", "still here"),
        again.press("lin", "staff", number, "reload"),
        again.react("lin", "staff", number, "👍", on=True),
        again.edit("lin", "staff", number, "still here"),
        again.delete("lin", "staff", number),
    ):
        with pytest.raises(Mistake, match=r"chat\.no_room"):
            await access


async def test_a_process_that_another_one_has_replaced_overwrites_nothing(bench: LocalBench) -> None:
    await bench.says("ada", "one")
    other = LocalBench(opened(bench.chat.store, bench.chat.people.values()), bench.files)
    await other.chat.open()
    await other.says("ben", "two")  # the first process was suspended, and knows nothing of it

    with pytest.raises(Mistake) as refused:
        await bench.says("ada", "three")
    assert (refused.value.id, refused.value.status) == ("chat.moved", 409)
    assert [m.text for m in await other.chat.history("ada", "main")] == ["one", "two"]
    await bench.says("ada", "three")  # sent again

    with pytest.raises(NotSent, match=r"chat\.moved"):
        await other.adapter.send(OutgoingMessage(key="k", address=GROUP, body=(Span("four"),)))
    await other.adapter.send(OutgoingMessage(key="k", address=GROUP, body=(Span("four"),)))
    shown = [(message.number, message.text) for message in await bench.chat.history("ben", "main")]
    assert shown == [(1, "one"), (2, "two"), (3, "three"), (4, "four")]
    assert [update.value["message"]["number"] for update in await bench.chat.updates()] == [1, 2, 3]


# --- what updates mean ------------------------------------------------------------------------------------------------

ADA = Actor(platform="local", user="ada", name="Ada", handle="ada", language="zh-CN")
PERSON = msgspec.to_builtins(Person(id="ada", name="Ada", language="zh-CN"))


def parsed(text: str, **more: Any) -> Any:
    message = Message(number=7, room="main", author="ada", name="Ada", at=NOW.isoformat(), body=(Piece(text),), **more)
    update = {"kind": "message", "person": PERSON, "message": msgspec.to_builtins(message)}
    return parse("message:7", update)


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/checkin", "checkin", ""),
        ("/CheckIn", "checkin", ""),
        ("  /checkin  ", "checkin", ""),
        ("/checkin@homeroom_bot", "checkin", ""),
        ("/checkin@bot x", "checkin", "x"),
        ("/grant ada +5 two  words", "grant", "ada +5 two  words"),
        ("/submit\nline 1\nline 2", "submit", "line 1\nline 2"),
        ("/submit 打卡 🦊", "submit", "打卡 🦊"),
        ("/打卡", "打卡", ""),
        ("/rank_2", "rank_2", ""),
        ("/" + "x" * 64, "x" * 64, ""),
    ],
)
def test_what_begins_with_a_slash_is_a_command(text: str, name: str, rest: str) -> None:
    command = parsed(text)
    assert isinstance(command, CommandInvoked)
    assert (command.name, command.text, command.via, command.message) == (name, rest, "slash", "7")


@pytest.mark.parametrize(
    "text",
    [
        "checkin",
        "打卡",
        "/",
        "/ not",
        "//x",
        "/a/b",
        "/etc/passwd is a file",
        "/a-b",
        "/@bot",
        "/!",
        "/" + "x" * 65,
        "say /checkin",
        "2027/03/01",
        "/checkin@",
        "/checkin,please",
    ],
)
def test_what_only_looks_like_a_command_is_a_message(text: str) -> None:
    posted = parsed(text)
    assert isinstance(posted, MessagePosted)
    assert posted.text == text


def test_a_message_says_who_where_when_and_to_what() -> None:
    file = File(name="a.png", media_type="image/png", size=9, sha256="ab")
    assert parsed("Look", reply_to=3, files=(file,)) == MessagePosted(
        key="local:message:7",  # type: ignore[arg-type]
        at=NOW,
        actor=ADA,
        address=GROUP,
        message="7",
        text="Look",
        reply_to="3",
        attachments=(Attachment(name="a.png", media_type="image/png", size=9, ref="ab", identity="ab"),),
    )


def test_a_command_may_be_a_reply_and_bring_files() -> None:
    file = File(name="a.png", media_type="image/png", size=9, sha256="ab")
    command = parsed("/submit day-3", reply_to=3, files=(file,))
    assert (command.name, command.reply_to, [a.name for a in command.attachments]) == ("submit", "3", ["a.png"])


def test_a_press_is_the_command_of_its_button() -> None:
    update = {
        "kind": "press", "person": PERSON, "room": "main", "message": 7, "command": "checkin 2027-03-01",
        "interaction": "press-9", "at": "2027-03-01T17:00:00+08:00",
    }  # fmt: skip
    assert parse("press-9", update) == ButtonPressed(
        key="local:press-9",  # type: ignore[arg-type]
        at=NOW,
        actor=ADA,
        address=GROUP,
        message="7",
        command="checkin 2027-03-01",
        interaction="press-9",
    )


ABOUT = {"key": "local:x-9", "at": NOW, "actor": ADA, "address": GROUP, "message": "7"}


@pytest.mark.parametrize(
    ("update", "event"),
    [
        ({"kind": "react", "reaction": "👍", "on": True}, ReactionAdded(reaction="👍", **ABOUT)),  # type: ignore[arg-type]
        ({"kind": "react", "reaction": "❤️", "on": False}, ReactionRemoved(reaction="❤️", **ABOUT)),  # type: ignore[arg-type]
        ({"kind": "edit", "text": "Better"}, MessageEdited(text="Better", **ABOUT)),  # type: ignore[arg-type]
        ({"kind": "edit", "text": "/checkin"}, MessageEdited(text="/checkin", **ABOUT)),  # type: ignore[arg-type]
        ({"kind": "delete"}, MessageDeleted(**ABOUT)),  # type: ignore[arg-type]
    ],
)
def test_a_change_says_who_where_when_and_of_what(update: dict[str, Any], event: Any) -> None:
    about = {"person": PERSON, "room": "main", "message": 7, "at": "2027-03-01T17:00:00+08:00"}
    assert parse("x-9", {**about, **update}) == event


@given(text=st.text())
def test_any_text_is_a_command_or_a_message(text: str) -> None:
    event = parsed(text)
    if isinstance(event, MessagePosted):
        assert event.text == text
    else:
        assert text.strip().startswith("/")
        assert text.strip().lower().startswith(f"/{event.name}") or not text.isascii()

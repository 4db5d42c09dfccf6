"""The local chat of one installation: who is let in where, and that it follows the courses as they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert
from starlette.responses import PlainTextResponse

from adapters.local.access import Access, make_link
from adapters.local.adapter import TRAITS, LocalAdapter
from adapters.local.gate import Gate
from adapters.local.parse import PLATFORM
from adapters.local.values import Mistake, Person, Room
from bot.app import App, build, real_now
from bot.cli import PROBLEMS, main
from bot.config import Local, Platforms, Settings
from bot.domain.errors import Changed
from bot.engine.codes import digest_of
from bot.local import LocalControl, adapter_of
from scheduler.clock import RealClock
from storage.database import Database
from storage.documents import Documents
from storage.migrate import migrate
from storage.tables import claim_code
from tests.community import COURSE, Community, write_course

WRITING = COURSE.replace("local: main", "local: writing").replace("local: staff", "local: writers")
PYTHON = (
    COURSE.replace("local: main", "local: python")
    .replace("local: staff", "local: teachers")
    .replace("zh: 写作营, en: Writing camp", "zh: 编程营, en: Python camp")
    .replace("local:chen", "local:ruth")
    .replace("local:lin", "local:samir")
)


@dataclass
class Chat:
    """A chat over an installation, without its web server."""

    app: App
    adapter: LocalAdapter
    control: LocalControl

    @classmethod
    async def open(cls, data: Path, *courses: Path) -> Chat:
        settings = Settings(
            database=f"sqlite:///{(data / 'homeroom.db').as_posix()}",
            data=data,
            language="en",
            courses=courses,
            platforms=Platforms(local=Local()),
        )
        app = build(settings, clock=RealClock(), traits={PLATFORM: TRAITS})
        await app.start()
        adapter = adapter_of(app, "en")
        await adapter.chat.open()
        await app.activate(adapter)
        for id in ("ada", "chen", "lin", "ruth", "samir"):
            await adapter.chat.welcome(Person(id=id, name=id.title()))
        return cls(app=app, adapter=adapter, control=LocalControl(app, adapter, "en", is_demo=False))

    async def types(self, who: str, text: str, room: str) -> None:
        await self.adapter.chat.say(who, room, text)
        await self.control.settle()

    async def heard(self, who: str, room: str) -> str:
        return (await self.adapter.chat.history(who, room))[-1].text

    def rooms(self, who: str) -> list[str]:
        return [room.id for room in self.adapter.chat.rooms_of(self.adapter.chat.person(who))]

    def room(self, id: str) -> Room:
        return next(room for room in self.adapter.chat.rooms_of(Person(id="", name="", is_staff=True)) if room.id == id)

    def role(self, who: str, room: str) -> str:
        return self.control.role(self.adapter.chat.person(who), self.room(room))

    def commands(self, who: str, room: str) -> set[str]:
        hints = self.control.commands(self.adapter.chat.person(who), self.room(room))
        return {hint.name for hint in hints}


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Chat]:
    """Two courses in one installation."""
    folders = [write_course(tmp_path / "writing", course=WRITING), write_course(tmp_path / "python", course=PYTHON)]
    chat = await Chat.open(tmp_path, *folders)
    yield chat
    await chat.app.close()


# --- who is let in ----------------------------------------------------------------------------------------------------


async def test_staff_of_one_course_are_not_let_into_the_staff_room_of_another(two: Chat) -> None:
    groups = {"main", "writing", "python", "private"}
    assert set(two.rooms("ada")) == groups
    for who in ("chen", "lin"):
        assert set(two.rooms(who)) == groups | {"staff", "writers"}
    for who in ("ruth", "samir"):
        assert set(two.rooms(who)) == groups | {"staff", "teachers"}
    with pytest.raises(Mistake, match=r"chat\.no_room"):
        await two.types("ruth", "what do they say of us?", "writers")
    assert [two.role("lin", room) for room in ("writing", "python", "main")] == ["assistant", "student", "assistant"]


async def test_a_staff_room_that_is_bound_belongs_to_the_staff_of_that_course(two: Chat) -> None:
    assert "staff" in two.rooms("ruth")
    await two.types("chen", "/bind writing staff", "staff")
    assert ("staff" in two.rooms("lin"), "staff" in two.rooms("ruth")) == (True, False)


async def test_whom_the_operator_lets_in_is_staff_nowhere_and_in_every_staff_room(two: Chat) -> None:
    await two.adapter.chat.welcome(Person(id="ada", name="Ada", is_staff=True))
    assert {"staff", "writers", "teachers"} < set(two.rooms("ada"))
    assert two.role("ada", "writers") == "student"
    assert "grant" not in two.commands("ada", "writers")
    await two.adapter.chat.welcome(Person(id="ada", name="Ada"))  # signed in again, without it
    assert set(two.rooms("ada")) == {"main", "writing", "python", "private"}


async def test_who_is_struck_off_in_yaml_leaves_the_staff_room_at_once(course: Community) -> None:
    chat = course.run.adapter.chat
    await course.types("lin", "good morning", room="staff")
    write_course(course.folder, course=COURSE.replace("  assistants: [local:lin]\n", ""))
    await course.types("chen", "/reload", room="staff")
    assert [room.id for room in chat.rooms_of(chat.person("lin"))] == ["main", "private"]
    for access in (course.types("lin", "hello?", room="staff"), chat.history("lin", "staff")):
        with pytest.raises(Mistake, match=r"chat\.no_room"):
            await access
    assert course.run.control.role(chat.person("lin"), chat.room_for("main", chat.person("lin"))) == "student"


# --- the page follows the courses -------------------------------------------------------------------------------------


async def test_the_page_follows_new_files_of_the_course(course: Community) -> None:
    control, chat = course.run.control, course.run.adapter.chat
    ada = chat.person("ada")
    before, main = control.version, chat.room_for("main", ada)
    assert (control.title, control.zone, control.day(main)) == ("Writing camp", "Europe/London", (1, 14))
    changed = COURSE.replace("en: Writing camp", "en: Letters").replace("Europe/London", "Asia/Shanghai")
    changed = changed.replace("2027-03-14", "2027-03-20").replace("kind: main, local: main", "kind: main, local: hall")
    write_course(course.folder, course=changed)
    await course.types("chen", "/reload", room="staff")
    assert (control.title, control.zone, control.day(main)) == ("Letters", "Asia/Shanghai", (1, 20))
    assert [room.id for room in chat.rooms_of(ada)] == ["main", "hall", "private"]
    assert control.version != before
    await course.until(12)  # classmates speak where the main group is now
    assert [m.text for m in await course.messages("ada", "hall") if m.author == "mia"] == ["/checkin"]


async def test_who_claims_a_course_is_offered_an_admins_commands_and_the_staff_room(two: Chat) -> None:
    assert two.commands("ada", "writing") == two.commands("lin", "python")
    row = insert(claim_code).values(digest=digest_of("ABCDE-12345"), at=two.app.clock.now())
    await two.app.database.run(lambda db: db.execute(row))
    before = two.control.version
    await two.types("ada", "/claim ABCDE-12345", "main")
    assert two.control.version != before
    assert {"staff", "writers", "teachers"} < set(two.rooms("ada"))
    assert (two.role("ada", "writing"), two.role("ada", "main")) == ("admin", "admin")
    assert "grant" in two.commands("ada", "writers")


async def test_a_room_is_named_and_completes_by_the_course_that_was_bound_to_it(two: Chat) -> None:
    assert two.room("main").title == "Main group"
    await two.types("ruth", "/bind python interest", "main")
    assert two.room("main").title == "Python camp · Interest group"
    assert "checkin" in two.commands("ada", "main")


async def test_two_courses_share_a_page_with_both_their_titles(two: Chat) -> None:
    assert set(two.control.title.split(" · ")) == {"Writing camp", "Python camp"}
    assert two.control.day(two.room("main")) is None  # of neither course


async def test_where_no_course_is_live_the_page_has_a_name_and_its_own_rooms(tmp_path: Path) -> None:
    settings = Settings(
        database=f"sqlite:///{(tmp_path / 'homeroom.db').as_posix()}",
        data=tmp_path,
        language="en",
        courses=(),
        platforms=Platforms(local=Local()),
    )
    app = build(settings, clock=RealClock())
    await app.prepare()
    adapter = adapter_of(app, "en")
    control, chat = LocalControl(app, adapter, "en", is_demo=False), adapter.chat
    ada = Person(id="ada", name="Ada")
    rooms = chat.rooms_of(Person(id="op", name="Op", is_staff=True))
    assert [room.id for room in rooms] == ["main", "staff", "private"]
    assert [room.id for room in chat.rooms_of(ada)] == ["main", "private"]
    assert (control.title, control.zone, control.day(rooms[0])) == ("Homeroom · local chat", "UTC", None)
    assert control.role(ada, rooms[0]) == "student"
    assert control.commands(ada, rooms[0])
    await app.close()


# --- what is changed afterwards ---------------------------------------------------------------------------------------


async def test_an_edit_into_a_command_or_its_word_runs_nothing(course: Community) -> None:
    number = await course.types("ada", "Good morning, all of you!")
    before = await course.said("ada")
    for text in ("/checkin", "打卡", "check in", "/grant @ada +100 a good friend"):
        await course.edits("ada", number, text)
    assert await course.said("ada") == before
    assert await course.answer("ada", "/points") == "You have 1 point, 1 of them today."


async def test_a_deleted_message_is_quoted_by_nobody_and_its_words_are_nowhere(course: Community) -> None:
    number = await course.types("ada", "My bicycle is called Gertrude.")
    await course.types("ben", "What a name!", reply_to=number)
    await course.deletes("ada", number)
    shown = {message.number: message for message in await course.messages("ben")}
    quoted = next(message.reply_to for message in shown.values() if message.author == "ben")
    assert quoted == number
    assert (shown[number].is_deleted, shown[number].text) == (True, "")
    assert "Gertrude" not in "".join(message.text for message in shown.values())
    with pytest.raises(Mistake, match=r"chat\.is_deleted"):
        await course.types("ben", "Gertrude?", reply_to=number)


async def test_changes_are_there_when_the_demo_is_started_again(open_community: Any) -> None:
    course = await open_community()
    number, other = await course.types("ada", "Helo"), await course.types("ada", "Oh dear")
    await course.reacts("ben", number, "🎉")
    await course.edits("ada", number, "Hello")
    await course.deletes("ada", other)
    before = await course.messages("ben")
    again = await open_community()
    assert await again.messages("ben") == before
    await again.reacts("ben", number, "🎉")
    await again.deletes("ada", other)
    assert await again.messages("ben") == before
    await again.reacts("ben", number, "🎉", on=False)
    assert not next(message for message in await again.messages("ben") if message.number == number).reactions


async def test_reacting_to_what_everyone_sees_of_the_bot_is_no_trouble(course: Community) -> None:
    await course.until(9)
    post = next(message for message in await course.messages() if message.author == "bot")
    for on in (True, True, False):
        await course.reacts("ada", post.number, "🙏", on)
    assert "kept as #" not in "".join(await course.said("chen", "staff"))


# --- alone with the bot -----------------------------------------------------------------------------------------------


async def test_in_the_private_chat_one_writes_edits_presses_and_fills_in_forms(course: Community) -> None:
    await course.types("ada", "/ask anonymous", room="private")
    await course.types("ada", "Why does nobody read what I write?", room="private")  # not as a reply: it is meant
    assert "Q1" in (await course.said("ada", "private"))[-1]
    assert [message.author for message in await course.messages("ben")] == ["bot"]
    assert "Ada" not in "\n".join(await course.said("ben") + await course.said("lin", "staff"))
    number = await course.types("ada", "a note for myself", room="private")
    await course.reacts("ada", number, "👍", room="private")
    await course.edits("ada", number, "another note", room="private")
    await course.deletes("ada", number, room="private")
    await course.types("ada", "/start", room="private")
    assert "You have" in (await course.presses("ada", "My points", room="private") or "")
    assert "kept as #" not in "".join(await course.said("chen", "staff"))


async def test_what_is_whispered_in_the_group_stays_there(course: Community) -> None:
    await course.types("ada", "/points", room="private")
    before = await course.messages("ada", "private")
    await course.types("ada", "/points")
    assert [message.only_for for message in await course.messages("ada") if message.author == "bot"] == ["ada"]
    assert await course.messages("ada", "private") == before


async def test_a_person_who_is_called_like_a_room_is_not_staff_in_their_private_chat(course: Community) -> None:
    await course.welcomes("staff", "Staff")
    await course.types("staff", "/points", room="main")
    assert "You have" in await course.answer("staff", "/points", room="private")
    await course.types("staff", "nobody else may read this", room="private")
    assert "nobody else" not in "".join(message.text for message in await course.messages("chen", "staff"))


async def test_a_course_cannot_open_a_private_chat_to_everybody(course: Community) -> None:
    await course.types("ada", "My bicycle is called Gertrude.", room="private")
    course.rewrites(course=COURSE.replace("kind: main, local: main", "kind: main, local: 'private:ada'"))
    await course.types("chen", "/reload", room="staff")
    chat = course.run.adapter.chat
    assert [room.id for room in chat.rooms_of(chat.person("ben"))] == ["main", "private"]
    with pytest.raises(Mistake, match=r"chat\.no_room"):
        await course.messages("ben", "private:ada")
    await course.until(9)
    assert "Write three lines" not in "".join(await course.said("ada", "private")), "nor does the course post there"


async def test_what_stands_in_the_private_chat_is_forgotten(course: Community) -> None:
    await course.types("ada", "My bicycle is called Gertrude.", room="private")
    await course.types("ada", "/forget", room="private")
    await course.presses("ada", "Yes, forget me", room="private")
    assert "Gertrude" not in "".join(message.text for message in await course.messages("ada", "private"))


# --- coming in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookies", "status"),
    [
        ("homeroom_session_8080={}", 200),
        ('a={{"x":1}}; homeroom_session_8080={}', 200),
        ("a=b;homeroom_session_8080={};c", 200),
        ('=; "; a b=c d; homeroom_session_8080={}', 200),
        ("homeroom_session_8081={}", 401),
        ("xhomeroom_session_8080={}", 401),
        ("homeroom_session_8080", 401),
        ("", 401),
    ],
)
async def test_cookies_of_other_local_programs_lock_nobody_out(tmp_path: Path, cookies: str, status: int) -> None:
    database = Database(f"sqlite:///{(tmp_path / 'chat.db').as_posix()}")
    migrate(database, tmp_path, real_now())
    store = Documents(database, PLATFORM)
    access = Access(store, is_demo=False, real_now=real_now)
    link = await make_link(store, Person(id="ada", name="Ada"), "http://127.0.0.1:8080", real_now())
    _, secret = await access.sign_in(link.rpartition("/")[2])
    gate = Gate(PlainTextResponse("in"), access, lambda id: id, 8080)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gate), base_url="http://127.0.0.1:8080") as browser:
        answer = await browser.get("/", headers={"cookie": cookies.format(secret)})
    database.close()
    assert answer.status_code == status


def test_no_link_is_made_to_a_port_that_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_course(tmp_path / "writing")
    config = tmp_path / "config.yaml"
    config.write_text("language: en\ncourses: [./writing]\nplatforms: {local: {port: 0}}\n")
    assert main(["signin", "-c", str(config), "Ada"]) == PROBLEMS
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "platforms.local.port" in printed.err
    config.write_text("language: en\ncourses: [./writing]\nplatforms: {local: {port: 8123}}\n")
    assert main(["signin", "-c", str(config), "Ada"]) == 0
    assert "http://127.0.0.1:8123/signin/" in capsys.readouterr().out


# --- what the chat's memory promises ----------------------------------------------------------------------------------


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    database = Database(f"sqlite:///{(tmp_path / 'chat.db').as_posix()}")
    migrate(database, tmp_path, real_now())
    return Documents(database, PLATFORM)


async def test_a_write_that_expects_another_revision_writes_nothing(documents: Documents) -> None:
    first = await documents.put_many([("note", "a", {}), ("counter", "c", {"n": 1})], expected=("counter", "c", 0))
    for expected in (("counter", "c", 0), ("counter", "c", first - 1), ("counter", "c", first + 1), ("other", "c", 1)):
        with pytest.raises(Changed):
            await documents.put_many([("note", "b", {}), ("counter", "c", {"n": 2})], expected=expected)
    assert await documents.get("note", "b") is None
    assert await documents.get("counter", "c") == {"n": 1}
    await documents.put("note", "a", {"other": "documents may change"})
    second = await documents.put_many([("counter", "c", {"n": 2})], expected=("counter", "c", first))
    assert second > first
    await documents.delete_through("counter", second)
    await documents.put_many([("counter", "c", {"n": 1})], expected=("counter", "c", 0))  # it must not exist


async def test_of_two_writers_who_expect_the_same_one_writes(documents: Documents, tmp_path: Path) -> None:
    others = [Documents(Database(f"sqlite:///{(tmp_path / 'chat.db').as_posix()}"), PLATFORM) for _ in range(4)]
    writes = [other.put_many([("counter", "c", {})], expected=("counter", "c", 0)) for other in others]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Changed", "Changed", "Changed", "int"]

"""The JSON API's calls for what people do to a message that is there, behind the door and over the real core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from adapters.local.access import Access, make_link
from adapters.local.api import Api
from adapters.local.gate import Gate, cookie_name
from adapters.local.travel import Travel
from adapters.local.values import Person
from bot.app import real_now
from storage.files import FileStore
from tests.community import Community

CALLS: dict[str, dict[str, Any]] = {
    "react": {"room": "main", "message": 1, "reaction": "👍"},
    "edit": {"room": "main", "message": 1, "text": "Hello there"},
    "delete": {"room": "main", "message": 1},
}
IN_PRIVATE: dict[str, dict[str, Any]] = {
    **{call: {**content, "room": "private"} for call, content in CALLS.items()},
    "press": {"room": "private", "message": 1, "command": "help"},
}


def door(course: Community, folder: Path, *, is_demo: bool = True) -> Gate:
    control, chat = course.run.control, course.run.adapter.chat
    api = Api(chat, FileStore(folder), control, Travel(control))
    access = Access(chat.store, is_demo=is_demo, real_now=real_now)
    return Gate(Starlette(routes=api.routes()), access, lambda id: id, 8080)


def client(app: Gate) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8080")


@pytest.fixture
async def api(course: Community, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client(door(course, tmp_path)) as opened:
        yield opened


async def asked(api: httpx.AsyncClient, call: str, who: str, **content: Any) -> tuple[int, dict[str, Any]]:
    answer = await api.post(f"/api/{call}", json={"as": who, **content})
    return answer.status_code, answer.json()


async def seen(api: httpx.AsyncClient, who: str, number: int) -> dict[str, Any]:
    messages = (await api.get("/api/messages", params={"as": who, "room": "main"})).json()["messages"]
    found: dict[str, Any] = next(message for message in messages if message["number"] == number)
    return found


async def test_a_message_says_who_has_reacted_and_whether_oneself(course: Community, api: httpx.AsyncClient) -> None:
    number = await course.types("ada", "Hello")
    assert (await seen(api, "ada", number))["reactions"] == []
    for who, reaction in (("ada", "👍"), ("ben", "👍"), ("ben", "❤️")):
        content = {"room": "main", "message": number, "reaction": reaction}
        assert await asked(api, "react", who, **content) == (200, {"number": number})
    assert (await seen(api, "ada", number))["reactions"] == [
        {"reaction": "👍", "count": 2, "mine": True},
        {"reaction": "❤️", "count": 1, "mine": False},
    ]
    await asked(api, "react", "ada", room="main", message=number, reaction="👍", on=False)
    assert (await seen(api, "ada", number))["reactions"][0] == {"reaction": "👍", "count": 1, "mine": False}


async def test_a_message_is_edited_and_deleted_by_who_has_written_it(course: Community, api: httpx.AsyncClient) -> None:
    number = await course.types("ada", "Hello")
    after = (await api.get("/api/messages", params={"as": "ben", "room": "main"})).json()["revision"]
    assert await asked(api, "edit", "ada", room="main", message=number, text="Hi") == (200, {"number": number})
    message = await seen(api, "ben", number)
    assert (message["text"], message["is_edited"], message["is_deleted"]) == ("Hi", True, False)
    status, problem = await asked(api, "delete", "ben", room="main", message=number)
    assert (status, problem["error"]) == (403, "chat.not_yours")
    assert problem["message"] == "You can edit and delete your own messages only."
    for _ in range(2):
        assert await asked(api, "delete", "ada", room="main", message=number) == (200, {"number": number})
    query = {"as": "ben", "room": "main", "after": after}
    [message] = (await api.get("/api/messages", params=query)).json()["messages"]
    gone = ("text", "body", "files", "buttons", "table", "reactions", "reply_to", "is_deleted")
    assert [message[name] for name in gone] == ["", [], [], [], [], [], None, True]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wait", [True, False])
async def test_the_answer_comes_when_the_effects_are_there(
    course: Community, api: httpx.AsyncClient, call: str, wait: bool
) -> None:
    await course.types("ada", "Hello")
    status, _ = await asked(api, call, "ada", **CALLS[call], wait=wait)
    assert status == 200
    waiting = await course.run.adapter.chat.updates()
    assert [update.value["kind"] for update in waiting] == ([] if wait else [call])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"room": "staff"}, 404, "chat.no_room"),
        ({"room": "message:main"}, 404, "chat.no_room"),
        ({"as": "nobody"}, 404, "chat.nobody"),
        ({"message": 99}, 404, "chat.no_message"),
        ({"message": 2**63 - 1}, 404, "chat.no_message"),
        ({"message": "1"}, 400, "api.bad_request"),
        ({"message": None}, 400, "api.bad_request"),
        ({"wait": "yes"}, 400, "api.bad_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    course: Community, api: httpx.AsyncClient, call: str, change: dict[str, Any], status: int, error: str
) -> None:
    await course.types("ada", "Hello")
    answer = await api.post(f"/api/{call}", json={"as": "ada", **CALLS[call], **change})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert (await course.messages("ben"))[0].text == "Hello"


@pytest.mark.parametrize("call", CALLS)
async def test_other_hosts_and_origins_change_nothing(course: Community, api: httpx.AsyncClient, call: str) -> None:
    await course.types("ada", "Hello")
    before = await course.messages()
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        answer = await api.post(f"/api/{call}", json={"as": "ada", **CALLS[call]}, headers=headers)
        assert answer.status_code == 403
    assert (await api.get(f"/api/{call}")).status_code == 404
    assert await course.messages() == before


@pytest.mark.parametrize("call", CALLS)
async def test_without_a_session_nothing_is_changed_and_with_one_only_what_is_ones_own(
    course: Community, tmp_path: Path, call: str
) -> None:
    chat, control = course.run.adapter.chat, course.run.control
    control.is_demo = False
    app = door(course, tmp_path, is_demo=False)
    await course.types("ada", "Hello")
    link = await make_link(chat.store, Person(id="ben", name="Ben"), "http://127.0.0.1:8080", real_now())
    _, secret = await Access(chat.store, is_demo=False, real_now=real_now).sign_in(link.rpartition("/")[2])
    async with client(app) as stranger:
        assert (await stranger.post(f"/api/{call}", json=CALLS[call])).status_code == 401
    async with client(app) as ben:
        ben.cookies.set(cookie_name(8080), secret)
        answer = await ben.post(f"/api/{call}", json={"as": "ada", **CALLS[call]})
    [message] = [message for message in await course.messages() if message.number == 1]
    assert message.text == "Hello"
    if call == "react":
        assert [(given.reaction, given.people) for given in message.reactions] == [("👍", ("ben",))]
    else:
        assert (answer.status_code, answer.json()["error"]) == (403, "chat.not_yours")


# --- the private chat with the bot ------------------------------------------------------------------------------------


async def read(api: httpx.AsyncClient, who: str, room: str, after: int = 0) -> dict[str, Any]:
    answer = await api.get("/api/messages", params={"as": who, "room": room, "after": after})
    content: dict[str, Any] = answer.json()
    return content


async def test_everybody_has_a_private_chat_that_they_alone_read(course: Community, api: httpx.AsyncClient) -> None:
    before = (await read(api, "ben", "main"))["revision"]
    kept = (await api.post("/api/files", files={"file": ("ada.txt", b"What Ada alone knows.")})).json()
    said = {"room": "private", "text": "/help", "files": [kept]}
    status, _ = await asked(api, "say", "ada", **said)
    assert status == 200
    mine = (await read(api, "ada", "private"))["messages"]
    assert [message["author"] for message in mine] == ["ada", "bot"]
    assert mine[1]["only_for"] is None
    state = (await api.get("/api/state", params={"as": "ben", "room": "private"})).json()
    assert {"id": "private", "title": "Private chat with the bot"} in state["rooms"]
    for who in ("ben", "lin", "chen"):
        rooms = (await api.get("/api/state", params={"as": who})).json()["rooms"]
        shown = [await read(api, who, room["id"], before) for room in rooms]
        assert [message for content in shown for message in content["messages"]] == []
        assert kept["sha256"] not in str(shown)
    assert (await read(api, "ada", "main"))["messages"] == []
    for room in ("private:ada", "ada", "message:private:ada", "private:"):
        assert (await read(api, "ben", room))["error"] == "chat.no_room"
        assert (await asked(api, "say", "ben", room=room, text="hello"))[0] == 404


@pytest.mark.parametrize("call", IN_PRIVATE)
async def test_nobody_touches_what_stands_in_anothers_private_chat(
    course: Community, api: httpx.AsyncClient, call: str
) -> None:
    await course.types("ada", "/start", room="private")
    before = await course.messages("ada", "private")
    buttons = [(message.number, button.command) for message in before for button in message.buttons]
    assert buttons
    for who in ("ben", "chen"):
        for number, command in [(before[0].number, "help"), *buttons]:
            content = {**IN_PRIVATE[call], "message": number}
            content |= {"command": command} if call == "press" else {}
            assert (await asked(api, call, who, **content))[0] == 404
            assert (await asked(api, call, who, **{**content, "room": "main"}))[0] == 404
    assert await course.messages("ada", "private") == before


async def test_what_one_answers_in_the_private_chat_quotes_nobody_elses(
    course: Community, api: httpx.AsyncClient
) -> None:
    number = await course.types("ada", "My bicycle is called Gertrude.", room="private")
    await asked(api, "say", "ben", room="private", text="/ask", reply_to=number)
    assert "Gertrude" not in "\n".join(await course.said("ben", "private") + await course.said("chen", "staff"))


async def test_a_session_opens_ones_own_private_chat_whoever_one_claims_to_be(
    course: Community, tmp_path: Path
) -> None:
    chat, course.run.control.is_demo = course.run.adapter.chat, False
    await course.types("ada", "My bicycle is called Gertrude.", room="private")
    link = await make_link(chat.store, Person(id="ben", name="Ben"), "http://127.0.0.1:8080", real_now())
    _, secret = await Access(chat.store, is_demo=False, real_now=real_now).sign_in(link.rpartition("/")[2])
    async with client(door(course, tmp_path, is_demo=False)) as ben:
        ben.cookies.set(cookie_name(8080), secret)
        assert (await read(ben, "ada", "private"))["messages"] == []

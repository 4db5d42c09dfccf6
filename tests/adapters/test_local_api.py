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

"""The local chat's updates made strange, as a damaged or older database may hold them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given

from adapters.local.adapter import LocalAdapter
from adapters.local.values import Message, Person, Piece
from bot.domain.events import Event, UpdateUnreadable
from bot.domain.messages import File
from bot.domain.ports import Document
from tests.fuzz.core import NOW, Template
from tests.fuzz.mangling import mangled
from tests.fuzz.updates import brief, check, deep

pytestmark = pytest.mark.usefixtures("quiet")

PERSON = msgspec.to_builtins(Person(id="ada", name="Ada", language="zh-CN"))
FILE = File(name="a.png", media_type="image/png", size=9, sha256="ab" * 32)
ABOUT = {"person": PERSON, "room": "main", "message": 7, "at": "2027-03-02T09:00:00+00:00"}


def said(text: str, **more: Any) -> dict[str, Any]:
    at = "2027-03-02T09:00:00+00:00"
    content = {"number": 7, "room": "main", "author": "ada", "name": "Ada", "at": at, "body": (Piece(text),), **more}
    return {"kind": "message", "person": PERSON, "message": msgspec.to_builtins(Message(**content))}


OURS = msgspec.to_builtins(
    Message(number=3, room="main", author="bot", name="", at=NOW.isoformat(), body=(Piece("?"),))
)
RECORDED: list[dict[str, Any]] = [
    said("hello"),
    said("/checkin"),
    said("/submit note", files=(FILE,)),
    said("yes", reply_to=3) | {"quoted": OURS},
    said("/ask why?", room="private:ada"),
    said("hello", room="private:ada"),
    said("打卡"),
    {"kind": "press", "command": "checkin", "interaction": "press-9", **ABOUT},
    {"kind": "press", "command": "form deadbeef 0 pick 1", "interaction": "press-9", **ABOUT},
    {"kind": "react", "reaction": "👍", "on": True, **ABOUT},
    {"kind": "react", "reaction": "❤️", "on": False, **ABOUT},
    {"kind": "edit", "text": "Better", **ABOUT},
    {"kind": "delete", **ABOUT},
    {"kind": "join", "person": PERSON, "room": "main", "at": ABOUT["at"]},
    {"kind": "leave", "person": PERSON, "room": "main", "at": ABOUT["at"]},
]


class _Clock:
    def now(self) -> Any:
        return NOW


def read(raw: Any) -> list[Event]:
    """What the adapter makes of it; what the database gives is always JSON."""
    try:
        value = msgspec.json.decode(msgspec.json.encode(raw))
    except (ValueError, RecursionError, UnicodeEncodeError):
        return []
    adapter = LocalAdapter(None, _Clock())  # type: ignore[arg-type]
    return [adapter._event(Document(key="update-9", revision=1, value=value))]


@pytest.mark.parametrize("raw", RECORDED)
def test_what_was_recorded_is_handled(template: Template, raw: Any) -> None:
    [event] = read(raw)
    assert not isinstance(event, UpdateUnreadable)
    check(template, read(raw))


@given(raw=mangled(RECORDED))
@brief
def test_a_strange_update_blocks_nothing(template: Template, raw: Any) -> None:
    check(template, read(raw))


@pytest.mark.long
@given(raw=mangled(RECORDED, most=6))
@deep
def test_very_many_strange_updates_block_nothing(template: Template, raw: Any) -> None:
    check(template, read(raw))

"""The command menus: who sees which commands, and that only changes are published."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError

from adapters.telegram.menus import MenuKeeper
from bot.domain.ids import CourseId, SpaceId
from bot.domain.places import Address, Space, SpaceKind
from bot.domain.ports import Menu
from bot.engine.feature import Registry
from bot.engine.live import Live
from bot.features import FEATURES
from bot.menus import FIRST, LAST, menus_of
from bot.texts.catalogue import Catalogues
from rules.loader import load_course
from storage.database import Database
from storage.documents import Documents
from storage.migrate import migrate
from tests.community import FILES

TEXTS, REGISTRY = Catalogues(), Registry(FEATURES)
COURSE = load_course("writing", {name: text.encode() for name, text in FILES.items()}, REGISTRY.vocabulary()).course
STAFF = "-1005"


def live(**rooms: SpaceKind) -> Live:
    """The course, with these chats of Telegram: `_1005=…` is the chat -1005, `_1005_7` its topic 7."""
    spaces = {}
    for name, kind in rooms.items():
        chat = "-" + name.strip("_").replace("_", "/")
        address = Address(platform="telegram", chat=chat)
        spaces["telegram", chat] = Space(course=CourseId("writing"), id=SpaceId(kind), kind=kind, address=address)
    return Live(courses={CourseId("writing"): COURSE}, spaces=spaces)


def menus(seen: Live) -> dict[tuple[str, str | None], dict[str, str]]:
    """The commands by scope or chat and by language, in their order."""
    found = menus_of("telegram", seen, REGISTRY, TEXTS, "zh_Hans")
    return {(menu.chat or menu.scope, menu.language): dict(menu.commands) for menu in found}


# --- what is wanted ---------------------------------------------------------------------------------------------------


def test_students_get_their_commands_in_both_languages_most_useful_first() -> None:
    found = menus(live(_1001="main"))
    assert list(found["groups", "en"])[:3] == ["checkin", "task", "ask"]
    assert found["groups", "en"]["checkin"] == "check in for today"
    assert found["groups", "zh_Hans"]["checkin"] == TEXTS.say("zh_Hans", "help.checkin")
    assert found["groups", None] == found["groups", "zh_Hans"]  # as the operator speaks
    assert "grant" not in {**found["groups", "en"], **found["private", "en"]}
    assert list(found["private", "en"])[-1] == "forget"


def test_a_staff_room_gets_the_staffs_commands_first() -> None:
    found = menus(live(_1001="main", _1005="staff"))
    assert list(found[STAFF, "en"])[:2] == ["report", "grant"]
    assert {name for name, _ in found} == {"groups", "private", STAFF}
    assert found[STAFF, None] == found[STAFF, "en"]  # as the course speaks


def test_a_staff_topic_of_a_group_with_students_has_none() -> None:
    assert {name for name, _ in menus(live(_1005_7="staff", _1005_8="main"))} == {"groups", "private"}
    assert {name for name, _ in menus(live(_1005_7="staff"))} == {"groups", "private", STAFF}


def test_the_order_names_commands_that_there_are() -> None:
    assert set(FIRST) | set(LAST) <= set(REGISTRY.commands)


def test_every_menu_is_one_that_the_platform_takes() -> None:
    for menu in menus_of("telegram", live(_1005="staff"), REGISTRY, TEXTS, "en"):
        assert 1 <= len(menu.commands) <= 100
        assert all(1 <= len(words) <= 256 for _, words in menu.commands)


# --- what is published ------------------------------------------------------------------------------------------------


class Api:
    """Takes calls, and fails where it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: TelegramError | None = None

    async def __call__(self, method: str, /, **params: Any) -> Any:
        if self.failing:
            raise self.failing
        self.calls.append((method, params))
        return True

    def heard(self) -> list[tuple[str, dict[str, Any]]]:
        heard, self.calls = self.calls, []
        return heard


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Documents]:
    database = Database(f"sqlite:///{tmp_path / 'menus.db'}")
    migrate(database, tmp_path, datetime(2027, 3, 1, tzinfo=UTC))
    yield Documents(database, "telegram")
    database.close()


GROUPS = Menu(scope="groups", commands=(("checkin", "check in"),))
GROUPS_ZH = Menu(scope="groups", language="zh_Hans", commands=(("checkin", "打卡"),))
ROOM = Menu(scope="chat", chat=STAFF, commands=(("grant", "give points"), ("Not-a-name", "is left out")))


async def publish(api: Api, store: Documents, menus: Sequence[Menu]) -> bool:
    """By a process that has just started."""
    return await MenuKeeper(api, store, lambda: menus).publish()


async def test_menus_are_published_once_and_by_later_processes_only_if_they_changed(store: Documents) -> None:
    api = Api()
    assert await publish(api, store, (GROUPS, GROUPS_ZH, ROOM))
    assert api.heard() == [
        (
            "setMyCommands",
            {"commands": [{"command": "checkin", "description": "check in"}], "scope": {"type": "all_group_chats"}},
        ),
        (
            "setMyCommands",
            {
                "commands": [{"command": "checkin", "description": "打卡"}],
                "scope": {"type": "all_group_chats"},
                "language_code": "zh",
            },
        ),
        (
            "setMyCommands",
            {
                "commands": [{"command": "grant", "description": "give points"}],
                "scope": {"type": "chat", "chat_id": -1005},
            },
        ),
    ]
    assert await publish(api, store, (GROUPS, GROUPS_ZH, ROOM))
    assert api.heard() == []
    changed = Menu(scope="groups", commands=(("task", "today's task"),))
    assert await publish(api, store, (changed, GROUPS_ZH, ROOM))
    assert [method for method, _ in api.heard()] == ["setMyCommands"]


async def test_the_menu_of_a_room_that_is_no_staff_room_any_more_goes(store: Documents) -> None:
    api = Api()
    await publish(api, store, (GROUPS, ROOM))
    api.heard()
    assert await publish(api, store, (GROUPS,))
    assert api.heard() == [("deleteMyCommands", {"scope": {"type": "chat", "chat_id": -1005}})]
    assert await publish(api, store, (GROUPS,))
    assert api.heard() == []


async def test_what_fails_is_tried_again(store: Documents) -> None:
    api = Api()
    api.failing = NetworkError("down")
    keeper = MenuKeeper(api, store, lambda: (GROUPS,))
    assert not await keeper.publish()
    api.failing = None
    assert await keeper.publish()
    assert len(api.heard()) == 1
    assert await keeper.publish()
    assert api.heard() == []


async def test_the_menu_of_a_chat_that_is_gone_is_forgotten(store: Documents) -> None:
    api = Api()
    await publish(api, store, (ROOM,))
    api.failing = BadRequest("chat not found")
    assert await publish(api, store, ())
    api.failing = None
    assert await publish(api, store, ())
    assert len(api.heard()) == 1

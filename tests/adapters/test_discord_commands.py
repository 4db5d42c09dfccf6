"""The commands that are registered: as the schema and the platform's own limits want them, and only what changed."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from msgspec import structs
from openapi_client.models.application_command_channel_option import ApplicationCommandChannelOption
from openapi_client.models.application_command_integer_option import ApplicationCommandIntegerOption
from openapi_client.models.application_command_string_option import ApplicationCommandStringOption
from openapi_client.models.application_command_update_request import ApplicationCommandUpdateRequest
from openapi_client.models.application_command_user_option import ApplicationCommandUserOption

from adapters.discord.commands import CommandKeeper, registration
from bot.domain.ports import Parameter, SlashCommand
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.slash import slash_commands_of
from bot.texts.catalogue import Catalogues
from storage.database import Database
from storage.documents import Documents
from storage.migrate import migrate

COMMANDS = slash_commands_of(Registry(FEATURES), Catalogues())
REGISTERED = registration(COMMANDS)
TYPED = {one["name"]: one for one in REGISTERED if one["type"] == 1}
IN_MENU = {one["name"]: one for one in REGISTERED if one["type"] == 3}
# https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
NAME = re.compile(r"[-_'\w]{1,32}")
OPTIONS: dict[int, Any] = {
    3: ApplicationCommandStringOption,
    4: ApplicationCommandIntegerOption,
    6: ApplicationCommandUserOption,
    7: ApplicationCommandChannelOption,
}
MANAGE_MESSAGES, MANAGE_GUILD = 8192, 32


def named(one: dict[str, Any]) -> str:
    return f"{one['type']}-{one['name']}"


# --- what is registered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", REGISTERED, ids=named)
def test_every_command_is_one_that_the_schema_takes(command: dict[str, Any]) -> None:
    check(command)


@pytest.mark.parametrize("command", REGISTERED, ids=named)
def test_every_command_is_within_the_limits(command: dict[str, Any]) -> None:
    for name in names_in(command):
        assert NAME.fullmatch(name), name
        assert name == name.lower(), name
    for words in abouts_in(command):
        assert 1 <= len(words) <= 100, words
    options = command.get("options", [])
    assert len(options) <= 25
    assert [option["required"] for option in options] == sorted((o["required"] for o in options), reverse=True)
    for option in options:
        assert len(option.get("choices", [])) <= 25
        assert not ("choices" in option and "autocomplete" in option)
        for choice in option.get("choices", []):
            assert all(1 <= len(name) <= 100 for name in (choice["name"], *choice["name_localizations"].values()))
            assert 1 <= len(choice["value"]) <= 100
    assert length_of(command) <= 8000


def check(command: dict[str, Any]) -> None:
    """Raises where the schema's own models do not take it, or do not know all of it."""
    # The model of a list of options does not look at their types, and finds that several kinds fit.
    alone = {name: value for name, value in command.items() if name != "options"}
    ApplicationCommandUpdateRequest.model_validate(alone)
    assert set(command) <= set(ApplicationCommandUpdateRequest.model_fields)
    for option in command.get("options", []):
        model = OPTIONS[option["type"]]
        model.model_validate(option)
        assert set(option) <= set(model.model_fields)


def names_in(command: dict[str, Any]) -> Iterator[str]:
    """Those of a command that is typed, and of what it takes: in a menu, names are words as people write them."""
    if command["type"] == 3:
        assert all(1 <= len(name) <= 32 for name in command["name_localizations"].values())
        return
    for one in (command, *command["options"]):
        yield from (one["name"], *one["name_localizations"].values())


def abouts_in(command: dict[str, Any]) -> Iterator[str]:
    for one in (command, *command.get("options", [])):
        if "description" in one:
            yield from (one["description"], *one["description_localizations"].values())


def length_of(one: dict[str, Any]) -> int:
    """As the platform counts: names, descriptions and values, each in the longest of its languages."""

    def longest(field: str) -> int:
        return max(map(len, (one.get(field, ""), *one.get(f"{field}_localizations", {}).values())))

    inside = (*one.get("options", ()), *one.get("choices", ()))
    value = len(one["value"]) if "value" in one else 0
    return longest("name") + longest("description") + value + sum(map(length_of, inside))


def test_there_are_no_more_than_the_platform_takes() -> None:
    assert len(TYPED) <= 100
    assert list(IN_MENU) == ["Why?", "Feature this", "Ask as question"]
    for kind in (TYPED, IN_MENU):
        names = [one["name_localizations"]["zh-CN"] for one in kind.values()]
        assert len({*names, *kind}) == 2 * len(kind), "no name is another command's"


def test_a_command_is_shown_in_both_languages_and_by_role() -> None:
    assert TYPED["grant"] == {
        "type": 1,
        "name": "grant",
        "name_localizations": {"zh-CN": "加减分"},
        "description": "give or take points",
        "description_localizations": {"zh-CN": "给成员加分或扣分"},
        "options": [
            {
                "type": 6,
                "name": "member",
                "name_localizations": {"zh-CN": "成员"},
                "description": "who",
                "description_localizations": {"zh-CN": "哪位成员"},
                "required": True,
            },
            {
                "type": 4,
                "name": "points",
                "name_localizations": {"zh-CN": "分数"},
                "description": "how many; a negative number takes points away",
                "description_localizations": {"zh-CN": "正数加分，负数扣分"},
                "required": True,
            },
            {
                "type": 3,
                "name": "reason",
                "name_localizations": {"zh-CN": "理由"},
                "description": "what for; the member reads it",
                "description_localizations": {"zh-CN": "为什么加分或扣分，对方会看到"},
                "required": True,
            },
        ],
        "default_member_permissions": MANAGE_GUILD,
        "contexts": [0, 1],
        "integration_types": [0],
    }
    needed = {name: TYPED[name]["default_member_permissions"] for name in ("checkin", "report", "bind", "claim")}
    assert needed == {"checkin": None, "report": MANAGE_MESSAGES, "bind": MANAGE_GUILD, "claim": None}
    assert [name for name, one in TYPED.items() if one["contexts"] == [0]] == ["bind", "unbind"]


def test_choices_and_suggestions() -> None:
    board, period, around = TYPED["rank"]["options"]
    assert board["choices"][1] == {"name": "help", "name_localizations": {"zh-CN": "互助榜"}, "value": "help"}
    assert (len(period["choices"]), len(around["choices"])) == (3, 1)
    [number] = TYPED["vote"]["options"]
    assert (number["type"], number["autocomplete"], number["required"]) == (3, True, True)


def test_a_message_has_its_own_menu() -> None:
    assert IN_MENU["Feature this"] == {
        "type": 3,
        "name": "Feature this",
        "name_localizations": {"zh-CN": "设为精选"},
        "default_member_permissions": MANAGE_MESSAGES,
        "contexts": [0],
        "integration_types": [0],
    }
    assert "feature" not in TYPED


def test_what_is_too_long_is_cut_and_what_is_too_much_left_out() -> None:
    said: dict[Any, str] = {"en": "x" * 200, "zh_Hans": "长" * 200}
    long = SlashCommand(
        name="long", names=said, about=said, parameters=(Parameter(name="it", names=said, about=said),), on_message=said
    )
    many = [structs.replace(long, name=f"long{number}") for number in range(120)]
    found = registration([*many, structs.replace(long, name="Not a name")])
    assert [sum(one["type"] == kind for one in found) for kind in (1, 3)] == [100, 5]
    for one in found:
        check(one)


# --- when it is registered --------------------------------------------------------------------------------------------


class Api:
    """Takes calls, and fails where it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Sequence[str]]] = []
        self.failing: Exception | None = None

    async def __call__(self, method: str, path: str, *, json: Any = None, **ids: str) -> Any:
        if self.failing:
            raise self.failing
        self.calls.append((method, path.format(**ids), [one["name"] for one in json]))
        return json


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Documents]:
    database = Database(f"sqlite:///{tmp_path / 'commands.db'}")
    migrate(database, tmp_path, datetime(2027, 3, 1, tzinfo=UTC))
    yield Documents(database, "discord")
    database.close()


def of_name(name: str) -> SlashCommand:
    return next(command for command in COMMANDS if command.name == name)


async def test_commands_are_registered_once_and_by_later_processes_only_if_they_changed(store: Documents) -> None:
    api, wanted = Api(), [of_name("checkin"), of_name("task")]
    for _ in range(2):
        keeper = CommandKeeper(api, store, lambda: wanted)
        assert await keeper.publish("77")
        assert await keeper.publish("77")
    assert api.calls == [("PUT", "/applications/77/commands", ["checkin", "task"])]
    wanted = wanted[:1]
    assert await keeper.publish("77")
    assert api.calls[1:] == [("PUT", "/applications/77/commands", ["checkin"])]
    assert await CommandKeeper(api, store, lambda: wanted).publish("78")
    assert api.calls[2:] == [("PUT", "/applications/78/commands", ["checkin"])]


@pytest.mark.parametrize("error", [aiohttp.ClientError(), TimeoutError(), OSError(), discord.DiscordException()])
async def test_what_fails_is_tried_again(store: Documents, error: Exception) -> None:
    api = Api()
    keeper = CommandKeeper(api, store, lambda: [of_name("checkin")])
    api.failing = error
    assert not await keeper.publish("77")
    assert not await keeper.publish("77")
    api.failing = None
    assert await keeper.publish("77")
    assert len(api.calls) == 1

"""The first answer to an interaction: within three real seconds, and only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.discord import posts
from tests.fakes.discord.command_limits import CHAT_INPUT, check_choices
from tests.fakes.discord.errors import Violation, known
from tests.fakes.discord.limits import check_message, check_uploads
from tests.fakes.discord.modal_limits import check_modal
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import EPHEMERAL, LOADING, Interaction, Json, Message, Seen
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World
from tests.fakes.discord.writing import content_of, mentions_of, numbered, rewrite

SECONDS = 3.0
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
# Which interactions each type of answer is for.
_FOR = {
    4: {COMMAND, COMPONENT, MODAL},
    5: {COMMAND, COMPONENT, MODAL},
    6: {COMPONENT, MODAL},
    7: {COMPONENT, MODAL},
    8: {AUTOCOMPLETE},
    9: {COMMAND, COMPONENT},
}


def answer(world: World, call: Call) -> Json | None:
    """204, or with `with_response` what was made. Raises 10062 if it is unknown or too late, 40060 the second time."""
    asked = world.interactions.get(call.id("interaction", 10062))
    if asked is None or asked.token != call.ids["token"]:
        raise known(10062)
    if asked.is_answered:
        raise known(40060)
    if asked.is_lost or world.seconds() - asked.asked_at > SECONDS:
        raise known(10062)
    kind, data = _checked(asked, call)
    _ANSWERS[kind](world, asked, data, call)
    asked.callback = kind
    return _response(world, asked) if call.whether("with_response") else None


def _checked(asked: Interaction, call: Call) -> tuple[int, Json]:
    body = call.body
    if not isinstance(body, Mapping) or body.keys() - {"type", "data"}:
        raise Violation("", "an answer has type and data")
    kind = body.get("type")
    if kind not in _FOR or asked.type not in _FOR[kind]:
        raise Violation("type", f"an answer of type {kind} is none to an interaction of type {asked.type}")
    if kind == 7 and asked.message is None:
        raise Violation("type", "there is no message to update")
    return kind, body.get("data") or {}


def _say(world: World, asked: Interaction, data: Json, call: Call) -> None:
    check_body("IncomingWebhookInteractionRequest", data, "data")
    asked.original = speak(world, asked, data, call, where="data.")
    asked.seen.append(seen(asked.original))


def speak(world: World, asked: Interaction, body: Json, call: Call, *, where: str = "") -> Message:
    """A message that answers: to everybody, or ephemeral to the one who asked."""
    check_message(body, where)
    check_uploads(call, body)
    content = content_of(world, asked.channel, body, call)
    users, is_everyone = mentions_of(world, body, None)
    is_ephemeral = bool(content["flags"] & EPHEMERAL)
    return world.post(
        asked.channel,
        world.bot,
        type=_message_type(asked),
        interaction=asked.id,
        only_for=asked.user.id if is_ephemeral else None,
        mentions=users,
        is_everyone_mentioned=is_everyone,
        **content,
    )


def _message_type(asked: Interaction) -> int:
    """20 after a command that was typed, 23 after one of a context menu."""
    if asked.type != COMMAND:
        return 0
    return 20 if asked.data["type"] == CHAT_INPUT else 23


def seen(message: Message, kind: str = "message") -> Seen:
    return Seen(kind=kind, message=message, text=message.content, is_ephemeral=message.is_ephemeral)


def _think(world: World, asked: Interaction, data: Json, _: Call) -> None:
    check_body("IncomingWebhookInteractionRequest", data, "data")
    flags = (data.get("flags") or 0) & EPHEMERAL
    only_for = asked.user.id if flags else None
    asked.original = world.post(
        asked.channel,
        world.bot,
        type=_message_type(asked),
        flags=flags | LOADING,
        interaction=asked.id,
        only_for=only_for,
    )
    asked.seen.append(seen(asked.original, "thinking"))


def _say_nothing(_: World, asked: Interaction, __: Json, ___: Call) -> None:
    asked.original = asked.message
    asked.seen.append(Seen(kind="silently"))


def _change(world: World, asked: Interaction, data: Json, call: Call) -> None:
    """Changes the message that was pressed."""
    check_body("IncomingWebhookUpdateForInteractionCallbackRequestPartial", data, "data")
    check_message(data, "data.")
    check_uploads(call, data)
    assert asked.message is not None
    rewrite(world, asked.message, data, call)
    world.changed(asked.message)
    asked.original = asked.message
    asked.seen.append(seen(asked.message, "changed"))


def _offer(_: World, asked: Interaction, data: Json, __: Call) -> None:
    focused = next(option for option in _leaves(asked.data.get("options") or []) if option.get("focused"))
    check_choices(data.get("choices"), focused["type"], "data.choices")
    asked.seen.append(Seen(kind="choices", choices=data["choices"]))


def _leaves(options: list[Json]) -> list[Json]:
    return [leaf for each in options for leaf in (_leaves(each["options"]) if "options" in each else [each])]


def _open_modal(_: World, asked: Interaction, data: Json, __: Call) -> None:
    check_modal(data)
    data = data | {"components": numbered(data["components"])}
    asked.seen.append(Seen(kind="modal", text=data["title"], modal=data))


_ANSWERS: dict[int, Callable[[World, Interaction, Json, Call], None]] = {
    4: _say,
    5: _think,
    6: _say_nothing,
    7: _change,
    8: _offer,
    9: _open_modal,
}


def _response(world: World, asked: Interaction) -> Json:
    about: Json = {"id": str(asked.id), "type": asked.type}
    if asked.original is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(asked.original.id),
        "response_message_loading": bool(asked.original.flags & LOADING),
        "response_message_ephemeral": asked.original.is_ephemeral,
        "channel_id": str(asked.channel.id),
    }
    return {
        "interaction": about,
        "resource": {"type": asked.callback, "message": posts.message(world, asked.original)},
    }


ROUTES: tuple[tuple[str, str, Any], ...] = (("POST", "/interactions/{interaction}/{token}/callback", answer),)

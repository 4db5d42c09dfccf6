"""What follows the first answer, with the token of the interaction: for 15 minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fakes.discord import posts
from tests.fakes.discord.errors import Refusal, known
from tests.fakes.discord.limits import check_message, check_uploads
from tests.fakes.discord.routes.interactions import seen, speak
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import EPHEMERAL, LOADING, Interaction, Json, Message, Seen
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World
from tests.fakes.discord.writing import rewrite

TOKEN_LIVES = timedelta(minutes=15)


def _asked(world: World, call: Call) -> Interaction:
    """Raises 10015 for a token that is unknown or was not answered yet, 50027 for one that is too old."""
    found = world.tokens.get(call.ids["token"])
    if call.ids["application"] != str(world.bot.id) or found is None or not found.is_answered:
        raise known(10015)
    if world.now() - found.at > TOKEN_LIVES:
        raise Refusal(401, 50027, "Invalid Webhook Token")
    return found


def _message(world: World, call: Call) -> tuple[Interaction, Message]:
    """The message of this interaction that the path means."""
    asked = _asked(world, call)
    if call.ids["message"] == "@original":
        message = asked.original
    else:
        message = asked.channel.messages.get(call.id("message", 10008))
        if message is not None and message.interaction != asked.id and message is not asked.message:
            message = None
    if message is None or message.id not in message.channel.messages:
        raise known(10008)
    return asked, message


def follow_up(world: World, call: Call) -> Json:
    """The first one after "thinking …" takes its place, and is as ephemeral as that."""
    asked = _asked(world, call)
    check_body("IncomingWebhookRequestPartial", call.body)
    if asked.original is not None and asked.original.flags & LOADING:
        return _edit(world, asked, asked.original, call)
    message = speak(world, asked, call.body, call)
    asked.seen.append(seen(message))
    return posts.message(world, message)


def get_message(world: World, call: Call) -> Json:
    return posts.message(world, _message(world, call)[1])


def edit_message(world: World, call: Call) -> Json:
    asked, message = _message(world, call)
    check_body("IncomingWebhookUpdateRequestPartial", call.body)
    return _edit(world, asked, message, call)


def _edit(world: World, asked: Interaction, message: Message, call: Call) -> Json:
    check_message(call.body)
    check_uploads(call, call.body)
    was_loading = bool(message.flags & LOADING)
    body = {name: value for name, value in call.body.items() if name != "poll"}
    rewrite(world, message, body, call)
    if was_loading:
        message.flags &= ~LOADING
        message.edited_at = None
    world.changed(message)
    kind = "message" if was_loading else "changed" if message is asked.message else "edited"
    asked.seen.append(seen(message, kind))
    return posts.message(world, message)


def delete_message(world: World, call: Call) -> None:
    asked, message = _message(world, call)
    world.remove(message)
    asked.seen.append(Seen(kind="gone", message=message, is_ephemeral=bool(message.flags & EPHEMERAL)))


_HERE = "/webhooks/{application}/{token}"
ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("POST", _HERE, follow_up),
    ("GET", _HERE + "/messages/{message}", get_message),
    ("PATCH", _HERE + "/messages/{message}", edit_message),
    ("DELETE", _HERE + "/messages/{message}", delete_message),
)

"""Reading, sending, editing and deleting messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.fakes.discord import posts
from tests.fakes.discord.errors import Refusal, Violation, known
from tests.fakes.discord.limits import check_message, check_uploads
from tests.fakes.discord.rights import Right, demand, may
from tests.fakes.discord.routes.finding import channel_of, message_of
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Channel, Json, Kind, Message
from tests.fakes.discord.strands import reopen
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World, moment
from tests.fakes.discord.writing import content_of, mentions_of, rewrite

NONCE_LIVES = timedelta(minutes=5)  # "the past few minutes"
_SPEECHLESS = frozenset({Kind.FORUM, Kind.CATEGORY})


def get_messages(world: World, call: Call) -> list[Json]:
    """Newest first; with `after`, the oldest that come after it."""
    channel, limit = channel_of(world, call), call.asked("limit", 50, 1, 100)
    anchors = [name for name in ("around", "before", "after") if call.query.get(name)]
    if len(anchors) > 1:
        raise Violation("", "around, before and after exclude each other")
    if channel.kind in _SPEECHLESS:
        raise known(50008)
    if not may(channel, world.bot.id, Right.READ_MESSAGE_HISTORY):
        return []
    page = _page(world.history(channel), anchors[0] if anchors else "", call, limit)
    return [posts.message(world, message) for message in reversed(page)]


def _page(history: list[Message], anchor: str, call: Call, limit: int) -> list[Message]:
    if not anchor:
        return history[-limit:]
    if not call.query[anchor].isdigit():
        raise Violation(anchor, f'Value "{call.query[anchor]}" is not snowflake.')
    id = int(call.query[anchor])
    older, newer = [each for each in history if each.id < id], [each for each in history if each.id > id]
    if anchor == "before":
        return older[-limit:]
    if anchor == "after":
        return newer[:limit]
    itself = [each for each in history if each.id == id]
    return older[-(limit // 2) :] + itself + newer[: limit - limit // 2 - 1]


def get_message(world: World, call: Call) -> Json:
    return posts.message(world, message_of(world, call, Right.READ_MESSAGE_HISTORY))


def post_message(world: World, call: Call) -> Json:
    channel, body = channel_of(world, call), call.body
    check_body("MessageCreateRequest", body)
    check_message(body)
    check_uploads(call, body)
    _check_place(world, channel)
    demand_for(world, channel, body, call)
    again = _sent_before(world, channel, body)
    if again is not None:
        return posts.message(world, again, with_nonce=True)
    replied = _replied(channel, body)
    content = content_of(world, channel, body, call)
    users, is_everyone = mentions_of(world, body, replied.author if replied else None)
    if channel.is_thread:
        reopen(world, channel)
    message = world.post(
        channel,
        world.bot,
        type=19 if replied else 0,
        reply_to=replied.id if replied else None,
        nonce=body.get("nonce"),
        is_everyone_mentioned=is_everyone and may(channel, world.bot.id, Right.MENTION_EVERYONE),
        mentions=users,
        **content,
    )
    if body.get("nonce") is not None:
        world.nonces[channel.id, str(body["nonce"])] = message
    return posts.message(world, message, with_nonce=True)


def _check_place(world: World, channel: Channel) -> None:
    if channel.kind in _SPEECHLESS:
        raise known(50008)
    if channel.person is None:
        return
    if channel.person.are_dms_closed:
        raise known(50007)
    guilds = [guild for guild in world.guilds.values() if world.bot.id in guild.members]
    if not any(channel.person.id in guild.members for guild in guilds):
        raise Refusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def demand_for(world: World, channel: Channel, body: Mapping[str, Any], call: Call) -> None:
    """Raises 50013 if the bot may not send this there."""
    bot = world.bot.id
    demand(channel, bot, Right.SEND_MESSAGES_IN_THREADS if channel.is_thread else Right.SEND_MESSAGES)
    needs = {
        Right.EMBED_LINKS: body.get("embeds"),
        Right.ATTACH_FILES: call.uploads,
        Right.SEND_POLLS: body.get("poll"),
        Right.READ_MESSAGE_HISTORY: body.get("message_reference"),
    }
    demand(channel, bot, *(right for right, is_needed in needs.items() if is_needed))
    if channel.is_locked and not may(channel, bot, Right.MANAGE_THREADS):
        raise known(50083)


def _sent_before(world: World, channel: Channel, body: Mapping[str, Any]) -> Message | None:
    """The message of the same nonce, of the past few minutes."""
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    message = world.nonces.get((channel.id, str(body["nonce"])))
    return message if message and world.now() - moment(message.id) < NONCE_LIVES else None


def _replied(channel: Channel, body: Mapping[str, Any]) -> Message | None:
    """What a reply refers to; None for no reply. Raises 50035 if it is gone and that matters."""
    reference = body.get("message_reference")
    if not reference:
        return None
    message = channel.messages.get(int(reference["message_id"]))
    if message is not None and not message.is_ephemeral:
        return message
    if reference.get("fail_if_not_exists", True):
        problem = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
        raise Refusal(400, 50035, "Invalid Form Body", errors={"message_reference": {"_errors": [problem]}})
    return None


def edit_message(world: World, call: Call) -> Json:
    message = message_of(world, call)
    check_body("MessageEditRequestPartial", call.body)
    check_message(call.body)
    check_uploads(call, call.body)
    if message.author is not world.bot:
        raise known(50005)
    if message.channel.is_archived:
        raise known(50083)
    rewrite(world, message, call.body, call)
    world.changed(message)
    return posts.message(world, message)


def delete_message(world: World, call: Call) -> None:
    message = message_of(world, call)
    if message.author is not world.bot:
        if message.channel.person is not None:
            raise Refusal(403, 50003, "Cannot execute action on a DM channel")
        demand(message.channel, world.bot.id, Right.MANAGE_MESSAGES)
    if message.channel.is_archived:
        raise known(50083)
    world.remove(message)


def delete_messages(world: World, call: Call) -> None:
    channel = channel_of(world, call, Right.MANAGE_MESSAGES)
    check_body("BulkDeleteMessagesRequest", call.body)
    ids = {int(each) for each in call.body["messages"]}
    if not 2 <= len(ids) <= 100:
        raise Violation("messages", "Must be between 2 and 100 in length.")
    if any(world.now() - moment(id) > timedelta(days=14) for id in ids):
        raise known(50034)
    gone = sorted(ids & channel.messages.keys())
    for id in gone:
        del channel.messages[id]
    world.tell("MESSAGE_DELETE_BULK", {"ids": [str(id) for id in gone], "channel_id": str(channel.id)}, channel)


def show_typing(world: World, call: Call) -> None:
    channel_of(world, call, Right.SEND_MESSAGES)


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/channels/{channel}/messages", get_messages),
    ("POST", "/channels/{channel}/messages", post_message),
    ("POST", "/channels/{channel}/messages/bulk-delete", delete_messages),
    ("POST", "/channels/{channel}/typing", show_typing),
    ("GET", "/channels/{channel}/messages/{message}", get_message),
    ("PATCH", "/channels/{channel}/messages/{message}", edit_message),
    ("DELETE", "/channels/{channel}/messages/{message}", delete_message),
)

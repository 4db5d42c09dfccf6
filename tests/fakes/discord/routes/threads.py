"""Threads and forum posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.fakes.discord import posts, shapes
from tests.fakes.discord.errors import Refusal, Violation, known
from tests.fakes.discord.limits import check_message, check_uploads
from tests.fakes.discord.rights import Right, demand, may
from tests.fakes.discord.routes.finding import channel_of, guild_of, message_of
from tests.fakes.discord.routes.messages import demand_for
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Channel, Json, Kind
from tests.fakes.discord.strands import announce, enter, open_thread, quit_thread, seen_by_bot, start_alone, start_below
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World
from tests.fakes.discord.writing import content_of, mentions_of

_MINUTES = frozenset({60, 1440, 4320, 10080})
_PARENTS = frozenset({Kind.TEXT, Kind.ANNOUNCEMENT})


def create_thread(world: World, call: Call) -> Json:
    parent = channel_of(world, call)
    call.status = 201
    if parent.kind == Kind.FORUM:
        return _post_in_forum(world, call, parent)
    if parent.kind not in _PARENTS:
        raise known(50024)
    check_body("CreateTextThreadWithoutMessageRequest", call.body)
    kind = Kind(call.body.get("type", Kind.PRIVATE_THREAD))
    is_private = kind == Kind.PRIVATE_THREAD
    demand(parent, world.bot.id, Right.CREATE_PRIVATE_THREADS if is_private else Right.CREATE_PUBLIC_THREADS)
    thread = start_alone(world, parent, world.bot, call.body["name"], kind=kind, minutes=_minutes(call))
    return seen_by_bot(world, thread)


def _minutes(call: Call) -> int:
    minutes = call.body.get("auto_archive_duration") or 4320
    if minutes not in _MINUTES:
        raise Violation("auto_archive_duration", f"Value must be one of {sorted(_MINUTES)}.")
    return int(minutes)


def _post_in_forum(world: World, call: Call, forum: Channel) -> Json:
    check_body("CreateForumThreadRequest", call.body)
    message = call.body["message"]
    check_message(message, "message.")
    check_uploads(call, message)
    demand_for(world, forum, message, call)
    tags = checked_tags(world, forum, call.body.get("applied_tags") or [])
    thread = open_thread(
        world, forum, world.bot, call.body["name"], id=world.snowflake(), tags=tags, minutes=_minutes(call)
    )
    users, _ = mentions_of(world, message, None)
    content = content_of(world, thread, message, call)
    announce(world, thread)
    post = world.post(thread, world.bot, id=thread.id, mentions=users, **content)
    return seen_by_bot(world, thread) | {"message": posts.message(world, post)}


def checked_tags(world: World, forum: Channel, given: Iterable[Any]) -> list[int]:
    """Raises 10087 for a tag that the forum does not have, 50013 for one that only moderators give."""
    by_id, chosen = {tag.id: tag for tag in forum.tags}, [int(each) for each in given]
    for id in chosen:
        if id not in by_id:
            raise Refusal(404, 10087, "Unknown tag")
        if by_id[id].is_moderated:
            demand(forum, world.bot.id, Right.MANAGE_THREADS)
    return chosen


def create_thread_below(world: World, call: Call) -> Json:
    message = message_of(world, call, Right.CREATE_PUBLIC_THREADS, Right.READ_MESSAGE_HISTORY)
    check_body("CreateTextThreadWithMessageRequest", call.body)
    if message.channel.kind not in _PARENTS:
        raise known(50024)
    call.status = 201
    thread = start_below(world, message, world.bot, call.body["name"], minutes=_minutes(call))
    return seen_by_bot(world, thread)


def get_active(world: World, call: Call) -> Json:
    threads = [each for each in guild_of(world, call).channels.values() if each.is_thread and not each.is_archived]
    seen = [each for each in threads if may(each, world.bot.id, Right.VIEW_CHANNEL)]
    return _listed(world, sorted(seen, key=lambda each: -each.id)) | {"has_more": False}


def get_archived_public(world: World, call: Call) -> Json:
    return _archived(world, call, {Kind.PUBLIC_THREAD, Kind.ANNOUNCEMENT_THREAD})


def get_archived_private(world: World, call: Call) -> Json:
    demand(channel_of(world, call), world.bot.id, Right.MANAGE_THREADS)
    return _archived(world, call, {Kind.PRIVATE_THREAD})


def get_archived_mine(world: World, call: Call) -> Json:
    return _archived(world, call, {Kind.PRIVATE_THREAD})


def _archived(world: World, call: Call, kinds: set[Kind]) -> Json:
    """The last archived first; `before` is a moment."""
    parent, limit = channel_of(world, call, Right.READ_MESSAGE_HISTORY), call.asked("limit", 50, 2, 100)
    edge = call.query.get("before")
    found = [
        each
        for each in world.channels.values()
        if each.parent is parent and each.kind in kinds and each.is_archived and _is_before(each, edge)
    ]
    found.sort(key=lambda each: (each.archived_at, each.id), reverse=True)
    return _listed(world, found[:limit]) | {"has_more": len(found) > limit}


def _is_before(thread: Channel, edge: str | None) -> bool:
    if edge is None or thread.archived_at is None:
        return True
    return thread.archived_at < datetime.fromisoformat(edge)


def _listed(world: World, threads: list[Channel]) -> Json:
    mine = [shapes.thread_member(each, world.bot.id) for each in threads if world.bot.id in each.thread_members]
    return {"threads": [seen_by_bot(world, each) for each in threads], "members": mine}


def join(world: World, call: Call) -> None:
    enter(world, _thread(world, call), world.bot)


def leave(world: World, call: Call) -> None:
    quit_thread(world, _thread(world, call), world.bot)


def add_member(world: World, call: Call) -> None:
    thread = _thread(world, call)
    assert thread.guild is not None
    id = call.id("user", 10013)
    if id not in thread.guild.members:
        raise known(10013)
    demand(thread, world.bot.id, Right.SEND_MESSAGES_IN_THREADS)
    enter(world, thread, world.users[id])


def get_members(world: World, call: Call) -> list[Json]:
    thread = _thread(world, call)
    return [shapes.thread_member(thread, user) for user in sorted(thread.thread_members)]


def _thread(world: World, call: Call) -> Channel:
    channel = channel_of(world, call)
    if not channel.is_thread:
        raise known(50024)
    return channel


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/channels/{channel}/threads", create_thread),
    ("POST", "/channels/{channel}/messages/{message}/threads", create_thread_below),
    ("GET", "/guilds/{guild}/threads/active", get_active),
    ("GET", "/channels/{channel}/threads/archived/public", get_archived_public),
    ("GET", "/channels/{channel}/threads/archived/private", get_archived_private),
    ("GET", "/channels/{channel}/users/@me/threads/archived/private", get_archived_mine),
    ("PUT", "/channels/{channel}/thread-members/@me", join),
    ("DELETE", "/channels/{channel}/thread-members/@me", leave),
    ("PUT", "/channels/{channel}/thread-members/{user}", add_member),
    ("GET", "/channels/{channel}/thread-members", get_members),
)

"""What happens to threads, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.discord import shapes
from tests.fakes.discord.errors import Refusal
from tests.fakes.discord.state import HAS_THREAD, Channel, Json, Kind, Message, User
from tests.fakes.discord.world import World


def open_thread(
    world: World,
    parent: Channel,
    owner: User,
    name: str,
    *,
    kind: Kind = Kind.PUBLIC_THREAD,
    id: int | None = None,
    tags: Sequence[int] = (),
    minutes: int = 4320,
) -> Channel:
    """A thread with its owner in it; tells nobody yet."""
    thread = Channel(
        id=id or world.snowflake(),
        kind=kind,
        name=name,
        guild=parent.guild,
        parent=parent,
        owner=owner.id,
        archived_at=world.now(),
        applied_tags=list(tags),
        auto_archive_minutes=minutes,
    )
    assert parent.guild is not None
    parent.guild.channels[thread.id] = world.channels[thread.id] = thread
    thread.thread_members[owner.id] = world.now()
    if parent.kind == Kind.FORUM:
        parent.last_message = thread.id
    return thread


def announce(world: World, thread: Channel) -> None:
    world.tell("THREAD_CREATE", seen_by_bot(world, thread) | {"newly_created": True}, thread)


def start_below(world: World, message: Message, owner: User, name: str, *, minutes: int = 4320) -> Channel:
    """A thread made of a message: it has the message's id. Raises 160004 if there is one."""
    if message.thread is not None:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    is_news = message.channel.kind == Kind.ANNOUNCEMENT
    kind = Kind.ANNOUNCEMENT_THREAD if is_news else Kind.PUBLIC_THREAD
    thread = open_thread(world, message.channel, owner, name, kind=kind, id=message.id, minutes=minutes)
    message.thread = thread
    message.flags |= HAS_THREAD
    announce(world, thread)
    world.changed(message)
    world.post(thread, owner, type=21, reply_to=None, extra={"message_reference": _place(message)})
    return thread


def _place(message: Message) -> Json:
    assert message.channel.guild is not None
    place = {"type": 0, "channel_id": str(message.channel.id), "message_id": str(message.id)}
    return place | {"guild_id": str(message.channel.guild.id)}


def start_alone(world: World, parent: Channel, owner: User, name: str, *, kind: Kind, minutes: int = 4320) -> Channel:
    """A thread of no message; a public one is announced in its parent by a message of type 18."""
    thread = open_thread(world, parent, owner, name, kind=kind, minutes=minutes)
    announce(world, thread)
    if kind != Kind.PRIVATE_THREAD:
        assert parent.guild is not None
        place = {"type": 0, "channel_id": str(thread.id), "guild_id": str(parent.guild.id)}
        world.post(parent, owner, type=18, content=name, extra={"message_reference": place})
    return thread


def seen_by_bot(world: World, thread: Channel) -> Json:
    """With the bot's own membership, if it is in."""
    shape = shapes.channel(thread)
    if world.bot.id in thread.thread_members:
        shape["member"] = shapes.thread_member(thread, world.bot.id)
    return shape


def set_archived(world: World, thread: Channel, is_archived: bool, is_locked: bool | None = None) -> None:
    if thread.is_archived != is_archived:
        thread.archived_at = world.now()
    thread.is_archived = is_archived
    thread.is_locked = thread.is_locked if is_locked is None else is_locked
    world.tell("THREAD_UPDATE", seen_by_bot(world, thread), thread)


def reopen(world: World, thread: Channel) -> None:
    """Whoever writes in an archived thread opens it, and is in it from then on."""
    if thread.is_archived:
        set_archived(world, thread, is_archived=False)


def enter(world: World, thread: Channel, user: User) -> None:
    if user.id in thread.thread_members:
        return
    thread.thread_members[user.id] = world.now()
    joined = shapes.thread_member(thread, user.id)
    _tell_members(world, thread, {"added_members": [joined | {"member": _member(thread, user), "presence": None}]})


def quit_thread(world: World, thread: Channel, user: User) -> None:
    if thread.thread_members.pop(user.id, None) is not None:
        _tell_members(world, thread, {"removed_member_ids": [str(user.id)]})


def _member(thread: Channel, user: User) -> Json:
    assert thread.guild is not None
    return shapes.member(thread.guild.members[user.id])


def _tell_members(world: World, thread: Channel, change: Json) -> None:
    data = {"id": str(thread.id), "member_count": len(thread.thread_members)} | change
    world.tell("THREAD_MEMBERS_UPDATE", data, thread)


def delete_channel(world: World, channel: Channel) -> None:
    """A channel takes its threads with it."""
    guild = channel.guild
    assert guild is not None
    shape = shapes.channel(channel)
    name = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
    world.tell(name, {key: shape[key] for key in ("id", "parent_id", "type")} if channel.is_thread else shape, channel)
    gone = [each for each in guild.channels.values() if each is channel or each.parent is channel]
    for each in gone:
        del guild.channels[each.id], world.channels[each.id]

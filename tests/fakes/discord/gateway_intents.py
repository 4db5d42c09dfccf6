"""What a session gets to see of an event: its intents, its shard, and the words it may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntFlag
from typing import Any

Json = dict[str, Any]


class Intents(IntFlag):
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


PRIVILEGED = Intents.GUILD_MEMBERS | Intents.GUILD_PRESENCES | Intents.MESSAGE_CONTENT
ALL = Intents(sum(Intents))

_NOTHING = Intents(0)
# An event in a guild needs the first, one in a direct message the second. What stands nowhere comes always.
_NEEDED: dict[tuple[Intents, Intents], tuple[str, ...]] = {
    (Intents.GUILDS, _NOTHING): (
        *("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"),
        *("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"),
        *("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"),
        *("THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE", "THREAD_LIST_SYNC", "THREAD_MEMBER_UPDATE"),
    ),
    (Intents.GUILDS, Intents.DIRECT_MESSAGES): ("CHANNEL_PINS_UPDATE",),
    (Intents.GUILD_MEMBERS, _NOTHING): (
        *("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE", "THREAD_MEMBERS_UPDATE"),
    ),
    (Intents.GUILD_MODERATION, _NOTHING): ("GUILD_BAN_ADD", "GUILD_BAN_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"),
    (Intents.GUILD_MESSAGES, Intents.DIRECT_MESSAGES): (
        *("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"),
    ),
    (Intents.GUILD_MESSAGE_REACTIONS, Intents.DIRECT_MESSAGE_REACTIONS): (
        *("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"),
        *("MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI"),
    ),
    (Intents.GUILD_MESSAGE_POLLS, Intents.DIRECT_MESSAGE_POLLS): ("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE"),
}
_NEEDED_BY = {name: pair for pair, names in _NEEDED.items() for name in names}
_MESSAGES = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})
_WORDS: Mapping[str, Any] = {"content": "", "embeds": [], "attachments": [], "components": []}


def shard_of(guild_id: str | None, shards: int) -> int:
    """Direct messages, and what belongs to no guild, go to the first."""
    return (int(guild_id) >> 22) % shards if guild_id else 0


def is_wanted(name: str, data: Mapping[str, Any], *, guild_id: str | None, intents: Intents, me: str) -> bool:
    in_guild, in_private = _NEEDED_BY.get(name, (_NOTHING, _NOTHING))
    needed = in_guild if guild_id else in_private
    return needed in intents or (bool(guild_id) and _is_about(me, name, data))


def _is_about(me: str, name: str, data: Mapping[str, Any]) -> bool:
    """What happens to the bot itself comes without the intent for members."""
    if name == "GUILD_MEMBER_UPDATE":
        return bool(data.get("user", {}).get("id") == me)
    if name == "THREAD_MEMBERS_UPDATE":
        added = (each.get("user_id") for each in data.get("added_members", ()))
        return me in {*added, *data.get("removed_member_ids", ())}
    return False


def readable(name: str, data: Mapping[str, Any], *, guild_id: str | None, intents: Intents, me: str) -> Json:
    """The event as the session may read it; a copy where something is taken out."""
    if name == "GUILD_CREATE" and Intents.GUILD_PRESENCES not in intents:
        members = data.get("members", ())
        return {**data, "members": [each for each in members if each.get("user", {}).get("id") == me]}
    if name not in _MESSAGES or guild_id is None or Intents.MESSAGE_CONTENT in intents:
        return dict(data)
    return _without_words(data, me)


def _without_words(message: Mapping[str, Any], me: str) -> Json:
    """The bot's own messages, and those that mention it, stay as they are."""
    body = dict(message)
    if not _is_for(message, me):
        body |= {field: empty for field, empty in _WORDS.items() if field in body}
        body.pop("poll", None)
        body |= {"message_snapshots": []} if "message_snapshots" in body else {}
    if body.get("referenced_message"):
        body["referenced_message"] = _without_words(body["referenced_message"], me)
    return body


def _is_for(message: Mapping[str, Any], me: str) -> bool:
    people: Iterable[Mapping[str, Any]] = (message.get("author", {}), *message.get("mentions", ()))
    return me in {each.get("id") for each in people}

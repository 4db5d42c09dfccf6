"""What the bot may do in a chat, from what the Bot API says of it: ids of texts that say what it lacks. Pure."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_GROUPS = ("group", "supergroup")
ADMINS = ("creator", "administrator")
_RIGHTS = (
    ("can_pin_messages", "lacks.telegram.pin"),
    ("can_delete_messages", "lacks.telegram.delete"),
    ("can_invite_users", "lacks.telegram.invite"),
)


def is_in(member: Json) -> bool:
    """Whether the bot is in the chat, by `getChatMember`. Who is restricted may be in or not."""
    status = member.get("status")
    return status in (*ADMINS, "member") or (status == "restricted" and bool(member.get("is_member")))


def lacks_of(me: Json, chat: Json, member: Json) -> tuple[str, ...]:
    """By `getMe`, `getChat` and the bot's own `getChatMember`; nothing for a chat that it is not in, or a private one.

    An administrator has rights of its own; for anybody else, the chat's permissions say who may write.
    """
    if not is_in(member) or chat.get("type") == "private":
        return ()
    if chat.get("type") not in _GROUPS:  # a channel: only administrators write there
        return () if _may(member, "can_post_messages") else ("lacks.telegram.send",)
    if member.get("status") in ADMINS:
        return tuple(_lacking_rights(chat, member))
    mute = () if _may_write(chat, member) else ("lacks.telegram.send",)
    deaf = () if me.get("can_read_all_group_messages") else ("lacks.telegram.reading",)
    return (*mute, *deaf, "lacks.telegram.admin")


def _lacking_rights(chat: Json, member: Json) -> list[str]:
    found = [id for right, id in _RIGHTS if not _may(member, right)]
    if chat.get("is_forum") and not _may(member, "can_manage_topics"):
        found.append("lacks.telegram.topics")
    return found


def _may(member: Json, right: str) -> bool:
    return member.get("status") == "creator" or bool(member.get(right))


def _may_write(chat: Json, member: Json) -> bool:
    """Permissions that are not told are granted."""
    permissions: Json = chat.get("permissions") or {}
    of_all = bool(permissions.get("can_send_messages", True))
    return of_all and (member.get("status") != "restricted" or bool(member.get("can_send_messages")))

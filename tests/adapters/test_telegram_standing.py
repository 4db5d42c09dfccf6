"""What the bot lacks in a Telegram chat, by what the Bot API says of it."""

from typing import Any

import pytest

from adapters.telegram.standing import is_in, lacks_of

DEAF, HEARING = {"can_read_all_group_messages": False}, {"can_read_all_group_messages": True}
GROUP, FORUM = {"type": "supergroup"}, {"type": "supergroup", "is_forum": True}
MUTED = {"type": "group", "permissions": {"can_send_messages": False}}
ALL = {"can_pin_messages": True, "can_delete_messages": True, "can_invite_users": True, "can_manage_topics": True}
MEMBER = {"status": "member"}


def admin(**rights: bool) -> dict[str, Any]:
    return {"status": "administrator", **ALL, **rights}


@pytest.mark.parametrize(
    ("me", "chat", "member", "missing"),
    [
        (DEAF, GROUP, MEMBER, "reading admin"),
        (HEARING, GROUP, MEMBER, "admin"),
        (DEAF, GROUP, admin(), ""),  # an administrator hears everything
        (DEAF, GROUP, {"status": "creator"}, ""),
        (DEAF, GROUP, admin(can_pin_messages=False), "pin"),
        (DEAF, GROUP, admin(can_delete_messages=False), "delete"),
        (DEAF, GROUP, admin(can_invite_users=False), "invite"),
        (DEAF, GROUP, admin(can_manage_topics=False), ""),  # there are no topics
        (DEAF, FORUM, admin(can_manage_topics=False), "topics"),
        (DEAF, FORUM, {"status": "administrator"}, "pin delete invite topics"),
        (HEARING, MUTED, MEMBER, "send admin"),
        (DEAF, MUTED, admin(), ""),
        (HEARING, GROUP, {"status": "restricted", "is_member": True, "can_send_messages": False}, "send admin"),
        (HEARING, GROUP, {"status": "restricted", "is_member": True, "can_send_messages": True}, "admin"),
        (HEARING, MUTED, {"status": "restricted", "is_member": True, "can_send_messages": True}, "send admin"),
        (DEAF, GROUP, {"status": "restricted", "is_member": False}, ""),
        (DEAF, GROUP, {"status": "left"}, ""),
        (DEAF, GROUP, {"status": "kicked"}, ""),
        (DEAF, {"type": "private"}, MEMBER, ""),
        (DEAF, {"type": "channel"}, admin(), "send"),
        (DEAF, {"type": "channel"}, admin(can_post_messages=True), ""),
    ],
)
def test_what_it_lacks(me: dict[str, Any], chat: dict[str, Any], member: dict[str, Any], missing: str) -> None:
    assert lacks_of(me, chat, member) == tuple(f"lacks.telegram.{word}" for word in missing.split())


@pytest.mark.parametrize(
    ("member", "there"),
    [
        ({"status": "creator"}, True),
        ({"status": "administrator"}, True),
        ({"status": "member"}, True),
        ({"status": "restricted", "is_member": True}, True),
        ({"status": "restricted", "is_member": False}, False),
        ({"status": "left"}, False),
        ({"status": "kicked"}, False),
    ],
)
def test_whether_it_is_there(member: dict[str, Any], there: bool) -> None:
    assert is_in(member) is there

"""What the bot knows of servers, channels and threads from what the gateway tells."""

from typing import Any

import pytest

from adapters.discord.rooms import Rooms
from bot.domain.places import Address
from tests.adapters.discord_events import ADA, BOT, DM, FORUM, GUILD, MAIN, POST, Raw, interaction, user

VIEW = 1 << 10
OTHER = "78"


def at(chat: str, *, private: bool = False) -> Address:
    return Address(platform="discord", chat=chat, private=private)


def channel(id: str = MAIN, **more: Any) -> Raw:
    return {"id": id, "type": 0, "name": "main", "permission_overwrites": [], **more}


def thread(id: str = POST, parent: str = FORUM, **more: Any) -> Raw:
    return {
        "id": id,
        "type": 11,
        "name": "My essay",
        "parent_id": parent,
        "thread_metadata": {"archived": False},
        **more,
    }


def guild(id: str = GUILD, **more: Any) -> Raw:
    everybody = {"id": id, "name": "@everyone", "permissions": str(VIEW), "position": 0}
    forum = channel(FORUM, type=15, name="asks", available_tags=[{"id": "8", "name": "open"}])
    mine = {"user": user(BOT), "roles": ["5"], "nick": None}
    base = {"id": id, "name": "Camp", "owner_id": ADA, "roles": [everybody], "members": [mine]}
    return {**base, "channels": [channel(), forum], "threads": [thread()], **more}


@pytest.fixture
def rooms() -> Rooms:
    known = Rooms()
    known.learn("READY", {"user": user(BOT), "guilds": [{"id": GUILD}], "shard": [0, 1]})
    known.learn("GUILD_CREATE", guild())
    return known


def test_a_thread_is_a_part_of_its_channel(rooms: Rooms) -> None:
    assert rooms.address_of(MAIN, GUILD) == at(MAIN)
    assert rooms.address_of(POST, GUILD) == at(f"{FORUM}/{POST}")
    assert rooms.guild_of(at(f"{FORUM}/{POST}")) == GUILD
    assert rooms.address_of("1", GUILD) is None
    forum = rooms.room(FORUM)
    assert forum is not None
    assert forum.tags == (("8", "open"),)


def test_threads_come_are_put_away_and_go(rooms: Rooms) -> None:
    rooms.learn("THREAD_CREATE", thread("2001", MAIN, guild_id=GUILD))
    assert rooms.address_of("2001", GUILD) == at(f"{MAIN}/2001")
    rooms.learn("THREAD_UPDATE", thread("2001", MAIN, guild_id=GUILD, thread_metadata={"archived": True}))
    rooms.learn("THREAD_LIST_SYNC", {"guild_id": GUILD, "threads": []})
    assert (rooms.room("2001") is None, rooms.room(POST)) == (False, None)
    rooms.learn("CHANNEL_DELETE", {"id": MAIN, "guild_id": GUILD, "type": 0})
    assert (rooms.room("2001"), rooms.room(MAIN)) == (None, None)


def test_a_server_with_an_outage_is_not_forgotten_one_that_is_left_is(rooms: Rooms) -> None:
    rooms.learn("GUILD_DELETE", {"id": GUILD, "unavailable": True})
    assert rooms.guild(GUILD) is not None
    rooms.learn("GUILD_DELETE", {"id": GUILD})
    assert (rooms.guild(GUILD), rooms.room(MAIN)) == (None, None)


def test_a_server_that_was_left_while_nobody_listened_is_forgotten(rooms: Rooms) -> None:
    rooms.learn("READY", {"user": user(BOT), "guilds": [{"id": OTHER}]})
    assert rooms.guild(GUILD) is None


def test_what_the_bot_is_in_a_server_is_kept_up(rooms: Rooms) -> None:
    rooms.learn("GUILD_MEMBER_UPDATE", {"guild_id": GUILD, "user": user(BOT), "roles": ["5", "6"], "nick": "Bo"})
    rooms.learn("GUILD_ROLE_CREATE", {"guild_id": GUILD, "role": {"id": "6", "name": "Helpers", "permissions": "8"}})
    found = rooms.guild(GUILD)
    assert found is not None
    assert (found.own_roles, found.own_nick, found.roles["6"].permissions) == (("5", "6"), "Bo", 8)
    rooms.learn("GUILD_ROLE_DELETE", {"guild_id": GUILD, "role_id": "6"})
    assert rooms.guild(GUILD) is not None
    assert "6" not in rooms.guild(GUILD).roles  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("overwrites", "is_open"),
    [
        ([], True),
        ([{"id": GUILD, "type": 0, "allow": "0", "deny": str(VIEW)}], False),
        ([{"id": "5", "type": 0, "allow": "0", "deny": str(VIEW)}], True),
    ],
)
def test_a_room_is_open_if_everybody_sees_it(rooms: Rooms, overwrites: list[Raw], is_open: bool) -> None:
    rooms.learn("CHANNEL_UPDATE", channel(guild_id=GUILD, permission_overwrites=overwrites))
    assert rooms.is_open(at(MAIN)) is is_open


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("MESSAGE_CREATE", {"id": "1", "channel_id": DM, "author": user()}),
        ("MESSAGE_REACTION_ADD", {"channel_id": DM, "user_id": ADA}),
        ("INTERACTION_CREATE", {**interaction(2, {}), "guild_id": None, "channel_id": DM, "user": user()}),
        ("CHANNEL_CREATE", {"id": DM, "type": 1, "recipients": [user()]}),
    ],
)
def test_a_private_chat_is_known_by_its_person(rooms: Rooms, name: str, raw: Raw) -> None:
    rooms.learn(name, raw)
    assert rooms.address_of(DM, None) == at(ADA, private=True)
    assert rooms.private_channel(ADA) == DM


def test_what_the_bot_says_in_private_tells_nothing_of_who_is_there(rooms: Rooms) -> None:
    rooms.learn("MESSAGE_CREATE", {"id": "1", "channel_id": DM, "author": user(BOT)})
    assert rooms.address_of(DM, None) is None


def test_an_interaction_makes_the_thread_known_that_it_came_from(rooms: Rooms) -> None:
    rooms.learn("INTERACTION_CREATE", interaction(2, {}, channel_id="2002", channel=thread("2002", MAIN)))
    assert rooms.address_of("2002", GUILD) == at(f"{MAIN}/2002")

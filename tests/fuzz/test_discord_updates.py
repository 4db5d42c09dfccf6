"""Discord's events and interactions made strange: each is read or unreadable, and what is read is handled."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from adapters.discord.invoked import Vocabulary, Where, data_of_press, event_of, word_in
from adapters.discord.invoked import read as read_interaction
from adapters.discord.parse import Known, moment, parse
from adapters.discord.unreadable import name_of, unreadable
from bot.domain.events import Event, UpdateUnreadable
from bot.domain.places import Address
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.slash import slash_commands_of
from bot.texts.catalogue import Catalogues
from tests.adapters.discord_events import (
    ADA,
    BEN,
    BOT,
    DM,
    GUILD,
    MAIN,
    NOW_ID,
    POST,
    attachment,
    in_private,
    interaction,
    member,
    message,
    option,
    user,
)
from tests.fuzz.core import Template
from tests.fuzz.mangling import mangled, nested
from tests.fuzz.updates import brief, check, deep

CAME = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
HERE = Address(platform="discord", chat=MAIN)
PRIVATE = Address(platform="discord", chat=ADA, private=True)
IN_POST = Address(platform="discord", chat=f"1005/{POST}")
VOCABULARY = Vocabulary.of(slash_commands_of(Registry(FEATURES), Catalogues()))
REACTION = {
    "user_id": BEN,
    "channel_id": MAIN,
    "message_id": "40",
    "guild_id": GUILD,
    "emoji": {"id": None, "name": "👍"},
}
VOTE = {"user_id": BEN, "channel_id": MAIN, "message_id": "40", "guild_id": GUILD, "answer_id": 2}
PASSING = {**member("Ada in class"), "guild_id": GUILD, "user": user()}
REPLY: dict[str, Any] = {
    "type": 19,
    "message_reference": {"type": 0, "message_id": "40"},
    "referenced_message": message(by=BOT, id="40"),
}
EVENTS: list[dict[str, Any]] = [
    {"t": name, "d": data}
    for name, data in [
        ("MESSAGE_CREATE", message()),
        ("MESSAGE_CREATE", message("/checkin")),
        ("MESSAGE_CREATE", message(f"<@{BOT}> points <@502>", mentions=[user(BEN)])),
        ("MESSAGE_CREATE", message("mine", attachments=[attachment(), attachment("62", "b.pdf")])),
        ("MESSAGE_CREATE", message("yes", **REPLY)),
        ("MESSAGE_CREATE", message("an essay", channel=POST, id=POST)),
        ("MESSAGE_CREATE", in_private(message("hello"))),
        ("MESSAGE_CREATE", in_private(message("/start join-writing"))),
        ("MESSAGE_UPDATE", message("better", edited_timestamp="2027-03-01T11:20:00+00:00")),
        ("MESSAGE_DELETE", {"id": "40", "channel_id": MAIN, "guild_id": GUILD}),
        ("MESSAGE_DELETE_BULK", {"ids": ["40", "41"], "channel_id": MAIN, "guild_id": GUILD}),
        ("THREAD_DELETE", {"id": "40", "parent_id": MAIN, "guild_id": GUILD, "type": 11}),
        ("MESSAGE_REACTION_ADD", {**REACTION, "member": {**member(), "user": user(BEN)}}),
        ("MESSAGE_REACTION_REMOVE", REACTION),
        ("MESSAGE_REACTION_ADD", {**REACTION, "emoji": {"id": "9", "name": "our_own"}}),
        ("MESSAGE_REACTION_REMOVE_ALL", {"channel_id": MAIN, "message_id": "40", "guild_id": GUILD}),
        ("MESSAGE_POLL_VOTE_ADD", VOTE),
        ("MESSAGE_POLL_VOTE_REMOVE", VOTE),
        ("GUILD_MEMBER_ADD", PASSING),
        ("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": user()}),
    ]
]
UPLOAD = {
    "attachments": {"61": attachment()},
    "users": {BEN: user(BEN)},
    "channels": {"1002": {"id": "1002", "type": 0}},
}
FILLED = [{"type": 18, "component": {"type": 4, "custom_id": "question", "value": "why?"}}]
OLD_FILLED = [{"type": 1, "components": [{"type": 4, "custom_id": "question", "value": "why?"}]}]
INTERACTIONS: list[dict[str, Any]] = [
    interaction(2, {"id": "1", "name": "points", "type": 1}),
    interaction(2, {"id": "1", "name": "thanks", "type": 1, "options": [option("member", BEN, 6)], "resolved": UPLOAD}),
    interaction(
        2, {"id": "1", "name": "bind", "type": 1, "options": [option("channel", "1002", 7)], "resolved": UPLOAD}
    ),
    interaction(2, {"id": "1", "name": "submit", "type": 1, "options": [option("file", "61", 11)], "resolved": UPLOAD}),
    interaction(2, {"id": "1", "name": "ask", "type": 1, "options": [option("words", "why is that so?")]}),
    interaction(
        2, {"id": "1", "name": "Ask", "type": 3, "target_id": "40", "resolved": {"messages": {"40": message()}}}
    ),
    interaction(3, {"custom_id": "checkin", "component_type": 2}, message=message(by=BOT)),
    interaction(3, {"custom_id": "x", "component_type": 3, "values": ["submit note"]}, message=message(by=BOT)),
    interaction(3, {"custom_id": "#" + "0" * 40, "component_type": 2}, message=message(by=BOT)),
    interaction(5, {"custom_id": "form ask@writing", "components": FILLED}),
    interaction(5, {"custom_id": "form ask@writing", "components": OLD_FILLED}),
    interaction(5, {"custom_id": "form submit@writing", "components": FILLED, "resolved": UPLOAD}),
    {**interaction(2, {"id": "1", "name": "me", "type": 1}), "guild_id": None, "user": user(), "channel_id": DM},
]


def place(channel: str, guild: str | None) -> Address | None:
    """Where the channels of these tests are, whatever else they are said to be."""
    return {MAIN: HERE, POST: IN_POST, DM: PRIVATE}.get(channel)


def heard(raw: Any) -> list[Event]:
    """What the gateway's part of the adapter makes of it; what is no frame with a name is nothing to it."""
    name, data = (raw.get("t"), raw.get("d")) if isinstance(raw, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(data, dict):
        return []
    chosen = ("poll-1", HERE, (0, 1)) if "POLL" in name else None
    known = Known(
        place=place, bot=BOT, key="7", at=CAME, title=lambda _: "My essay", homes=(HERE, IN_POST), chosen=chosen
    )
    try:
        return parse(name, data, known)
    except Exception as error:  # noqa: BLE001 - as the adapter does
        return [unreadable(BOT, known.key, data, error, CAME)]


def invoked(raw: Any) -> list[Event]:
    """What the part for interactions makes of it."""
    if not isinstance(raw, dict):
        return []
    try:
        found = read_interaction(raw)
        address = place(found.channel_id or "", found.guild_id)
        if address is None:
            return []
        data_of_press(found)
        event = event_of(found, Where(address=address, bot=BOT, at=moment(found.id), vocabulary=VOCABULARY))
    except Exception as error:  # noqa: BLE001 - as the adapter does
        return [unreadable(BOT, name_of(raw), raw, error, CAME)]
    return [event] if event else []


@pytest.mark.parametrize("raw", EVENTS)
def test_what_was_recorded_of_the_gateway_is_handled(template: Template, raw: Any) -> None:
    assert not any(isinstance(event, UpdateUnreadable) for event in heard(raw))
    check(template, heard(raw))


@pytest.mark.parametrize("raw", INTERACTIONS)
def test_what_was_recorded_of_interactions_is_handled(template: Template, raw: Any) -> None:
    [event] = invoked(raw)
    assert not isinstance(event, UpdateUnreadable)
    check(template, [event])


@pytest.mark.parametrize(
    "strange",
    [
        *({"type": kind} for kind in (None, "2", 99, 2.5, True, 4, [2], {"is": 2})),
        *({"id": id} for id in (None, 5, "", "x", "\ud800", "９", "9" * 21, ["5"])),
        *({"token": token} for token in (None, "", "\ud800", "x" * 301, "a/b c", ["x"])),
    ],
)
def test_who_can_not_be_answered_waits_for_nothing(strange: dict[str, Any]) -> None:
    assert word_in({**INTERACTIONS[0], **strange}) is None


@pytest.mark.parametrize("name", ["username", "global_name", "id"])
def test_half_a_character_in_what_names_a_person_is_no_text(template: Template, name: str) -> None:
    check(template, heard({"t": "MESSAGE_CREATE", "d": message(author={**user(), name: "\ud800"})}))


@pytest.mark.parametrize("id", [None, 5, "", "\ud800", "x" * 5000, "9" * 21, nested(2000), [{}] * 500])
def test_what_has_no_id_that_is_one_is_kept_under_a_key(template: Template, id: Any) -> None:
    [one], [same], [other] = (
        invoked({**INTERACTIONS[0], "id": id, "token": token}) for token in ("one", "one", "another")
    )
    assert isinstance(one, UpdateUnreadable)
    assert one.key == same.key != other.key
    check(template, [one, other])


@given(raw=mangled(EVENTS))
@brief
def test_a_strange_event_blocks_nothing(template: Template, raw: Any) -> None:
    check(template, heard(raw))


@given(raw=mangled(INTERACTIONS))
@brief
def test_a_strange_interaction_blocks_nothing(template: Template, raw: Any) -> None:
    check(template, invoked(raw))


@pytest.mark.long
@given(raw=mangled(EVENTS, most=6))
@deep
def test_very_many_strange_events_block_nothing(template: Template, raw: Any) -> None:
    check(template, heard(raw))


@pytest.mark.long
@given(raw=mangled(INTERACTIONS, most=6))
@deep
def test_very_many_strange_interactions_block_nothing(template: Template, raw: Any) -> None:
    check(template, invoked(raw))


def test_the_first_message_of_a_post_has_its_id() -> None:
    assert NOW_ID == POST

"""What reaches one person where a platform can't whisper in a group, and what everybody else sees of it."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from bot.domain.messages import Button, Origin, OutgoingMessage, Reaction, Span, Table
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
from bot.engine.alone import Copied, Discretion, Reader, answered, detour

GROUP = Address(platform="x", chat="group")
TRAITS = Traits(can=~Can.NOTHING & ~Can.ONLY_FOR, max_answer=20, is_utf16=True)
TYPED = {"reply_to": "5"}
PRESSED = {"answers": "press", "reply_to": "5"}
UNASKED: dict[str, Any] = {}
SHORT, LONG, LONGEST = (Span("Noted"),), (Span("x" * 21),), (Span("x" * 201),)
BOARD = Table(rows=(("1", "Ada"),))


def described(copied: Copied) -> str:
    """In a word: how it goes out, and whether it holds the answer."""
    message = copied.message
    says = (
        "answer"
        if "x" in message.text or "Noted" in message.text or message.table
        else "note"
        if message.text
        else "sign"
    )
    if message.deletes:
        return f"gone after {copied.after.seconds} s"
    if message.act:
        assert isinstance(message.act, Reaction)
        return f"reaction below {message.act.message}"
    if message.address.private:
        assert (message.address.chat, message.reply_to, message.answers) == ("ada", None, None)
        return f"{says} {'held' if copied.is_held else 'in private'}"
    if message.answers:
        return f"{says} to the press" + (" that opens the chat" if message.buttons else "")
    assert message.only_for is None
    return f"{says} in the group" + (" with the way in" if any(one.is_private for one in message.buttons) else "")


def say(id: str) -> str:
    return f"<{id}>"


def told(
    asked: dict[str, Any],
    content: dict[str, Any],
    traits: Traits = TRAITS,
    *,
    can_write: bool = False,
    is_confidential: bool = False,
    is_kept: bool = False,
    is_crowded: bool = False,
    is_newcomer: bool = False,
    may_write: bool = False,
) -> list[str]:
    message = OutgoingMessage(**{"key": "k", "address": GROUP, "body": (), "only_for": "ada", **asked, **content})
    copies = list(
        detour(
            message,
            traits,
            Discretion(
                Reader(can_write, is_crowded, may_write), is_confidential, bool(asked) or is_newcomer, is_kept, say
            ),
        )
    )
    assert len({copied.message.key for copied in copies}) == len(copies)
    return [described(copied) for copied in copies]


POINTED = ["answer held", "note in the group with the way in", "gone after 60 s"]
OPENS = ["answer held", "note to the press that opens the chat"]


@pytest.mark.parametrize(
    ("asked", "content", "opened", "closed", "confidential"),
    [
        (
            TYPED,
            {"body": SHORT},
            ["answer in private", "reaction below 5"],
            ["answer in the group", "gone after 60 s"],
            POINTED,
        ),
        (
            TYPED,
            {"body": LONG},
            ["answer in private", "reaction below 5"],
            ["answer in the group", "gone after 60 s"],
            POINTED,
        ),
        (TYPED, {"body": LONGEST}, ["answer in private", "reaction below 5"], POINTED, POINTED),
        (TYPED, {"body": SHORT, "table": BOARD}, ["answer in private", "reaction below 5"], POINTED, POINTED),
        (PRESSED, {"body": SHORT}, ["answer to the press"], ["answer to the press"], ["answer to the press"]),
        (PRESSED, {"body": LONG}, ["answer in private", "note to the press"], OPENS, OPENS),
        (PRESSED, {"body": SHORT, "table": BOARD}, ["answer in private", "note to the press"], OPENS, OPENS),
        (UNASKED, {"body": SHORT}, ["answer in private"], [], []),
        (UNASKED, {"body": LONGEST, "table": BOARD}, ["answer in private"], [], []),
    ],
)
def test_what_a_member_gets_who_has_or_has_not_opened_a_private_chat(
    asked: dict[str, Any], content: dict[str, Any], opened: list[str], closed: list[str], confidential: list[str]
) -> None:
    assert told(asked, content, can_write=True) == opened
    assert told(asked, content, can_write=True, is_confidential=True) == opened
    assert told(asked, content) == closed
    assert told(asked, content, is_confidential=True) == confidential


def test_what_nobody_asked_for_waits_only_if_it_is_to_be_kept() -> None:
    assert told(UNASKED, {"body": SHORT}, is_kept=True) == ["answer held"]
    assert told(UNASKED, {"body": SHORT}, is_kept=True, can_write=True) == ["answer in private"]


def test_where_the_bot_may_write_first_nothing_has_to_wait() -> None:
    assert told(TYPED, {"body": SHORT}, may_write=True) == ["answer in the group", "gone after 60 s"]
    assert told(TYPED, {"body": SHORT}, may_write=True, is_confidential=True) == [
        "answer in private",
        "reaction below 5",
    ]
    assert told(TYPED, {"body": LONGEST}, may_write=True) == ["answer in private", "reaction below 5"]
    assert told(TYPED, {"body": SHORT}, may_write=True, is_crowded=True) == ["answer in private", "reaction below 5"]
    assert told(UNASKED, {"body": SHORT}, may_write=True) == []
    assert told(UNASKED, {"body": SHORT}, may_write=True, is_kept=True) == ["answer in private"]


def test_what_nobody_waits_for_is_of_use_no_longer_than_it_says_and_has_no_place_to_go_back_to() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=SHORT, only_for="ada")
    [copied] = detour(message, TRAITS, Discretion(Reader(may_write=True), False, False, True, say))
    assert (copied.is_held, copied.life, copied.message.origin) == (False, None, None)
    asked = structs.replace(message, body=(Span("x" * 201),), reply_to="5")
    copied, _ = detour(asked, TRAITS, Discretion(Reader(may_write=True), False, True, False, say))
    assert copied.message.origin == Origin(address=GROUP, message="5")


def test_who_takes_no_messages_is_told_how_to_let_them_in() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 201),), only_for="ada", reply_to="5")
    known = Discretion(Reader(), False, True, False, say)
    _, pointer, _ = detour(message, TRAITS, known)
    assert (pointer.message.text, pointer.message.buttons[0].label) == ("<alone.closed>", "<button.send_again>")
    _, pointer, _ = detour(message, structs.replace(TRAITS, can=TRAITS.can & ~Can.FIRST), known)
    assert (pointer.message.text, pointer.message.buttons[0].label) == ("<alone.kept>", "<button.open_private>")


def test_a_character_that_counts_twice_counts_twice_in_an_answer_too() -> None:
    assert told(PRESSED, {"body": (Span("x" + "🦊" * 9),)}) == ["answer to the press"]
    assert told(PRESSED, {"body": (Span("x" + "🦊" * 10),)}) == OPENS


def test_without_reactions_and_deletions_the_group_sees_no_more_than_it_must() -> None:
    bare = structs.replace(TRAITS, can=TRAITS.can & ~Can.REACT & ~Can.DELETE)
    assert told(TYPED, {"body": SHORT}, bare, can_write=True) == ["answer in private"]
    assert told(TYPED, {"body": SHORT}, bare) == ["answer in the group"]


def test_the_answer_that_goes_is_the_one_that_was_shown() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=SHORT, only_for="ada", reply_to="5")
    shown, away = detour(message, TRAITS, Discretion(Reader(), False, True, False, say))
    assert (shown.message.key, away.message.deletes, away.after) == ("k", "k", timedelta(minutes=1))
    assert (away.message.body, away.message.policy) == ((), "replaceable")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"body": SHORT}, ["answer to the press"]),
        ({"body": LONG}, ["answer in the group", "sign to the press"]),
        ({"body": SHORT, "buttons": (Button(label="Go", command="x"),)}, ["answer in the group", "sign to the press"]),
        ({"body": SHORT, "table": BOARD}, ["answer in the group", "sign to the press"]),
    ],
)
def test_an_answer_that_all_may_read_is_a_message_if_it_is_too_much_for_the_press(
    content: dict[str, Any], expected: list[str]
) -> None:
    message = OutgoingMessage(**{"key": "k", "address": GROUP, **PRESSED, **content})
    assert [described(copied) for copied in answered(message, TRAITS)] == expected
    typed = structs.replace(message, answers=None)
    assert [copied.message for copied in answered(typed, TRAITS)] == [typed]


def test_who_has_just_come_in_is_welcomed_in_the_group_for_a_while() -> None:
    assert told(UNASKED, {"body": SHORT}, is_newcomer=True) == ["answer in the group", "gone after 3600 s"]
    assert told(UNASKED, {"body": SHORT}, is_newcomer=True, can_write=True) == ["answer in private"]


def test_where_many_answers_wait_one_more_is_a_sign() -> None:
    assert told(TYPED, {"body": SHORT}, is_crowded=True) == ["answer held", "reaction below 5"]
    assert told(PRESSED, {"body": LONG}, is_crowded=True) == OPENS

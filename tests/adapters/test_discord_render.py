"""From messages to Discord's: a table, and what may never be larger than Discord takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.components import rows_of
from adapters.discord.limits import cut
from adapters.discord.payloads import data_of
from adapters.discord.render import aside_of, edit_of, name_of, new_of, nonce_of, payload_of, says_nothing
from adapters.discord.sheets import modal_of
from bot.domain.messages import Button, Field, File, OutgoingMessage, Poll, Sheet, Span, Topic
from bot.domain.places import Address
from tests.adapters.discord_shown import seen
from tests.fakes.discord.limits import check_message
from tests.fakes.discord.modal_limits import check_modal
from tests.fakes.discord.schema import check_body

MAIN = Address(platform="discord", chat="1")
QUIET = {"allowed_mentions": {"parse": [], "replied_user": False}}
GO = Button(label="Go", command="checkin 2027-03-01")
GO_BELOW = {
    "components": [
        {"type": 1, "components": [{"type": 2, "style": 2, "label": "Go", "custom_id": "checkin 2027-03-01"}]}
    ]
}
BOARD = (Span("Board\n", "bold"), Span("1 Ada\n2 Ben", "code"))
POLL = Poll(question="When?", options=("09:00", "20:00"))


def message(text: str = "", /, **more: Any) -> OutgoingMessage:
    return OutgoingMessage(**{"key": "k", "address": MAIN, "body": (Span(text),) if text else (), **more})


def checked(payload: dict[str, Any], model: str = "MessageCreateRequest") -> dict[str, Any]:
    """The same, once Discord's schema and limits have been asked."""
    check_body(model, payload)
    check_message({name: value for name, value in payload.items() if name != "flags"})
    return payload


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (message("Hi"), {"content": "Hi"}),
        (message("Hi", buttons=(GO,)), {"content": "Hi", **GO_BELOW}),
        (message(body=BOARD), {"embeds": [{"description": "**Board**\n```\n1 Ada\n2 Ben\n```"}]}),
        (message("x" * 2000), {"content": "x" * 2000}),
        (message("*" * 1001), {"embeds": [{"description": r"\*" * 1001}]}),
        (
            message("Look", files=(File(name="a.png", media_type="image/png", size=9, sha256="ab"),)),
            {"content": "Look", "attachments": [{"id": "0", "filename": "a.png"}]},
        ),
        (
            message(poll=POLL),
            {
                "poll": {
                    "question": {"text": "When?"},
                    "answers": [{"poll_media": {"text": "09:00"}}, {"poll_media": {"text": "20:00"}}],
                    "duration": 768,
                    "allow_multiselect": False,
                }
            },
        ),
    ],
)
def test_what_is_said(made: OutgoingMessage, expected: dict[str, Any]) -> None:
    assert checked(payload_of(made)) == {**expected, **QUIET}


def test_a_new_message_carries_its_nonce_and_what_it_replies_to() -> None:
    made = checked(new_of(message("Hi", reply_to="5")))
    assert made["message_reference"] == {"message_id": "5", "fail_if_not_exists": False}
    assert (made["nonce"], made["enforce_nonce"]) == (nonce_of("k"), True)
    assert (len(nonce_of("k")), nonce_of("k") == nonce_of("l")) == (25, False)


def test_an_edit_says_that_nothing_else_stands_there() -> None:
    nothing = {"content": "", "embeds": [], "components": []}
    assert checked(edit_of(message("Hi")), "MessageEditRequestPartial") == {**nothing, "content": "Hi", **QUIET}
    assert checked(edit_of(message(body=BOARD)), "MessageEditRequestPartial")["content"] == ""


def test_what_is_for_one_person_is_said_aside() -> None:
    made = aside_of(message("Hi", buttons=(GO,)))
    assert checked(made, "IncomingWebhookInteractionRequest")["flags"] == 64


@pytest.mark.parametrize("made", [message(), message(" \n"), message(body=(Span("\n", "code"), Span(" ", "bold")))])
def test_a_message_without_words_is_refused(made: OutgoingMessage) -> None:
    assert says_nothing(made)
    with pytest.raises(ValueError, match="without words"):
        payload_of(made)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (message("x" * 4097), "too long"),
        (message(poll=Poll(question="?", options=tuple("abcdefghijk"))), "1 to 10 answers"),
        (message("x", files=(File(name="a", media_type="a/b", size=1, sha256="ab"),) * 11), "11 files"),
        (message("x", buttons=tuple(Button(label="x", command=str(n)) for n in range(126))), "126 buttons"),
    ],
)
def test_what_discord_does_not_take_is_refused(made: OutgoingMessage, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        payload_of(made)


SPANS = st.lists(st.builds(Span, st.text("ab*_`#\n <@:x", max_size=40), st.sampled_from(["plain", "bold", "code"])))


@given(body=SPANS.filter(lambda body: 0 < sum(len(span.text) for span in body) <= 2000))
def test_whatever_the_core_says_fits_into_one_message(body: list[Span]) -> None:
    made = message(body=tuple(body))
    if not says_nothing(made):
        checked(payload_of(made))


def test_what_grows_too_long_with_its_marks_loses_them() -> None:
    body = tuple(Span("*", "bold" if n % 2 else "plain") for n in range(2000))
    [embed] = checked(payload_of(message(body=body)))["embeds"]
    assert seen(embed["description"]) == "*" * 2000


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (message("Hi", topic=Topic(title=" Day\n 1 ")), "Day 1"),
        (message("Hi", topic=Topic(title="打" * 101)), "打" * 99 + "…"),
        (message("\nHi\nthere", topic=Topic(title=" ")), "Hi"),
        (message("Hi\nthere"), "Hi"),
        (message(poll=POLL), "When?"),
        (message(buttons=(GO,)), "…"),
    ],
)
def test_a_thread_has_a_name(made: OutgoingMessage, name: str) -> None:
    assert name_of(made) == name


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_buttons_stand_in_rows_of_five() -> None:
    rows = rows_of([Button(label=str(n), command=f"vote {n}", is_private=n == 3) for n in range(12)])
    assert [[button["label"] for button in row["components"]] for row in rows] == [
        ["0", "1", "2", "3", "4"],
        ["5", "6", "7", "8", "9"],
        ["10", "11"],
    ]


def test_more_than_25_are_lists_to_choose_from() -> None:
    rows = rows_of([Button(label=f"Member {n}", command=f"why {n}") for n in range(30)])
    [first], [second] = [row["components"] for row in rows]
    assert (len(first["options"]), first["placeholder"]) == (25, "Member 0 – Member 24")
    assert second["options"][0] == {"label": "Member 25", "value": "why 25"}
    assert first["custom_id"] != second["custom_id"]


BUTTONS = st.lists(
    st.builds(Button, label=st.text(max_size=120), command=st.text(min_size=1, max_size=120)), max_size=80
)


@given(buttons=BUTTONS.filter(lambda some: all(one.command.strip() for one in some)))
def test_each_command_is_offered_once_in_order_and_within_the_limits(buttons: list[Button]) -> None:
    made = checked(payload_of(message("Choose", buttons=tuple(buttons))))
    inside = [one for row in made.get("components", ()) for one in row["components"]]
    offered = [value for one in inside for value in [o["value"] for o in one.get("options", ())] or [one["custom_id"]]]
    assert offered == list(dict.fromkeys(data_of(button.command) for button in buttons))


@given(text=st.text(max_size=30) | st.text("👨‍👩‍👧e\u0301界", max_size=30), most=st.integers(1, 20))
def test_what_is_cut_is_short_enough_and_says_so(text: str, most: int) -> None:
    short = cut(text, most)
    assert len(short) <= most
    assert short == text.strip() or short.endswith("…")


# --- forms ------------------------------------------------------------------------------------------------------------


def sheet(*fields: Field, title: str = "Day 3") -> Sheet:
    return Sheet(name="homework", title=title, fields=fields, command="homework", open_label="Write")


def test_a_form_asks_for_text_a_choice_and_files() -> None:
    made = modal_of(
        sheet(
            Field(id="title", label="Title", max_length=100, hint="In a few words"),
            Field(id="text", label="Your text", max_length=5000, is_optional=True, value="So far"),
            Field(id="day", label="Day", kind="choice", options=(("1", "Day 1"), ("2", "Day 2")), value="2"),
            Field(id="work", label="Your work", kind="files", takes_text=True, max_files=20),
            title="作业" * 30,
        )
    )
    check_modal(made)
    assert (made["custom_id"], len(made["title"])) == ("form homework", 45)
    title, text, day, files, words = made["components"]
    assert (title["description"], title["component"]["style"]) == ("In a few words", 1)
    assert title["component"] | {"min_length": 1, "max_length": 100, "required": True} == title["component"]
    assert (
        text["component"] | {"style": 2, "max_length": 4000, "required": False, "value": "So far"} == text["component"]
    )
    assert day["component"]["options"][1] == {"label": "Day 2", "value": "2", "default": True}
    assert (files["label"], files["component"]["type"], files["component"]["max_values"]) == ("📎 Your work", 19, 10)
    assert (files["component"]["required"], files["component"]["min_values"]) == (False, 0)
    assert (words["label"], words["component"]["custom_id"], words["component"]["required"]) == (
        "✏️ Your work",
        "work:text",
        False,
    )


def test_files_that_are_needed_are_demanded() -> None:
    made = modal_of(sheet(Field(id="work", label="Your work", kind="files")))
    check_modal(made)
    assert made["components"][0]["component"]["min_values"] == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ((), "0"),
        (tuple(Field(id=str(n), label="x") for n in range(6)), "6"),
        (tuple(Field(id=str(n), label="x", kind="files", takes_text=True) for n in range(3)), "6"),
        ((Field(id="x", label="x", kind="choice"),), "options"),
        ((Field(id="x" * 101, label="x"),), "too long"),
    ],
)
def test_what_a_form_can_not_ask_is_refused(fields: tuple[Field, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        modal_of(sheet(*fields))


FIELDS = st.builds(
    Field,
    id=st.sampled_from("abcde"),
    label=st.text(min_size=1, max_size=60).filter(str.strip),
    hint=st.text(max_size=120),
    kind=st.sampled_from(["text", "files"]),
    is_optional=st.booleans(),
    max_length=st.integers(1, 5000),
    max_files=st.integers(1, 12),
    takes_text=st.booleans(),
    value=st.text(max_size=30),
)


@given(fields=st.lists(FIELDS, min_size=1, max_size=2, unique_by=lambda field: field.id))
def test_every_form_is_within_the_limits(fields: list[Field]) -> None:
    check_modal(modal_of(sheet(*fields)))

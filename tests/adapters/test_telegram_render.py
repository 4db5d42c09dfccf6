"""From messages to calls of the Bot API: a table, and what entities may never do."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InputFile

from adapters.telegram.payloads import data_of, is_kept, kept_by, link_of, linked
from adapters.telegram.render import as_caption, call_for, formatted, keyboard
from bot.domain.messages import Admission, Button, Copy, File, Inspection, OutgoingMessage, Poll, Reaction, Span
from bot.domain.places import Address

GROUP = Address(platform="telegram", chat="-100")
TOPIC = Address(platform="telegram", chat="-100/7")
ALONE = Address(platform="telegram", chat="1001", private=True)
CHAT = {"chat_id": -100}
POLL = Poll(question="When?", options=("09:00", "20:00"))
ASKED = {"question": "When?", "options": [{"text": "09:00"}, {"text": "20:00"}], "is_anonymous": False}
GO = Button(label="Go", command="checkin 2027-03-01")
GO_BELOW: dict[str, Any] = {
    "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "checkin 2027-03-01"}]]}
}
OPEN = Button(label="Open", command="join writing-1", is_private=True)


def open_file(file: File) -> InputFile:
    return InputFile(BytesIO(file.sha256.encode()), filename=file.name)


def file(name: str, media_type: str = "image/png", size: int = 9) -> File:
    return File(name=name, media_type=media_type, size=size, sha256="ab")


def call(address: Address = GROUP, body: tuple[Span, ...] = (), **more: Any) -> tuple[str, dict[str, Any]]:
    message = OutgoingMessage(key="k", address=address, body=body, **more)
    made = call_for(message, "homeroom_bot", open_file)
    return made.method, made.params


def says(text: str = "Hi", **more: Any) -> tuple[str, dict[str, Any]]:
    return call(body=(Span(text),), **more)


def plain(text: str = "Hi", /, **more: Any) -> dict[str, Any]:
    return {**CHAT, "text": text, "entities": [], **more}


NO_PREVIEW: dict[str, Any] = {"link_preview_options": {"is_disabled": True}}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (says(), ("sendMessage", plain())),
        (says(address=TOPIC), ("sendMessage", plain(message_thread_id=7))),
        (says(address=ALONE), ("sendMessage", plain(chat_id=1001))),
        (says("see https://x.org"), ("sendMessage", plain("see https://x.org", **NO_PREVIEW))),
        (
            says(reply_to="5"),
            ("sendMessage", plain(reply_parameters={"message_id": 5, "allow_sending_without_reply": True})),
        ),
        (says(only_for="1001"), ("sendMessage", plain())),
        (says(buttons=(GO,)), ("sendMessage", plain(**GO_BELOW))),
        (says(asks=True), ("sendMessage", plain(reply_markup={"force_reply": True, "selective": True}))),
        (says(address=ALONE, asks=True), ("sendMessage", plain(chat_id=1001))),
        (says(address=ALONE, asks=True, buttons=(GO,)), ("sendMessage", plain(chat_id=1001, **GO_BELOW))),
        (
            call(poll=POLL),
            ("sendPoll", {**CHAT, **ASKED, "allows_multiple_answers": False, "is_closed": False}),
        ),
        (
            call(poll=Poll(question="When?", options=POLL.options, is_multiple=True), address=TOPIC),
            (
                "sendPoll",
                {**CHAT, **ASKED, "message_thread_id": 7, "allows_multiple_answers": True, "is_closed": False},
            ),
        ),
    ],
)
def test_what_is_said(made: tuple[str, dict[str, Any]], expected: tuple[str, dict[str, Any]]) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (says(edits="k0", target="4"), ("editMessageText", plain(message_id=4))),
        (says(edits="k0", target="4", address=TOPIC), ("editMessageText", plain(message_id=4))),
        (says(edits="k0", target="4", buttons=(GO,)), ("editMessageText", plain(message_id=4, **GO_BELOW))),
        (
            call(edits="k0", target="4", poll=Poll(question="When?", options=POLL.options, is_closed=True)),
            ("stopPoll", {**CHAT, "message_id": 4}),
        ),
        (
            call(pins="k0", target="4", address=TOPIC),
            ("pinChatMessage", {**CHAT, "message_id": 4, "disable_notification": True}),
        ),
        (call(unpins="k0", target="4"), ("unpinChatMessage", {**CHAT, "message_id": 4})),
        (call(deletes="k0", target="4"), ("deleteMessage", {**CHAT, "message_id": 4})),
        (
            call(act=Reaction(message="5", emoji="❤️"), address=TOPIC),
            ("setMessageReaction", {**CHAT, "message_id": 5, "reaction": [{"type": "emoji", "emoji": "❤"}]}),
        ),
        (
            call(act=Copy(chat="-200", message="5"), address=TOPIC),
            ("copyMessage", {**CHAT, "message_thread_id": 7, "from_chat_id": -200, "message_id": 5}),
        ),
        (
            call(act=Copy(chat="-200/9", message="5")),
            ("copyMessage", {**CHAT, "from_chat_id": -200, "message_id": 5}),
        ),
        (call(act=Admission(user="1001", is_admitted=True)), ("approveChatJoinRequest", {**CHAT, "user_id": 1001})),
        (call(act=Admission(user="1001", is_admitted=False)), ("declineChatJoinRequest", {**CHAT, "user_id": 1001})),
    ],
)
def test_what_is_done_to_what_is_there(made: tuple[str, dict[str, Any]], expected: tuple[str, dict[str, Any]]) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("made", "params"),
    [
        (says("Noted", answers="q"), {"text": "Noted", "show_alert": False}),
        (says(" Noted\n", answers="q", reply_to="5"), {"text": "Noted", "show_alert": False}),
        (says("x" * 60, answers="q"), {"text": "x" * 60, "show_alert": False}),
        (says("x" * 61, answers="q"), {"text": "x" * 61, "show_alert": True}),
        (says("Noted\n+5", answers="q"), {"text": "Noted\n+5", "show_alert": True}),
        (call(answers="q"), {}),
        (says("Look", answers="q", buttons=(OPEN,)), {"url": "https://t.me/homeroom_bot?start=join-writing-1"}),
    ],
)
def test_an_answer_to_a_press_is_a_toast_an_alert_or_the_way_to_the_private_chat(
    made: tuple[str, dict[str, Any]], params: dict[str, Any]
) -> None:
    assert made == ("answerCallbackQuery", {"callback_query_id": "q", **params})


@pytest.mark.parametrize("body", [(), (Span(""),), (Span(" \n"), Span("\t", "bold"))])
def test_a_message_without_words_is_refused(body: tuple[Span, ...]) -> None:
    for more in ({}, {"edits": "k0", "target": "4"}, {"buttons": (GO,)}):
        with pytest.raises(ValueError, match="without words"):
            call(body=body, **more)


def test_an_inspection_is_no_call() -> None:
    with pytest.raises(ValueError, match="Inspection"):
        call(act=Inspection())


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "method", "name"),
    [
        (file("a.png"), "sendPhoto", "photo"),
        (file("a.gif", "image/gif"), "sendDocument", "document"),
        (file("a.png", size=10 * 1024 * 1024), "sendPhoto", "photo"),
        (file("a.png", size=10 * 1024 * 1024 + 1), "sendDocument", "document"),
        (file("a.pdf", "application/pdf"), "sendDocument", "document"),
    ],
)
def test_a_picture_is_shown_and_anything_else_is_a_file(sent: File, method: str, name: str) -> None:
    made, params = says("🦊 Look", files=(sent,), buttons=(GO,), address=TOPIC)
    assert made == method
    assert params.pop(name).filename == sent.name
    assert params == {**CHAT, "message_thread_id": 7, "caption": "🦊 Look", "caption_entities": [], **GO_BELOW}


def test_a_file_alone_has_no_caption() -> None:
    assert call(files=(file("a.png"),))[1].keys() == {"chat_id", "photo"}


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ((file("a.png"), file("b.png")), "photo"),
        ((file("a.pdf", "application/pdf"), file("b.pdf", "application/pdf")), "document"),
        ((file("a.png"), file("b.gif", "image/gif")), "document"),  # an album is all of one sort
    ],
)
def test_several_files_are_an_album_whose_first_has_the_words(files: tuple[File, ...], kind: str) -> None:
    made, params = call(body=(Span("My "), Span("work", "bold")), files=files, reply_to="5")
    media = params.pop("media")
    assert made == "sendMediaGroup"
    assert params == {**CHAT, "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True}}
    assert [(one.type, one.caption) for one in media] == [(kind, "My work"), (kind, None)]
    assert [(one.type, one.offset, one.length) for one in media[0].caption_entities] == [("bold", 3, 4)]


def test_the_words_of_a_picture_are_changed_as_its_caption() -> None:
    body = (Span("https://x.org "), Span("2", "bold"))
    message = OutgoingMessage(key="k", address=GROUP, body=body, edits="k0", target="4", buttons=(GO,))
    made = as_caption(call_for(message, "homeroom_bot", open_file))
    entities = [{"type": "bold", "offset": 14, "length": 1}]
    caption = {"caption": "https://x.org 2", "caption_entities": entities}
    assert (made.method, made.params) == ("editMessageCaption", {**CHAT, "message_id": 4, **caption, **GO_BELOW})


# --- words ------------------------------------------------------------------------------------------------------------


def bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("body", "text", "entities"),
    [
        ([Span("a"), Span("b", "bold")], "ab", [bold(1, 1)]),
        ([Span("打卡"), Span("了", "bold")], "打卡了", [bold(2, 1)]),
        ([Span("🦊 "), Span("👨‍👩‍👧", "bold"), Span("!")], "🦊 👨‍👩‍👧!", [bold(3, 8)]),
        ([Span("  a "), Span("b", "bold"), Span(" \n")], "a b", [bold(2, 1)]),
        ([Span(" \n🦊", "bold"), Span(" b")], "🦊 b", [bold(0, 2)]),
        ([Span("a "), Span("b \n", "bold"), Span("\n")], "a b", [bold(2, 1)]),
        ([Span("a"), Span(" ", "bold"), Span("b")], "a b", []),  # nothing that anybody sees
        ([Span("\n", "bold"), Span("a")], "a", []),
        ([Span("a\nb", "bold")], "a\nb", [bold(0, 3)]),
        ([Span("x", "code")], "x", [{"type": "code", "offset": 0, "length": 1}]),
        ([Span("1 A\n2 B", "code")], "1 A\n2 B", [{"type": "pre", "offset": 0, "length": 7}]),
        ([Span("https://x.org", "link")], "https://x.org", []),  # Telegram finds links by itself
        ([Span("a", "bold"), Span("b", "bold")], "ab", [bold(0, 1), bold(1, 1)]),
        ([Span("<b>*_[x](y)`"), Span("&", "bold")], "<b>*_[x](y)`&", [bold(12, 1)]),
    ],
)
def test_styles_are_counted_in_utf_16(body: list[Span], text: str, entities: list[dict[str, Any]]) -> None:
    assert formatted(body) == (text, entities)


WORDS = st.text(st.sampled_from("ab \n\t界🦊\u200d\ufe0f\u00a0\u3000e\u0301\u05d0"), max_size=12)
BODIES = st.lists(st.builds(Span, WORDS, st.sampled_from(["plain", "bold", "code", "link"])), max_size=8)


@given(body=BODIES)
def test_every_entity_lies_inside_the_text_and_cuts_no_character(body: list[Span]) -> None:
    text, entities = formatted(body)
    assert text == "".join(span.text for span in body).strip()
    raw, end = text.encode("utf-16-le"), 0
    for entity in entities:
        start, last = entity["offset"], entity["offset"] + entity["length"]
        assert end <= start < last <= len(raw) // 2  # none overlap
        assert raw[start * 2 : last * 2].decode("utf-16-le").strip()  # raises on half a character
        end = last


# --- buttons ----------------------------------------------------------------------------------------------------------


def rows(*labels: str) -> list[list[str]]:
    buttons = [Button(label=label, command="help") for label in labels]
    return [[button["text"] for button in row] for row in keyboard(buttons, "homeroom_bot")["inline_keyboard"]]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], []),
        (["Yes", "No"], [["Yes", "No"]]),
        (["1", "2", "3", "4"], [["1", "2", "3", "4"]]),
        (["x" * 11, "y" * 11], [["x" * 11, "y" * 11]]),
        (["x" * 11, "y" * 12], [["x" * 11], ["y" * 12]]),
        (["打卡打卡打", "明天明天明"], [["打卡打卡打", "明天明天明"]]),  # two columns a character
        (["打卡打卡打卡", "明天明天明天"], [["打卡打卡打卡"], ["明天明天明天"]]),
        (["x" * 60, "No"], [["x" * 60], ["No"]]),
        (["Yes", "x" * 60, "No"], [["Yes"], ["x" * 60], ["No"]]),
        (["\x07", "No"], [["\x07", "No"]]),
    ],
)
def test_short_labels_share_a_row(labels: list[str], expected: list[list[str]]) -> None:
    assert rows(*labels) == expected


@given(labels=st.lists(st.text(min_size=1, max_size=40), max_size=12))
def test_every_button_is_there_once_and_in_order(labels: list[str]) -> None:
    made = rows(*labels)
    assert [label for row in made for label in row] == labels
    assert all(1 <= len(row) <= 4 for row in made)


@given(command=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_what_a_button_carries_is_never_too_long_and_is_kept_if_it_is_not_the_command(command: str) -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=(), buttons=(Button(label="x", command=command),))
    data = data_of(command)
    assert 1 <= len(data.encode()) <= 64
    assert kept_by(message) == ({} if data == command else {data: command})
    assert is_kept(data) or data == command


@pytest.mark.parametrize(
    ("command", "link"),
    [("start", "start"), ("join writing-1", "join-writing-1"), ("homework w_2", "homework-w_2")],
)
def test_a_link_carries_a_command(command: str, link: str) -> None:
    assert link_of("homeroom_bot", command) == f"https://t.me/homeroom_bot?start={link}"
    name, _, text = command.partition(" ")
    assert linked(link) == (name, text)


@pytest.mark.parametrize("command", ["", "poll 12 2", "打卡", "ask why?", "join " + "x" * 60, "Start"])
def test_a_command_that_no_link_can_carry_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match="can't carry"):
        link_of("homeroom_bot", command)

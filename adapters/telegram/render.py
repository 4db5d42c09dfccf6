"""From our messages to calls of the Bot API. Pure; every quirk of what goes out stands here."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from math import ceil
from typing import Any

import msgspec
from telegram import InputFile, InputMediaDocument, InputMediaPhoto, MessageEntity
from wcwidth import wcswidth

from adapters.telegram.payloads import data_of, link_of
from bot.domain.messages import Admission, Button, Copy, File, OutgoingMessage, Reaction, Span
from bot.domain.places import Address

_READ_AT_ONCE = 60  # characters; a longer answer stays until it is tapped away
_ROW = 26  # columns of labels in one row of buttons, which a phone shows in full
_MOST_IN_ROW = 3
_TINY, _MOST_TINY = 3, 4  # columns of a letter, with its tick or without; such labels in one row
_PHOTO_BYTES = 10 * 1024 * 1024  # a larger picture goes as a file
_INSTEAD = {"⭐": "🏆", "✅": "👍"}  # of what is no reaction here
_STYLES = {"bold": "bold", "code": "code"}
POST_POLL = "sendPoll"

Open = Callable[[File], InputFile]
"""Reads a stored file. Raises Refused where it is gone."""


class Call(msgspec.Struct, frozen=True):
    """A method of the Bot API and its parameters."""

    method: str
    params: dict[str, Any]


def call_for(message: OutgoingMessage, username: str, open_file: Open) -> Call:
    """The one call that says or does it. Messages with `target` have one. Raises ValueError for an empty message."""
    if message.act is not None:
        return _act(message)
    if message.about is not None:
        return _change(message, username)
    if message.answers is not None:
        return _answer(message, username)
    if message.poll is not None:
        return _poll(message)
    if message.files:
        return _files(message, username, open_file)
    return Call("sendMessage", _place(message) | _words(message) | _below(message, username))


# --- saying something -------------------------------------------------------------------------------------------------


def _place(message: OutgoingMessage) -> dict[str, Any]:
    """Where it goes, and what it replies to; a message that is gone by then is no reason to keep silent."""
    place = chat_of(message.address)
    if message.reply_to:
        place["reply_parameters"] = {"message_id": int(message.reply_to), "allow_sending_without_reply": True}
    return place


def chat_of(address: Address) -> dict[str, Any]:
    """The chat, and the topic in it."""
    chat, _, topic = address.chat.partition("/")
    return {"chat_id": int(chat), "message_thread_id": int(topic)} if topic else {"chat_id": int(chat)}


def _words(message: OutgoingMessage) -> dict[str, Any]:
    text, entities = formatted(message.body)
    if not text:
        raise ValueError("a message without words")
    preview = {"link_preview_options": {"is_disabled": True}} if "://" in text else {}
    return {"text": text, "entities": entities, **preview}


def formatted(body: Sequence[Span]) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities, counted in UTF-16 units; without blanks at its ends, which Telegram cuts off."""
    text = "".join(span.text for span in body)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    entities, at = [], 0
    for span in body:
        first, last = max(at, start), min(at + len(span.text), end)
        at += len(span.text)
        if span.style in _STYLES and text[first:last].strip():
            style = "pre" if span.style == "code" and "\n" in span.text else _STYLES[span.style]
            place = {"offset": _units(text[start:first]), "length": _units(text[first:last])}
            entities.append({"type": style, **place})
    return text[start:end], entities


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _below(message: OutgoingMessage, username: str) -> dict[str, Any]:
    """Buttons; or, in a group, the invitation to reply, without which a bot may not hear what is answered."""
    if message.asks and not message.address.private:
        return {"reply_markup": {"force_reply": True, "selective": True}}
    if message.buttons:
        return {"reply_markup": keyboard(message.buttons, username)}
    return {}


def keyboard(buttons: Iterable[Button], username: str) -> dict[str, Any]:
    """Short labels share a row, as far as a phone shows them in full; letters and figures stand in equal rows."""
    rows: list[list[dict[str, Any]]] = []
    for are_tiny, run in groupby(buttons, key=lambda button: _width(button) <= _TINY):
        alike = list(run)
        _fill(rows, alike, username, _even(len(alike)) if are_tiny else _MOST_IN_ROW)
    return {"inline_keyboard": rows}


def _fill(rows: list[list[dict[str, Any]]], buttons: Sequence[Button], username: str, most: int) -> None:
    """Add rows of these, with at most so many in each."""
    room, in_row = 0, most
    for button in buttons:
        width = _width(button) + 2
        if width > room or in_row >= most:
            rows.append([])
            room, in_row = _ROW, 0
        rows[-1].append(_button(button, username))
        room, in_row = room - width, in_row + 1


def _even(count: int) -> int:
    """How many stand in one row, so that no row has one alone: four are one row, six are two of three."""
    return ceil(count / ceil(count / _MOST_TINY))


def _width(button: Button) -> int:
    return max(wcswidth(button.label), 1)


def _button(button: Button, username: str) -> dict[str, Any]:
    if button.is_private:
        return {"text": button.label, "url": link_of(username, button.command)}
    return {"text": button.label, "callback_data": data_of(button.command)}


def _answer(message: OutgoingMessage, username: str) -> Call:
    """To a press: a word at the edge of the screen, or the way into the private chat."""
    params: dict[str, Any] = {"callback_query_id": message.answers}
    private = next((button for button in message.buttons if button.is_private), None)
    if private is not None:
        return Call("answerCallbackQuery", params | {"url": link_of(username, private.command)})
    text = message.text.strip()
    if not text:
        return Call("answerCallbackQuery", params)
    is_long = len(text) > _READ_AT_ONCE or "\n" in text
    return Call("answerCallbackQuery", params | {"text": text, "show_alert": is_long})


def _poll(message: OutgoingMessage) -> Call:
    assert message.poll, "only a message with a poll posts one"
    poll = message.poll
    params = {"question": poll.question, "options": [{"text": option} for option in poll.options]}
    by_name = {"is_anonymous": False, "allows_multiple_answers": poll.is_multiple, "is_closed": poll.is_closed}
    return Call(POST_POLL, _place(message) | params | by_name)


def _files(message: OutgoingMessage, username: str, open_file: Open) -> Call:
    """One picture or file with its text; or several of one sort as an album, which can't have buttons."""
    text, entities = formatted(message.body)
    caption = {"caption": text, "caption_entities": entities} if text else {}
    if len(message.files) > 1:
        return Call("sendMediaGroup", _place(message) | {"media": _album(message.files, caption, open_file)})
    [file] = message.files
    method, name = ("sendPhoto", "photo") if is_photo(file) else ("sendDocument", "document")
    return Call(method, _place(message) | {name: open_file(file)} | caption | _below(message, username))


def is_photo(file: File) -> bool:
    """Whether it is shown as a picture; animations and large ones go as files."""
    return file.is_picture and file.media_type != "image/gif" and file.size <= _PHOTO_BYTES


def _album(files: Sequence[File], caption: dict[str, Any], open_file: Open) -> list[Any]:
    kind = InputMediaPhoto if all(is_photo(file) for file in files) else InputMediaDocument
    entities = [MessageEntity(**entity) for entity in caption.get("caption_entities", ())]
    first = {"caption": caption["caption"], "caption_entities": entities} if caption else {}
    return [kind(media=open_file(file), **(first if number == 0 else {})) for number, file in enumerate(files)]


# --- doing something to what is there ---------------------------------------------------------------------------------


def _change(message: OutgoingMessage, username: str) -> Call:
    assert message.target, "what is changed has an id"
    place = {"chat_id": chat_of(message.address)["chat_id"], "message_id": int(message.target)}
    if message.pins:
        return Call("pinChatMessage", place | {"disable_notification": True})
    if message.unpins:
        return Call("unpinChatMessage", place)
    if message.deletes:
        return Call("deleteMessage", place)
    if message.poll:
        return Call("stopPoll", place)
    return Call("editMessageText", place | _words(message) | _below(message, username))


def as_caption(edit: Call) -> Call:
    """The same edit for a message that has a picture or a file: its text is a caption."""
    params = {name: value for name, value in edit.params.items() if name != "link_preview_options"}
    caption = {"caption": params.pop("text"), "caption_entities": params.pop("entities")}
    return Call("editMessageCaption", params | caption)


def _act(message: OutgoingMessage) -> Call:
    place = chat_of(message.address)
    match message.act:
        case Reaction(message=target, emoji=emoji):
            emoji = _INSTEAD.get(emoji, emoji)
            reaction = [{"type": "emoji", "emoji": emoji.replace("\ufe0f", "")}]
            where = {"chat_id": place["chat_id"], "message_id": int(target)}
            return Call("setMessageReaction", where | {"reaction": reaction})
        case Copy(chat=chat, message=source):
            origin = {"from_chat_id": int(chat.partition("/")[0]), "message_id": int(source)}
            return Call("copyMessage", _place(message) | origin)
        case Admission(user=user, is_admitted=is_admitted):
            method = "approveChatJoinRequest" if is_admitted else "declineChatJoinRequest"
            return Call(method, {"chat_id": place["chat_id"], "user_id": int(user)})
    raise ValueError(f"no call does {message.act!r}")

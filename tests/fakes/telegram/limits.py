"""What the published API allows beyond types. Each check names its source, all on core.telegram.org/bots/api.

Lengths of texts count UTF-16 units, as entities do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.telegram.errors import Violation

MAX_PHOTO = 10 * 1024 * 1024  # "Sending files": 10 MB max size for photos, 50 MB for other files
MAX_FILE = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024  # getFile: "bots can download files of up to 20MB in size"
_EMOJI = """
    👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥
    🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨
    🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(_EMOJI.split())  # ReactionTypeEmoji.emoji; the server drops U+FE0F
_NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
_ENTITY_TYPES = frozenset(  # MessageEntity.type
    {
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
        "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
        "custom_emoji", "date_time",
    }
)  # fmt: skip
_ACTIONS = frozenset(  # InlineKeyboardButton: "exactly one of the fields …"
    {
        "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
    }
)  # fmt: skip


def units(text: str) -> int:
    """Length in UTF-16 units; a lone surrogate is no text."""
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise Violation("strings must be encoded in UTF-8") from error


def _within(name: str, text: str, least: int, most: int) -> None:
    if not least <= units(text) <= most:
        raise Violation(f"{name} must have {least}-{most} characters, has {units(text)}")


def check_text(text: str, entities: Sequence[Mapping[str, Any]], *, most: int = 4096) -> None:
    """sendMessage.text: "1-4096 characters after entities parsing"; caption: "0-1024"."""
    if units(text) > most:
        raise Violation("message is too long" if most > 1024 else "message caption is too long")
    if most > 1024 and not text.strip():
        raise Violation("message text is empty")
    for entity in entities:
        check_entity(text, entity)


def check_entity(text: str, entity: Mapping[str, Any]) -> None:
    """MessageEntity: offset and length "in UTF-16 code units"; neither may split a surrogate pair."""
    kind, start = entity["type"], entity["offset"]
    end = start + entity["length"]
    if kind not in _ENTITY_TYPES:
        raise Violation(f"unknown entity type {kind}")
    if kind in _NEEDS and not entity.get(_NEEDS[kind]):
        raise Violation(f"entity {kind} needs {_NEEDS[kind]}")
    if start < 0 or entity["length"] < 1:
        raise Violation(f"entity {kind} at {start} has length {entity['length']}")
    if end > units(text):
        raise Violation(
            f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {units(text)}"
        )
    raw = text.encode("utf-16-le")
    for place in (start, end):
        if place * 2 < len(raw) and 0xDC <= raw[place * 2 + 1] <= 0xDF:
            raise Violation(f"entity begins or ends in a middle of a UTF-16 symbol at byte offset {place}")


def check_markup(markup: Mapping[str, Any] | None, bot: str) -> None:
    """InlineKeyboardButton: callback_data "1-64 bytes"; at most 100 buttons; ForceReply: placeholder 1-64."""
    if markup is None:
        return
    if "input_field_placeholder" in markup:
        _within("input_field_placeholder", markup["input_field_placeholder"], 1, 64)
    buttons = [button for row in markup.get("inline_keyboard", ()) for button in row]
    if len(buttons) > 100:
        raise Violation(f"REPLY_MARKUP_TOO_LONG: {len(buttons)} buttons, at most 100")
    for button in buttons:
        _check_button(button, bot)


def _check_button(button: Mapping[str, Any], bot: str) -> None:
    if not button["text"].strip():
        raise Violation("inline keyboard button text is empty")
    actions = sorted(_ACTIONS & button.keys())
    if len(actions) != 1:
        raise Violation(
            f"a button needs exactly one action, has {actions}: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise Violation("BUTTON_DATA_INVALID")
    if "url" in button:
        check_url(button["url"], bot)


def check_url(url: str, bot: str) -> None:
    """ "Deep linking": a start parameter has up to 64 characters of A-Z, a-z, 0-9, _ and -."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "tg"} or not parts.netloc:
        raise Violation(f"BUTTON_URL_INVALID: {url}")
    if parts.netloc.lower() in {"t.me", "telegram.me"} and parts.path.strip("/").lower() == bot.lower():
        payload = parse_qs(parts.query, keep_blank_values=True).get("start", [None])[0]
        if payload is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
            raise Violation(f"start parameter {payload!r} is not 1-64 of A-Z, a-z, 0-9, _ and -")


def check_poll(params: Mapping[str, Any]) -> None:
    """sendPoll: question "1-300 characters", "1-12 answer options"; InputPollOption.text "1-100 characters"."""
    _within("poll question", params["question"], 1, 300)
    options = params["options"]
    if not 1 <= len(options) <= 12:
        raise Violation(f"a poll must have 1-12 options, has {len(options)}")
    for option in options:
        _within("poll option", option["text"], 1, 100)
    if "explanation" in params:
        _within("poll explanation", params["explanation"], 0, 200)
    if "open_period" in params and not 5 <= params["open_period"] <= 2_628_000:
        raise Violation("open_period must be 5-2628000")
    if params.get("type") == "quiz" and not params.get("correct_option_ids"):
        raise Violation("a quiz needs correct_option_ids")


def check_album(media: Sequence[Mapping[str, Any]]) -> None:
    """sendMediaGroup: "must include 2-10 items"; "documents and audio files can be only grouped with the same type"."""
    if not 2 <= len(media) <= 10:
        raise Violation(f"an album must have 2-10 items, has {len(media)}")
    kinds = {item["type"] for item in media}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise Violation(f"an album can't mix {sorted(kinds)}")


def check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    """setMyCommands: at most 100; BotCommand: command of 1-32 `[a-z0-9_]`, description 1-256."""
    if len(commands) > 100:
        raise Violation("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Violation(f"BOT_COMMAND_INVALID: {command['command']!r}")
        _within(f"description of /{command['command']}", command["description"], 1, 256)
    if len({command["command"] for command in commands}) < len(commands):
        raise Violation("BOT_COMMAND_INVALID: a command stands there twice")


def check_language(code: str) -> None:
    """language_code of setMyCommands, setMyDescription …: "a two-letter ISO 639-1 language code", or empty."""
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise Violation(f"invalid language code specified: {code!r}")


def check_length(name: str, text: str, most: int) -> None:
    """answerCallbackQuery.text 200, setMyDescription 512, setMyShortDescription 120, topic and chat names 128 …"""
    _within(name, text, 0, most)


def check_upload(content: bytes, *, is_photo: bool) -> None:
    """ "Sending files"; a photo must be a picture (the server turns it into JPEG)."""
    if not content:
        raise Violation("file must be non-empty")
    if len(content) > MAX_FILE:
        raise Violation("Request Entity Too Large", code=413)
    if is_photo and len(content) > MAX_PHOTO:
        raise Violation(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
        )
    if is_photo and not content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")):
        raise Violation("IMAGE_PROCESS_FAILED")


def bare(emoji: str) -> str:
    """An emoji as the server writes it."""
    return emoji.replace("\ufe0f", "")


def check_reactions(reactions: Iterable[Mapping[str, Any]]) -> list[str]:
    """setMessageReaction: "bots can set up to one reaction per message", "bots can't use paid reactions"."""
    given = list(reactions)
    emoji = [bare(each.get("emoji", "")) for each in given]
    if len(emoji) > 1 or not REACTIONS.issuperset(emoji):
        raise Violation(f"REACTION_INVALID: {given}")
    return emoji

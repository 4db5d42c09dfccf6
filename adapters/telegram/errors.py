"""What the Bot API's errors mean: not sent, refused, or nobody knows."""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.domain.errors import NotSent, Reason, Refused, Unknown

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The request certainly did not reach the server. After any other failure of the connection it may have."""

_NOT_NOW = timedelta(minutes=1)

_BLOCKED = ("bot was blocked", "user is deactivated", "can't initiate conversation", "bot can't send messages to bots")
_GONE = ("chat not found", "bot was kicked", "not a member", "group chat was deactivated", "group chat was deleted")
_LATE = ("query is too old", "query_id_invalid", "query id is invalid")
_NO_WORD = ("parsing the server response",)
"""A page of something that stands before the server, and says nothing of the message."""

_TOO_LARGE = ("request entity too large", "payload too large", "content too large")
_TOO_MANY = ("too many requests", "(429)", "(420)")
_DONE = (
    "message is not modified",
    "chat_not_modified",
    "user_already_participant",
    "reaction_unchanged",
    "poll has already been closed",
    "hide_requester_missing",
    "topic_not_modified",
)
"""What was asked for is so already."""


def is_done(error: TelegramError) -> bool:
    """Whether the server only refuses to do once more what is done."""
    return isinstance(error, BadRequest) and _says(error, _DONE)


def outcome_of(error: TelegramError) -> NotSent | Refused | Unknown:
    """How a call that failed has ended."""
    said = str(error)
    match error:
        case RetryAfter():
            return NotSent(said, retry_after=_length(error))
        case ChatMigrated():
            return Refused(said, why="moved", moved_to=str(error.new_chat_id))
        case InvalidToken() | Conflict():
            return NotSent(said, retry_after=_NOT_NOW)  # somebody must mend it; the message waits until then
        case Forbidden() | BadRequest() if not _says(error, _NO_WORD):
            return Refused(said, why=_why(error))
        case Forbidden() | BadRequest():
            return NotSent(said, retry_after=_NOT_NOW)
    if _says(error, _TOO_LARGE):
        return Refused(said)
    if _says(error, _TOO_MANY):
        return NotSent(said, retry_after=_NOT_NOW)
    return NotSent(said) if isinstance(error.__cause__, _NEVER_LEFT) else Unknown(said)


def _why(error: TelegramError) -> Reason:
    reasons: tuple[tuple[Reason, tuple[str, ...]], ...] = (("blocked", _BLOCKED), ("gone", _GONE), ("late", _LATE))
    return next((reason for reason, words in reasons if _says(error, words)), "")


def _says(error: TelegramError, words: tuple[str, ...]) -> bool:
    text = str(error).casefold()
    return any(word in text for word in words)


def _length(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)

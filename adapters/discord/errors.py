"""What Discord's errors mean: not sent, refused, or nobody knows; and what somebody must mend."""

from datetime import timedelta
from typing import Any

import aiohttp
import discord

from bot.domain.errors import NotSent, Reason, Refused, Unknown


class NeverLeft(ConnectionError):
    """The request certainly did not reach Discord."""


Failure = discord.DiscordException | aiohttp.ClientError | OSError
"""What a call ends with that did not work; a timeout is an OSError."""

FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)

_NOT_NOW = timedelta(minutes=1)

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_DONE = {
    40060,  # the interaction has been answered already
    160004,  # the message has its thread already
}
_WHY: dict[int, Reason] = {
    50007: "blocked",  # cannot send messages to this user
    50278: "blocked",  # no server in common
    10003: "gone",  # unknown channel
    10004: "gone",  # unknown guild
    50001: "gone",  # missing access
    10062: "late",  # unknown interaction
    10015: "late",  # unknown webhook: the interaction is over
    50027: "late",  # its token has expired
}
_TOKEN_CODE, _INTENT_CODES = 4004, (4013, 4014)


def is_done(error: BaseException) -> bool:
    """Whether Discord only refuses to do once more what is done."""
    return isinstance(error, discord.HTTPException) and error.code in _DONE


def outcome_of(error: BaseException) -> NotSent | Refused | Unknown:
    """How a call that failed has ended. Its words hold no address of an interaction, and so no token."""
    match error:
        case discord.RateLimited():
            return NotSent("rate limited", retry_after=timedelta(seconds=error.retry_after))
        case discord.LoginFailure():
            return NotSent("the token is not accepted", retry_after=_NOT_NOW)
        case discord.HTTPException():
            return _outcome_of_answer(error)
        case NeverLeft() | aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return NotSent(_named(error))
    return Unknown(_named(error))


def _outcome_of_answer(error: discord.HTTPException) -> NotSent | Refused | Unknown:
    said = str(error)
    if error.status == 429:
        return NotSent(said, retry_after=retry_after(error.response))
    if error.status >= 500:
        return Unknown(said)
    if error.code not in _WHY and (error.status == 401 or not _is_discords(error)):
        return NotSent(said, retry_after=_NOT_NOW)  # somebody must mend it; the message waits until then
    return Refused(said, why=_WHY.get(error.code, ""))


def _is_discords(error: discord.HTTPException) -> bool:
    """Something that stands before Discord answers with a page, which says nothing of the message."""
    return "json" in error.response.headers.get("Content-Type", "json") or error.code != 0


def retry_after(answer: Any) -> timedelta:
    """How long Discord wants to be left alone, by an answer of the network."""
    try:
        return timedelta(seconds=float(answer.headers["Retry-After"]))
    except (KeyError, ValueError):
        return _NOT_NOW


def _named(error: BaseException) -> str:
    """Words of the network's own errors may hold the address, and with it a token."""
    reason = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {reason}" if isinstance(reason, str) else type(error).__name__


def trouble_of(error: BaseException | None) -> str:
    """The kind of trouble (`PlatformTrouble.kind`) that keeps us from the gateway."""
    if isinstance(error, discord.LoginFailure) or _code(error) == _TOKEN_CODE or _status(error) == 401:
        return "unauthorized"
    if isinstance(error, discord.PrivilegedIntentsRequired) or _code(error) in _INTENT_CODES:
        return "intents"
    return "unreachable"


def _code(error: BaseException | None) -> int | None:
    return error.code if isinstance(error, discord.ConnectionClosed) else None


def _status(error: BaseException | None) -> int | None:
    return error.status if isinstance(error, discord.HTTPException) else None

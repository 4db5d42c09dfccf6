"""The Bot API as python-telegram-bot speaks it: requests, connections, files."""

import json
import logging
import os
from typing import Any
from urllib.parse import quote

import msgspec

# The library warns of each `retry_after` unless one asks for the type that it will have: a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

_CONNECTIONS = 64
_PATIENCE = 20.0  # seconds for an answer
_TOO_MANY = (420, 429)
_WAIT = 5  # seconds to leave a server alone that says no more than that it is too much


class _Request(HTTPXRequest):
    """As the library has it, with a quicker JSON decoder."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            return _with_wait(_decoded(payload))
        except (ValueError, RecursionError) as error:
            raise NetworkError("the answer of the Bot API server was not what it should be") from error


def _decoded(payload: bytes) -> dict[str, Any]:
    """The quick decoder refuses half a surrogate pair, which must not hold up the updates behind it."""
    try:
        return msgspec.json.decode(payload, type=dict[str, Any])
    except msgspec.DecodeError:
        decoded = json.loads(payload)
    if not isinstance(decoded, dict):
        raise ValueError("an answer is an object")
    return decoded


def _with_wait(answer: dict[str, Any]) -> dict[str, Any]:
    """A refusal for too many requests says how long to wait, even where the server has left that out."""
    if answer.get("error_code") not in _TOO_MANY:
        return answer
    given = answer.get("parameters")
    parameters = given if isinstance(given, dict) else {}
    wait = str(parameters.get("retry_after", ""))
    seconds = int(wait) if wait.isascii() and wait.isdigit() else 0
    return {**answer, "parameters": {**parameters, "retry_after": seconds or _WAIT}}


class Client(Bot):
    """The library's Bot, with answers as they came.

    The library's own types are not made of them: what Telegram adds tomorrow must not make an answer unreadable today.
    """

    async def call(self, method: str, *, patience: float = _PATIENCE, **params: Any) -> Any:
        """Call a method of the Bot API; its result. `patience` is in seconds.

        Raises TelegramError, whose words never hold the token: servers and proxies like to quote the address.
        """
        try:
            return await self._post(method, params, read_timeout=patience)
        except TelegramError as error:
            self._hide_token(error)
            raise
        except (KeyError, TypeError) as error:
            raise NetworkError("the answer of the Bot API server was not what it should be") from error

    async def download(self, path: str) -> bytes:
        """What lies at a path that `getFile` has told. Raises TelegramError, as `call` does."""
        try:
            return await self._request[1].retrieve(f"{self.base_file_url}/{quote(path)}")
        except TelegramError as error:
            self._hide_token(error)
            raise

    def _hide_token(self, error: TelegramError) -> None:
        error.message = error.message.replace(self.token, "…")
        error.args = (error.message,)

    async def hang_up(self) -> None:
        """Close the connections."""
        for request in self._request:
            await request.shutdown()


def open_client(token: str, api: str) -> Client:
    """A client for the Bot API server at `api`, such as `https://api.telegram.org`."""
    for name in ("httpx", "httpcore", "telegram"):  # they log addresses, and the token is part of each
        logging.getLogger(name).setLevel(logging.WARNING)
    server = api.rstrip("/")
    polling, all_else = (
        _Request(
            connection_pool_size=size,
            read_timeout=_PATIENCE,
            write_timeout=_PATIENCE,
            connect_timeout=10.0,
            pool_timeout=10.0,
        )
        for size in (2, _CONNECTIONS)
    )
    return Client(
        token,
        base_url=f"{server}/bot",
        base_file_url=f"{server}/file/bot",
        get_updates_request=polling,
        request=all_else,
    )


def bot_id(token: str) -> str:
    """The id of the bot, which is the first part of its token."""
    return token.partition(":")[0]

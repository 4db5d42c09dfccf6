"""Examines a bot without disturbing it: token, privacy mode, webhook, and how it stands in the course's chats.

It calls only methods that change nothing, and never fetches updates: a bot that runs would lose its connection by that.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from adapters.examining import clock_finding, note
from adapters.telegram.client import Client, open_client
from adapters.telegram.standing import is_in, lacks_of
from bot.domain.findings import Finding, Level
from bot.domain.messages import Text
from bot.domain.places import Space

_PATIENCE = 15.0  # seconds
_MANY = 100  # updates that wait


class Setup(NamedTuple):
    """What the bot is meant to be. The token is never part of what is found."""

    token: str
    api: str
    mode: Literal["polling", "webhook"]
    webhook: str | None  # the address that is configured
    spaces: Sequence[Space]  # on this platform
    is_running: bool  # some process is at work with this bot


async def examine(setup: Setup, now: datetime) -> list[Finding]:
    """Everything there is to say; where the server can't be asked, that."""
    found = [await _clock(setup.api, now)]
    client = open_client(setup.token, setup.api)
    try:
        me = await client.call("getMe", patience=_PATIENCE)
        found += _myself(me)
        found += _webhook(setup, await client.call("getWebhookInfo", patience=_PATIENCE), now)
        for room, space in {space.address.room: space for space in reversed(setup.spaces)}.items():
            found += await _chat(client, room, space, me)
    except InvalidToken:
        found.append(note("problem", "doctor.telegram.bad_token"))
    except TelegramError as error:  # its words may hold the address, and the token is part of that
        found.append(note("problem", "doctor.telegram.failed", api=setup.api, error=type(error).__name__))
    finally:
        await client.hang_up()
    return found


async def _clock(api: str, now: datetime) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE) as client:
            said = (await client.get(api)).headers.get("Date")
    except httpx.HTTPError:
        said = None
    return clock_finding(said, api, now)


def _myself(me: Mapping[str, Any]) -> Iterator[Finding]:
    yield note("ok", "doctor.telegram.token", bot=f"@{me.get('username', '')}")
    if not me.get("can_join_groups", True):
        yield note("warning", "doctor.telegram.no_groups")
    if me.get("can_read_all_group_messages"):
        yield note("ok", "doctor.telegram.hears_all")
    else:
        yield note("warning", "doctor.telegram.privacy")


def _webhook(setup: Setup, info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    url = str(info.get("url") or "")
    level: Level = "problem" if setup.is_running else "warning"  # a start mends it
    if setup.mode == "polling" and url:
        yield note(level, "doctor.telegram.webhook_set", host=urlsplit(url).netloc)
    elif setup.mode == "webhook" and url != setup.webhook:
        yield note(level, "doctor.telegram.webhook_other", host=urlsplit(url).netloc or "–")
    else:
        yield note("ok", "doctor.telegram.webhook" if url else "doctor.telegram.polling")
    if url and info.get("last_error_message"):
        ago = now - datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC)
        minutes = timedelta(minutes=max(round(ago / timedelta(minutes=1)), 1))
        error = str(info["last_error_message"])[:200]
        yield note("warning", "doctor.telegram.webhook_error", error=error, ago=minutes)
    waiting = int(info.get("pending_update_count", 0))
    yield note("warning" if waiting > _MANY else "ok", "doctor.telegram.waiting", count=waiting)


async def _chat(client: Client, room: str, space: Space, me: Mapping[str, Any]) -> list[Finding]:
    """Whether the bot is there, and what it may do. Raises TelegramError where the server can't be asked."""
    where = {"course": space.course, "space": space.id, "chat": room}
    try:
        chat = await client.call("getChat", patience=_PATIENCE, chat_id=int(room))
        member = await client.call("getChatMember", patience=_PATIENCE, chat_id=int(room), user_id=me["id"])
    except (BadRequest, Forbidden, ValueError):
        return [note("problem", "doctor.telegram.no_chat", **where)]
    if not is_in(member):
        return [note("problem", "doctor.telegram.no_chat", **where)]
    where["title"] = str(chat.get("title") or "")
    lacks = lacks_of(me, chat, member)
    if not lacks:
        return [note("ok", "doctor.telegram.chat", **where)]
    return [note("warning", "doctor.telegram.lacks", what=Text(id=lack), **where) for lack in lacks]

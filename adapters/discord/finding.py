"""Whether a message is there already, of which nobody knows whether it was sent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import discord

from adapters.discord.client import Client
from adapters.discord.outcomes import read
from bot.domain.messages import OutgoingMessage

_BEFORE = timedelta(minutes=1)  # Discord's clock and ours may differ
_PAGE, _PAGES = 100, 5


async def find_sent(client: Client, channel: str, message: OutgoingMessage, payload: Mapping[str, Any]) -> str | None:
    """The id of what an earlier try has posted; None: it is not there. `payload` is what that try has asked for.

    Discord need not tell nonces in its history. Where it tells none, the same words at that time are the message.
    """
    own = [one for one in await _history(client, channel, since(message)) if one["author"]["id"] == client.bot]
    nonces = {str(one["nonce"]): str(one["id"]) for one in own if one.get("nonce") is not None}
    if nonces:
        return nonces.get(payload["nonce"])
    return next((str(one["id"]) for one in own if says_same(one, payload)), None)


def since(message: OutgoingMessage) -> int:
    """The least id that the message can have."""
    return discord.utils.time_snowflake(message.at - _BEFORE) if message.at else 0


async def _history(client: Client, channel: str, after: int) -> list[Mapping[str, Any]]:
    """The messages that were posted after that, oldest first; the last ones where `after` is 0."""
    found: list[Mapping[str, Any]] = []
    for _ in range(_PAGES):
        params = {"limit": _PAGE, **({"after": str(after)} if after else {})}
        reply = await client.call("GET", "/channels/{channel_id}/messages", params=params, channel_id=channel)
        page = read(reply, list)
        found += sorted(page, key=lambda one: int(one["id"]))
        if len(page) < _PAGE or not after:
            break
        after = int(found[-1]["id"])
    return found


def says_same(posted: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Whether a message of Discord's holds what was asked for."""
    replied = (posted.get("message_reference") or {}).get("message_id")
    wanted = (payload.get("message_reference") or {}).get("message_id")
    return replied in (None, wanted) and _looks(posted) == _looks(payload)  # what it replied to may be gone


def _looks(one: Mapping[str, Any]) -> tuple[object, ...]:
    """What a message and the request for it have in common."""
    poll = one.get("poll") or {}
    return (
        (one.get("content") or "").strip(),
        [(embed.get("description") or "").strip() for embed in one.get("embeds") or ()],
        len(one.get("attachments") or ()),
        _names(one.get("components") or ()),
        (poll.get("question") or {}).get("text"),
    )


def _names(rows: Sequence[Mapping[str, Any]]) -> list[object]:
    return [inside.get("custom_id") for row in rows for inside in row.get("components") or ()]

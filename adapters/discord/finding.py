"""Whether a message is there already, of which nobody knows whether it was sent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import discord

from adapters.discord.client import Client
from adapters.discord.outcomes import read
from bot.domain.errors import Refused
from bot.domain.messages import OutgoingMessage

_BEFORE = timedelta(minutes=1)  # Discord's clock and ours may differ
_PAGE, _PAGES = 100, 10  # from each end
_REMEMBERED = 1000  # messages

Json = Mapping[str, Any]


class Sent:
    """Whose the messages are that were sent lately: none of them is taken for another one.

    Of those that are settled, the message itself knows; of one whose second step failed, this process.
    """

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}  # by the platform's id, the oldest first

    def remember(self, id: str, message: OutgoingMessage) -> None:
        self._keys[id] = message.key
        if len(self._keys) > _REMEMBERED:
            del self._keys[next(iter(self._keys))]

    def may_be(self, id: str, message: OutgoingMessage) -> bool:
        return id not in message.taken and self._keys.get(id, message.key) == message.key


async def find_sent(client: Client, channel: str, message: OutgoingMessage, payload: Json, sent: Sent) -> str | None:
    """The id of what an earlier try has posted; None: it is not there. `payload` is what that try has asked for.

    Discord need not tell nonces in its history. Where it tells none, the same words at that time are the message.
    Raises Refused where it may stand among more messages than we read, and must not come twice.
    """
    history, is_whole = await _history(client, channel, since(message))
    own = [one for one in history if one["author"]["id"] == client.bot]
    nonces = {str(one["nonce"]): str(one["id"]) for one in own if one.get("nonce") is not None}
    alike = (str(one["id"]) for one in own if not nonces and says_same(one, payload))
    found = nonces.get(payload["nonce"]) or next((id for id in alike if sent.may_be(id, message)), None)
    if found is None and not is_whole and message.policy == "at_most_once":
        # Its nonce keeps it from coming twice for some minutes, and those may be over.
        raise Refused("it may be there already, among more messages than can be looked through")
    return found


def since(message: OutgoingMessage) -> int:
    """The least id that the message can have."""
    return discord.utils.time_snowflake(message.at - _BEFORE) if message.at else 0


async def _history(client: Client, channel: str, after: int) -> tuple[list[Json], bool]:
    """The messages that were posted after that, oldest first, and whether these are all.

    Of very many, those near both ends: it was sent soon after that, or just now.
    """
    first: list[Json] = []
    for _ in range(_PAGES):
        page = await _page(client, channel, after=after)
        first += page
        if len(page) < _PAGE:
            return first, True
        after = int(page[-1]["id"])
    last: list[Json] = []
    for _ in range(_PAGES):
        page = await _page(client, channel, **({"before": int(last[0]["id"])} if last else {}))
        last = [*(one for one in page if int(one["id"]) > after), *last]
        if len(page) < _PAGE or int(page[0]["id"]) <= after:
            return first + last, True
    return first + last, False


async def _page(client: Client, channel: str, **edge: int) -> list[Json]:
    """Messages `after` an id or `before` one, oldest first; the newest ones where there is no edge."""
    params = {"limit": _PAGE, **{name: str(id) for name, id in edge.items()}}
    reply = await client.call("GET", "/channels/{channel_id}/messages", params=params, channel_id=channel)
    return sorted(read(reply, list), key=lambda one: int(one["id"]))


def says_same(posted: Json, payload: Json) -> bool:
    """Whether a message of Discord's holds what was asked for."""
    replied = (posted.get("message_reference") or {}).get("message_id")
    wanted = (payload.get("message_reference") or {}).get("message_id")
    return replied in (None, wanted) and _looks(posted) == _looks(payload)  # what it replied to may be gone


def _looks(one: Json) -> tuple[object, ...]:
    """What a message and the request for it have in common."""
    poll = one.get("poll") or {}
    return (
        (one.get("content") or "").strip(),
        [(embed.get("description") or "").strip() for embed in one.get("embeds") or ()],
        len(one.get("attachments") or ()),
        _names(one.get("components") or ()),
        (poll.get("question") or {}).get("text"),
    )


def _names(rows: Sequence[Json]) -> list[object]:
    return [inside.get("custom_id") for row in rows for inside in row.get("components") or ()]

"""What is in a file that somebody sent. Its address expires after a day: then its message tells a new one."""

import re
from typing import Any

import discord
import yarl

from adapters.discord.client import Client
from adapters.discord.outcomes import as_outcome, read
from bot.domain.errors import Refused

_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_PLACE = re.compile(r"(\d+)/(\d+)/(\d+)")
_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")


async def fetch(client: Client, ref: str) -> bytes:
    """By `CHANNEL/MESSAGE/FILE ADDRESS`, either of which may be missing. Raises NotSent, Refused or Unknown."""
    place, address = read_ref(ref)
    with as_outcome():
        content = await _content(client, address) if address else None
        if content is None and place:
            content = await _content(client, await _new_address(client, *place))
    if content is None:
        raise Refused("the file is not there any more", why="gone")
    return content


def read_ref(ref: str) -> tuple[tuple[str, str, str] | None, str]:
    """Where a file stands, and its last known address."""
    first, _, second = ref.partition(" ")
    place = _PLACE.fullmatch(first)
    return ((place[1], place[2], place[3]), second) if place else (None, first)


async def _content(client: Client, address: str) -> bytes | None:
    """None where nothing is there, or the address was good once. Only Discord is ever asked."""
    url = yarl.URL(address)
    if not (is_discords(url) or is_at(url, client.origin)):
        raise Refused("the file does not lie at Discord", why="gone")
    return await client.download(url)


def is_discords(url: yarl.URL) -> bool:
    return url.scheme == "https" and url.host in _HOSTS and url.explicit_port is None and not url.user


def is_at(url: yarl.URL, origin: yarl.URL) -> bool:
    return (url.scheme, url.host, url.port) == (origin.scheme, origin.host, origin.port)


async def _new_address(client: Client, channel: str, message: str, file: str) -> str:
    try:
        found = await client.call("GET", _MESSAGE, channel_id=channel, message_id=message)
    except discord.NotFound:
        raise Refused("its message is not there any more", why="gone") from None
    attachments: list[dict[str, Any]] = read(found, dict).get("attachments") or []
    address = next((one.get("url") for one in attachments if str(one.get("id")) == file), None)
    if not address:
        raise Refused("its message has that file no more", why="gone")
    return str(address)

"""One post to every group and channel at once, by the real process, in front of servers that enforce published limits.

In real time: the rate limits are what it waits for. The posts are put into the outbox of the running process, as what a
ritual decides stands there; CPU is that of the process, from before it claims the first until the last has arrived.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench._courses import write_config, write_courses
from bench._processes import cpu_of, running, until
from bench._servers import Servers, connected, most_at_once
from bench.table import Row
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from scheduler.clock import RealClock
from storage import outbox
from storage.database import Database
from storage.outbox import Queued

_PATIENCE = 600.0  # seconds, for everything
_ROOMS = 2  # of the course itself, which gets none of the posts


class Size(NamedTuple):
    """How many chats, more than may be written to at once, and how often."""

    groups: int
    channels: int
    rounds: int


FULL = Size(900, 500, 3)
TINY = Size(40, 60, 1)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What the servers say of one round; times are in seconds."""

    count: int
    wall: float
    refused: int  # with 429
    cpu: float


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Wall time and CPU for each message: each platform alone, then both at once.

    Beside the wall time stands what the servers' limits allow: reckoned from what they refuse, not measured.
    """
    both = {"telegram": size.groups, "discord": size.channels}
    rows = []
    for name, chats in ({one: {one: count} for one, count in both.items()} | {"both at once": both}).items():
        rounds = [asyncio.run(_broadcast(pack, folder / f"{name} {number}", chats)) for number in range(size.rounds)]
        rows += _rows(name, chats, rounds)
    return rows


def _rows(name: str, chats: Mapping[str, int], rounds: list[Sent]) -> list[Row]:
    named = " and ".join(f"{count} {'groups' if one == 'telegram' else 'channels'}" for one, count in chats.items())
    what = f"{name}: {named}"
    allowed = max(_allowed(platform, count) for platform, count in chats.items())
    floor = Row.of(f"{what}, as fast as the servers' limits allow", [allowed], "s")
    return [
        Row.of(f"{what}, messages that arrived", [sent.count for sent in rounds], "", target=f"{sum(chats.values())}"),
        floor,
        Row.of(f"{what}, from the first to the last", [sent.wall for sent in rounds], "s").beside(floor, "the limits"),
        Row.of(f"{what}, refused with 429", [sent.refused for sent in rounds], "", target="0"),
        Row.of(f"{what}, CPU of a message", [sent.cpu / sent.count * 1e3 for sent in rounds], "ms"),
    ]


def _allowed(platform: str, count: int) -> float:
    """Seconds from the first to the last: a window full of messages may go at once, and again when it is over."""
    most, seconds = most_at_once(platform)
    return (count - 1) // most * seconds


async def _broadcast(pack: Path, folder: Path, chats: Mapping[str, int]) -> Sent:
    wanted = {platform: count + _ROOMS for platform, count in chats.items()}
    async with connected(wanted) as servers, asyncio.timeout(_PATIENCE):
        rooms = {platform: found[:_ROOMS] for platform, found in servers.chats.items()}
        courses = write_courses(pack, folder, rooms, each=_ROOMS, today=RealClock().now().date())
        url = f"sqlite:///{(folder / 'bench.db').as_posix()}"
        config = write_config(folder, courses, platforms=servers.sections, database=url)
        async with running(folder, ["-m", "bot", "run", "-c", str(config)], ready="Homeroom is ready") as pid:
            await _connects(servers)
            before = cpu_of(pid)
            _put(url, servers)
            return await _watched(servers, sum(chats.values()), lambda: cpu_of(pid) - before)


async def _connects(servers: Servers) -> None:
    if telegram := servers.telegram:
        await telegram.until(lambda: telegram.asked("getUpdates"), seconds=60)
    if servers.discord:
        await servers.discord.gateway.connected(seconds=60)


def _put(url: str, servers: Servers) -> None:
    """All posts at one moment, into the outbox of the process; its next tick finds them."""
    now = RealClock().now()
    posts = [
        Queued(
            message=OutgoingMessage(
                key=f"morning:{platform}:{chat}",
                address=Address(platform=platform, chat=chat),
                body=(Span(_TEXT),),
                at=now,
            ),
            not_before=now,
            expires_at=now + timedelta(hours=1),
        )
        for platform, found in servers.chats.items()
        for chat in found[_ROOMS:]
    ]
    database = Database(url)
    with database.begin() as db:
        outbox.enqueue(db, posts)
    database.close()


_TEXT = "Good morning! Today is about titles: write three, and keep the one with a number in it."


async def _watched(servers: Servers, count: int, spent: Callable[[], float]) -> Sent:
    await until(lambda: len(_arrivals(servers)) >= count)
    cpu = spent()
    await asyncio.sleep(1)  # what comes twice comes now
    refused = [*(servers.telegram.refused_429 if servers.telegram else ())]
    refused += servers.discord.refused_429 if servers.discord else ()
    times = _arrivals(servers)
    return Sent(count=len(times), wall=max(times) - min(times), refused=len(refused), cpu=cpu)


def _arrivals(servers: Servers) -> list[float]:
    """When each of the posts arrived, in seconds."""
    told: list[float] = []
    if servers.telegram:
        sent = servers.telegram.asked("sendMessage")
        told += [call.at for call in sent if call.is_ok and call.params["text"] == _TEXT]
    if servers.discord:
        posts = servers.discord.asked("POST /channels/{channel}/messages")
        told += [call.at / 1000 for call in posts if call.is_ok and call.body["content"] == _TEXT]
    return told

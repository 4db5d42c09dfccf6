"""Examines a bot without disturbing it: token, intents, commands, and how it stands in the course's channels.

It asks the API only for what it may read, and never connects to the gateway: a bot that runs notices nothing.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import aiohttp
import msgspec

from adapters.discord.standing import Here, lacks_of, top_of
from adapters.examining import clock_finding, note
from adapters.publishing import digest_of
from bot.domain.findings import Finding
from bot.domain.messages import Text
from bot.domain.places import Space

Json = Mapping[str, Any]
Documents = Mapping[str, Json]
"""What the adapter remembers of one kind, by key."""

_PATIENCE = aiohttp.ClientTimeout(total=15)
_AGENT = "DiscordBot (https://discord.com, 1)"  # without one, Discord answers with an error page
_FEW = 20  # new connections that are left for today
_SHOWN = 3  # of the last outages
_LONG_AGO = timedelta(days=7)

# https://discord.com/developers/docs/resources/application#application-object-application-flags
_INTENTS = (
    (1 << 18 | 1 << 19, "doctor.discord.no_content"),
    (1 << 14 | 1 << 15, "doctor.discord.no_members"),
)
_LOST = {
    "interactions": "doctor.discord.lost_interactions",
    "older": "doctor.discord.lost_older",
    "private": "doctor.discord.lost_private",
    "reactions": "doctor.discord.lost_reactions",
    "votes": "doctor.discord.lost_votes",
    "members": "doctor.discord.lost_members",
    "channels": "doctor.discord.lost_channels",
}


class Setup(NamedTuple):
    """What the bot is meant to be. The token is never part of what is found."""

    token: str
    api: str
    spaces: Sequence[Space]  # on this platform
    wanted: Sequence[Json]  # the commands as they are to be registered
    documents: Mapping[str, Documents]  # by kind: what the adapter remembers


async def examine(setup: Setup, now: datetime) -> list[Finding]:
    """Everything there is to say; where the server can't be asked, that."""
    headers = {"Authorization": f"Bot {setup.token}", "User-Agent": _AGENT}
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE, headers=headers) as session:
            found = [finding async for finding in _Examination(setup, session, now).run()]
    except (aiohttp.ClientError, OSError, ValueError) as error:  # its words may hold what was sent
        found = [note("problem", "doctor.discord.failed", api=setup.api, error=type(error).__name__)]
    return [*found, *_outages(setup, now), *_unread(setup)]


class _Refused(Exception):
    """The server does not tell."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class _Examination:
    """One look at everything, from the token to the last channel."""

    def __init__(self, setup: Setup, session: aiohttp.ClientSession, now: datetime) -> None:
        self._setup = setup
        self._session = session
        self._now = now
        self._date: str | None = None
        self._bot = ""
        self._guilds: dict[str, Here] = {}

    async def run(self) -> AsyncIterator[Finding]:
        try:
            me = await self._get("/users/@me")
            self._bot = str(me["id"])
            application = await self._get("/applications/@me")
            registered = await self._get(f"/applications/{application['id']}/commands")
            start = await self._get("/gateway/bot")
        except _Refused as refused:
            yield clock_finding(self._date, self._setup.api, self._now)
            yield self._failure(refused)
            return
        yield clock_finding(self._date, self._setup.api, self._now)
        yield note("ok", "doctor.discord.token", bot=str(me.get("username", "")))
        for finding in (*_intents(application), *_starts(start), *self._commands(registered, application["id"])):
            yield finding
        for room, space in {space.address.room: space for space in reversed(self._setup.spaces)}.items():
            for finding in await self._channel(room, space):
                yield finding
        for here in self._guilds.values():
            for finding in self._marks(here):
                yield finding

    def _failure(self, refused: _Refused) -> Finding:
        if refused.status == 401:
            return note("problem", "doctor.discord.bad_token")
        return note("problem", "doctor.discord.failed", api=self._setup.api, error=f"HTTP {refused.status}")

    async def _get(self, path: str) -> Any:
        async with self._session.get(self._setup.api.rstrip("/") + path) as answer:
            self._date = answer.headers.get("Date")
            if answer.status != 200:
                raise _Refused(answer.status)
            return msgspec.json.decode(await answer.read())

    # --- commands -----------------------------------------------------------------------------------------------------

    def _commands(self, registered: Sequence[Json], application: str) -> Iterator[Finding]:
        wanted = self._setup.wanted
        there, named = (sorted((one.get("type", 1), one["name"]) for one in some) for some in (registered, wanted))
        kept = self._setup.documents.get("commands", {}).get(application)
        if there == named and (kept is None or kept.get("digest") == digest_of(wanted)):
            yield note("ok", "doctor.discord.commands", count=len(named))
        else:
            yield note("warning", "doctor.discord.commands_differ", there=len(there), wanted=len(named))

    # --- channels and servers -----------------------------------------------------------------------------------------

    async def _channel(self, room: str, space: Space) -> list[Finding]:
        """Whether the bot is there, and what it may do."""
        where = {"course": space.course, "space": space.id, "chat": room}
        try:
            channel = await self._get(f"/channels/{room}")
            here = await self._here(str(channel.get("guild_id", 0)))  # a conversation with one person has none
        except _Refused as refused:
            if refused.status not in (400, 403, 404):
                return [self._failure(refused)]
            return [note("problem", "doctor.discord.no_channel", **where)]
        where["title"] = f"{here.guild.get('name', '')} #{channel.get('name', '')}"
        lacks = lacks_of(here, channel)
        if not lacks:
            return [note("ok", "doctor.discord.channel", **where)]
        return [note("warning", "doctor.discord.lacks", what=Text(id=lack), **where) for lack in lacks]

    async def _here(self, guild: str) -> Here:
        if guild not in self._guilds:
            found = await self._get(f"/guilds/{guild}")
            member = await self._get(f"/guilds/{guild}/members/{self._bot}")
            self._guilds[guild] = Here(found, member, self._bot)
        return self._guilds[guild]

    def _marks(self, here: Here) -> Iterator[Finding]:
        """The bot can give only roles that stand below its own."""
        documents = self._setup.documents.get("role", {})
        ours = {value["id"] for key, value in documents.items() if key.startswith(f"{here.guild['id']}:")}
        roles = [role for role in here.guild["roles"] if role["id"] in ours]
        too_high = [str(role["name"]) for role in roles if role["position"] >= top_of(here)]
        if too_high:
            yield note("warning", "doctor.discord.marks_too_high", guild=str(here.guild["name"]), roles=too_high)
        elif roles:
            yield note("ok", "doctor.discord.marks", guild=str(here.guild["name"]), count=len(roles))


def _intents(application: Json) -> Iterator[Finding]:
    flags = int(application.get("flags", 0))
    missing = [id for bits, id in _INTENTS if not flags & bits]
    for id in missing:
        yield note("problem", id)
    if not missing:
        yield note("ok", "doctor.discord.intents")


def _starts(gateway: Json) -> Iterator[Finding]:
    limit = gateway["session_start_limit"]
    left, again = int(limit["remaining"]), timedelta(minutes=round(int(limit["reset_after"]) / 60_000))
    if left <= _FEW:
        yield note("warning" if left else "problem", "doctor.discord.few_starts", count=left, time=again)
    else:
        yield note("ok", "doctor.discord.starts", count=left, shards=int(gateway["shards"]))


# --- what nobody knows any more ---------------------------------------------------------------------------------------


def _outages(setup: Setup, now: datetime) -> Iterator[Finding]:
    """The last times in which nobody listened, and what of them can't be read afterwards."""
    gaps = [(datetime.fromisoformat(one["since"]), one) for one in setup.documents.get("gaps", {}).values()]
    recent = sorted(((since, one) for since, one in gaps if now - since < _LONG_AGO), key=lambda gap: gap[0])
    for since, gap in recent[-_SHOWN:]:
        what = [Text(id=_LOST[kind]) for kind in gap["kinds"] if kind in _LOST]
        until = datetime.fromisoformat(gap["until"])
        yield note("warning", "doctor.discord.outage", since=since, until=until, what=what)


def _unread(setup: Setup) -> Iterator[Finding]:
    """Channels whose messages wait to be read."""
    first: dict[str, datetime] = {}
    for one in setup.documents.get("unread", {}).values():
        since = datetime.fromisoformat(one["since"])
        first[one["channel"]] = min(since, first.get(one["channel"], since))
    for channel, since in first.items():
        yield note("warning", "doctor.discord.unread", chat=channel, since=since)

"""A server on simcord's Discord with a course in it: what people do there, and what they see."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import discord
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor, ResponseMessage

from scheduler.virtual import advance, next_time
from tests.community import FILES, write_course
from tests.simcord_run import PATIENCE, Process, begin_session, new_library, start

_OPENS = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
_ZONE = "Europe/London"
_CHAT, _ACCOUNT = re.compile(r"local: (\w+)"), re.compile(r"local:(\w+)")
_RIGHTS = {
    "chen": discord.Permissions(manage_guild=True, manage_messages=True),
    "lin": discord.Permissions(manage_messages=True),
}

Seen = InteractionResult
"""What came of a command, a button or a form: it grows as the bot answers."""
Posted = discord.Message | ResponseMessage


@dataclass
class Camp:
    """A server with a course in it. `people` go by their names in the test, `rooms` by theirs in the course."""

    env: Env
    guild: GuildHandle
    home: Path
    rooms: dict[str, ChannelHandle] = field(default_factory=dict)
    people: dict[str, MemberActor] = field(default_factory=dict)
    process: Process = field(init=False)

    # --- who and where ------------------------------------------------------------------------------------------------

    def person(self, who: str) -> MemberActor:
        if who not in self.people:
            user = self.env.create_user(who, global_name=who.title())
            roles = [self.guild.create_role(who, permissions=_RIGHTS[who])] if who in _RIGHTS else []
            self.people[who] = self.guild.add_member(user, roles=roles)
        return self.people[who]

    def room(self, name: str) -> ChannelHandle:
        if name not in self.rooms:
            make = self.guild.create_forum_channel if "forum" in name else self.guild.create_text_channel
            self.rooms[name] = make(name)
        return self.rooms[name]

    def writes_course(self, **changed: str) -> Path:
        """As `write_course`, with the people and rooms of this server."""
        files = {name.removesuffix(".yaml"): text for name, text in FILES.items()} | changed
        return write_course(self.home / "writing", **{name: self._translated(text) for name, text in files.items()})

    def _translated(self, text: str) -> str:
        text = _ACCOUNT.sub(lambda found: f"discord:{self.person(found[1]).id}", text)
        return _CHAT.sub(lambda found: f"discord: '{self.room(found[1]).id}'", text)

    # --- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.env.now()

    async def move(self, to: datetime) -> None:
        await self.settle()
        await self.env.advance_time(max((to - self.now()).total_seconds(), 0))

    async def run_due(self) -> None:
        await self.process.app.run_due()
        await self.settle()

    async def next_due(self, after: datetime) -> datetime | None:
        return await self.process.app.next_due(after)

    async def until(self, hour: int, minute: int = 0) -> None:
        """The clock moves on to the next time it shows this."""
        await advance(self, self, next_time(self.now(), time(hour, minute), _ZONE))

    async def passes(self, **length: float) -> None:
        await advance(self, self, self.now() + timedelta(**length))

    async def settle(self) -> None:
        await self.process.settle()

    # --- what people do -----------------------------------------------------------------------------------------------

    async def says(self, who: str, text: str, *, room: str = "main", **more: Any) -> discord.Message:
        said = await self.person(who).send(self.room(room), text, **more)
        await self.settle()
        return said

    async def asks(self, who: str, command: str, *, room: str = "main", **options: Any) -> Seen:
        """With the command box."""
        seen = await self.person(who).slash(self.room(room), command, **options)
        await self.settle()
        return seen

    async def asks_in_menu(self, who: str, command: str, about: discord.Message) -> Seen:
        """With the menu of a message in the main room."""
        seen = await self.person(who).context_menu(self.room("main"), command, about)
        await self.settle()
        return seen

    async def presses(self, who: str, message: Posted, label: str) -> Seen:
        seen = await self.person(who).click(message, label=label)
        await self.settle()
        return seen

    async def chooses(self, who: str, message: Posted, value: str) -> Seen:
        """From the list below a message that has it."""
        rows = [row for row in message.components if value in str(row)]
        seen = await self.person(who).select(message, [value], custom_id=rows[0].children[0].custom_id)  # type: ignore[union-attr]
        await self.settle()
        return seen

    async def fills_in(self, who: str, form: Seen, **given: str) -> Seen:
        seen = await self.person(who).submit_modal(form, given)
        await self.settle()
        return seen

    async def reacts(self, who: str, message: discord.Message, emoji: str, *, on: bool = True) -> None:
        await self.person(who).set_reaction(message, emoji, reacted=on)
        await self.settle()

    # --- what people see ----------------------------------------------------------------------------------------------

    def said(self, room: str = "main", who: str = "ada") -> list[discord.Message]:
        """What the bot has said there and this person sees, oldest first."""
        bot = int(self.process.client.bot)
        return [one for one in self.room(room).history(viewer=self.person(who)) if one.author.id == bot]

    def told(self, who: str) -> list[str]:
        """What the bot has written them in private, oldest first."""
        bot = int(self.process.client.bot)
        channel = self.people[who].user.dm_channel
        return [words(one) for one in channel.history() if one.author.id == bot]

    async def points(self, who: str) -> str:
        """The first line of what they are told when they ask."""
        return answered(await self.asks(who, "points")).splitlines()[0]

    async def roles(self, who: str) -> set[str]:
        """What the bot has given them."""
        with self.env.time_context():
            member = await self.env.bot.http.get_member(self.guild.id, self.person(who).id)
        return {name for name, role in self.guild.roles.items() if str(role.id) in member["roles"]}

    # --- the bot comes and goes ---------------------------------------------------------------------------------------

    async def restarts(self, *, meanwhile: Callable[[], Awaitable[Any]] | None = None, away: float = 0) -> None:
        """No process runs while somebody does something, nor for so many seconds after it."""
        await self.process.close()
        await self.env.restart_bot(new_library())
        if meanwhile:
            await meanwhile()
        await self.env.advance_time(away)
        self.process = await start(self.env, self.home)
        await self.run_due()

    async def is_cut_off(self) -> None:
        """What happens from now on is not heard."""
        shard = self.process.client.library.get_shard(0)
        assert shard is not None
        await shard.disconnect()

    async def is_back(self) -> None:
        """A new session begins, and what was missed is read."""
        await begin_session(self.process.client, self.process.core)
        await self.settle()


def words(message: Posted) -> str:
    """All that a message says, in its text or in what is framed."""
    return "\n".join(part for part in (message.content, *(one.description or "" for one in message.embeds)) if part)


def answered(seen: Seen) -> str:
    """What an interaction was answered, which nobody else may see."""
    assert seen.response is not None, "it was not answered in words"
    assert seen.ephemeral
    return words(seen.response)


def labels(message: discord.Message) -> list[str]:
    """What can be pressed below a message."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [one.label for row in rows for one in row.children if isinstance(one, discord.Button) and one.label]


def asked_in(seen: Seen) -> tuple[str, str]:
    """What the first field of a form asks for, and what stands in it."""
    assert seen.modal is not None, "no form was opened"
    part = seen.modal["components"][0]
    return part["label"], part["component"].get("value", "")


@asynccontextmanager
async def opened(home: Path, **changed: str) -> AsyncIterator[Camp]:
    """A server with the course of `community.py`, on the morning of its first day; `rules=…` replaces rules.yaml."""
    async with _environment() as env:
        await env.advance_time((_OPENS - env.now()).total_seconds())
        camp = Camp(env=env, guild=env.create_guild("Writing camp"), home=home)
        for who in ("ada", "ben"):
            camp.person(who)
        camp.writes_course(**changed)
        camp.process = await start(env, home)
        try:
            async with asyncio.timeout(PATIENCE):
                await camp.process.client.has_commands.wait()
            await camp.run_due()
            yield camp
        finally:
            await camp.process.close()


@asynccontextmanager
async def _environment() -> AsyncIterator[Env]:
    """As `simcord.run`, which has to end in the task in which it has begun: a fixture does not."""
    env = Env(new_library(), shard_count=1)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    env.raise_errors()

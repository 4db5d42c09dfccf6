"""What the bot may do in a channel, from what Discord says of it: ids of texts that say what it lacks. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from discord import Permissions

Json = Mapping[str, Any]

_EVERYONE, _MEMBER = 0, 1  # whom an overwrite is for: a role, or one person
_FORUMS = (15, 16)
_RIGHTS = (
    ("read_message_history", "lacks.discord.history"),
    ("embed_links", "lacks.discord.embeds"),
    ("attach_files", "lacks.discord.files"),
    ("add_reactions", "lacks.discord.reactions"),
    ("send_polls", "lacks.discord.polls"),
    ("pin_messages", "lacks.discord.pin"),  # since February 2026, to manage messages is not enough
)
"""What the bot needs beside seeing and writing, and the text that says that it is missing."""

INVITED_WITH = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    send_polls=True,
    pin_messages=True,
    manage_roles=True,
)
"""What the invite link in the README asks for."""


class Here(NamedTuple):
    """The bot in a guild; all as the API gives it."""

    guild: Json  # with its roles
    member: Json  # the bot's own
    bot: str

    @property
    def roles(self) -> list[Json]:
        """The bot's own roles, without that of everybody."""
        mine = set(self.member.get("roles", ()))
        return [role for role in self.guild["roles"] if role["id"] in mine]


def in_guild(here: Here) -> Permissions:
    """What its roles allow, before any channel has its say."""
    if here.guild.get("owner_id") == here.bot:
        return Permissions.all()
    everyone = [role for role in here.guild["roles"] if role["id"] == here.guild["id"]]
    allowed = Permissions(_bits(role["permissions"] for role in (*everyone, *here.roles)))
    return Permissions.all() if allowed.administrator else allowed


def in_channel(here: Here, channel: Json) -> Permissions:
    """What it may do there; of a thread, ask with the channel around it."""
    allowed = in_guild(here)
    if allowed.administrator:
        return allowed
    overwrites: list[Json] = list(channel.get("permission_overwrites") or ())
    roles = set(here.member.get("roles", ()))
    of_everyone = [one for one in overwrites if one["id"] == here.guild["id"]]
    of_roles = [one for one in overwrites if one["type"] == _EVERYONE and one["id"] in roles]
    of_me = [one for one in overwrites if one["type"] == _MEMBER and one["id"] == here.bot]
    value = allowed.value
    for level in (of_everyone, of_roles, of_me):
        value = value & ~_bits(one["deny"] for one in level) | _bits(one["allow"] for one in level)
    return Permissions(value)


def _bits(values: Iterable[str | int]) -> int:
    """Permissions come as numbers in words."""
    found = 0
    for value in values:
        found |= int(value)
    return found


def top_of(here: Here) -> int:
    """The position of the bot's highest role: it may only give, change and take roles below."""
    return max((role["position"] for role in here.roles), default=0)


def lacks_of(here: Here, channel: Json, marks: Collection[str] = ()) -> tuple[str, ...]:
    """What it can't do in a channel that is no thread. Where it sees nothing, that is all there is to say.

    `marks` are the ids of the roles that it made on this server.
    """
    may = in_channel(here, channel)
    if not may.view_channel:
        return ("lacks.discord.view.send",)
    found = [] if may.send_messages else ["lacks.discord.send"]
    found += [id for right, id in _RIGHTS if not getattr(may, right)]
    if not (may.send_messages_in_threads and (may.create_public_threads or channel.get("type") in _FORUMS)):
        found.append("lacks.discord.threads")
    if not in_guild(here).manage_roles:
        found.append("lacks.discord.roles")
    elif any(role["id"] in marks and role["position"] >= top_of(here) for role in here.guild["roles"]):
        found.append("lacks.discord.roles_above")
    return tuple(found)

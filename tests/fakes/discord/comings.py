"""Guilds, channels and roles; people and the bot coming, going and being given rights."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.discord import shapes
from tests.fakes.discord.asking import Asking
from tests.fakes.discord.people import Place
from tests.fakes.discord.rights import EVERYTHING, OF_THE_BOT, USUAL, Right
from tests.fakes.discord.routes.guilds import tell_member
from tests.fakes.discord.state import Channel, Guild, Kind, Member, Overwrite, Role, Tag, User
from tests.fakes.discord.strands import delete_channel

_KINDS = {"text": Kind.TEXT, "announcement": Kind.ANNOUNCEMENT, "forum": Kind.FORUM, "category": Kind.CATEGORY}
_OF_BOTS = 100  # the position of the bot's own role


class Comings(Asking):
    """Mixed into FakeDiscord."""

    def person(self, name: str, *, locale: str = "en-US", username: str | None = None) -> User:
        """Somebody new, in no guild yet; `name` is the one shown."""
        id = self.world.snowflake()
        plain = username or (f"{name.lower().replace(' ', '_')}" if name.isascii() else f"user{id % 100_000}")
        user = User(id=id, username=plain, global_name=name, locale=locale)
        self.world.users[id] = user
        return user

    def guild(
        self, title: str, *people: User, owner: User | None = None, bot: bool = True, rights: int = OF_THE_BOT
    ) -> Guild:
        """A server with these people and, unless told otherwise, the bot, whose own role has `rights`."""
        id = self.world.snowflake()
        head = owner or self.person(f"Owner of {title}")
        guild = Guild(id=id, title=title, owner=head.id)
        guild.roles[id] = Role(id=id, name="@everyone", permissions=USUAL, position=0)
        self.world.guilds[id] = guild
        for person in {head, *people}:
            guild.members[person.id] = Member(user=person, joined_at=self.world.now())
        if bot:
            self.adds_bot(guild, rights=rights)
        return guild

    def adds_bot(self, guild: Guild, *, rights: int = OF_THE_BOT) -> None:
        """Invites the bot with these permissions."""
        world = self.world
        role = Role(
            id=world.snowflake(), name=world.bot.username, permissions=rights, position=_OF_BOTS, bot=world.bot.id
        )
        guild.roles[role.id] = role
        guild.members[world.bot.id] = Member(user=world.bot, joined_at=world.now(), roles={role.id})
        guild.joined_at = world.now()
        world.dispatch("GUILD_CREATE", shapes.whole_guild(world, guild), guild_id=str(guild.id))

    def removes_bot(self, guild: Guild) -> None:
        """Throws the bot out, its role too."""
        member = guild.members.pop(self.world.bot.id)
        for role in member.roles:
            if guild.roles[role].bot:
                del guild.roles[role]
        self.world.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=str(guild.id))

    def goes_down(self, guild: Guild) -> None:
        """An outage of Discord: the guild is not available, and nothing in it is heard."""
        self.world.dispatch("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild_id=str(guild.id))
        guild.is_available = False

    def comes_back(self, guild: Guild) -> None:
        guild.is_available = True
        whole = shapes.whole_guild(self.world, guild) | {"unavailable": False}
        self.world.dispatch("GUILD_CREATE", whole, guild_id=str(guild.id))

    def channel(
        self, guild: Guild, name: str, kind: str = "text", *, tags: Sequence[str] = (), parent: Channel | None = None
    ) -> Channel:
        """`kind`: text, announcement, forum (with `tags`) or category."""
        channel = Channel(
            id=self.world.snowflake(),
            kind=_KINDS[kind],
            name=name,
            guild=guild,
            parent=parent,
            position=len(guild.channels),
            tags=[Tag(id=self.world.snowflake(), name=tag) for tag in tags],
        )
        guild.channels[channel.id] = self.world.channels[channel.id] = channel
        self.world.tell("CHANNEL_CREATE", shapes.channel(channel), guild=guild)
        return channel

    def deletes_channel(self, place: Place) -> None:
        """A thread or a channel, with its threads."""
        delete_channel(self.world, self.channel_at(place))

    def overwrites(self, channel: Channel, whom: Role | User | None = None, *, allow: int = 0, deny: int = 0) -> None:
        """Sets what a role, a person or (None) everybody may do in this channel; a bot hears it wherever it is."""
        assert channel.guild is not None
        id = channel.guild.id if whom is None else whom.id
        others = [each for each in channel.overwrites if each.id != id]
        new = Overwrite(id=id, kind=int(isinstance(whom, User)), allow=allow, deny=deny)
        channel.overwrites = [*others, new]
        self.world.tell("CHANNEL_UPDATE", shapes.channel(channel), guild=channel.guild)

    def role(self, guild: Guild, name: str, *, rights: int = 0, is_above_bot: bool = False) -> Role:
        """A new role, below the bot's own unless told otherwise."""
        below = sum(1 for role in guild.roles.values() if 0 < role.position < _OF_BOTS) + 1
        position = _OF_BOTS + 1 if is_above_bot else below
        role = Role(id=self.world.snowflake(), name=name, permissions=rights, position=position)
        guild.roles[role.id] = role
        self.world.tell("GUILD_ROLE_CREATE", {"role": shapes.role(role)}, guild=guild)
        return role

    def allows_bot(self, guild: Guild, rights: int) -> None:
        """Changes what the bot's own role may do."""
        role = next(role for role in guild.roles.values() if role.bot == self.world.bot.id)
        role.permissions = rights
        self.world.tell("GUILD_ROLE_UPDATE", {"role": shapes.role(role)}, guild=guild)

    def gives_role(self, person: User, guild: Guild, role: Role, *, has: bool = True) -> None:
        """Somebody of the staff gives or takes it."""
        member = guild.members[person.id]
        (member.roles.add if has else member.roles.discard)(role.id)
        tell_member(self.world, guild, member)

    def makes_admin(self, person: User, guild: Guild) -> Role:
        role = self.role(guild, f"Admin {person.username}", rights=EVERYTHING | Right.ADMINISTRATOR)
        self.gives_role(person, guild, role)
        return role

    def renames(self, person: User, guild: Guild, nick: str | None) -> None:
        guild.members[person.id].nick = nick
        tell_member(self.world, guild, guild.members[person.id])

    def joins(self, person: User, guild: Guild) -> None:
        guild.members[person.id] = member = Member(user=person, joined_at=self.world.now())
        self.world.tell("GUILD_MEMBER_ADD", shapes.member(member), guild=guild)

    def leaves(self, person: User, guild: Guild) -> None:
        del guild.members[person.id]
        for thread in guild.channels.values():
            thread.thread_members.pop(person.id, None)
        self.world.tell("GUILD_MEMBER_REMOVE", {"user": shapes.user(person)}, guild=guild)

    def closes_dms(self, person: User, *, are_closed: bool = True) -> None:
        """From now on the bot gets 50007 when it writes to them."""
        person.are_dms_closed = are_closed

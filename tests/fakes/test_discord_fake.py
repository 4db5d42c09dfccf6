"""discord.py's own client logs in to the Discord of our own and lives with it."""

from __future__ import annotations

from datetime import timedelta

import discord as dpy
import pytest

from tests.fakes.discord import PNG, FakeDiscord
from tests.fakes.discord_client import running


class Echo(dpy.Client):
    """Answers what it hears, by message, command, button and modal."""

    def __init__(self, *, intents: dpy.Intents) -> None:
        super().__init__(intents=intents)
        self.heard: list[str] = []
        self.tree = dpy.app_commands.CommandTree(self)

    async def on_message(self, message: dpy.Message) -> None:
        if message.author.bot:
            return
        self.heard.append(f"{message.author.display_name}: {message.content}")
        await message.reply("heard", mention_author=False)

    async def on_raw_reaction_add(self, event: dpy.RawReactionActionEvent) -> None:
        self.heard.append(f"reaction {event.emoji}")

    async def on_poll_vote_add(self, user: dpy.User | dpy.Member, answer: dpy.PollAnswer) -> None:
        self.heard.append(f"{user.display_name} votes {answer.text}")

    async def on_thread_create(self, thread: dpy.Thread) -> None:
        self.heard.append(f"thread {thread.name}")

    async def on_member_join(self, member: dpy.Member) -> None:
        self.heard.append(f"{member.display_name} joins")


class Ask(dpy.ui.Modal, title="A page"):
    text: dpy.ui.Label[dpy.ui.Modal] = dpy.ui.Label(text="Your page", component=dpy.ui.TextInput())

    async def on_submit(self, interaction: dpy.Interaction) -> None:
        assert isinstance(self.text.component, dpy.ui.TextInput)
        await interaction.response.send_message(f"got {self.text.component.value}", ephemeral=True)


class Press(dpy.ui.View):
    @dpy.ui.button(label="Write")
    async def write(self, interaction: dpy.Interaction, _: dpy.ui.Button[Press]) -> None:
        await interaction.response.send_modal(Ask())


async def test_the_client_hears_what_people_do(discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    main, forum = discord.channel(guild, "main"), discord.channel(guild, "asks", "forum", tags=["open"])
    async with running(discord, monkeypatch, Echo) as client:
        assert isinstance(client, Echo)
        message = discord.says(ada, main, "hello", files=[("page.png", PNG)])
        await discord.until(lambda: discord.said(ada, main) == ["heard"])
        discord.reacts(ada, main, message, "🔥")
        discord.posts_in_forum(ada, forum, "How?", "I wonder", ["open"])
        discord.joins(discord.person("Ben"), guild)
        await discord.until(lambda: "Ben joins" in client.heard)
    assert client.heard == ["Ada: hello", "reaction 🔥", "thread How?", "Ada: I wonder", "Ben joins"]
    assert not discord.violations
    assert not discord.gateway.violations


async def test_the_client_does_all_that_a_bot_does(discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    role, main = discord.role(guild, "Starter"), discord.channel(guild, "main")
    forum = discord.channel(guild, "asks", "forum", tags=["open"])
    async with running(discord, monkeypatch, Echo) as client:
        assert isinstance(client, Echo)
        there = client.get_guild(guild.id)
        assert there is not None
        text, board = there.get_channel(main.id), there.get_channel(forum.id)
        assert isinstance(text, dpy.TextChannel)
        assert isinstance(board, dpy.ForumChannel)
        poll = dpy.Poll("When?", timedelta(hours=2))
        for day in ("Sat", "Sun"):
            poll.add_answer(text=day)
        asked = await text.send(poll=poll)
        discord.votes(ada, main, asked.id, "Sun")
        await discord.until(lambda: "Ada votes Sun" in client.heard)
        assert [voter.id async for voter in (await text.fetch_message(asked.id)).poll.answers[1].voters()] == [ada.id]  # type: ignore[union-attr]
        await asked.end_poll()
        sent = await text.send("a file", file=dpy.File(__file__), embed=dpy.Embed(title="T", description="D"))
        await sent.add_reaction("👍")
        await sent.pin()
        await sent.edit(content="changed")
        assert [pin.id async for pin in text.pins()] == [sent.id]
        thread = await sent.create_thread(name="about it")
        await thread.send("inside")
        await thread.edit(archived=True)
        made = await board.create_thread(name="Q", content="text", applied_tags=[board.available_tags[0]])
        assert made.thread.id == made.message.id
        member = await there.fetch_member(ada.id)
        await member.add_roles(dpy.Object(role.id))
        await member.send("in private")
        assert [each.content async for each in text.history(after=dpy.Object(asked.id), oldest_first=True)][1:2] == [
            "changed"
        ]
    assert discord.said(ada, ada) == ["in private"]
    assert role.id in guild.members[ada.id].roles
    assert not discord.violations


async def test_commands_buttons_and_modals_go_round(discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = discord.person("Ada", locale="zh-CN")
    guild = discord.guild("Camp", ada)
    main = discord.channel(guild, "main")
    async with running(discord, monkeypatch, Echo) as client:
        assert isinstance(client, Echo)

        @client.tree.command(name="page", description="a page")
        async def page(interaction: dpy.Interaction, number: int) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send(f"page {number} {interaction.locale}", view=Press(), ephemeral=True)

        @page.autocomplete("number")
        async def complete(_: dpy.Interaction, typed: str) -> list[dpy.app_commands.Choice[int]]:
            return [dpy.app_commands.Choice(name=f"page {typed}", value=int(typed))]

        @client.tree.context_menu(name="Thank")
        async def thank(interaction: dpy.Interaction, message: dpy.Message) -> None:
            await interaction.response.send_message(f"thanks for {message.content}")

        await client.tree.sync()
        asked = discord.types_command(ada, main, "page", {"number": 3})
        await discord.until(lambda: discord.told(asked) == ["page 3 zh-CN"])
        assert [seen.kind for seen in discord.answers(asked)] == ["thinking", "message"]
        assert await discord.autocompletes(ada, main, "page", "number", "7") == [{"name": "page 7", "value": 7}]
        pressed = discord.presses(ada, main, discord.last(ada, main).id, "Write")
        await discord.until(lambda: discord.answers(pressed))
        sent = discord.submits(ada, pressed, {"Your page": "three"})
        await discord.until(lambda: discord.told(sent) == ["got three"])
        message = discord.says(ada, main, "help")
        thanked = discord.types_command(ada, main, "Thank", target=message)
        await discord.until(lambda: discord.told(thanked) == ["thanks for help"])
    assert discord.said(discord.person("Ben"), main) == []
    assert not discord.unanswered
    assert not discord.violations
    assert not discord.gateway.violations

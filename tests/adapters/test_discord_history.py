"""Nobody listened for a while: all that was written takes effect once, in its order, and the rest is compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.client import Client
from bot.domain.errors import StorageTrouble
from bot.domain.events import MemberJoined, MemberLeft, MessageEdited, MessagePosted, PollVoted, StretchSeen
from bot.domain.messages import Text
from tests.adapters.discord_away import Bot, Killed, Time
from tests.fakes.discord import Channel, FakeDiscord, Guild, Limits, Poll, Right, User
from tests.fakes.discord.server import BEGINNING
from tests.fakes.discord.state import Answer


class Camp(NamedTuple):
    server: FakeDiscord
    bot: Bot
    guild: Guild
    ada: User
    ben: User
    main: Channel
    club: Channel
    asks: Channel
    """A forum."""

    def says(self, place: Channel | int, text: str, who: User | None = None) -> int:
        self.bot.time.passes(seconds=1)
        return self.server.says(who or self.ada, place, text)


@pytest.fixture
async def camp(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Camp]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # both are set for the whole process
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    time = Time(BEGINNING)
    async with FakeDiscord(now=time.now, limits=Limits.off()) as server:
        client = Client(server.token, server.api, server.gateway_url)
        await client.open()
        ada, ben = server.person("Ada"), server.person("Ben")
        guild = server.guild("Writing camp", ada, ben)
        main, club = server.channel(guild, "main"), server.channel(guild, "club")
        asks = server.channel(guild, "asks", "forum", tags=["open"])
        bot = Bot(server, client, time)
        bot.binds(main, club, asks)
        yield Camp(server, bot, guild, ada, ben, main, club, asks)
        await client.close()
        assert not server.violations


# --- what was written -------------------------------------------------------------------------------------------------


async def test_what_stood_there_before_the_bot_came_is_not_read(camp: Camp) -> None:
    camp.says(camp.main, "before")
    await camp.bot.comes_back()
    camp.says(camp.main, "after")
    for _ in range(2):
        await camp.bot.comes_back()
    assert camp.bot.texts == ["after"]


async def write_while_away(camp: Camp) -> list[str]:
    """250 messages in three channels, a thread and posts of a forum, in no order of place."""
    thread = camp.server.thread(camp.ada, camp.main, "a thread")
    post = camp.server.posts_in_forum(camp.ben, camp.asks, "How?", "post 0")
    places: list[Channel | int] = [camp.main, camp.club, camp.main, thread, camp.main, post]
    camp.server.channel(camp.guild, "nobody asked")
    return ["post 0"] + [text for count in range(249) if camp.says(places[count % 6], text := f"page {count}")]


async def test_250_messages_in_three_channels_and_a_thread_each_once_in_order(camp: Camp) -> None:
    await camp.bot.comes_back()
    written = await write_while_away(camp)
    await camp.bot.comes_back()
    assert camp.bot.texts == written
    assert camp.bot.again == 0
    chats = {event.address.chat.count("/") for event in camp.bot.took(MessagePosted)}
    assert chats == {0, 1}, "a thread is in its channel"


@pytest.mark.parametrize("lives", [1, 2, 3])
async def test_killed_at_every_commit_nothing_is_lost_doubled_or_out_of_order(camp: Camp, lives: int) -> None:
    await camp.bot.comes_back()
    written = await write_while_away(camp)
    left = 0

    def strike() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    camp.bot.strike = strike
    for life in range(lives, 99):
        left = life  # each lives a little longer than the one before
        try:
            await camp.bot.comes_back()
        except Killed:
            continue
        break
    assert camp.bot.texts == written


async def test_killed_at_every_request_nothing_is_lost_doubled_or_out_of_order(camp: Camp) -> None:
    await camp.bot.comes_back()
    written = await write_while_away(camp)
    call, left, lives = camp.bot.client.call, 0, 0

    async def struck(*args: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return await call(*args, **more)

    camp.bot.client.call = struck  # type: ignore[method-assign]
    while len(camp.bot.texts) < len(written):
        left = lives = lives + 1  # each lives one request longer than the one before
        try:
            await camp.bot.comes_back()
        except Killed:
            continue
    assert camp.bot.texts == written
    assert lives > 9


async def test_a_database_in_trouble_only_takes_longer(camp: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.discord.stored._RETRY", 0.0)
    await camp.bot.comes_back()
    written = await write_while_away(camp)
    count = 0

    def strike() -> None:
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise StorageTrouble(Text(id="storage.busy"))

    camp.bot.strike = strike
    await camp.bot.comes_back()
    assert camp.bot.texts == written


async def test_what_becomes_bound_is_read_from_there_on(camp: Camp) -> None:
    camp.bot.bound.clear()
    camp.bot.binds(camp.main)
    caught_up = await camp.bot.comes_back()
    camp.says(camp.main, "one")
    camp.bot.binds(camp.club, camp.asks)
    await caught_up.follow()
    camp.says(camp.club, "two")
    camp.server.archives(post := camp.server.posts_in_forum(camp.ben, camp.asks, "How?", "three"))
    camp.says(post, "four")
    await camp.bot.comes_back()
    assert camp.bot.texts == ["one", "two", "three", "four"]


async def test_threads_that_were_archived_meanwhile_are_read_too(camp: Camp) -> None:
    await camp.bot.comes_back()
    known = camp.server.thread(camp.ada, camp.main, "known")
    camp.says(known, "one")
    await camp.bot.comes_back()
    camp.bot.time.passes(hours=5)
    camp.says(known, "two")
    new = camp.server.posts_in_forum(camp.ben, camp.asks, "How?", "three")
    camp.says(new, "four")
    private = camp.server.thread(camp.ada, camp.club, "among us", is_private=True, people=[camp.server.world.bot])
    camp.says(private, "five")
    for thread in (known, new, private):
        camp.server.archives(thread)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["one", "two", "three", "four", "five"]
    assert {event.address.room for event in camp.bot.took(MessagePosted)} == {
        str(one.id) for one in (camp.main, camp.asks, camp.club)
    }


async def test_a_thread_that_alone_is_bound_is_read_without_its_channel(camp: Camp) -> None:
    thread = camp.server.thread(camp.ada, camp.main, "the course")
    camp.bot.bound.clear()
    camp.bot.binds(thread)
    await camp.bot.comes_back()
    camp.says(camp.main, "elsewhere")
    camp.says(thread, "here")
    camp.server.archives(thread)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["here"]


@pytest.mark.parametrize("right", [Right.VIEW_CHANNEL, Right.READ_MESSAGE_HISTORY])
async def test_a_channel_that_may_not_be_read_stops_no_other_and_is_read_later(camp: Camp, right: Right) -> None:
    camp.says(camp.club, "before")
    await camp.bot.comes_back()
    camp.says(camp.club, "hidden")
    camp.says(camp.main, "open")
    camp.server.overwrites(camp.club, camp.server.world.bot, deny=right)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["open"]
    (unread,) = [one for one in (await camp.bot.kept("unread")).items() if "/" not in one[0]]
    assert unread[0] == unread[1]["channel"] == str(camp.club.id)
    assert unread[1]["reason"] == "403"
    assert "channels" in list((await camp.bot.kept("gaps")).values())[-1]["kinds"]
    camp.server.overwrites(camp.club, camp.server.world.bot)
    camp.says(camp.club, "open again")
    await camp.bot.comes_back()
    assert camp.bot.texts == ["open", "hidden", "open again"]
    assert await camp.bot.kept("unread") == {}


async def test_a_channel_that_is_deleted_stops_no_other(camp: Camp) -> None:
    await camp.bot.comes_back()
    camp.says(camp.main, "here")
    camp.server.deletes_channel(camp.club)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["here"]


@pytest.mark.parametrize("kind", ["server", "html", "closed", "too_many"])
async def test_trouble_on_the_way_only_takes_longer(camp: Camp, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncio.sleep", _no_sleep)  # the library waits between its own tries
    await camp.bot.comes_back()
    camp.says(camp.main, "one")
    camp.server.fail("GET /channels/*/messages", kind, times=3, retry_after=0.001)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["one"]


async def _no_sleep(seconds: float, result: Any = None) -> Any:
    return result


@pytest.mark.parametrize("kind", ["server", "html", "closed"])
async def test_a_channel_that_the_server_always_fails_for_is_read_the_next_time(
    camp: Camp, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncio.sleep", _no_sleep)
    await camp.bot.comes_back()
    camp.says(camp.club, "broken")
    camp.says(camp.main, "whole")
    fault = camp.server.fail(f"GET /channels/{camp.club.id}/messages", kind, times=10_000)
    await camp.bot.comes_back()
    assert camp.bot.texts == ["whole"]
    fault.times = 0
    await camp.bot.comes_back()
    assert camp.bot.texts == ["whole", "broken"]


# --- what became of what had been handled -----------------------------------------------------------------------------


async def looks(camp: Camp) -> StretchSeen:
    """The bot comes back and looks at the main channel."""
    await camp.bot.comes_back()
    return [seen for seen in camp.bot.took(StretchSeen) if seen.address.chat == str(camp.main.id)][-1]


def who(seen: StretchSeen) -> dict[str, list[tuple[str, str]] | None]:
    """By message, who put what under it."""
    return {
        one.message: None if one.reactions is None else sorted((actor.name, what) for actor, what in one.reactions)
        for one in seen.messages
    }


async def heard(camp: Camp, *texts: str, place: Channel | None = None) -> list[int]:
    """Messages that were handled before the bot went away."""
    await camp.bot.comes_back()
    ids = [camp.says(place or camp.main, text) for text in texts]
    await camp.bot.comes_back()
    camp.bot.time.passes(minutes=5)
    return ids


async def test_what_stands_there_is_told_with_its_reactions(camp: Camp) -> None:
    one, two, gone = await heard(camp, "one", "two", "gone")
    camp.server.reacts(camp.ben, camp.main, one, "👍")
    camp.server.reacts(camp.ada, camp.main, one, "👍")
    camp.server.reacts(camp.ben, camp.main, one, "sun:1234567890")
    camp.server.deletes(camp.ada, camp.main, gone)
    new = camp.says(camp.main, "new")
    seen = await looks(camp)
    assert who(seen) == {str(one): [("Ada", "👍"), ("Ben", ":sun:"), ("Ben", "👍")], str(two): []}
    assert int(seen.first) <= one < gone <= int(seen.last) < new


async def test_a_channel_is_compared_together_with_its_threads(camp: Camp) -> None:
    """The core knows messages by their channel: whatever stands in a thread must not seem deleted."""
    await camp.bot.comes_back()
    threads = [camp.server.thread(camp.ada, camp.main, name) for name in ("one", "two", "three")]
    ids = await heard(camp, "in the channel")
    ids += [camp.says(thread, "in a thread") for thread in threads]
    ids += [camp.says(camp.main, "in the channel, too")]
    await camp.bot.comes_back()
    camp.bot.binds(threads[0])  # by itself, too
    camp.server.archives(threads[1])
    camp.server.deletes_channel(threads[2])
    seen = await looks(camp)
    deleted = ids.pop(3)
    assert [int(one.message) for one in seen.messages if int(one.message) in [*ids, deleted]] == ids
    assert int(seen.first) < ids[0]
    assert int(seen.last) == ids[-1]


@pytest.mark.parametrize("right", [Right.VIEW_CHANNEL, Right.READ_MESSAGE_HISTORY])
async def test_where_something_can_not_be_read_nothing_seems_deleted(camp: Camp, right: Right) -> None:
    await heard(camp, "hidden", "hidden, too", place=camp.club)
    ids = await heard(camp, "one", "two")
    camp.server.overwrites(camp.club, camp.server.world.bot, deny=right)
    await camp.bot.comes_back()
    newest: dict[str, StretchSeen] = {seen.address.chat: seen for seen in camp.bot.took(StretchSeen)}
    assert [one.message for one in newest[str(camp.main.id)].messages][-2:] == [str(id) for id in ids]
    club = [seen for seen in camp.bot.took(StretchSeen) if seen.address.chat == str(camp.club.id)]
    assert all(seen.messages for seen in club)


async def test_a_private_thread_that_the_bot_was_thrown_out_of_makes_nothing_seem_deleted(camp: Camp) -> None:
    me = camp.server.world.bot
    camp.server.allows_bot(camp.guild, Right.VIEW_CHANNEL | Right.READ_MESSAGE_HISTORY | Right.SEND_MESSAGES)
    await camp.bot.comes_back()
    private = camp.server.thread(camp.ada, camp.main, "among us", is_private=True, people=[me])
    (open_one,) = await heard(camp, "open")
    camp.says(private, "among us")
    await camp.bot.comes_back()
    del private.thread_members[me.id]
    seen = await looks(camp)
    assert seen.first == seen.last == str(open_one)


async def test_only_the_newest_hundred_and_three_days_are_looked_at(camp: Camp) -> None:
    old = await heard(camp, "old")
    camp.bot.time.passes(days=4)
    ids = await heard(camp, *(f"page {count}" for count in range(120)))
    seen = await looks(camp)
    assert [int(one.message) for one in seen.messages] == ids[20:]
    assert int(seen.first) == ids[20]
    camp.bot.time.passes(days=4)
    count = len(camp.bot.events)
    await camp.bot.comes_back()
    assert len(camp.bot.events) == count, f"nothing is left to look at, {old} least of all"


async def test_reactions_are_asked_for_with_few_requests(camp: Camp) -> None:
    ids = await heard(camp, *(f"page {count}" for count in range(30)))
    for id in ids:
        camp.server.reacts(camp.ben, camp.main, id, "👍")
    seen = who(await looks(camp))
    assert [id for id in ids if seen[str(id)] is not None] == ids[10:]
    assert "reactions" in list((await camp.bot.kept("gaps")).values())[-1]["kinds"]


async def test_an_edit_is_told_once(camp: Camp) -> None:
    one, two = await heard(camp, "one", "two")
    camp.server.edits(camp.ada, camp.main, one, "won")
    for _ in range(2):
        await camp.bot.comes_back()
    assert [(edit.message, edit.text) for edit in camp.bot.took(MessageEdited)] == [(str(one), "won")]
    del two


async def test_what_had_changed_is_told_though_the_bot_was_killed_before(camp: Camp) -> None:
    one, gone = await heard(camp, "one", "gone")
    camp.server.edits(camp.ada, camp.main, one, "won")
    camp.server.deletes(camp.ada, camp.main, gone)
    camp.says(camp.main, "new")
    strikes = iter([None, Killed])

    def strike() -> None:
        if what := next(strikes, None):
            raise what

    camp.bot.strike = strike
    with pytest.raises(Killed):
        await camp.bot.comes_back()
    seen = await looks(camp)
    assert [edit.text for edit in camp.bot.took(MessageEdited)] == ["won"]
    assert int(seen.first) < gone <= int(seen.last)
    assert str(gone) not in who(seen)
    since = [gap["since"] for gap in (await camp.bot.kept("gaps")).values()]
    assert len(set(since)) == len(since)


# --- votes ------------------------------------------------------------------------------------------------------------


async def test_votes_are_counted_again(camp: Camp) -> None:
    await heard(camp, "one")
    ends = camp.bot.time.at.replace(year=2028)
    answers = [Answer(id=1, text="Yes"), Answer(id=2, text="No"), Answer(id=3, text="Perhaps")]
    poll = Poll(question="Well?", answers=answers, expires_at=ends, allows_several=True)
    message = camp.server.world.post(camp.main, camp.server.world.bot, poll=poll)
    chat = str(camp.main.id)
    await camp.bot.store.put("poll", str(message.id), {"key": "outbox:7", "chat": chat})
    await camp.bot.store.put("vote", f"{message.id}:{camp.ben.id}", {"options": [1]})
    camp.server.votes(camp.ada, camp.main, message.id, "Yes", "Perhaps")
    for _ in range(2):
        await camp.bot.comes_back()
    votes = camp.bot.took(PollVoted)
    assert {(vote.actor.user, vote.options) for vote in votes} == {(str(camp.ada.id), (0, 2)), (str(camp.ben.id), ())}
    assert {(vote.poll, vote.address.chat) for vote in votes} == {("outbox:7", chat)}
    assert len(votes) == 2
    assert (await camp.bot.kept("vote"))[f"{message.id}:{camp.ada.id}"] == {"options": [0, 2]}


# --- members ----------------------------------------------------------------------------------------------------------


async def test_who_came_and_who_left_is_told_where_courses_live(camp: Camp) -> None:
    await camp.bot.comes_back()
    assert not camp.bot.took(MemberJoined), "the first time they are only remembered"
    cem = camp.server.person("Cem")
    camp.server.joins(cem, camp.guild)
    camp.server.leaves(camp.ben, camp.guild)
    for _ in range(2):
        await camp.bot.comes_back()
    rooms = {str(one.id) for one in (camp.main, camp.club, camp.asks)}
    came, left = camp.bot.took(MemberJoined), camp.bot.took(MemberLeft)
    for told, person in ((came, cem), (left, camp.ben)):
        assert {event.actor.user for event in told} == {str(person.id)}
        assert sorted(event.address.chat for event in told) == sorted(rooms)


async def test_who_was_heard_to_come_is_not_told_again(camp: Camp) -> None:
    caught_up = await camp.bot.comes_back()
    cem = camp.server.person("Cem")
    camp.server.joins(cem, camp.guild)
    caught_up.members.heard("GUILD_MEMBER_ADD", {"guild_id": str(camp.guild.id), "user": {"id": str(cem.id)}})
    await caught_up.members.flush()
    await camp.bot.comes_back()
    assert not camp.bot.took(MemberJoined)


async def test_members_are_compared_later_where_the_server_is_in_trouble(
    camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncio.sleep", _no_sleep)
    await camp.bot.comes_back()
    camp.server.leaves(camp.ben, camp.guild)
    fault = camp.server.fail("GET /guilds/*/members", "server", times=10_000)
    await camp.bot.comes_back()
    fault.times = 0
    await camp.bot.comes_back()
    assert {event.actor.user for event in camp.bot.took(MemberLeft)} == {str(camp.ben.id)}


async def test_members_that_may_not_be_known_are_said_to_be_unknown(camp: Camp) -> None:
    await camp.bot.comes_back()
    camp.says(camp.main, "one")
    camp.server.fail("GET /guilds/*/members", "refused", status=403, code=50001)
    await camp.bot.comes_back()
    assert await camp.bot.kept("members") == {str(camp.guild.id): {"users": None}}
    camp.server.joins(camp.server.person("Cem"), camp.guild)
    await camp.bot.comes_back()
    assert not camp.bot.took(MemberJoined)


# --- what can't be known ----------------------------------------------------------------------------------------------


async def test_the_last_twenty_gaps_are_remembered(camp: Camp) -> None:
    for count in range(22):
        await heard(camp, f"{count}")
    gaps = list((await camp.bot.kept("gaps")).values())
    assert len(gaps) == 20
    assert all(gap["since"] < gap["until"] for gap in gaps)
    assert gaps[-1]["kinds"] == ["interactions", "older", "private"]

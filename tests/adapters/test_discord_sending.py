"""What goes out to Discord: each message once, in its place, whatever the network does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from adapters.discord.payloads import data_of
from adapters.discord.render import below_title
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.messages import Button, Copy, File, OutgoingMessage, Policy, Poll, Reaction, Span, Text, Topic
from tests.adapters.discord_out import Out, address_of, going_out
from tests.fakes.discord import EVERYTHING, PNG, Right
from tests.fakes.discord.faults import Kind

POST = "POST /channels/{channel}/messages"
OUTAGE = StorageTrouble(Text(id="storage.busy"))


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    async with going_out(tmp_path, monkeypatch) as made:
        yield made


def again(message: OutgoingMessage, **changes: object) -> OutgoingMessage:
    """The same message, tried once more when nobody knows what became of it."""
    return structs.replace(message, is_unsure=True, **changes)


# --- saying something -------------------------------------------------------------------------------------------------


async def test_a_message_goes_to_its_channel_and_mentions_nobody(out: Out) -> None:
    id = await out.says(f"Hi <@{out.ada.id}> @everyone")
    sent = out.discord.message(out.main, int(id))
    assert not sent.is_everyone_mentioned
    assert out.discord.asked(POST)[0].body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert sent.nonce == out.discord.asked(POST)[0].body["nonce"]


async def test_a_reply_refers_to_its_message_and_is_said_all_the_same_when_that_is_gone(out: Out) -> None:
    asked = out.discord.says(out.ada, out.main, "How?")
    first = await out.says("So", reply_to=str(asked))
    out.discord.deletes(out.ada, out.main, asked)
    second = await out.says("And so", reply_to=str(asked))
    assert out.discord.message(out.main, int(first)).reply_to == asked
    assert out.discord.message(out.main, int(second)).reply_to is None


async def test_a_private_message_opens_the_private_channel_once(out: Out) -> None:
    await out.says("Hello", out.ada)
    out.restarts()
    await out.says("you", out.ada)
    assert out.said(out.ada) == ["Hello", "you"]
    assert len(out.discord.asked("POST /users/@me/channels")) == 1
    assert out.rooms.private_channel(str(out.ada.id))


async def test_who_takes_no_private_messages_has_blocked_us(out: Out) -> None:
    out.discord.closes_dms(out.ada)
    with pytest.raises(Refused) as refused:
        await out.says("Hello", out.ada)
    assert refused.value.why == "blocked"


async def test_a_channel_that_is_gone_is_gone(out: Out) -> None:
    out.discord.deletes_channel(out.main)
    with pytest.raises(Refused) as refused:
        await out.says("Hello")
    assert refused.value.why == "gone"


async def test_what_the_bot_may_not_do_is_refused(out: Out) -> None:
    out.discord.overwrites(out.main, deny=Right.SEND_MESSAGES)
    with pytest.raises(Refused) as refused:
        await out.says("Hello")
    assert refused.value.why == ""


async def test_files_go_with_the_words(out: Out) -> None:
    files = (out.files.keep("a b.png", "image/png", PNG), out.files.keep("作业.txt", "text/plain", b"day 1"))
    sent = out.discord.message(out.main, int(await out.says("Look", files=files)))
    assert sent.content == "Look"
    assert [(file.mime, file.content) for file in sent.files] == [("image/png", PNG), ("text/plain", b"day 1")]


NAMES = ['a"; filename="b.html', "a\r\nX: 1\r\n\r\nb.png", "a\nb.png", "\ud800.png", "a\x00b.png", "c:\\a/b.png", ""]


@pytest.mark.parametrize("name", [*NAMES, "作业 🙂.png", "👩‍🚀 l'été.png"])
async def test_a_file_of_any_name_arrives(out: Out, name: str) -> None:
    kept = out.files.keep("kept", "image/png", PNG)
    file = File(name=name, media_type="image/png\r\nX: 1" if "X" in name else "image/png", size=9, sha256=kept.sha256)
    [sent] = out.discord.message(out.main, int(await out.says("Look", files=(file,)))).files
    [asked] = out.discord.asked(POST)
    named = asked.uploads[0].name
    assert (sent.content, named) == (PNG, asked.body["attachments"][0]["filename"])
    assert (named == name) == (name not in NAMES)
    assert not set(named) & set('"\r\n\x00\\/')


@pytest.mark.parametrize(("size", "why"), [(9, "not there any more"), (10 * 1024 * 1024 + 1, "larger than the 10 MiB")])
async def test_a_file_that_can_not_go_is_refused_in_plain_words(out: Out, size: int, why: str) -> None:
    lost = File(name="film.mp4", media_type="video/mp4", size=size, sha256="ab")
    with pytest.raises(Refused, match=f"film.mp4 is {why}"):
        await out.says("Look", files=(lost,))
    assert not out.discord.asked(POST)


async def test_a_long_command_of_a_button_is_kept(out: Out) -> None:
    command = "homework " + "x" * 100
    await out.says("Go", buttons=(Button(label="Go", command=command),))
    assert await out.store.get("button", data_of(command)) == {"command": command}


async def test_an_empty_message_and_what_nobody_does_here_are_refused(out: Out) -> None:
    with pytest.raises(Refused, match="without words"):
        await out.says(" \n")
    with pytest.raises(Refused, match="Copy"):
        await out.says(act=Copy(chat="1", message="2"))


# --- when nobody knows ------------------------------------------------------------------------------------------------


async def test_a_lost_reply_is_unknown_and_the_message_is_found_by_its_nonce(out: Out) -> None:
    out.discord.fail("POST /channels/*/messages", "lost_reply")
    message = out.message("Once")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    out.clock.passes(hours=2)
    for number in range(230):  # on a later page
        out.discord.says(out.ada, out.main, str(number))
    assert await out.sending.send(again(message)) == str(out.discord.visible(out.ada, out.main)[0].id)
    assert out.said() == ["Once"]


async def test_where_history_tells_no_nonces_the_same_words_are_the_message(out: Out) -> None:
    message = out.message("Once", buttons=(Button(label="Go", command="help"),), reply_to="5")
    await out.says("Another")
    id = await out.sending.send(message)
    for sent in out.discord.visible(out.ada, out.main):
        sent.nonce = None
    out.clock.passes(hours=2)
    assert await out.sending.send(again(message)) == id
    other = out.message("Once", buttons=(Button(label="Go", command="me"),), at=message.at)
    assert await out.sending.send(again(other, key="other")) != id
    assert out.said() == ["Another", "Once", "Once"]


async def test_another_post_of_the_same_words_is_not_taken_for_this_one(out: Out) -> None:
    for place, threads in ((out.main, False), (out.forum, True)):
        first = await out.says("Good morning", place)
        path = "POST /channels/*/threads" if threads else "POST /channels/*/messages"
        out.discord.fail(path, "closed")
        second = out.message("Good morning", place)
        with pytest.raises(Unknown):
            await out.sending.send(second)
        assert await out.sending.send(again(second)) != first
    assert out.said() == ["Good morning", "Good morning"]
    assert len([post for post in out.guild.channels.values() if post.parent is out.forum]) == 2


@pytest.mark.parametrize("is_forum", [False, True])
async def test_after_a_restart_what_another_post_has_left_there_is_not_taken_for_this_one(
    out: Out, is_forum: bool
) -> None:
    place = out.forum if is_forum else out.main
    first = await out.says("Good morning", place)
    second = out.message("Good morning", place)
    out.restarts()  # it ended before the second was asked for
    id = await out.sending.send(again(second, taken=frozenset({first})))
    assert id != first
    out.restarts()
    assert await out.sending.send(again(second, taken=frozenset({first}))) == id  # it ended before it could note that
    posts = [one for one in out.guild.channels.values() if one.parent is out.forum]
    assert out.said() == ([] if is_forum else ["Good morning", "Good morning"])
    assert len(posts) == (2 if is_forum else 0)


def talks(out: Out, times: int) -> None:
    for number in range(times):
        out.discord.says(out.ada, out.main, str(number))


@pytest.mark.parametrize("is_early", [True, False])
async def test_in_a_lively_channel_what_was_sent_is_found(out: Out, is_early: bool) -> None:
    message = out.message("Once")
    if not is_early:  # nobody could send for hours
        talks(out, 1050)
    out.discord.fail("POST /channels/*/messages", "lost_reply")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    talks(out, 1050 if is_early else 150)
    out.discord.world.nonces.clear()  # it was minutes ago
    assert await out.sending.send(again(message))
    assert out.said() == ["Once"]


@pytest.mark.parametrize("policy", ["at_most_once", "at_least_once"])
async def test_what_may_stand_among_too_many_comes_twice_only_where_it_may(
    out: Out, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.finding._PAGES", 1)
    message = out.message("Once", policy=policy)
    talks(out, 150)
    out.discord.fail("POST /channels/*/messages", "lost_reply")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    talks(out, 150)
    out.discord.world.nonces.clear()
    if policy == "at_most_once":
        with pytest.raises(Refused, match="may be there already"):
            await out.sending.send(again(message))
        assert out.said() == ["Once"]
    else:
        await out.sending.send(again(message))
        assert out.said() == ["Once", "Once"]


async def test_what_was_not_posted_is_posted_with_the_same_nonce(out: Out) -> None:
    out.discord.fail("POST /channels/*/messages", "closed")
    message = out.message("Once")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    await out.sending.send(again(message))
    await out.sending.send(message)  # within minutes, Discord sees that it is the same
    assert out.said() == ["Once"]


async def test_a_message_of_before_is_not_taken_for_this_one(out: Out) -> None:
    await out.says("Good morning", key="yesterday")
    for sent in out.discord.visible(out.ada, out.main):
        sent.nonce = None
    out.clock.passes(hours=24)
    await out.sending.send(again(out.message("Good morning", key="today")))
    assert out.said() == ["Good morning", "Good morning"]


async def test_a_reply_that_can_not_be_read_leaves_it_unknown(out: Out) -> None:
    out.discord.fail("POST /channels/*/messages", "malformed")
    message = out.message("Once")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    await out.sending.send(again(message))
    assert out.said() == ["Once"]


async def test_what_never_left_was_not_sent(out: Out) -> None:
    await out.discord.__aexit__(None, None, None)
    with pytest.raises((Unknown, NotSent)):  # on the connection that was open, if nobody has seen that it is not
        await out.says("Hello")
    with pytest.raises(NotSent):
        await out.says("Hello")


# --- threads ----------------------------------------------------------------------------------------------------------


async def test_a_topic_in_a_text_channel_is_a_thread_below_its_message(out: Out) -> None:
    id = int(await out.says("Day 1: three pages", topic=Topic(title="Day 1 " + "x" * 120)))
    thread = out.discord.message(out.main, id).thread
    assert thread is not None
    assert (thread.id, len(thread.name), thread.name[-1]) == (id, 100, "…")
    await out.says("In it", thread)
    assert out.said(thread) == ["In it"]
    assert out.said() == ["Day 1: three pages"]
    assert not await out.store.latest("begun", limit=9)


@pytest.mark.parametrize("fault", ["lost_reply", "closed", "html"])
async def test_a_thread_whose_beginning_failed_is_begun_again_without_its_message(out: Out, fault: Kind) -> None:
    out.discord.fail("POST /channels/*/messages/*/threads", fault, status=403)
    message = out.message("Day 1", topic=Topic(title="Day 1"))
    with pytest.raises((Unknown, NotSent)):
        await out.sending.send(message)
    out.clock.passes(hours=1)
    out.restarts(knows=True)
    id = await out.sending.send(message)
    assert out.said() == ["Day 1"]
    assert out.discord.message(out.main, int(id)).thread


async def test_what_stands_there_is_sent_even_if_no_thread_may_begin_with_it(out: Out) -> None:
    out.discord.overwrites(out.main, deny=Right.CREATE_PUBLIC_THREADS)
    id = await out.says("Day 1", topic=Topic(title="Day 1"))
    assert str(out.discord.visible(out.ada, out.main)[0].id) == id
    assert out.discord.message(out.main, int(id)).thread is None
    assert not await out.store.latest("begun", limit=9)


async def test_in_private_and_inside_a_thread_a_topic_is_a_message(out: Out) -> None:
    out.discord.person("Ben")
    thread = out.discord.channel_at(out.discord.thread(out.ada, out.main, "About it"))
    await out.says("Hello", out.ada, topic=Topic(title="Day 1"))
    await out.says("Hello", thread, topic=Topic(title="Day 1"))
    assert (out.said(out.ada), out.said(thread)) == (["Hello"], ["Hello"])


@pytest.mark.parametrize("knows", [True, False])
async def test_a_topic_in_a_forum_is_a_post_with_the_tags_that_are_there(out: Out, knows: bool) -> None:
    out.restarts(knows=knows)
    topic = Topic(title="How\nto begin?", tags=("day 1", "nobody has this", "作业", "Day 1"))
    id = await out.says("I wonder", out.forum, topic=topic)
    post = out.discord.channel_at(int(id))
    tags = {tag.id: tag.name for tag in out.forum.tags}
    assert (post.name, [tags[tag] for tag in post.applied_tags]) == ("How to begin?", ["Day 1", "作业"])
    assert out.said(post) == ["I wonder"]


async def test_what_has_no_topic_is_a_post_all_the_same_in_a_forum(out: Out) -> None:
    id = await out.says("Week 1 begins\nToday at nine.", out.forum)
    assert out.discord.channel_at(int(id)).name == "Week 1 begins"


async def test_a_forum_that_wants_a_tag_gets_its_first(out: Out) -> None:
    out.discord.fail("POST /channels/*/threads", "refused", status=400, code=40067)
    post = out.discord.channel_at(int(await out.says("Hi", out.forum, topic=Topic(title="Q"))))
    assert post.applied_tags == [out.forum.tags[0].id]


@pytest.mark.parametrize("is_archived", [True, False])
async def test_a_post_whose_reply_was_lost_is_found(out: Out, is_archived: bool) -> None:
    other = await out.says("Other words", out.forum, topic=Topic(title="Q"))
    out.discord.fail("POST /channels/*/threads", "lost_reply")
    message = out.message("I wonder", out.forum, topic=Topic(title="Q"))
    with pytest.raises(Unknown):
        await out.sending.send(message)
    if is_archived:
        for post in [post for post in out.guild.channels.values() if post.parent is out.forum]:
            out.discord.archives(post)
    id = await out.sending.send(again(message))
    posts = [channel for channel in out.guild.channels.values() if channel.parent is out.forum]
    assert len(posts) == 2
    assert id not in {other, ""}


async def test_a_post_is_edited_and_reacted_to_where_it_stands(out: Out) -> None:
    id = await out.says("I wonder", out.forum)
    await out.says("I wondered", out.forum, edits="k", target=id)
    await out.says(place=out.forum, act=Reaction(message=id, emoji="👀"))
    post = out.discord.channel_at(int(id))
    assert out.said(post) == ["I wondered"]
    assert list(post.messages[int(id)].reactions) == ["👀"]


@pytest.mark.parametrize("is_forum", [True, False])
async def test_a_thread_is_called_as_its_beginning_now_wants(out: Out, is_forum: bool) -> None:
    place = out.forum if is_forum else out.main
    id = await out.says("What is a title?", place, topic=Topic(title="#1 What is a title?"))
    await out.says("It was withdrawn.", place, edits="k", target=id, topic=Topic(title="#1"))
    assert out.discord.channel_at(int(id)).name == "#1"
    await out.says("It was withdrawn long ago.", place, edits="k", target=id)
    assert out.discord.channel_at(int(id)).name == "#1"


async def test_a_thread_that_went_to_sleep_wakes_up(out: Out) -> None:
    id = await out.says("I wonder", out.forum)
    post = out.discord.channel_at(int(id))
    for more in ({"edits": "k", "target": id}, {}):
        out.discord.archives(post)
        await out.says("Changed", post, **more)
        assert not post.is_archived
    assert out.said(post) == ["Changed", "Changed"]


async def test_a_locked_thread_opens_for_who_may_manage_it(out: Out) -> None:
    out.discord.allows_bot(out.guild, EVERYTHING)
    post = out.discord.channel_at(int(await out.says("I wonder", out.forum)))
    out.discord.archives(post, is_locked=True)
    await out.says("More", post)
    assert out.said(post) == ["I wonder", "More"]


# --- what is there ----------------------------------------------------------------------------------------------------


async def test_an_edit_leaves_nothing_of_what_stood_there_but_the_files(out: Out) -> None:
    files = (out.files.keep("a.png", "image/png", PNG),)
    go = (Button(label="Go", command="help"),)
    board = (Span("Board\n", "bold"), Span("1 Ada\n2 Ben", "code"))
    id = await out.says(body=board, buttons=go, files=files)
    await out.says("Over", edits="k", target=id)
    sent = out.discord.message(out.main, int(id))
    assert (sent.content, sent.embeds, sent.components, len(sent.files)) == ("Over", [], [], 1)
    await out.says("New", edits="k", target=id, files=(out.files.keep("b.png", "image/png", PNG + b"b"),))
    assert [file.name for file in sent.files] == ["b.png"]


async def test_pinning_unpinning_deleting_twice_is_as_good_as_once(out: Out) -> None:
    id = await out.says("Keep this")
    for change in ("pins", "pins", "unpins", "unpins", "deletes", "deletes"):
        more: dict[str, Any] = {change: "k", "target": id}
        assert await out.says(**more) == id
        pinned = [str(message.id) for message in out.discord.pinned(out.main)]
        assert pinned == ([id] if change == "pins" else [])
    assert out.said() == []


async def test_an_edit_of_a_message_that_is_gone_is_refused(out: Out) -> None:
    for target in (None, "5"):
        with pytest.raises(Refused):
            await out.says("New", edits="k", target=target)


@pytest.mark.parametrize("emoji", ["👍", "❤️", "🔟"])
async def test_a_reaction_is_put_under_a_message(out: Out, emoji: str) -> None:
    asked = out.discord.says(out.ada, out.main, "Look")
    for _ in range(2):
        await out.says(act=Reaction(message=str(asked), emoji=emoji))
    assert out.discord.message(out.main, asked).reactions == {emoji: [int(out.discord.bot)]}


# --- polls ------------------------------------------------------------------------------------------------------------


async def test_a_poll_is_remembered_before_its_votes_may_be_taken_and_ended_once(out: Out) -> None:
    poll = Poll(question="When?", options=("09:00", "20:00"), is_multiple=True)
    id = await out.says(key="p", poll=poll)
    assert await out.store.get("poll", id) == {"key": "p", "chat": address_of(out.main).chat}
    made = out.discord.message(out.main, int(id)).poll
    assert made is not None
    assert (made.question, [answer.text for answer in made.answers]) == ("When?", ["09:00", "20:00"])
    assert made.allows_several
    assert (made.expires_at - out.clock.now()).days == 32
    ended = Poll(question="When?", options=poll.options, is_closed=True)
    for _ in range(2):
        assert await out.says(edits="p", target=id, poll=ended) == id
    assert made.is_final


async def test_votes_wait_for_the_posting_of_a_poll_and_for_nothing_else(out: Out) -> None:
    message = out.message(poll=Poll(question="When?", options=("09:00", "20:00")))
    out.discord.fail(POST, "lost_reply")
    with pytest.raises(Unknown):
        await out.sending.send(message)
    held: list[tuple[str, bool]] = []
    call = out.client.call

    async def watched(method: str, path: str, **more: Any) -> Any:
        held.append((method, out.sending.polls.posting.locked()))
        return await call(method, path, **more)

    out.client.call = watched  # type: ignore[method-assign]
    id = await out.sending.send(again(message))
    await out.says(poll=Poll(question="And then?", options=("09:00", "20:00")))
    assert held == [("GET", False), ("POST", True)]
    assert await out.store.get("poll", id)


async def test_a_poll_is_remembered_even_if_the_database_is_in_trouble(
    out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, failures = out.store.put, [OUTAGE, OUTAGE]

    async def fragile(kind: str, key: str, value: object) -> int:
        if kind == "poll" and failures:
            assert out.sending.polls.posting.locked()
            raise failures.pop()
        return await put(kind, key, value)  # type: ignore[arg-type]

    monkeypatch.setattr("adapters.discord.keeping._RETRY", 0.0)
    monkeypatch.setattr(out.store, "put", fragile)
    id = await out.says(poll=Poll(question="When?", options=("09:00", "20:00")))
    assert await out.store.get("poll", id)
    assert len(out.discord.visible(out.ada, out.main)) == 1


def test_a_post_in_a_forum_does_not_repeat_its_title(out: Out) -> None:
    message = out.message("🙋 Q1 · Ada\nHow so?\nDue at ten", topic=Topic(title="Q1 How so?", text="How so?"))
    assert below_title(message).text == "🙋 Q1 · Ada\nDue at ten"

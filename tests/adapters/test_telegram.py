"""Telegram as a platform: the contract of every adapter, over real HTTP to a Bot API server of ours."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot
from telegram.error import TelegramError

from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.events import CommandInvoked, MessagePosted, PlatformTrouble, UpdateUnreadable
from bot.domain.messages import Button, File, OutgoingMessage, Poll, Reaction, Span, Text
from bot.domain.places import Address
from storage.documents import Documents
from tests.adapters.contract import *  # noqa: F403 - the tests that every adapter passes
from tests.adapters.contract import Core, events_of, message
from tests.adapters.telegram_bench import TelegramBench, open_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[TelegramBench]:
    async with open_bench(tmp_path) as bench:
        yield bench


# --- out --------------------------------------------------------------------------------------------------------------


async def test_styles_become_entities_counted_as_telegram_counts(bench: TelegramBench) -> None:
    body = (Span("\n🦊 打卡 "), Span("bold", "bold"), Span(" <b>x</b> "), Span("1 Ada\n2 Ben", "code"), Span(" \n"))
    await bench.adapter.send(OutgoingMessage(key="k", address=bench.group, body=body))
    [seen] = bench.telegram.sees(bench.people["ada"], bench.chat)
    assert seen.text == "🦊 打卡 bold <b>x</b> 1 Ada\n2 Ben"
    assert [dict(entity) for entity in seen.entities] == [
        {"type": "bold", "offset": 6, "length": 4},
        {"type": "pre", "offset": 20, "length": 11},
    ]


async def test_a_command_that_is_too_long_for_a_button_is_kept(bench: TelegramBench) -> None:
    command = "checkin " + "写" * 40
    id = await bench.adapter.send(message(bench, "k", buttons=(Button(label="Go", command=command),)))
    await bench.presses("ada", "Go")
    [event] = await events_of(bench, 1)
    assert (event.command, event.message) == (command, id)  # type: ignore[union-attr]


async def test_files_go_as_pictures_documents_and_albums(bench: TelegramBench) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    picture = bench.files.keep("a.png", "image/png", png)
    other = bench.files.keep("b.png", "image/png", png + b"1")
    paper = bench.files.keep("task.pdf", "application/pdf", b"%PDF-1.7")
    button = (Button(label="Go", command="help"),)
    await bench.adapter.send(message(bench, "k1", "One", files=(picture,), buttons=button))
    await bench.adapter.send(message(bench, "k2", "Two", files=(paper,)))
    await bench.adapter.send(message(bench, "k3", "Three", files=(picture, other)))
    seen = bench.telegram.sees(bench.people["ada"], bench.chat)
    assert [(one.text, one.labels, one.file and (one.file.kind, one.file.name, one.file.content)) for one in seen] == [
        ("One", ["Go"], ("photo", "photo.jpg", png)),
        ("Two", [], ("document", "task.pdf", b"%PDF-1.7")),
        ("Three", [], ("photo", "photo.jpg", png)),
        ("", [], ("photo", "photo.jpg", png + b"1")),
    ]


async def test_a_file_that_is_gone_is_refused(bench: TelegramBench) -> None:
    gone = File(name="a.png", media_type="image/png", size=1, sha256="0" * 64)
    with pytest.raises(Refused, match=r"a\.png"):
        await bench.adapter.send(message(bench, "k", files=(gone,)))


async def test_a_picture_changes_its_words_too(bench: TelegramBench) -> None:
    picture = bench.files.keep("a.png", "image/png", b"\x89PNG\r\n\x1a\n")
    id = await bench.adapter.send(message(bench, "k1", "1 so far", files=(picture,)))
    await bench.adapter.send(message(bench, "k2", "2 so far", edits="k1", target=id))
    assert [seen.text for seen in bench.telegram.sees(bench.people["ada"], bench.chat)] == ["2 so far"]


async def test_the_same_edit_twice_is_as_good_as_once(bench: TelegramBench) -> None:
    id = await bench.adapter.send(message(bench, "k1", "1 so far"))
    for _ in range(2):
        assert await bench.adapter.send(message(bench, "k2", "2 so far", edits="k1", target=id)) == id


async def test_a_vote_in_a_poll_of_the_platform_names_the_post(bench: TelegramBench) -> None:
    poll = Poll(question="When?", options=("09:00", "20:00"))
    id = await bench.adapter.send(OutgoingMessage(key="the poll", address=bench.group, body=(), poll=poll))
    bench.telegram.votes(bench.people["ada"], bench.chat, int(id), "20:00")
    [event] = await events_of(bench, 1)
    assert (event.poll, event.options, event.address) == ("the poll", (1,), bench.group)  # type: ignore[union-attr]


async def test_a_poll_is_stopped_by_its_end_and_once_more_is_as_good_as_once(bench: TelegramBench) -> None:
    poll = Poll(question="When?", options=("09:00", "20:00"))
    id = await bench.adapter.send(OutgoingMessage(key="the poll", address=bench.group, body=(), poll=poll))
    closed = Poll(question="When?", options=("09:00", "20:00"), is_closed=True)
    end = OutgoingMessage(key="end", address=bench.group, body=(), poll=closed, edits="the poll", target=id)
    for _ in range(2):
        assert await bench.adapter.send(end) == id
    [seen] = bench.telegram.sees(bench.people["ada"], bench.chat)
    assert seen.poll
    assert seen.poll.is_closed


async def test_a_reaction_and_a_deletion(bench: TelegramBench) -> None:
    number = bench.telegram.says(bench.people["ada"], bench.chat, "/points")
    act = OutgoingMessage(key="k", address=bench.group, body=(), act=Reaction(message=str(number), emoji="👌"))
    await bench.adapter.send(act)
    id = await bench.adapter.send(message(bench, "k2", "short"))
    await bench.adapter.send(OutgoingMessage(key="k3", address=bench.group, body=(), deletes="k2", target=id))
    seen = bench.telegram.sees(bench.people["ada"], bench.chat)
    assert [(one.text, dict(one.reactions)) for one in seen] == [("/points", {"👌": 1})]


async def test_a_private_chat_is_opened_from_a_button(bench: TelegramBench) -> None:
    ada = bench.people["ada"]
    button = Button(label="Open", command="join writing-1", is_private=True)
    id = await bench.adapter.send(message(bench, "k", buttons=(button,)))
    [button_seen] = bench.telegram.last(ada, bench.chat).buttons[0]
    assert button_seen.url == "https://t.me/homeroom_bot?start=join-writing-1"
    bench.telegram.presses(ada, bench.chat, int(id), "Open")
    events: list[Any] = await events_of(bench, 1)
    assert isinstance(events[-1], CommandInvoked)
    assert (events[-1].name, events[-1].text, events[-1].via, events[-1].address.private) == (
        "join",
        "writing-1",
        "link",
        True,
    )


async def test_a_topic_is_a_place_of_its_own(bench: TelegramBench) -> None:
    ada = bench.people["ada"]
    forum = bench.telegram.group("Forum", ada, is_forum=True, bot="administrator")
    topic = bench.telegram.opens_topic(ada, forum, "Questions")
    bench.telegram.says(ada, forum, "in the topic", topic=topic)
    [event] = await events_of(bench, 1)
    assert isinstance(event, MessagePosted)
    assert (event.address.chat, event.address.room, event.reply_to) == (f"{forum.id}/{topic}", str(forum.id), None)
    await bench.adapter.send(OutgoingMessage(key="k", address=event.address, body=(Span("here"),)))
    assert bench.telegram.last(ada, forum, topic).text == "here"


# --- in ---------------------------------------------------------------------------------------------------------------


async def test_an_album_is_one_message(bench: TelegramBench) -> None:
    bench.telegram.sends_album(bench.people["ada"], bench.chat, caption="My work")
    bench.telegram.says(bench.people["ben"], bench.chat, "hello")
    events: list[Any] = await events_of(bench, 2)
    said = {event.text: event for event in events}
    assert set(said) == {"My work", "hello"}
    assert len(said["My work"].attachments) >= 2
    assert said["My work"].key.startswith("telegram:123456:album:")


async def test_an_album_survives_a_crash_between_its_parts_and_its_end(bench: TelegramBench) -> None:
    bench.telegram.sends_album(bench.people["ada"], bench.chat, caption="My work")
    core = Core()
    running = asyncio.create_task(bench.adapter.run(core))
    await bench.telegram.until(lambda: not bench.telegram.pending)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert core.events == []
    bench.adapter = bench.another()
    [event] = await events_of(bench, 1)
    assert (event.text, len(event.attachments) >= 2) == ("My work", True)  # type: ignore[union-attr]


async def test_an_update_that_cannot_be_read_is_handed_over_as_such_and_blocks_nothing(
    bench: TelegramBench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.telegram.queue({"message": {"message_id": "seven", "chat": 5}})
    await bench.says("ada", "hello")
    broken, fine = await events_of(bench, 2)
    assert isinstance(broken, UpdateUnreadable)
    assert '"seven"' in broken.raw
    assert isinstance(fine, MessagePosted)
    assert "could not be understood" in caplog.text


async def test_what_follows_an_album_does_not_overtake_it(bench: TelegramBench) -> None:
    ada, ben = bench.people["ada"], bench.people["ben"]
    bench.telegram.sends_album(ada, bench.chat, caption="My work")
    bench.telegram.says(ben, bench.chat, "hello")
    bench.telegram.says(ada, bench.chat, "/done")
    events: list[Any] = await events_of(bench, 3)
    assert [getattr(event, "text", "") or event.name for event in events] == ["hello", "My work", "done"]
    assert len({event.key for event in events}) == 3


async def test_half_a_surrogate_pair_blocks_nothing(bench: TelegramBench) -> None:
    sender = {"id": bench.people["ada"].id, "is_bot": False, "first_name": "Ada"}
    chat = {"id": bench.chat.id, "type": "supergroup", "title": "Writing camp"}
    bench.telegram.queue(
        {"message": {"message_id": 99, "date": 1803891600, "from": sender, "chat": chat, "text": "odd \ud83d"}}
    )
    await bench.says("ben", "fine")
    events: list[Any] = await events_of(bench, 2)
    assert sorted(event.text for event in events) == ["fine", "odd ?"]


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "outcome"),
    [
        ("unauthorized", {}, NotSent),
        ("conflict", {}, NotSent),
        ("forbidden", {}, Refused),
        ("bad_request", {}, Refused),
        ("too_many", {"retry_after": 7}, NotSent),
        ("server", {}, Unknown),
        ("server", {"code": 429}, NotSent),
        ("server", {"code": 413}, Refused),
        ("server", {"code": 403}, NotSent),
        ("server", {"code": 400}, NotSent),
        ("server", {"code": 404}, Refused),
        ("lost_reply", {}, Unknown),
        ("malformed", {}, Unknown),
        ("truncated", {}, Unknown),
    ],
)
async def test_every_failure_has_its_class(bench: TelegramBench, kind: Any, more: Any, outcome: type) -> None:
    bench.telegram.fail("sendMessage", kind, **more)
    with pytest.raises(outcome) as raised:
        await bench.adapter.send(message(bench, "k"))
    assert bench.telegram.token not in str(raised.value)
    if isinstance(raised.value, NotSent) and kind == "too_many":
        assert raised.value.retry_after == timedelta(seconds=7)


async def test_a_server_that_cannot_be_reached_has_got_nothing(bench: TelegramBench) -> None:
    await bench.adapter.me()
    bench.adapter.client._base_url = "http://127.0.0.1:9/bot"
    with pytest.raises(NotSent):
        await bench.adapter.send(message(bench, "k"))


async def test_who_blocks_the_bot_and_who_throws_it_out_is_told_apart(bench: TelegramBench) -> None:
    ada = bench.people["ada"]
    alone = OutgoingMessage(
        key="k", address=Address(platform="telegram", chat=str(ada.id), private=True), body=(Span("hi"),)
    )
    with pytest.raises(Refused) as never_started:
        await bench.adapter.send(alone)
    bench.telegram.starts(ada)
    await bench.adapter.send(alone)
    bench.telegram.blocks(ada)
    with pytest.raises(Refused) as blocked:
        await bench.adapter.send(alone)
    bench.telegram.removes_bot(ada, bench.chat)
    with pytest.raises(Refused) as removed:
        await bench.adapter.send(message(bench, "k2"))
    assert [raised.value.why for raised in (never_started, blocked, removed)] == ["blocked", "blocked", "gone"]


async def test_a_group_that_moved_says_where_it_is_now(bench: TelegramBench) -> None:
    ada = bench.people["ada"]
    group = bench.telegram.group("Small", ada, kind="group", bot="administrator")
    moved = bench.telegram.migrates(ada, group)
    old = Address(platform="telegram", chat=str(group.id))
    with pytest.raises(Refused) as refused:
        await bench.adapter.send(OutgoingMessage(key="k", address=old, body=(Span("hi"),)))
    assert (refused.value.why, refused.value.moved_to) == ("moved", str(moved.id))
    events: list[Any] = await events_of(bench, 1)
    assert (events[0].old.chat, events[0].new.chat) == (str(group.id), str(moved.id))


@pytest.mark.parametrize(("kind", "said"), [("unauthorized", "unauthorized"), ("conflict", "second_poller")])
async def test_staff_are_told_when_updates_cannot_be_fetched_and_when_they_can_again(
    bench: TelegramBench, kind: Any, said: str
) -> None:
    bench.telegram.fail("getUpdates", kind)
    await bench.says("ada", "hello")
    events: list[Any] = await events_of(bench, 3)
    troubles = [(event.kind, event.is_over) for event in events if isinstance(event, PlatformTrouble)]
    assert troubles == [(said, False), (said, True)]
    assert isinstance(events[-1], MessagePosted)


async def test_the_token_is_in_no_log(bench: TelegramBench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for kind in ("unauthorized", "server", "malformed", "lost_reply"):
        bench.telegram.fail("getUpdates", kind)
        bench.telegram.fail("sendMessage", kind)
    await bench.says("ada", "hello")
    running = asyncio.create_task(events_of(bench, 1))
    for number in range(4):
        with pytest.raises((NotSent, Unknown)):
            await bench.adapter.send(message(bench, f"k{number}"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert bench.telegram.token not in caplog.text


async def test_a_poll_is_known_however_long_the_database_is_in_trouble(bench: TelegramBench) -> None:
    troubles = 1
    put = Documents.put

    async def put_in_trouble(self: Documents, *args: Any) -> int:
        nonlocal troubles
        if troubles:
            troubles -= 1
            raise StorageTrouble(Text(id="storage.locked"))
        return await put(self, *args)

    poll = Poll(question="When?", options=("09:00", "20:00"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Documents, "put", put_in_trouble)
        id = await bench.adapter.send(OutgoingMessage(key="p", address=bench.group, body=(), poll=poll))
    bench.telegram.votes(bench.people["ada"], bench.chat, int(id), "20:00")
    [event] = await events_of(bench, 1)
    assert event.poll == "p"  # type: ignore[union-attr]


async def test_a_message_that_could_not_be_prepared_was_not_sent(bench: TelegramBench) -> None:
    async def trouble(self: Documents, *args: Any) -> int:
        raise StorageTrouble(Text(id="storage.locked"))

    button = Button(label="Go", command="checkin " + "x" * 80)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Documents, "put", trouble)
        with pytest.raises(NotSent):
            await bench.adapter.send(message(bench, "k", buttons=(button,)))
    assert bench.telegram.asked("sendMessage") == []


async def test_a_proxy_that_quotes_the_address_gives_the_token_to_nobody(
    bench: TelegramBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*args: Any, **more: Any) -> None:
        raise TelegramError(f"Cannot POST /bot{bench.telegram.token}/setMyCommands")

    monkeypatch.setattr(Bot, "_post", refused)
    with pytest.raises(TelegramError, match="Cannot POST /bot…/setMyCommands"):
        await bench.client.call("setMyCommands")

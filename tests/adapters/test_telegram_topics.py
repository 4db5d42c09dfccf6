"""A post with a title opens a topic in a forum; elsewhere what belongs to it replies to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import NotSent, Unknown
from bot.domain.events import MessagePosted
from bot.domain.messages import OutgoingMessage, Span, Topic
from bot.domain.places import Address
from tests.adapters.contract import events_of
from tests.adapters.telegram_bench import TelegramBench, open_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[TelegramBench]:
    async with open_bench(tmp_path) as bench:
        yield bench


@pytest.fixture
def forum(bench: TelegramBench) -> Any:
    return bench.telegram.group("Questions", bench.people["ada"], is_forum=True, bot="administrator")


def post(chat: Any, **more: Any) -> OutgoingMessage:
    values: dict[str, Any] = {
        "key": "q1",
        "body": (Span("How do I hook?"),),
        "topic": Topic(title="Q1 How do I hook?"),
    } | more
    return OutgoingMessage(address=Address(platform="telegram", chat=str(chat.id)), **values)


def below(chat: Any, thread: str, **more: Any) -> OutgoingMessage:
    address = Address(platform="telegram", chat=f"{chat.id}/{thread}")
    return OutgoingMessage(key="a1", address=address, body=(Span("Begin with a number."),), within="q1", **more)


async def test_in_a_forum_it_has_a_topic_of_its_own(bench: TelegramBench, forum: Any) -> None:
    ada = bench.people["ada"]
    id = await bench.adapter.send(post(forum))
    assert forum.topics[int(id)].name == "Q1 How do I hook?"
    await bench.adapter.send(below(forum, id))
    assert bench.telegram.said(ada, forum, int(id)) == ["How do I hook?", "Begin with a number."]
    bench.telegram.says(ada, forum, "Thank you, that helps", topic=int(id))
    [event] = await events_of(bench, 1)
    assert isinstance(event, MessagePosted)
    assert event.address.chat == f"{forum.id}/{id}"


async def test_an_edit_is_one_of_its_first_message_and_of_its_name(bench: TelegramBench, forum: Any) -> None:
    id = await bench.adapter.send(post(forum))
    edit = post(forum, key="e", body=(Span("Settled."),), topic=Topic(title="Q1 ✅"), edits="q1", target=id)
    for _ in range(2):
        assert await bench.adapter.send(edit) == id
    assert bench.telegram.said(bench.people["ada"], forum, int(id)) == ["Settled."]
    assert forum.topics[int(id)].name == "Q1 ✅"


async def test_a_crash_between_topic_and_message_opens_no_second_one(bench: TelegramBench, forum: Any) -> None:
    bench.telegram.fail("sendMessage", "server")
    with pytest.raises((NotSent, Unknown)):
        await bench.adapter.send(post(forum))
    id = await bench.another().send(post(forum))
    assert list(forum.topics) == [int(id)]


async def test_what_comes_after_its_topic_was_deleted_still_finds_readers(bench: TelegramBench, forum: Any) -> None:
    id = await bench.adapter.send(post(forum))
    bench.telegram.deletes_topic(forum, int(id))
    await bench.adapter.send(below(forum, id))
    assert bench.telegram.said(bench.people["ada"], forum) == ["Begin with a number."]


async def test_in_an_ordinary_group_what_belongs_to_it_replies_to_it(bench: TelegramBench) -> None:
    ada = bench.people["ada"]
    id = await bench.adapter.send(post(bench.chat))
    await bench.adapter.send(below(bench.chat, id))
    assert bench.telegram.last(ada, bench.chat).reply_to == int(id)


async def test_in_a_topic_of_somebody_else_the_reply_stands_in_that_topic(bench: TelegramBench, forum: Any) -> None:
    ada = bench.people["ada"]
    topic = bench.telegram.opens_topic(ada, forum, "Questions and answers")
    place = Address(platform="telegram", chat=f"{forum.id}/{topic}")
    id = await bench.adapter.send(
        OutgoingMessage(key="q1", address=place, body=(Span("Why?"),), topic=Topic(title="Q1"))
    )
    await bench.adapter.send(below(forum, id))
    assert bench.telegram.said(ada, forum, topic) == ["Why?", "Begin with a number."]


async def test_where_the_bot_may_open_none_it_is_posted_all_the_same(bench: TelegramBench) -> None:
    forum = bench.telegram.group("Forum", bench.people["ada"], is_forum=True, bot="member")
    await bench.adapter.send(post(forum))
    assert bench.telegram.said(bench.people["ada"], forum) == ["How do I hook?"]

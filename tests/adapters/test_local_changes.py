"""What people do in the local chat to a message that is there: they react to it, edit it, delete it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.chat import LocalChat
from adapters.local.values import REACTIONS, Message, Mistake, Piece
from bot.domain.events import MessageDeleted, MessageEdited, MessagePosted, ReactionAdded, ReactionRemoved
from bot.domain.messages import File, OutgoingMessage, Span
from bot.texts.catalogue import Catalogues
from tests.adapters.contract import Core, events_of
from tests.adapters.test_local import GROUP, NOW, LocalBench, in_front_of_a_chat, opened
from tests.test_hostile import TEXTS

FILE = File(name="secret.png", media_type="image/png", size=9, sha256="ab")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LocalBench]:
    async with in_front_of_a_chat(tmp_path) as bench:
        yield bench


@pytest.fixture
def chat(bench: LocalBench) -> LocalChat:
    return bench.chat


async def shown(chat: LocalChat, number: int, who: str = "ben") -> Message:
    return next(message for message in await chat.history(who, "main") if message.number == number)


async def reactions(chat: LocalChat, number: int) -> dict[str, tuple[str, ...]]:
    return {given.reaction: given.people for given in (await shown(chat, number)).reactions}


async def told(bench: LocalBench) -> list[Any]:
    """The events that wait for the core; it has taken them now."""
    core = Core()
    while await bench.adapter.pump(core):
        pass
    return core.events


async def refusal(access: Awaitable[object]) -> tuple[str, int]:
    with pytest.raises(Mistake) as refused:
        await access
    assert not Catalogues().say("en", refused.value.id).startswith("chat.")
    return refused.value.id, refused.value.status


async def from_the_bot(bench: LocalBench, text: str = "Good morning", **more: Any) -> int:
    message = OutgoingMessage(key=f"{text}:{more}", address=GROUP, body=(Span(text),), **more)
    return int(await bench.adapter.send(message))


# --- reactions --------------------------------------------------------------------------------------------------------


async def test_reacting_twice_is_one_reaction_and_one_event(bench: LocalBench, chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    for _ in range(2):
        await chat.react("ben", "main", number, "👍", on=True)
    await chat.react("ada", "main", number, "👍", on=True)
    assert await reactions(chat, number) == {"👍": ("ben", "ada")}
    for _ in range(2):
        await chat.react("ben", "main", number, "👍", on=False)
    assert await reactions(chat, number) == {"👍": ("ada",)}
    await chat.react("ada", "main", number, "👍", on=False)
    await chat.react("ada", "main", number, "🎉", on=False)  # never given
    assert await reactions(chat, number) == {}
    events = await told(bench)
    assert [(type(event), event.actor.user, event.message) for event in events[1:]] == [
        (ReactionAdded, "ben", str(number)),
        (ReactionAdded, "ada", str(number)),
        (ReactionRemoved, "ben", str(number)),
        (ReactionRemoved, "ada", str(number)),
    ]
    assert len({event.key for event in events}) == 5


async def test_who_reacts_again_does_it_with_a_key_of_its_own(bench: LocalBench, chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    for on in (True, False, True):
        await chat.react("ben", "main", number, "❤️", on=on)
    _, *events = await told(bench)
    again = opened(chat.store, chat.people.values())  # the next process goes on counting
    await again.open()
    await again.react("ben", "main", number, "❤️", on=False)
    [last] = await again.updates()
    keys = [event.key.removeprefix("local:") for event in events] + [last.key]
    assert keys == [f"react-{n}" for n in range(number + 1, number + 5)]


async def test_a_message_has_many_reactions_of_many_people(chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    gifts = [(who, reaction) for reaction in REACTIONS for who in ("ada", "ben", "lin")]
    await asyncio.gather(*(chat.react(who, "main", number, reaction, on=True) for who, reaction in gifts))
    assert await reactions(chat, number) == dict.fromkeys(REACTIONS, ("ada", "ben", "lin"))


@pytest.mark.parametrize(
    "reaction", ["", "👎", "👍👍", " 👍", "❤", "thumbsup", "x" * 9_999, "'];alert(1)//", "\0", "\ud83d"]
)
async def test_only_six_reactions_are_offered(chat: LocalChat, reaction: str) -> None:
    number = await chat.say("ada", "main", "hello")
    for on in (True, False):
        assert await refusal(chat.react("ben", "main", number, reaction, on=on)) == ("chat.no_reaction", 400)
    assert await reactions(chat, number) == {}


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_who_is_refused_a_reaction_is_told_which_there_are(language: Any) -> None:
    assert " ".join(REACTIONS) in Catalogues().say(language, "chat.no_reaction")


async def test_a_post_of_the_bot_that_everyone_sees_can_be_reacted_to(bench: LocalBench, chat: LocalChat) -> None:
    number = await from_the_bot(bench, policy="replaceable")
    await chat.react("ada", "main", number, "🎉", on=True)
    edit = OutgoingMessage(key="k2", address=GROUP, body=(Span("Good evening"),), edits="k", target=str(number))
    await bench.adapter.send(edit)
    message = await shown(chat, number)
    assert (message.text, [given.reaction for given in message.reactions]) == ("Good evening", ["🎉"])


async def test_what_one_person_sees_nobody_reacts_to(bench: LocalBench, chat: LocalChat) -> None:
    number = await from_the_bot(bench, only_for="ada")
    assert await refusal(chat.react("ada", "main", number, "👍", on=True)) == ("chat.for_one", 400)
    assert await refusal(chat.react("ben", "main", number, "👍", on=True)) == ("chat.no_message", 404)


@given(acts=st.lists(st.tuples(st.sampled_from(["ada", "ben"]), st.sampled_from(REACTIONS[:2]), st.booleans())))
def test_a_message_has_the_reactions_that_were_not_taken_back(acts: list[tuple[str, str, bool]]) -> None:
    message = Message(number=7, room="main", author="ada", name="Ada", at=NOW.isoformat(), body=(Piece("hello"),))
    expected: set[tuple[str, str]] = set()
    for who, reaction, on in acts:
        wanted = expected | {(who, reaction)} if on else expected - {(who, reaction)}
        changed = message.reacted(who, reaction, on=on)
        assert (changed == message) == (wanted == expected)
        message, expected = changed, wanted
    given = [(who, given.reaction) for given in message.reactions for who in given.people]
    assert len(given) == len(set(given))
    assert set(given) == expected


# --- editing ----------------------------------------------------------------------------------------------------------


async def test_an_edit_changes_the_text_for_everyone_and_is_an_event(bench: LocalBench, chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "helo", files=[FILE])
    await chat.react("ben", "main", number, "👍", on=True)
    seen = chat.revision
    for _ in range(2):
        await chat.edit("ada", "main", number, "hello")
    [message] = await chat.changes("ben", "main", seen)
    assert (message.text, message.is_edited, message.files) == ("hello", True, (FILE,))
    assert await reactions(chat, number) == {"👍": ("ben",)}
    posted, _, edited = await told(bench)  # the same text again was no change
    assert isinstance(posted, MessagePosted)
    assert isinstance(edited, MessageEdited)
    assert (posted.text, edited.text, edited.message) == ("helo", "hello", str(number))
    assert (edited.actor, edited.address) == (posted.actor, posted.address)


@pytest.mark.parametrize(
    ("who", "number", "text", "why"),
    [
        ("ben", 1, "mine now", ("chat.not_yours", 403)),
        ("ada", 2, "mine now", ("chat.not_yours", 403)),
        ("ada", 3, "mine now", ("chat.not_yours", 403)),
        ("ben", 3, "mine now", ("chat.no_message", 404)),
        ("ada", 4, "/grant ada +500 x", ("chat.was_command", 400)),
        ("ada", 1, "", ("chat.empty", 400)),
        ("ada", 1, " \n\0", ("chat.empty", 400)),
        ("ada", 1, "x" * 200_001, ("chat.too_long", 413)),
        ("ada", 99, "hi", ("chat.no_message", 404)),
        ("ada", 0, "hi", ("chat.no_message", 404)),
        ("ada", -1, "hi", ("chat.no_message", 404)),
        ("ada", 10**30, "hi", ("chat.no_message", 404)),
        ("eve", 1, "hi", ("chat.nobody", 404)),
    ],
)
async def test_an_edit_is_refused(
    bench: LocalBench, chat: LocalChat, who: str, number: int, text: str, why: tuple[str, int]
) -> None:
    assert await chat.say("ada", "main", "hello") == 1
    assert [await from_the_bot(bench), await from_the_bot(bench, only_for="ada")] == [2, 3]
    assert await chat.say("ada", "main", "/grant ada +5 x") == 4
    before = await chat.history("ada", "main")
    assert await refusal(chat.edit(who, "main", number, text)) == why
    assert await chat.history("ada", "main") == before
    assert len(await chat.updates()) == 2


async def test_a_picture_may_lose_its_words(chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "look", files=[FILE])
    await chat.edit("ada", "main", number, "")
    assert ((await shown(chat, number)).text, (await shown(chat, number)).files) == ("", (FILE,))


async def test_a_message_that_is_edited_into_a_command_runs_nothing_and_can_be_edited_back(
    bench: LocalBench, chat: LocalChat
) -> None:
    number = await chat.say("ada", "main", "hello")
    for text in ("/checkin", "/checkin 2027-03-01", "hello"):
        await chat.edit("ada", "main", number, text)
    events = await told(bench)
    assert [type(event) for event in events] == [MessagePosted, MessageEdited, MessageEdited, MessageEdited]


# --- deleting ---------------------------------------------------------------------------------------------------------


async def everything(chat: LocalChat) -> str:
    """All that the chat's documents hold."""
    kinds = ("message:main", "update", "counter", "said", "sent", "interaction", "person", "answer:ada")
    documents = [document for kind in kinds for document in await chat.store.since(kind, 0)]
    return msgspec.json.encode(documents).decode()


async def test_a_deleted_message_leaves_its_place_and_nothing_else(bench: LocalBench, chat: LocalChat) -> None:
    first = await chat.say("ben", "main", "first")
    number = await chat.say("ada", "main", "a secret word", files=[FILE], reply_to=first, key="k")
    await chat.edit("ada", "main", number, "another secret word")
    await chat.react("ben", "main", number, "🎉", on=True)
    before, seen = await shown(chat, number), chat.revision
    for _ in range(2):
        await chat.delete("ada", "main", number)
    [change] = await chat.changes("ben", "main", seen)
    assert change == await shown(chat, number)
    assert change == Message(
        number=number, room="main", author="ada", name="Ada", at=before.at, body=(), is_deleted=True,
        posted_after=before.posted_after, revision=change.revision,
    )  # fmt: skip
    *_, deleted = events = await told(bench)
    assert [type(event) for event in events[1:]] == [MessagePosted, MessageEdited, ReactionAdded, MessageDeleted]
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.message, deleted.actor.user) == (str(number), "ada")
    left = await everything(chat)
    assert [word for word in ("secret", "🎉", "another") if word in left] == []


async def test_with_a_deleted_message_nothing_can_be_done(bench: LocalBench, chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    await chat.delete("ada", "main", number)
    for access in (
        chat.react("ben", "main", number, "👍", on=True),
        chat.react("ben", "main", number, "👍", on=False),
        chat.edit("ada", "main", number, "hello again"),
        chat.say("ben", "main", "what was it?", reply_to=number),
    ):
        assert await refusal(access) == ("chat.is_deleted", 409)
    assert len(await chat.history("ben", "main")) == 1
    assert len(await told(bench)) == 2


async def test_an_answer_that_was_posted_before_the_deletion_is_not_refused_afterwards(chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    answer = await chat.say("ben", "main", "hi", reply_to=number, key="k")
    await chat.delete("ada", "main", number)
    assert await chat.say("ben", "main", "hi", reply_to=number, key="k") == answer  # said again after a lost answer


async def test_only_ones_own_messages_can_be_deleted(bench: LocalBench, chat: LocalChat) -> None:
    number, post = await chat.say("ada", "main", "hello"), await from_the_bot(bench)
    whisper, command = await from_the_bot(bench, only_for="ada"), await chat.say("ada", "main", "/me")
    for who, which in (("ben", number), ("lin", number), ("ada", post), ("ada", whisper)):
        assert await refusal(chat.delete(who, "main", which)) == ("chat.not_yours", 403)
    assert await refusal(chat.delete("ben", "main", whisper)) == ("chat.no_message", 404)
    assert await refusal(chat.delete("ada", "main", 99)) == ("chat.no_message", 404)
    await chat.delete("ada", "main", command)
    assert [message.is_deleted for message in await chat.history("ada", "main")] == [False, False, False, True]


# --- any of them ------------------------------------------------------------------------------------------------------


async def test_changes_are_as_they_were_when_the_chat_is_opened_again(chat: LocalChat) -> None:
    one, two = [await chat.say("ada", "main", text) for text in ("one", "two")]
    await chat.react("ben", "main", one, "👏", on=True)
    await chat.edit("ada", "main", one, "One")
    await chat.delete("ada", "main", two)
    before = await chat.history("ben", "main")
    again = opened(chat.store, chat.people.values())
    await again.open()
    assert await again.history("ben", "main") == before
    assert [(m.text, m.is_edited, m.is_deleted, len(m.reactions)) for m in before] == [
        ("One", True, False, 1),
        ("", False, True, 0),
    ]
    assert await again.say("ben", "main", "three") > two + 3


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_can_be_edited_in(bench: LocalBench, chat: LocalChat, text: str) -> None:
    number = await chat.say("ada", "main", "hello")
    await chat.edit("ada", "main", number, text)
    clean = text.replace("\0", "").encode("utf-8", "replace").decode()
    assert (await shown(chat, number)).text == clean
    _, edited = await told(bench)
    assert isinstance(edited, MessageEdited)
    assert edited.text == clean


async def test_a_process_that_another_one_has_replaced_changes_nothing(chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    other = opened(chat.store, chat.people.values())
    await other.open()
    await other.react("ben", "main", number, "👍", on=True)
    for change in (
        lambda: chat.react("lin", "main", number, "🙏", on=True),
        lambda: chat.edit("ada", "main", number, "hello again"),
        lambda: chat.delete("ada", "main", number),
    ):
        await other.say("ben", "main", "I am the one now")
        assert await refusal(change()) == ("chat.moved", 409)
    assert await reactions(other, number) == {"👍": ("ben",)}
    await chat.react("lin", "main", number, "🙏", on=True)  # sent again
    assert await reactions(other, number) == {"👍": ("ben",), "🙏": ("lin",)}


async def test_what_was_changed_is_handed_over_again_with_the_same_key(bench: LocalBench, chat: LocalChat) -> None:
    number = await chat.say("ada", "main", "hello")
    await chat.react("ben", "main", number, "👍", on=True)
    await chat.edit("ada", "main", number, "Hello")
    await chat.delete("ada", "main", number)
    core = Core(troubles=1)
    running = asyncio.create_task(bench.adapter.run(core))
    await core.changed()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await events_of(bench, 4, core)
    offered = [[event.key for event in batch] for batch in core.offered]
    assert offered == [["local:message:1", "local:react-2", "local:edit-3", "local:delete-4"]] * 2


@pytest.mark.parametrize("limit", [1, 3, 10])
async def test_the_newest_messages_are_those_that_were_posted_last(chat: LocalChat, limit: int) -> None:
    numbers = [await chat.say("ada", "main", f"number {n}") for n in range(40)]
    for number in reversed(numbers[:30]):  # now the old ones have changed last
        await chat.react("ben", "main", number, "👍", on=True)
    assert [message.number for message in await chat.history("ben", "main", limit=limit)] == numbers[-limit:]


async def test_what_others_are_told_alone_shortens_nobodys_history(bench: LocalBench, chat: LocalChat) -> None:
    numbers = [await chat.say("ada", "main", f"number {n}") for n in range(5)]
    for n in range(30):
        await from_the_bot(bench, f"for Ada {n}", only_for="ada")
    assert [message.number for message in await chat.history("ben", "main", limit=5)] == numbers

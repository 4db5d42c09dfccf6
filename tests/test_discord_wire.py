"""The whole program on a Discord of our own while the wire is bad: what people see is there once, and in its order."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.errors import NeverLeft
from bot.domain.messages import MarkNames, Marks, Poll, Reaction, Topic
from storage.documents import Documents
from tests.fakes.discord import Channel, posts
from tests.fakes.discord.faults import Kind
from tests.fakes.discord.world import no_dispatch
from tests.wired import Naps, Wire, wired


@pytest.fixture
async def wire(
    tmp_path: Path, new_database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Wire]:
    async with wired(tmp_path, new_database, monkeypatch, caplog) as made:
        yield made


# --- the gateway ------------------------------------------------------------------------------------------------------


async def test_what_happens_while_the_line_is_cut_has_its_effect_after_it_resumes(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    first, words = wire.check_in(2), wire.discord.says(wire.ben, wire.talk, "This is what I write.")
    await wire.answers(first)
    wire.gateway.hold()
    wire.gateway.drop()
    more = wire.check_in(3, 4, 5)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in (wire.ada, wire.ben)]
    wire.discord.reacts(wire.people[2], wire.talk, words, "👍")
    wire.gateway.release()
    await wire.gateway.connected()
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    await wire.answers([*first, *more])
    await wire.has_points(wire.ben, 105)
    assert wire.gateway.resumes == 1
    assert [len(wire.discord.told(one)) for one in pressed] == [1, 1]


@pytest.mark.parametrize("way", ["drop", "reconnect", "invalid", "lost"])
async def test_whatever_ends_a_connection_each_message_is_answered_once_and_in_order(wire: Wire, way: str) -> None:
    await wire.is_there()
    first = wire.check_in(0)
    await wire.answers(first)
    sessions = wire.gateway.identifies
    wire.gateway.hold()  # what is said now is not heard before the connection ends
    first += wire.check_in(1, 2)
    match way:
        case "drop":
            wire.gateway.drop()
        case "reconnect":
            wire.gateway.reconnect()
        case "invalid":
            wire.gateway.invalidate(resumable=True)
        case _:
            wire.gateway.invalidate(resumable=False)
    first += wire.check_in(3, 4)
    wire.gateway.release()
    await wire.gateway.connected()
    first += wire.check_in(5)
    await wire.answers(first)
    assert (wire.gateway.identifies > sessions) == (way == "lost")


@pytest.mark.parametrize("times", [1, 5])
async def test_connections_that_fail_at_the_start_only_take_longer(wire: Wire, times: int) -> None:
    wire.gateway.refuse_next(times)
    await wire.is_there()
    await wire.answers(wire.check_in(0, 1, 2))


async def test_a_discord_that_is_away_at_the_start_is_waited_for(wire: Wire) -> None:
    await wire.is_there()
    heard = wire.check_in(0)
    await wire.answers(heard)
    await wire.stops()
    missed = wire.check_in(1, 2)
    away = wire.discord.fail("*", "closed", times=10)
    html = wire.discord.fail("*", "html", times=10, status=503)
    wire.gateway.refuse_next(3)
    await wire.starts()
    await wire.answers([*heard, *missed])
    assert away.times == html.times == 0


async def test_what_is_no_json_or_of_a_strange_shape_keeps_nothing_back(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    wire.gateway.raw('{"op": 0, "t": "MESSAGE_CREATE", "s": 99, "d": {"id": "7", "author": 5}}')
    wire.gateway.raw('{"op": 0, "t": "INTERACTION_CREATE", "s": 99, "d": {"id": "8", "token": "strange-token"}}')
    wire.gateway.raw('{"op": 0, "t": "GUILD_CREATE", "s": 99, "d": []}')
    wire.gateway.raw('{"op": 0, "t": "NOBODY_KNOWS", "s": 99, "d": null}')
    asked += wire.check_in(1)
    await wire.answers(asked)
    wire.gateway.raw('{"op": 0, "t": "MESSAGE_CREATE"')
    asked += wire.check_in(2)
    await wire.answers(asked)
    assert "strange-token" not in caplog.text


async def test_events_that_come_twice_have_their_effect_once(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    words = [wire.discord.says(person, wire.main, "This is what I write.") for person in (wire.ada, wire.ben)]
    wire.gateway.deliver_twice(6)
    asked = wire.check_in(2, 3)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in (wire.ada, wire.ben)]
    wire.discord.reacts(wire.ada, wire.main, words[1], "👍")
    wire.discord.reacts(wire.ben, wire.main, words[0], "👍")
    await wire.answers(asked)
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    assert [len(wire.discord.told(one)) for one in pressed] == [1, 1]
    for person in (wire.ada, wire.ben):
        await wire.has_points(person, 105)


async def test_a_line_that_only_seems_to_be_there_is_given_up(wire: Wire) -> None:
    wire.patience, wire.gateway.heartbeat_interval = 0.3, 100
    await wire.is_there()
    wire.gateway.zombie()
    asked = wire.check_in(0, 1)
    await wire.gateway.connected()
    asked += wire.check_in(2)
    await wire.answers(asked)


async def test_what_is_said_during_an_outage_of_a_server_is_read_when_it_is_back(wire: Wire) -> None:
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    wire.discord.goes_down(wire.guild)
    down_at = wire.time.now()
    with not_heard(wire):
        asked += wire.check_in(1, 2)
    await wire.hears_again(lambda: wire.discord.comes_back(wire.guild))
    asked += wire.check_in(3)
    await wire.answers(asked)
    assert wire.gateway.identifies == 1
    [gap] = await Documents(wire.app.database, "discord").latest("gaps", limit=5)  # what `doctor` tells of
    assert datetime.fromisoformat(gap.value["since"]) <= down_at


async def test_a_server_that_comes_late_has_lost_nothing(wire: Wire) -> None:
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    await wire.stops()
    wire.guild.is_available = False
    asked += wire.check_in(1, 2)
    away = wire.discord.fail("GET /channels/*", "server", times=10_000, status=500)
    await wire.is_there()
    away.times = 0
    wire.discord.comes_back(wire.guild)
    asked += wire.check_in(3)
    await wire.answers(asked)


@contextmanager
def not_heard(wire: Wire) -> Iterator[None]:
    """What happens now reaches no session: there is an outage."""
    dispatch, wire.discord.world.dispatch = wire.discord.world.dispatch, no_dispatch
    yield
    wire.discord.world.dispatch = dispatch


async def test_what_could_not_be_read_at_all_is_read_later(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.discord.listening._AGAIN", 0.3)
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    await wire.stops()
    missed = wire.check_in(1, 2)
    spoilt = wire.discord.fail("GET /channels/*/messages", "malformed", times=10_000)
    await wire.starts()
    await wire.until(wire.app.caught_up["discord"].is_set)
    heard = wire.check_in(3)
    await wire.answers([*asked, *heard])
    spoilt.times = 0
    await wire.answers([*asked, *heard, *missed])


async def test_a_channel_that_the_server_fails_for_is_read_later_beside_what_happens(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.listening._AGAIN", 0.1)
    await wire.is_there()
    asked, there = wire.check_in(0), wire.check_in(3, place=wire.talk)
    await wire.answers(asked)
    await wire.answers(there, wire.talk)
    await wire.stops()
    missed, there = wire.check_in(1, 2), there + wire.check_in(4, place=wire.talk)
    failing = wire.discord.fail(f"GET /channels/{wire.main.id}/messages", "server", times=10_000)
    await wire.is_there()
    heard = wire.check_in(5)
    await wire.answers([*asked, *heard])
    await wire.answers(there, wire.talk)
    failing.times = 0
    await wire.answers([*asked, *heard, *missed])


async def test_what_could_not_be_read_is_remembered_by_the_next_process(wire: Wire) -> None:
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    await wire.stops()
    missed = wire.check_in(1, 2)
    spoilt = wire.discord.fail("GET /channels/*/messages", "malformed", times=10_000)
    await wire.starts()
    await wire.until(wire.app.caught_up["discord"].is_set)
    heard = wire.check_in(3)
    await wire.answers([*asked, *heard])
    await wire.stops()
    spoilt.times = 0
    await wire.starts()
    await wire.answers([*asked, *heard, *missed])


# --- what goes out ----------------------------------------------------------------------------------------------------


async def broadcast(wire: Wire, channels: int, posts: int) -> list[Channel]:
    """Posts to many channels wait in the outbox."""
    places = [wire.discord.channel(wire.guild, f"place-{number}") for number in range(channels)]
    await wire.sends(
        *(wire.post(f"{place.id}:{number}", f"Post {number}", place) for number in range(posts) for place in places)
    )
    return places


async def is_all_there(wire: Wire, places: Sequence[Channel], posts: int) -> None:
    await wire.until(lambda: all(len(wire.said(place)) >= posts for place in places))
    await wire.until_sent()
    for place in places:
        assert wire.said(place) == [f"Post {number}" for number in range(posts)]


async def test_a_broadcast_that_meets_429s_loses_nothing_and_keeps_the_order(wire: Wire) -> None:
    await wire.is_there()
    limited = wire.discord.fail("POST /channels/*/messages", "too_many", times=10, retry_after=0.01)
    everywhere = wire.discord.fail("POST /channels/*/messages", "too_many", times=2, retry_after=0.01, is_global=True)
    await is_all_there(wire, await broadcast(wire, 20, 3), 3)
    assert limited.times == everywhere.times == 0


async def test_while_everything_is_parked_who_has_pressed_is_answered(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    wire.naps.hold()
    wire.discord.fail("POST /channels/*/messages", "too_many", times=1, retry_after=5, is_global=True)
    places = await broadcast(wire, 40, 2)
    await wire.until(lambda: wire.naps.asleep)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in wire.people[:5]]
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    assert wire.naps.asleep
    assert not all(wire.said(place) for place in places)
    answered = max(call.number for call in wire.discord.asked("POST /interactions/{interaction}/{token}/callback"))
    wire.naps.wake()
    await is_all_there(wire, places, 2)
    posts = [call.number for call in wire.discord.asked("POST /channels/{channel}/messages") if call.is_ok]
    assert len([number for number in posts if number > answered]) > 40


FAULTS: list[tuple[Kind, dict[str, Any]]] = [
    ("server", {"status": 500}),
    ("server", {"status": 502}),
    ("server", {"status": 503}),
    ("html", {"status": 502}),
    ("html", {"status": 503}),
    ("html", {"status": 403}),
    ("closed", {}),
    ("lost_reply", {}),
    ("malformed", {}),
    ("unauthorized", {}),
    ("too_many", {}),
]
ROUTES = [
    "POST /channels/*/messages",
    "PATCH /channels/*/messages/*",
    "DELETE /channels/{channel}/messages/{message}",
    "PUT /channels/*/messages/pins/*",
    "DELETE /channels/*/messages/pins/*",
    "PUT /channels/*/messages/*/reactions/*",
    "POST /channels/*/polls/*/expire",
    "POST /channels/*/messages/*/threads",
    "POST /channels/*/threads",
    "POST /users/@me/channels",
    "POST /guilds/*/roles",
    "PUT /guilds/*/members/*/roles/*",
]


@pytest.mark.parametrize(("kind", "more"), FAULTS)
async def test_whatever_becomes_of_the_first_try_everything_is_there_once(
    wire: Wire, kind: Kind, more: dict[str, Any]
) -> None:
    await wire.is_there()
    forum = wire.discord.channel(wire.guild, "asks", "forum")
    word = wire.discord.says(wire.ada, wire.main, "hello")
    faults = [wire.discord.fail(route, kind, times=1, **more) for route in ROUTES]
    poll = Poll(question="When?", options=("Mon", "Tue"))
    marks, titles = ("title:star",), {"title:star": "Star"}
    await wire.sends(
        wire.post("kept", "kept"),
        wire.post("edited", "first"),
        wire.post("gone", "gone"),
        wire.post("unpinned", "unpinned"),
        wire.post("poll", "When?", poll=poll),
        wire.post("talk", "Talk here", topic=Topic(title="A thread")),
        wire.post("asked", "Who knows?", forum, topic=Topic(title="A question")),
        wire.post("private", "between us", wire.ada),
        wire.post("names", "", wire.talk, act=MarkNames(labels=titles, course="wire")),
    )
    await wire.until_sent()
    await wire.sends(
        wire.post("edited:2", "second", edits="edited"),
        wire.post("gone:2", "", deletes="gone"),
        wire.post("kept:2", "", pins="kept"),
        wire.post("unpinned:2", "", pins="unpinned"),
        wire.post("unpinned:3", "", unpins="unpinned"),
        wire.post("liked", "", act=Reaction(message=str(word), emoji="👍")),
        wire.post("poll:2", "", edits="poll", poll=poll),
        wire.post("marks", "", wire.talk, act=Marks(user=str(wire.ada.id), names=marks, course="wire")),
    )
    await wire.until_sent()
    assert [fault.route for fault in faults if fault.times] == []
    said = [one for one in wire.said() if one]
    assert said == ["kept", "second", "unpinned", "Talk here"]
    assert [one.content for one in wire.discord.pinned(wire.main)] == ["kept"]
    assert [len(users) for users in wire.discord.message(wire.main, word).reactions.values()] == [1]
    assert [one.poll.is_final for one in wire.main.messages.values() if one.poll] == [True]
    threads = [room for room in wire.guild.channels.values() if room.is_thread]
    assert sorted(thread.name for thread in threads) == ["A question", "A thread"]
    assert wire.said(wire.ada) == ["between us"]
    [star] = [role for role in wire.guild.roles.values() if role.name == "Star"]
    assert star.id in wire.guild.members[wire.ada.id].roles


async def test_answers_that_come_too_late_leave_no_second_post(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    await wire.is_there()
    monkeypatch.setattr("adapters.discord.client._PATIENCE", 0.3)
    wire.discord.fail("POST /channels/*/messages", "slow", times=3, seconds=1)
    await is_all_there(wire, await broadcast(wire, 5, 3), 3)


async def test_a_token_that_is_revoked_and_mended_loses_nothing(wire: Wire) -> None:
    await wire.is_there()
    asked = wire.check_in(0)
    await wire.answers(asked)
    token, wire.discord.token = wire.discord.token, "another-one"
    asked += wire.check_in(1, 2)
    await wire.until(lambda: [call for call in wire.discord.calls if call.status == 401])
    wire.discord.token = token
    await wire.answers(asked)


async def test_what_is_to_go_out_after_the_end_was_not_sent(wire: Wire) -> None:
    await wire.is_there()
    wire.naps.hold()
    wire.discord.fail("POST /channels/*/messages", "too_many", times=1, retry_after=5)
    one = asyncio.create_task(wire.client.call("POST", "/channels/{channel_id}/messages", json={}, channel_id="1"))
    await wire.until(lambda: wire.naps.asleep)
    await wire.client.close()
    wire.naps.wake()
    with pytest.raises(NeverLeft):
        await one
    with pytest.raises(NeverLeft):
        await wire.client.call("GET", "/users/@me")
    with pytest.raises(NeverLeft):
        await wire.client.answer("POST", "/interactions/{id}/{token}/callback", json={}, id="1", token="t")


# --- commands and buttons ---------------------------------------------------------------------------------------------


@contextmanager
def locked(wire: Wire) -> Iterator[None]:
    """Somebody else writes into the database, and takes their time."""
    other = sqlite3.connect(wire.folder / "homeroom.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is told so soon."""
    monkeypatch.setattr("adapters.discord.interactions._QUICK", 0.05)
    monkeypatch.setattr("adapters.discord.interactions._LATEST", 0.1)
    monkeypatch.setattr("adapters.discord.interactions._SUGGESTING", 0.1)


def kinds(wire: Wire, interaction: int) -> list[str]:
    return [seen.kind for seen in wire.discord.answers(interaction)]


ANSWER = "POST /interactions/*/callback"


@pytest.mark.parametrize("kind", ["lost_reply", "closed", "malformed", "server", "html"])
async def test_an_answer_whose_reply_is_lost_is_seen_once(wire: Wire, kind: Kind) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    wire.discord.fail(ANSWER, kind, times=1)
    pressed = wire.discord.presses(wire.ada, wire.main, offer, "I'm here")
    await wire.until(lambda: wire.discord.told(pressed))
    await wire.settles()
    assert [text.splitlines()[0] for text in wire.discord.told(pressed)] == ["Checked in! 1 day in a row."]
    await wire.has_points(wire.ada, 5)


@pytest.mark.usefixtures("soon")
async def test_a_press_that_comes_again_after_its_answer_changes_nothing(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    pressed = wire.discord.presses(wire.ada, wire.main, offer, "I'm here")
    await wire.until(lambda: wire.discord.told(pressed))
    await wire.settles()
    again = posts.interaction(wire.discord.world, wire.discord.world.interactions[pressed])
    seen, before = kinds(wire, pressed), len(wire.discord.asked(CALLBACK))
    wire.gateway.dispatch("INTERACTION_CREATE", again, guild_id=str(wire.guild.id))
    await wire.until(lambda: len(wire.discord.asked(CALLBACK)) > before)  # it would have waited: told so, in vain
    await wire.settles()
    assert len(wire.discord.told(pressed)) == 1
    assert kinds(wire, pressed) == seen
    await wire.has_points(wire.ada, 5)


CALLBACK = "POST /interactions/{interaction}/{token}/callback"


async def test_presses_at_once_count_once_for_each_person(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    who = (wire.ada, wire.ada, wire.ben)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in who]
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    texts = ["".join(wire.discord.told(one)) for one in pressed]
    assert sorted("already" in text for text in texts[:2]) == [False, True]
    assert "already" not in texts[2]
    for person in (wire.ada, wire.ben):
        await wire.has_points(person, 5)


@pytest.mark.usefixtures("soon")
async def test_while_the_database_is_locked_it_shows_that_it_thinks_and_answers_after_that(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    with locked(wire):
        pressed = wire.discord.presses(wire.ada, wire.main, offer, "I'm here")
        asked = wire.discord.types_command(wire.ben, wire.main, "checkin", {})
        await wire.until(lambda: wire.discord.answers(pressed) and wire.discord.answers(asked))
        assert wire.discord.told(pressed) == wire.discord.told(asked) == [""]
        assert kinds(wire, pressed) == kinds(wire, asked) == ["thinking"]
    for one in (pressed, asked):
        await wire.until(lambda one=one: "Checked in" in "".join(wire.discord.told(one)))  # type: ignore[misc]
        assert len(wire.discord.told(one)) == 1


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("is_sent", [True, False])
async def test_an_answer_after_a_quarter_of_an_hour_ends_quietly(
    wire: Wire, caplog: pytest.LogCaptureFixture, is_sent: bool
) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    with locked(wire):
        pressed = wire.discord.presses(wire.ada, wire.main, offer, "I'm here")
        await wire.until(lambda: wire.discord.answers(pressed))
        if not is_sent:
            wire.time.passes(minutes=16)
        wire.discord.fail("PATCH /webhooks/*/messages/@original", "refused", status=401, code=50027)  # it has expired
    await wire.has_points(wire.ada, 5)
    await wire.until(lambda: bool([one for one in wire.discord.calls if one.path.endswith("/@original")]) == is_sent)
    assert wire.discord.told(pressed) == [""]
    assert wire.said(wire.staff) == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("soon")
async def test_while_the_database_is_locked_nothing_is_suggested(wire: Wire) -> None:
    await wire.is_there()
    name, option = next(
        (command["name"], option["name"])
        for command in wire.discord.world.commands[None]
        for option in command.get("options") or ()
        if option.get("autocomplete") and not int(command["default_member_permissions"] or 0)
    )
    with locked(wire):
        assert await wire.discord.autocompletes(wire.ada, wire.main, name, option, "a") == []


async def test_who_presses_while_500_messages_are_caught_up_with_is_answered_before_them(wire: Wire) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    await wire.answers(wire.check_in(0))
    await wire.stops()
    number = len(wire.people)
    asked = [wire.check_in(1)[0]]
    for turn in range(500):
        wire.discord.says(wire.people[turn % number], wire.main, f"This is what I have to say in turn {turn}.")
    asked += wire.check_in(2)
    pages = count()

    def is_third(_: object) -> bool:
        if is_it := next(pages) == 2:
            wire.naps.hold()
        return is_it

    wire.discord.fail("GET /channels/*/messages", "too_many", retry_after=5, where=is_third)
    await wire.starts()
    await wire.until(lambda: wire.naps.is_held and wire.naps.asleep)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in wire.people[5:10]]
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    assert wire.naps.asleep
    assert asked[1] not in wire.replied_to()
    wire.naps.wake()
    await wire.until(lambda: asked[1] in wire.replied_to())
    await wire.settles()
    assert [one for one in wire.replied_to() if one in asked] == asked


async def test_who_presses_while_a_hundred_posts_hang_is_answered_at_once(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wire.is_there()
    offer = await wire.offers_check_in()
    monkeypatch.setattr("tests.fakes.discord.faults.asyncio", hanging := Naps())
    hanging.hold()
    wire.discord.fail("POST /channels/*/messages", "slow", times=100)
    places = await broadcast(wire, 100, 1)
    await wire.until(lambda: hanging.asleep == 50)
    pressed = [wire.discord.presses(person, wire.main, offer, "I'm here") for person in wire.people[:10]]
    await wire.until(lambda: all(map(wire.discord.told, pressed)))
    assert hanging.asleep == 50
    hanging.wake()
    await is_all_there(wire, places, 1)

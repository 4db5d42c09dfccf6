"""The real process on a Discord of ours, killed again and again: what was missed, what goes out, what was promised."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import update

from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from scheduler.clock import RealClock
from storage import outbox
from storage.database import Database
from storage.outbox import Queued
from storage.tables import outbox as outbox_table
from tests.community import COURSE, write_course
from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.process import Program, rows

pytestmark = pytest.mark.kill

PEOPLE, TURNS = 50, 5
SAID = (
    "hello everybody",
    "What I write about today is the sea.",
    "打卡",
    "And tomorrow it will be the moon.",
    "good night",
)
POSTS, PLACES = 200, 40
SLOW = """
import asyncio, sys
from bot.app import App
from bot.cli import main

handled = App._process

async def slow(self, events):
    if any(getattr(event, "interaction", None) for event in events):
        await asyncio.sleep(3600)
    await handled(self, events)

App._process = slow
sys.exit(main(sys.argv[1:]))
"""
"""The program, except that it never comes to an end with what somebody waits for."""


@dataclass
class Camp:
    """A server with a course in it, and the program's folder."""

    discord: FakeDiscord
    program: Program
    folder: Path
    people: list[User]
    channels: list[Channel]

    @property
    def database(self) -> Path:
        return self.folder / "data" / "homeroom.db"

    def count(self, query: str) -> int:
        if not self.database.exists() or not rows(self.database, "select 1 from sqlite_master where name = 'outbox'"):
            return 0
        [[count]] = rows(self.database, query)
        return int(count or 0)

    @property
    def claimed(self) -> int:
        return self.count("select count(*) from event_claim where key like 'discord:%:message:%'")

    async def until(self, condition: Callable[[], Any], what: str, seconds: float = 60.0) -> None:
        try:
            await self.discord.until(condition, seconds)
        except TimeoutError:
            raise AssertionError(f"still not: {what}\n{self.program.complaints[-4000:]}") from None

    async def lives(self) -> None:
        """Start it, and wait until it hears."""
        sessions = self.discord.gateway.identifies
        self.program.launch()
        await self.until(lambda: self.discord.gateway.identifies > sessions, "a session")

    async def is_killed_at(self, progress: Callable[[], int], *goals: int) -> None:
        """Start it, and kill it when so much is done; again for each goal."""
        for goal in goals:
            await self.lives()
            await self.until(lambda goal=goal: progress() >= goal, f"{goal} are done")  # type: ignore[misc]
            self.program.kill()


def course_of(main: Channel, talk: Channel) -> str:
    today = RealClock().now().date()
    course = yaml.safe_load(COURSE)
    course |= {"starts": today - timedelta(days=2), "ends": today + timedelta(days=10), "time_zone": "UTC"}
    course["spaces"] = [
        {"id": "main", "kind": "main", "discord": main.id},
        {"id": "talk", "kind": "interest", "discord": talk.id},
    ]
    course["staff"] = {"admins": ["discord:1"]}
    return str(yaml.safe_dump(course, allow_unicode=True))


@pytest.fixture
async def camp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Camp]:
    async with FakeDiscord(now=RealClock().now, limits=Limits(messages=None)) as discord:
        monkeypatch.setenv("DISCORD_TOKEN", discord.token)
        people = [discord.person(f"Person {number}") for number in range(PEOPLE)]
        guild = discord.guild("Writing camp", *people)
        main, talk = discord.channel(guild, "main"), discord.channel(guild, "talk")
        thread = discord.thread(people[0], main, "A thread")
        write_course(tmp_path / "writing", course=course_of(main, talk), rituals="{}", demo="people: []\nscript: []\n")
        platform = {"token": "env:DISCORD_TOKEN", "api": discord.api, "gateway": discord.gateway_url}
        settings = {
            "database": "sqlite:///data/homeroom.db",
            "language": "en",
            "courses": ["./writing"],
            "platforms": {"discord": platform},
        }
        config = tmp_path / "config.yaml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        program = Program.run(tmp_path, config)
        yield Camp(discord, program, tmp_path, people, [main, talk, thread])
        if program.is_running:
            program.kill()
        assert not discord.violations
        assert discord.token not in program.all_complaints


async def test_what_was_said_while_it_was_away_takes_effect_once_and_in_its_order(camp: Camp) -> None:
    await camp.lives()
    for channel in camp.channels:
        camp.discord.says(camp.people[0], channel, "Is anybody there?")
    await camp.until(lambda: camp.claimed == 3, "it hears")
    await camp.until(lambda: camp.count("select count(*) from adapter_document where kind = 'watermark'") == 3, "marks")
    camp.program.kill()

    for turn in range(TURNS):
        for number, person in enumerate(camp.people):
            camp.discord.says(person, camp.channels[(number + turn) % 3], SAID[turn])
    total = 3 + PEOPLE * TURNS
    await camp.is_killed_at(lambda: camp.claimed, 60, 130, 200)
    await camp.lives()
    await camp.until(lambda: camp.claimed >= total, "all are handled")
    assert camp.program.stop() == 0

    assert camp.claimed == total
    said = [int(object.rpartition(":")[2]) for (object,) in rows(camp.database, _TALK)]
    assert len(said) == len(set(said)) == total - PEOPLE  # a word that checks in is no talk
    for channel in camp.channels:
        order = [id for id in said if id in channel.messages]
        assert order == sorted(order)
    per_member = rows(camp.database, _EFFECTS)
    assert Counter(per_member) == {(4, 1, 7): PEOPLE - 1, (7, 1, 7): 1}
    assert rows(camp.database, "select count(*) from set_aside") == [(0,)]


_TALK = "select object from fact where kind = 'message.posted' order by id"
_EFFECTS = (
    "select (select count(*) from fact where member = a.member and kind = 'message.posted'),"
    " (select count(*) from checkin where member = a.member),"
    " (select sum(points) from ledger where member = a.member) from account a"
)


async def test_what_goes_out_is_there_once_though_replies_get_lost_and_it_is_killed(camp: Camp) -> None:
    await camp.lives()
    await camp.until(lambda: camp.count("select count(*) from lease where name = 'adapter:discord'"), "it is at work")
    camp.program.kill()
    guild = camp.channels[0].guild
    assert guild is not None
    places = [camp.discord.channel(guild, f"place-{number}") for number in range(PLACES)]
    now = RealClock().now()
    posts = [
        Queued(
            message=OutgoingMessage(
                key=f"post:{number}",
                address=Address(platform="discord", chat=str(places[number % PLACES].id)),
                body=(Span(f"This is post {number}."),),
                policy="at_most_once",
                at=now,
            ),
            not_before=now,
            expires_at=now + timedelta(days=1),
        )
        for number in range(POSTS)
    ]
    database = Database(f"sqlite:///{camp.database.as_posix()}")
    with database.begin() as db:
        outbox.enqueue(db, posts)
    database.close()
    chance = random.Random(6)
    camp.discord.fail("POST /channels/*/messages", "lost_reply", times=80, where=lambda _: chance.random() < 0.35)

    def sent() -> int:
        return sum(len(channel.messages) for channel in places)

    await camp.is_killed_at(sent, 30, 90)
    await camp.lives()
    settled = "select count(*) from outbox where key like 'post:%' and state = 'sent'"
    await camp.until(lambda: camp.count(settled) == POSTS, "all are sent", seconds=120)
    assert camp.program.stop() == 0
    for place, channel in enumerate(places):
        expected = [f"This is post {number}." for number in range(place, POSTS, PLACES)]
        assert [camp.discord.message(channel, id).content for id in sorted(channel.messages)] == expected
    assert camp.discord.refused_429 == []


async def test_a_post_whose_request_never_left_is_not_taken_for_the_same_words_of_before(camp: Camp) -> None:
    """Both say the same in the same minute, and the process has died between claiming the second and sending it."""
    await camp.lives()
    await camp.until(lambda: camp.count("select count(*) from lease where name = 'adapter:discord'"), "it is at work")
    camp.program.kill()
    main = camp.channels[0]
    for key in ("first", "second"):
        _is_ordered(camp, key, main, is_claimed=key == "second")
        await camp.lives()
        settled = f"select count(*) from outbox where key = '{key}' and state = 'sent'"
        await camp.until(lambda settled=settled: camp.count(settled), f"the {key} is sent", seconds=120)  # type: ignore[misc]
        camp.program.kill()
    posts = [one for _, one in sorted(main.messages.items()) if one.author is camp.discord.world.bot]
    assert [post.content for post in posts] == ["By order.", "By order."]
    sent_as = rows(camp.database, "select sent_as from outbox where key in ('first', 'second') order by id")
    assert sent_as == [(str(post.id),) for post in posts]


def _is_ordered(camp: Camp, key: str, place: Channel, *, is_claimed: bool) -> None:
    """A post in the outbox; claimed, as whoever died at that moment has left it."""
    now = RealClock().now()
    message = OutgoingMessage(
        key=key,
        address=Address(platform="discord", chat=str(place.id)),
        body=(Span("By order."),),
        policy="at_most_once",
        at=now,
    )
    database = Database(f"sqlite:///{camp.database.as_posix()}")
    with database.begin() as db:
        outbox.enqueue(db, [Queued(message=message, not_before=now, expires_at=now + timedelta(days=1))])
        if is_claimed:
            db.execute(update(outbox_table).where(outbox_table.c.key == key).values(_CLAIMED))
    database.close()


_CLAIMED = {"state": "sending", "holder": "whoever has died", "attempts": 1}


async def test_who_was_told_to_wait_is_answered_by_the_next_process(camp: Camp) -> None:
    ada, main = camp.people[0], camp.channels[0]
    script = camp.folder / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    camp.program.begins_with(script)
    await camp.lives()
    await camp.until(lambda: camp.discord.asked("PUT /applications/{application}/commands"), "commands are registered")
    asked = camp.discord.types_command(ada, main, "checkin", {})
    await camp.until(lambda: camp.discord.answers(asked), "it is deferred")
    assert camp.discord.told(asked) == [""]
    camp.program.kill()

    camp.program.begins_with()
    await camp.lives()
    await camp.until(lambda: "Checked in" in "".join(camp.discord.told(asked)), "the answer is there")
    assert camp.program.stop() == 0
    [answer] = camp.discord.told(asked)
    assert answer.startswith("Checked in! 1 day in a row.")
    assert camp.count("select count(*) from checkin") == 1
    assert camp.count("select count(*) from adapter_document where kind = 'interaction'") == 0

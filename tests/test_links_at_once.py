"""Both sides type the other's code at the same moment, to two processes on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey, MemberId
from bot.domain.places import Actor, Address
from bot.engine.codes import digest_of
from bot.features.links import store
from storage import boards
from storage.tables import audit, member
from tests.test_two_at_once import EIGHT, Gate, apps, database, waits_for_a_lock

__all__ = ["apps", "database"]

CODES = {"ada": "AAAAA-11111", "ada2": "BBBBB-22222"}


def typed(who: str, name: str, text: str = "") -> CommandInvoked:
    return CommandInvoked(
        key=EventKey(f"local:{who}:{name}{text}"),
        at=EIGHT,
        actor=Actor(platform="local", user=who, name=who),
        address=Address(platform="local", chat="main"),
        name=name,
        text=text,
        via="slash",
        message=f"{who}-{name}",
    )


async def test_one_link_comes_of_it(database: str, apps: list[App]) -> None:
    one, other = apps
    for who in CODES:
        await one.sink([typed(who, "checkin")])

    def give_codes(db: Any) -> None:
        for number, code in enumerate(CODES.values(), 1):
            store.keep_code(db, MemberId(number), digest_of(code), EIGHT)

    await one.database.run(give_codes)
    gate = Gate(one, "INSERT INTO member_link")
    first = asyncio.create_task(one.sink([typed("ada2", "link", CODES["ada"])]))
    await asyncio.to_thread(gate.is_reached.wait, 30)
    second = asyncio.create_task(other.sink([typed("ada", "link", CODES["ada2"])]))
    await waits_for_a_lock(database, second)
    gate.opened.set()
    await asyncio.gather(first, second)
    members = await one.database.run(lambda db: db.execute(select(member.c.merged_into).order_by(member.c.id)).all())
    assert [row.merged_into for row in members] == [None, 1]
    done = await one.database.run(lambda db: db.execute(select(audit.c.action)).scalars().all())
    assert list(done) == ["link"]
    assert await one.database.run(boards.wrong) == 0

"""`/privacy`: boards, praise and pseudonym are the member's own business."""

import pytest
from sqlalchemy import select

from bot.domain.events import CommandInvoked, MemberLeft
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from storage.retention import BACKUP_DAYS, days_of
from storage.tables import outbox
from tests.community import Community

pytestmark = pytest.mark.every_platform


async def test_it_shows_what_others_see_and_buttons_change_it(course: Community) -> None:
    assert (await course.answer("ada", "/privacy")).endswith(
        "What others see of you\nYou are on the boards.\nYou may be praised before the group.\n"
        "Boards and praise show your name: Ada. For a pseudonym: /privacy name NightOwl"
    )
    assert (await course.presses("ada", "Leave the boards") or "").startswith("You are on no board")
    await course.types("ada", "/privacy")
    assert await course.presses("ada", "Back on the boards") == "You are on the boards."


async def test_who_left_the_boards_is_seen_by_nobody_and_sees_their_own_place(course: Community) -> None:
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    await course.types("ada", "/privacy board off")
    assert all("Ada" not in cell for row in await course.board("ben", "/rank") for cell in row)
    await course.types("ada", "/privacy board on")
    assert any("Ada" in cell for row in await course.board("ben", "/rank") for cell in row)


async def test_a_pseudonym_stands_on_the_board_and_staff_can_look_it_up(course: Community) -> None:
    await course.types("ada", "/checkin")
    said = await course.answer("ada", "/privacy name 夜猫子")
    assert said.startswith("Boards and praise call you “夜猫子”.")
    board = " ".join(cell for row in await course.board("ben", "/rank") for cell in row)
    assert "夜猫子" in board
    assert "Ada" not in board
    assert "changed the pseudonym to “夜猫子”" in await course.answer("chen", "/audit", room="staff")
    await course.types("ada", "/privacy name off")
    assert any("Ada" in cell for row in await course.board("ben", "/rank") for cell in row)


@pytest.mark.parametrize("name", ["Ben", "BEN", "Ｂｅｎ", "b e n", "Chen", "\u200bBen"])
async def test_nobody_can_take_the_name_of_somebody_else(course: Community, name: str) -> None:
    for who in ("ben", "chen"):
        await course.types(who, "hello")
    assert "is too much like somebody else's name" in await course.answer("ada", f"/privacy name {name}")


@pytest.mark.parametrize("name", ["\u200b\u200b", "a" * 25, "汉" * 13])
async def test_a_pseudonym_must_be_visible_and_short(course: Community, name: str) -> None:
    assert "A pseudonym must be visible" in await course.answer("ada", f"/privacy name {name}")


async def test_wrong_words_and_staff_are_told_what_to_do(course: Community) -> None:
    assert "Send it like this: /privacy board on or off" in await course.answer("ada", "/privacy everything")
    assert "Staff are on no board" in await course.answer("lin", "/privacy board off")


@pytest.mark.parametrize("name", ["@ben", "Nïght Öwl", "ＮＩＧＨＴ－ＯＷＬ", "night.owl"])
async def test_neither_a_handle_nor_a_pseudonym_is_there_twice(course: Community, name: str) -> None:
    await course.types("ben", "/privacy name Night Owl")
    assert "is too much like somebody else's name" in await course.answer("ada", f"/privacy name {name}")
    assert await course.board("ada", "/rank") == []


@pytest.mark.parametrize("name", ["Ada", "Night Owl 2", "🦉", "夜猫子", "a" * 24, "汉" * 12, "off-beat", "\u202eOwl"])
async def test_any_other_name_will_do_and_is_harmless(course: Community, name: str) -> None:
    await course.types("ben", "/privacy name Night Owl")
    await course.types("ada", "/checkin")
    await course.types("ada", f"/privacy name {name}")
    shown = name.replace("\u202e", "")
    assert await course.board("ben", "/rank") == [("1", shown, "5")]


async def test_what_was_not_changed_is_not_recorded(course: Community) -> None:
    for wish in ("name off", "name Owl", "name Owl", "name off", "board off", "praise off"):
        await course.types("ada", f"/privacy {wish}")
    audit = await course.answer("chen", "/audit", room="staff")
    assert audit.count("pseudonym") == 2  # nothing of boards and praise: that is the member's own business
    assert await course.said("chen", "staff") == [audit]


async def test_chinese_words_and_the_button_back_to_ones_own_name(course: Community) -> None:
    await course.types("ada", "/language zh")
    assert "\n别人看得到你什么\n" in await course.answer("ada", "隐私")
    assert await course.answer("ada", "/privacy 表扬 关") == "不会公开表扬你，分数和勋章照给。"
    assert await course.answer("ada", "/privacy 上榜 不要") == "榜上没有你，你自己用 /rank 还能看到名次。"
    await course.types("ada", "/privacy 化名 夜猫子")
    assert (await course.presses("ada", "改回本名") or "").startswith("榜上和表扬里写你的名字：Ada。")


async def test_the_wish_outlives_leaving_and_coming_back(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", "/privacy board off")
    actor = course.actor("ada")
    address = course.address()
    gone = MemberLeft(key=EventKey("local:gone:1"), at=course.now, actor=actor, address=address)
    await course.run.app.sink([gone])
    await course.types("ada", "I am back")
    assert (await course.answer("ben", "/rank")).startswith("Nobody has points yet.")
    await course.types("ada", "/privacy board on")
    assert await course.board("ben", "/rank") == [("1", "Ada", "5")]


@pytest.mark.parametrize(("language", "table", "unit"), [("en", "share_post", "days"), ("zh", "share_post", "天")])
async def test_it_says_first_what_is_kept_for_as_long_as_it_is_kept(
    course: Community, language: str, table: str, unit: str
) -> None:
    await course.types("ada", f"/language {language}")
    said = await course.answer("ada", "/privacy")
    assert len(said.splitlines()) <= 15
    for days in (days_of("live_question"), days_of("contest_vote"), days_of("outbox"), BACKUP_DAYS):
        assert f"{days} {unit}" in said
    for way in ("/mydata", "/forget", "/privacy"):
        assert way in said
    details = await course.answer("ada", "/privacy 详情")
    assert f"{days_of(table)} {unit}" in details


async def test_staff_read_what_is_kept_too(course: Community) -> None:
    said = await course.answer("lin", "/privacy")
    assert said.startswith("What is kept of you, and for how long")
    assert "boards" in said
    assert "What others see of you" not in said


async def test_where_no_course_is_it_says_what_is_kept_all_the_same(course: Community) -> None:
    stranger = Actor(platform="local", user="zoe", name="Zoe", handle="zoe", language="en")
    nowhere = Address(platform="local", chat="elsewhere")
    for name in ("privacy", "forget", "mydata"):
        key = EventKey(f"local:nowhere:{name}")
        asked = CommandInvoked(key=key, at=course.now, actor=stranger, address=nowhere, name=name)
        await course.run.app.sink([asked])
    rows = await course.rows(select(outbox.c.message).where(outbox.c.key.startswith("reply:local:nowhere")))
    said = [
        "".join(span["text"] if isinstance(span, dict) else span[0] for span in row.message["body"]) for row in rows
    ]
    assert said[0].startswith("What is kept of you, and for how long")
    assert said[1:] == [
        "Nothing is kept about you here, so there is nothing to forget.",
        "Nothing is kept about you here.",
    ]

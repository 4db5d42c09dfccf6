"""`/privacy`: boards, praise and pseudonym are the member's own business."""

import pytest

from tests.community import Community


async def test_it_shows_what_others_see_and_buttons_change_it(course: Community) -> None:
    assert await course.answer("ada", "/privacy") == (
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
    assert "Staff are on no board" in await course.answer("lin", "/privacy")

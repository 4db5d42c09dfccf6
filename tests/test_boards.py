"""Boards as members see them: which, since when, around whom, and who sees whom."""

import pytest

from adapters.local.values import Message
from bot.domain.errors import UserError
from bot.domain.messages import Table
from bot.engine.degrade import PHONE, board_lines, text_width
from bot.features.boards.asked import Asked, parse
from tests.community import COURSE, DEMO, RULES, Community

pytestmark = pytest.mark.every_platform

KIND = RULES + (
    "reply:\n  title: {zh: 回复同学, en: A reply}\n  when: message.posted\n  where: {is_reply: true}\n"
    "  counts_as: help\n  then: [{award: 3}]\n"
    "story:\n  when: share.posted\n  counts_as: contribution\n  limit: {once_per: day}\n  then: [{award: 4}]\n"
)


async def newest(course: Community, who: str, *, room: str = "main") -> Message:
    return (await course.messages(who, room))[-1]


async def crowd(course: Community, count: int) -> None:
    """P0 to P11 and so on, each with one point less than the one before."""
    for number in range(count):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", "hello")
        await course.types("chen", f"/grant P{number} +{50 - number} test", room="staff")


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked()),
        ("help", Asked("help")),
        ("week help", Asked("help", "week")),
        ("NEAR, month", Asked("points", "month", True)),
        ("the help board of this week", Asked("help", "week")),
        ("互助 本周 附近", Asked("help", "week", True)),
        ("附近 本周 互助榜", Asked("help", "week", True)),
        ("贡献榜本月", Asked("contribution", "month")),
        ("本周互助榜", Asked("help", "week")),
        ("本周的互助榜", Asked("help", "week")),
        ("全程，积分", Asked()),
        ("Ｗｅｅｋ", Asked("points", "week")),
        ("week week", Asked("points", "week")),
    ],
)
def test_words_in_any_order_and_language(text: str, asked: Asked) -> None:
    assert parse(text) == asked
    assert parse(asked.command) == asked


@pytest.mark.parametrize(
    ("text", "id", "buttons"),
    [
        ("contributon week", "rank.unknown_near", ["rank contribution week"]),
        ("互助帮", "rank.unknown_near", ["rank help"]),
        ("weak hlep", "rank.unknown_near", []),
        ("qqqq", "rank.unknown", []),
        ("x" * 5000, "rank.unknown", []),
        ("周" * 5000, "rank.unknown", []),
        ("week month", "rank.one_of_each", []),
        ("互助贡献", "rank.one_of_each", []),
    ],
)
def test_what_nobody_understands_leads_to_what_was_meant(text: str, id: str, buttons: list[str]) -> None:
    if text.startswith("周"):
        assert parse(text) == Asked("points", "week")
        return
    with pytest.raises(UserError) as refused:
        parse(text)
    assert refused.value.text.id == id
    assert [button.command for button in refused.value.buttons] == buttons


async def test_a_slip_of_the_pen_is_one_press_from_the_board(course: Community) -> None:
    await course.types("ada", "/checkin")
    said = await course.answer("ada", "/rank week contributon")
    assert said == "I don't know “contributon”. Did you mean “contribution”?"
    await course.presses("ada", "/rank contribution week")
    assert (await newest(course, "ada")).text.startswith("Nobody is on the contribution board of the week yet.")


# --- which board ------------------------------------------------------------------------------------------------------


async def test_each_word_opens_its_board(open_community) -> None:
    course = await open_community(rules=KIND)
    first = await course.types("ben", "How to begin?")
    await course.types("ada", "With a name", reply_to=first)
    await course.types("ben", "/checkin")
    assert await course.board("ada", "排行榜") == [("1", "Ben", "5"), ("2", "▸ Ada", "3")]
    assert await course.board("ada", "积分榜") == [("1", "Ben", "5"), ("2", "▸ Ada", "3")]
    assert await course.board("ben", "互助榜") == [("1", "Ada", "3")]
    assert (
        await newest(course, "ben")
    ).text == "The help board of the course · 1 member\nYou are not on this board yet."
    assert await course.board("ben", "/rank help") == [("1", "Ada", "3")]
    await course.until(20)
    await course.types("ben", "Today I wrote three pages in one go")
    assert await course.board("ben", "贡献榜") == [("1", "▸ Ben", "4")]


async def test_the_week_begins_on_monday_and_the_course_goes_on(course: Community) -> None:
    await course.until(12, 1)  # Mia checks in at noon
    await course.types("ada", "/checkin")
    await course.passes(days=6)
    assert len(await course.board("ada", "/rank week")) == 2
    await course.passes(days=1)
    await course.types("ben", "/checkin")
    assert await course.board("ada", "/rank week") == [("1", "Ben", "5")]
    assert await course.board("ada", "/rank month") == [("1", "Mia", "5"), ("1", "▸ Ada", "5"), ("1", "Ben", "5")]
    assert await course.board("ada", "/rank") == await course.board("ada", "/rank month")


async def test_of_equals_who_was_there_first_stands_higher(course: Community) -> None:
    await course.types("ben", "/checkin")
    await course.types("ada", "/checkin")
    assert await course.board("mia", "/rank") == [("1", "Ben", "5"), ("1", "Ada", "5")]


async def test_buttons_lead_to_the_other_boards_and_periods_and_to_oneself(course: Community) -> None:
    await crowd(course, 13)
    await course.types("p11", "/rank")
    labels = [button.label for button in (await newest(course, "p11")).buttons]
    assert labels == ["Help", "Contributions", "This week", "This month", "Around me"]
    await course.presses("p11", "Around me")
    around = await newest(course, "p11")
    assert around.only_for == "p11"
    assert around.table == (
        ("10", "P9", "41"), ("11", "P10", "40"), ("12", "▸ P11", "39"), ("13", "P12", "38"),
    )  # fmt: skip
    await course.presses("p11", "This week")
    week = await newest(course, "p11")
    assert week.text == "The points board of the week · 13 members"
    assert week.table == around.table
    assert [button.command for button in week.buttons] == [
        "rank help week near", "rank contribution week near", "rank month near", "rank near", "rank week",
    ]  # fmt: skip
    await course.presses("p11", "Top ten")
    assert [row[0] for row in (await newest(course, "p11")).table] == [*map(str, range(1, 11)), "12"]


async def test_a_short_board_has_no_button_to_oneself(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", "/rank")
    assert "Around me" not in [button.label for button in (await newest(course, "ada")).buttons]
    assert await course.board("ada", "/rank near") == [("1", "▸ Ada", "5")]


async def test_points_that_were_lost_lead_off_the_board(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("chen", "/grant Ada -9 typed it twice", room="staff")
    assert (await course.answer("ada", "/rank")).startswith("Nobody has points yet.")
    assert await course.answer("ada", "/points") == "You have -4 points, -4 of them today."


# --- who sees whom ----------------------------------------------------------------------------------------------------


async def test_who_left_the_boards_sees_where_they_would_stand_and_others_do_not(course: Community) -> None:
    for who in ("ben", "ada", "mia"):
        await course.types(who, "/checkin")
    await course.types("ada", "/privacy board off")
    assert await course.board("ben", "/rank") == [("1", "▸ Ben", "5"), ("1", "Mia", "5")]
    said = await course.answer("ada", "/rank near")
    assert said == (
        "The points board of the course · 2 members\n"
        "You would be number 1, with 5 points. Only you see this, for you are not on the boards; /privacy changes it."
    )
    assert (await newest(course, "ada")).table == (("1", "Ben", "5"), ("1", "Mia", "5"))
    assert ("Rank", "1") in await course.board("ada", "/me")


async def test_alone_and_unseen(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", "/privacy board off")
    said = await course.answer("ada", "/rank week")
    assert said.startswith("Nobody is on the points board of the week yet.\nYou would be number 1, with 5 points.")


async def test_staff_see_the_boards_and_have_no_place(course: Community) -> None:
    for who in ("ada", "lin"):
        await course.types(who, "/checkin")
    await course.types("chen", "/grant Lin +100 joking", room="staff")
    assert await course.board("lin", "/rank near") == [("1", "Ada", "5")]
    assert (await newest(course, "lin")).text == "The points board of the course · 1 member"
    assert ("Rank", "–") in await course.board("lin", "/me")


async def test_only_the_staff_room_tells_who_is_behind_a_pseudonym(course: Community) -> None:
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    await course.types("ada", "/privacy name 夜猫子")
    hidden = [("1", "夜猫子", "5"), ("1", "Ben", "5")]
    assert await course.board("lin", "/rank") == hidden
    assert await course.board("mia", "/rank") == hidden
    assert await course.board("ada", "/rank") == [("1", "▸ 夜猫子", "5"), ("1", "Ben", "5")]
    await course.types("lin", "/rank", room="staff")
    assert (await newest(course, "lin", room="staff")).table == (("1", "夜猫子", "Ada", "5"), ("1", "Ben", "", "5"))


async def test_who_becomes_an_assistant_leaves_the_boards_and_comes_back_with_everything(open_community) -> None:
    course = await open_community()
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    course = await open_community(
        course=COURSE.replace("[local:lin]", "[local:lin, local:ada]"),
        demo=DEMO.replace("name: Ada, role: student", "name: Ada, role: assistant"),
    )
    assert await course.board("ben", "/rank") == [("1", "▸ Ben", "5")]
    course = await open_community()
    assert [row[1] for row in await course.board("ben", "/rank")] == ["Ada", "▸ Ben"]


# --- on a phone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_board_fits_a_phone_in_both_languages(course: Community, language: str) -> None:
    await crowd(course, 11)
    long = "一个名字特别特别特别长的同学"
    await course.welcomes("long", long)
    await course.types("long", f"/language {language}")
    await course.types("chen", f"/grant {long} +3000 test", room="staff")
    await course.types("long", "/privacy name 一只深夜写作的猫头鹰啊")
    for who, room in (("long", "main"), ("chen", "staff")):
        await course.types(who, "/rank", room=room)
        table = (await newest(course, who, room=room)).table
        lines = board_lines(Table(rows=table, numbers=frozenset({0, len(table[0]) - 1})))
        assert max(text_width(line) for line in lines) <= PHONE
        assert all(line.split()[-1].isdigit() for line in lines)

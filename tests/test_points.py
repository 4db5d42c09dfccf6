"""Points, board, reasons, grants, and the refusals around them."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from storage.tables import ledger
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform


async def test_points_show_the_sum_and_where_it_came_from(course: Community) -> None:
    await course.types("ada", "/checkin")
    assert await course.answer("ada", "/points") == "You have 5 points, 5 of them today."
    assert await course.board("ada", "/points") == [("3-01", "Daily check-in", "+5")]


async def test_the_board_ranks_students_and_never_staff(course: Community) -> None:
    for who in ("ben", "ada", "lin", "chen"):
        await course.types(who, "/checkin")
    await course.types("chen", "/grant Ada +3 a good question", room="staff")
    await course.types("chen", "/grant Lin +100 joking", room="staff")
    assert await course.board("ben", "/rank") == [("1", "Ada", "8"), ("2", "▸ Ben", "5")]


async def test_equal_points_share_a_place(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ben", "/checkin")
    assert [row[0] for row in await course.board("ada", "/rank")] == ["1", "1"]


async def test_who_is_not_in_the_top_ten_sees_their_own_line(course: Community) -> None:

    for number in range(12):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", "/checkin")
        await course.types("chen", f"/grant P{number} +{20 - number} test", room="staff")
    board = await course.board("p11", "/rank")
    assert len(board) == 11
    assert board[-1] == ("12", "▸ P11", "14")


async def test_why_tells_what_each_rule_made_of_a_fact(course: Community) -> None:
    await course.types("ada", "/checkin")
    assert await course.answer("ada", "/why") == (
        "Your latest records, and what each rule made of them\n"
        "1 Mar 08:30 Check-in (streak 1)\n"
        "    ✓ Daily check-in: +5\n"
        "    · make_up: no points, a condition is not met (make-up: no, wanted: yes)\n"
        "1 Mar 08:30 Joined the course"
    )


async def test_a_message_earns_up_to_its_daily_limit_and_why_says_so(course: Community) -> None:
    for word in ("one", "two", "three"):
        await course.types("ada", f"A thought of more than twenty characters, {word}")
    assert await course.points("ada") == 2
    assert "no points, the limit of 2 points was reached that day" in await course.answer("ada", "/why")


async def test_messages_of_one_batch_share_the_limit(course: Community) -> None:
    for number in range(10):
        await course.posts("ada", f"A thought of more than twenty characters {number}")
    await course.settle()
    assert await course.points("ada") == 2


async def test_a_grant_has_a_reason_and_is_audited(course: Community) -> None:
    await course.types("ada", "/checkin")
    done = await course.answer("chen", "/grant @ada -2 typed in the wrong group", room="staff")
    assert done == "Ada: -2 points for “typed in the wrong group”. They now have 3."
    assert await course.board("ada", "/points") == [
        ("3-01", "typed in the wrong group", "-2"),
        ("3-01", "Daily check-in", "+5"),
    ]
    audit = await course.answer("chen", "/audit", room="staff")
    assert audit.endswith("1 Mar 08:30 Chen: gave #1 Ada -2 points for “typed in the wrong group”")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/grant", "Send it like this, with the sign: /grant MEMBER ±N REASON"),
        ("/grant ada 5 helped", "Send it like this"),
        ("/grant ada", "Send it like this"),
        ("/grant ada +5", "Send it like this"),
        ("/grant ada +0 nothing", "Give between 1 and 10000 points"),
        ("/grant ada +99999 much", "Give between 1 and 10000 points"),
        ("/grant nobody +5 x", "Nobody here is called “nobody”."),
        ("/grant #99999999999999999999 +5 x", "Nobody here is called"),
    ],
)
async def test_a_wrong_grant_says_how_it_is_done(course: Community, text: str, says: str) -> None:
    await course.types("ada", "hello")
    assert says in await course.answer("chen", text, room="staff", is_read_by_others=True)
    assert await course.points("ada") == 0


async def test_a_name_that_two_have_asks_for_the_number(course: Community) -> None:

    await course.welcomes("ada2", "ADA")
    await course.types("ada", "hello")
    await course.types("ada2", "hello")
    said = await course.answer("chen", "/grant Ada +5 x", room="staff")
    assert said == "Several members have that name. Use the number: #1 Ada, #2 ADA"
    assert await course.answer("chen", "/grant #1 +1 x", room="staff") == "Ada: +1 points for “x”. They now have 1."
    await course.types("chen", "/grant @ada2 +5 x", room="staff")
    assert await course.points("ada2") == 5


async def test_the_ledger_refuses_changes(course: Community) -> None:
    await course.types("ada", "/checkin")
    for change in (update(ledger).values(points=1), delete(ledger)):
        with pytest.raises(DBAPIError, match="append-only"):
            await course.rows(change)
    assert await course.points("ada") == 5


async def test_a_rule_without_points_can_be_limited_too(open_community) -> None:
    rules = (
        RULES
        + "\ngreet:\n  when: message.posted\n  limit: {once_per: day}\n  then:\n    - say: {en: Hello, zh: 你好}\n"
    )
    course = await open_community(rules=rules)
    assert await course.answer("ada", "hi") == "Hello"
    assert await course.answer("ada", "hi again") == ""
    await course.passes(days=1)
    assert await course.answer("ada", "hi once more") == "Hello"


async def test_a_name_that_ends_in_a_number_gets_its_own_points(course: Community) -> None:

    for id, name in (("u", "User"), ("u12", "User 12")):
        await course.welcomes(id, name)
        await course.types(id, "hello")
    said = await course.answer("chen", "/grant User 12 +5 helped a lot", room="staff")
    assert said == "User 12: +5 points for “helped a lot”. They now have 5."


async def test_rules_about_grants_speak_of_who_got_them(open_community) -> None:
    told = "\ntold:\n  when: points.granted\n  then: [{tell_staff: {en: '{name} was given {points}'}}]\n"
    course = await open_community(rules=RULES + told)
    await course.types("ada", "hello")
    await course.types("chen", "/grant Ada +3 helped", room="staff")
    assert "Ada was given 3" in await course.said("chen", "staff")


async def test_why_is_not_buried_under_chatter(course: Community) -> None:
    await course.types("ada", "/checkin")
    for _ in range(20):
        await course.types("ada", "ok")
    said = await course.answer("ada", "/why")
    assert "Check-in (streak 1)" in said
    assert said.endswith("And 20 ordinary records that no rule speaks of.")

"""A board is settled by ritual: praise for the first, facts for the rules, silence where there is nobody."""

from pathlib import Path

import pytest

from bot.domain.events import MemberLeft
from bot.domain.ids import EventKey
from tests.community import COURSE, RITUALS, RULES, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

SETTLED = RITUALS + "sunday_board:\n  every: sunday\n  at: 21:30\n  do: settle_board\n  top: 2\n"
TITLED = RULES + (
    "titles:\n  star: {title: {en: Star, zh: 之星}, icon: 🌟, lasts: 7d}\n"
    "starred:\n  when: board.settled\n  where: {board: points, period: week, place: 1}\n  then: [{title: star}]\n"
)


async def week(course: Community) -> None:
    """Ada checks in on three days of the first week, Ben and Mia on one."""
    await course.types("ben", "/checkin")
    for _ in range(3):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    await course.passes(days=3)


async def test_the_first_of_the_week_are_praised_and_get_what_rules_say(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.until(21, 31)
    posted = [text for text in await course.said("ben") if text.startswith("The points board of the week")]
    assert "\n\n".join(posted) == (
        "The points board of the week is settled\n1. Ada: 25 points\n2. Ben: 5 points\n2. Mia: 5 points\n"
        "Applause for them, and for everybody who is still here 👏"
    )
    assert "Star" in await course.answer("ada", "/me")
    assert "Star" not in await course.answer("ben", "/me")


async def test_who_wants_no_praise_is_honoured_without_it(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.types("ada", "/privacy praise off")
    await course.types("ben", "/privacy name Night Owl")
    await course.until(21, 31)
    (posted,) = [text for text in await course.said("chen") if text.startswith("The points board of the week")]
    assert "Ada" not in posted
    assert "2. Night Owl: 5 points" in posted
    assert "Star" in await course.answer("ada", "/me")


async def test_a_week_without_points_is_passed_over(open_community) -> None:
    course = await open_community(rituals=SETTLED, rules="", demo="people:\n  - {id: ada, name: Ada, role: student}\n")
    await course.passes(days=6)
    await course.until(21, 31)
    assert not [text for text in await course.said("ada") if "settled" in text]


async def test_a_restart_settles_nothing_twice(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.until(21, 31)
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await course.passes(hours=1)
    posted = [text for text in await course.said("ben") if text.startswith("The points board of the week")]
    assert len(posted) == 1


TWO_ROOMS = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")
PAID = RULES + "paid:\n  when: board.settled\n  where: {place: {at_most: 2}}\n  then: [{award: 30}]\n"


def settling(**options: object) -> str:
    told = "".join(f"  {name}: {value}\n" for name, value in options.items())
    return f"board:\n  every: sunday\n  at: 21:30\n  do: settle_board\n{told}"


async def test_two_spaces_read_the_same_and_the_rules_hear_of_it_once(open_community) -> None:
    course = await open_community(rules=PAID, rituals=settling(spaces="[main, books]", top=2), course=TWO_ROOMS)
    await week(course)
    await course.until(21, 31)
    (in_main,) = [text for text in await course.said("ada") if "is settled" in text]
    (in_books,) = [text for text in await course.said("ada", "books") if "is settled" in text]
    assert in_main == in_books
    paid = [(row["who"], row["object"]) for row in await course.ledger() if row["rule"] == "paid"]
    assert paid == [(who, "points week 2027-03-01") for who in ("ada", "ben", "mia")]
    assert await course.points("ada") == 25 + 30


async def test_the_last_place_is_for_all_who_share_it(open_community) -> None:
    course = await open_community(rules=PAID, rituals=settling(board="points", period="month", top=1))
    for number in range(25):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", "/checkin")
    await course.types("p7", "/privacy praise off")
    await course.types("p8", "/privacy board off")
    await course.passes(days=6)
    await course.until(21, 31)
    (posted,) = [text for text in await course.said("ada") if "is settled" in text]
    lines = posted.splitlines()
    assert lines[0] == "The points board of the month is settled"
    assert lines[1:3] == ["1. P0: 5 points", "1. P1: 5 points"]
    assert len(lines) == 1 + 20 + 2
    assert lines[-2] == "And 4 more."
    assert not any("P7:" in line or "P8:" in line for line in lines)
    paid = {row["who"]: row["object"] for row in await course.ledger() if row["rule"] == "paid"}
    assert paid["p7"] == "points month 2027-03"
    assert "p8" not in paid
    assert len(paid) == 25  # Mia is one of them


async def test_why_tells_the_place_in_the_words_of_the_boards(open_community) -> None:
    course = await open_community(rules=PAID, rituals=settling(period="course"))
    await week(course)
    await course.until(21, 31)
    assert "7 Mar 21:30 Number 2 on the points board of the course" in await course.answer("ben", "/why")
    await course.types("ben", "/language zh")
    assert "3月7日 21:30 全程积分榜第 2 名" in await course.answer("ben", "/why")


async def test_where_nobody_wants_praise_nothing_is_posted(open_community) -> None:
    course = await open_community(rules=PAID, rituals=settling())
    await course.types("ada", "/checkin")
    await course.types("ada", "/privacy praise off")
    await course.types("mia", "/privacy board off")
    await course.passes(days=6)
    await course.until(21, 31)
    assert not [text for text in await course.said("ben") if "settled" in text]
    assert await course.points("ada") == 35


async def test_one_who_left_before_is_not_on_the_board(open_community) -> None:
    course = await open_community(rules=PAID, rituals=settling(top=1))
    await week(course)
    actor = course.actor("ada")
    address = course.address()
    gone = MemberLeft(key=EventKey("local:gone:1"), at=course.now, actor=actor, address=address)
    await course.run.app.sink([gone])
    await course.until(21, 31)
    (posted,) = [text for text in await course.said("ben") if "is settled" in text]
    assert posted.splitlines()[1:3] == ["1. Ben: 5 points", "1. Mia: 5 points"]


def test_the_preview_says_which_board(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=settling(board="help"))
    assert shell("preview", folder, "--days", "1", "--from", "2027-03-07") == 0
    assert shell.lines == ["2027-03-07 21:30  main      board             settles the help board of the week"]


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"board": "helping"}, "did you mean help"),
        ({"period": "day"}, "week, month, course"),
        ({"top": 0}, "at least 1"),
        ({"top": 11}, "at most 10"),
        ({"tops": 3}, "did you mean top"),
    ],
)
def test_wrong_options_are_told_with_their_place(
    tmp_path: Path, shell: Shell, option: dict[str, object], says: str
) -> None:
    folder = write_course(tmp_path / "writing", rituals=settling(**option))
    assert shell("check", folder) == 1
    assert says in shell.out + shell.err

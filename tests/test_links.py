"""One person, several accounts: `/link` makes them one member, `/unlink` parts them again."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.events import CommandInvoked, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from storage import boards
from storage.tables import account, binding, ledger, member
from tests.community import DEMO, RULES, Community

pytestmark = pytest.mark.every_platform

TWO = DEMO.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")


@pytest.fixture
async def course(open_community: Any) -> Community:
    found: Community = await open_community(demo=TWO)
    return found


async def alone(course: Community, who: str, text: str) -> str:
    """What one is told who says it where nobody else reads it, if there is such a place."""
    return await course.answer(who, text, room=course.alone)


async def code_of(course: Community, who: str) -> str:
    found = re.search(r"[0-9A-F]{5}-[0-9A-F]{5}", await alone(course, who, "/link"))
    assert found
    return found[0]


async def link(course: Community, first: str = "ada", second: str = "ada2") -> str:
    return await alone(course, second, f"/link {await code_of(course, first)}")


async def unlink(course: Community, who: str = "@ada") -> str:
    shown = await course.answer("chen", f"/unlink {who}", room="staff")
    message = (await course.messages("chen", "staff"))[-1]
    assert message.buttons, shown
    return await course.answer("chen", f"/{message.buttons[0].command}", room="staff")


async def total(course: Community, who: str) -> int:
    found = re.search(r"(\d+) point", await course.answer(who, "/points"))
    return int(found[1]) if found else 0


async def boards_agree(course: Community) -> bool:
    return await course.run.app.database.run(boards.wrong) == 0


async def test_two_accounts_become_one_person_whose_points_and_dates_count_together(course: Community) -> None:
    await course.until(9)
    await course.types("ada", "/checkin")
    await course.passes(hours=24)
    await course.types("ada2", "/checkin")
    answer = await link(course)
    assert "Done: both accounts are one person now, Ada." in answer
    assert "Before, 5 and 5 points; together now 10 points." in answer
    assert "Check-ins on 2 days in all, 2 days in a row now." in answer
    assert "same platform" in answer
    assert await total(course, "ada") == await total(course, "ada2") == 10
    assert "already" in await course.answer("ada", "/checkin")
    assert await boards_agree(course)
    assert (await course.board("ben", "/rank"))[0][1:] == ("Ada", "10")
    assert "Daily check-in" in await course.answer("ada2", "/why")


async def test_what_counted_for_both_counts_once_and_is_given_back_when_staff_undo_the_link(course: Community) -> None:
    await course.types("ada", "hello")  # so that hers is the older account
    await course.until(9)
    await course.types("ada2", "/checkin")
    await course.types("ada", "/checkin")
    answer = await link(course)
    assert "1 thing had counted for both and now counts once: 5 points taken back." in answer
    assert await total(course, "ada") == 5
    assert await boards_agree(course)
    await course.passes(hours=24)
    await course.types("ada2", "/checkin")
    assert await total(course, "ada") == 10
    undone = await unlink(course)
    assert "1 thing taken back by the link was given back: 5 points." in undone
    assert (await total(course, "ada"), await total(course, "ada2")) == (10, 5)
    assert await boards_agree(course)
    assert {("Ada", "10"), ("Ada Two", "5")} < {row[1:] for row in await course.board("ben", "/rank")}
    assert "undone already" in await course.answer("chen", "/unlink no.1", room="staff")


async def test_a_date_that_one_account_made_up_for_counts_once_and_comes_back(course: Community) -> None:
    await course.until(9)
    await course.types("ada", "/checkin")
    yesterday = course.now.date()
    await course.passes(hours=24)
    await course.types("ada2", f"/makeup {yesterday}")
    assert (await total(course, "ada"), await total(course, "ada2")) == (5, 2)
    answer = await link(course)
    assert "1 thing had counted for both and now counts once: 2 points taken back." in answer
    assert "Check-ins on 1 day in all, 1 day in a row now." in answer
    assert await total(course, "ada") == 5
    assert await boards_agree(course)
    await unlink(course)
    assert (await total(course, "ada"), await total(course, "ada2")) == (5, 2)


async def test_a_streak_goes_on_over_the_dates_of_both(course: Community) -> None:
    await course.until(9)
    for who in ("ada", "ada2"):
        await course.types(who, "/checkin")
        await course.passes(hours=24)
    await link(course)
    answer = await course.answer("ada2", "/checkin")
    assert "3 days in a row" in answer
    assert await course.points("ada") + await course.points("ada2") == 25


async def test_limits_count_what_both_were_given(course: Community) -> None:
    await course.until(9)
    for who, words in (("ada", "one thought"), ("ada2", "another thought")):
        await course.types(who, f"{words} that is certainly long enough")
    await link(course)
    for words in ("a third thought", "a fourth thought"):
        await course.types("ada2", f"{words} that is certainly long enough")
    assert await total(course, "ada") == 2


@pytest.mark.parametrize(
    ("limit", "hours", "left"),
    [
        ("points_per_day: 2", 1, 2),
        ("points_per_week: 3", 20, 3),
        ("cool_down: 90m", 1, 2),
        ("once_per: week", 20, 1),
        ("once_per: member", 20, 1),
    ],
)
async def test_what_the_limits_allow_one_person_two_accounts_do_not_keep(
    open_community: Any, limit: str, hours: int, left: int
) -> None:
    course = await open_community(demo=TWO, rules=RULES.replace("points_per_day: 2", limit))
    await course.until(3)
    for number, who in enumerate(("ada", "ada2", "ada", "ada2")):
        await course.types(who, f"thought {number} that is certainly long enough")
        await course.passes(hours=hours)
    before = await total(course, "ada"), await total(course, "ada2")
    assert sum(before) > left
    answer = await link(course)
    assert f"{sum(before) - left} points taken back" in answer
    assert await total(course, "ada") == left
    assert await boards_agree(course)
    await unlink(course)
    assert (await total(course, "ada"), await total(course, "ada2")) == before


KIND = """
thanked:
  when: thanks.received
  then: [award: 3]
thankful:
  when: thanks.given
  then: [award: 2]
"""


async def test_nobody_is_rewarded_for_having_thanked_oneself(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=RULES + KIND)
    await course.types("ada", "hello")
    await course.types("ada2", "hello")
    await course.types("ada2", "/thanks Ada")
    await course.types("ben", "/thanks Ada")
    assert (await total(course, "ada"), await total(course, "ada2")) == (6, 2)
    assert "2 things had counted for both and now count once: 5 points" in await link(course)
    assert await total(course, "ada") == 3
    assert await boards_agree(course)
    await unlink(course)
    assert (await total(course, "ada"), await total(course, "ada2")) == (6, 2)


ANSWERED = """
answered:
  when: message.posted
  where: {is_reply: true}
  counts_as: help
  then: [award: 3]
"""


async def test_nobody_is_rewarded_for_answering_oneself(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=RULES + ANSWERED)
    number = await course.types("ada", "hello")
    await course.types("ben", "hello")
    for who in ("ada2", "ben"):
        await course.types(who, "hello to you, and welcome among us", reply_to=number)
    assert await total(course, "ada2") == 4
    await link(course)
    assert await total(course, "ada2") == 1  # for the words alone
    assert await total(course, "ben") == 4
    await unlink(course)
    assert await total(course, "ada2") == 4


LIKED = "\nliked:\n  when: reaction.received\n  then: [award: 4]\n"


async def test_nobody_is_rewarded_for_liking_oneself(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=RULES + LIKED)
    for who in ("ada2", "ben"):
        await course.types(who, "hello")
    number = await course.types("ada", "hello")
    for who in ("ada2", "ben"):
        await course.reacts(who, number, "👍")
    assert await total(course, "ada") == 8
    await link(course)
    assert await total(course, "ada") == 4
    await course.reacts("ada2", number, "👍", on=False)
    await unlink(course)
    assert await total(course, "ada") == 4  # what was taken away while they were one does not come back


async def test_a_code_is_refused_with_the_reason(course: Community) -> None:
    mine = await code_of(course, "ada")
    assert "this very account" in await alone(course, "ada", f"/link {mine}")
    again = await code_of(course, "ada")
    assert "wrong" in await alone(course, "ada2", f"/link {mine}")
    await course.passes(minutes=15)
    assert "expired" in await alone(course, "ada2", f"/link {again}")
    fresh = await code_of(course, "ada")
    assert "Done" in await alone(course, "ada2", f"/link {fresh.lower().replace('-', ' ')}")
    assert "used already" in await alone(course, "ben", f"/link {fresh}")
    assert "one person already" in await alone(course, "ada2", f"/link {await code_of(course, 'ada')}")


async def test_codes_can_t_be_guessed(course: Community) -> None:
    for number in range(5):
        assert "That code is wrong" in await alone(course, "ada2", f"/link 00000-0000{number}")
    code = await code_of(course, "ada")
    assert "Too many wrong codes" in await alone(course, "ada2", f"/link {code}")
    await course.passes(hours=1)
    assert "Done" in await alone(course, "ada2", f"/link {await code_of(course, 'ada')}")


OVERHEARD = [("ada", ""), ("lin", "staff"), ("ben", "ada, ben"), ("ada2", "late"), ("ada2", "guessed")]


@pytest.mark.parametrize(("who", "why"), OVERHEARD)
async def test_a_code_that_others_could_read_is_void_at_once_whatever_came_of_it(
    course: Community, who: str, why: str
) -> None:
    if why == "ada, ben":
        await link(course, "ada", "ben")
    if why == "guessed":
        for number in range(5):
            await alone(course, "ada2", f"/link 00000-0000{number}")
    code = await code_of(course, "ada")
    if why == "late":
        await course.passes(minutes=15)
    said = await course.answer(who, f"/link {code}", is_read_by_others=True)
    assert "Others could read that code, so it is void now." in said
    assert "used already" in await alone(course, "mia", f"/link {code}")
    assert [row.merged_into for row in await course.rows(select(member.c.merged_into))].count(1) == (why == "ada, ben")


async def test_a_code_of_another_course_is_void_too_when_others_could_read_it(course: Community) -> None:
    """It is looked for by itself, not in the course in whose group it was typed."""
    code = await code_of(course, "ada")
    await course.run.app.database.run(lambda db: db.execute(update(member).where(member.c.id == 1).values(course="x")))
    assert "void" in await course.answer("ben", f"/link {code}", is_read_by_others=True)


async def test_accounts_of_staff_are_not_linked(course: Community) -> None:
    code = await code_of(course, "ada")
    assert "staff" in await alone(course, "lin", f"/link {code}")
    assert "staff" in await alone(course, "lin", "/link")


async def test_whoever_gave_the_code_reads_that_it_was_used(course: Community) -> None:
    await link(course)
    assert any(f"was linked with {course.actor('ada2').account}" in text for text in await course.said("ada"))


async def test_staff_find_a_link_in_the_audit(course: Community) -> None:
    await link(course)
    await unlink(course, "@ada2")
    told = await course.answer("chen", "/audit", room="staff")
    ada, other = course.actor("ada").account, course.actor("ada2").account
    assert f"linked two accounts to #1 Ada: Ada ({ada}), Ada Two ({other})" in told
    assert "parted the accounts of #1 Ada" in told
    assert "has no linked accounts" in await course.answer("chen", "/unlink @ada", room="staff")


async def test_three_accounts_are_one_person_and_the_middle_link_can_be_undone(open_community: Any) -> None:
    people = TWO.replace("  - {id: ben,", "  - {id: ada3, name: Ada Three, role: student}\n  - {id: ben,")
    course = await open_community(demo=people)
    await course.until(9)
    for who in ("ada", "ada2", "ada3"):
        await course.types(who, "/checkin")
    await link(course, "ada2", "ada3")
    await link(course, "ada", "ada3")
    assert await total(course, "ada3") == 5
    shown = await course.answer("chen", "/unlink @ada3", room="staff")
    assert "Ada has 3 accounts" in shown
    await course.answer("chen", "/unlink no.2", room="staff")
    assert [await total(course, who) for who in ("ada", "ada2", "ada3")] == [5, 5, 5]
    await course.answer("chen", "/unlink no.1", room="staff")
    assert [await total(course, who) for who in ("ada", "ada2", "ada3")] == [5, 5, 5]
    assert sum([await course.points(who) for who in ("ada", "ada2", "ada3")]) == 15
    assert await boards_agree(course)


# --- two platforms ----------------------------------------------------------------------------------------------------

HOME = Address(platform="elsewhere", chat="group")
THERE = Actor(platform="elsewhere", user="77", name="Ada L.", handle="ada_l")


def typed(course: Community, number: int, name: str, text: str = "") -> CommandInvoked:
    key = EventKey(f"elsewhere:{number}")
    return CommandInvoked(
        key=key, at=course.now, actor=THERE, address=HOME, name=name, text=text, via="slash", message=str(number)
    )


async def test_accounts_of_two_platforms_become_one(course: Community) -> None:
    bound = {"platform": "elsewhere", "chat": "group", "course": "writing", "space": "main", "kind": "main"}
    await course.run.app.database.run(lambda db: db.execute(binding.insert().values(**bound, at=course.now)))
    await course.until(9)
    await course.types("ada", "/checkin")
    code = await code_of(course, "ada")
    said = MessagePosted(
        key=EventKey("elsewhere:1"),
        at=course.now,
        actor=THERE,
        address=HOME,
        message="1",
        text="hello there, all of you",
    )
    await course.run.app.sink([said])
    await course.run.app.sink([typed(course, 2, "link", code)])
    await course.run.app.sink([typed(course, 3, "checkin")])
    assert await total(course, "ada") == 6
    [(whose,)] = await course.rows(select(member.c.merged_into).join(account).where(account.c.platform == "elsewhere"))
    assert whose == 1
    await course.passes(hours=24)
    await course.run.app.sink([typed(course, 4, "checkin")])
    assert await total(course, "ada") == 11
    assert (await course.board("ben", "/rank"))[0][1:] == ("Ada", "11")
    entries = await course.rows(select(ledger.c.member).where(ledger.c.rule == "thoughtful"))
    assert [row.member != 1 for row in entries] == [True]  # what was earned before stays where it was


async def test_votes_of_both_count_once(open_community: Any) -> None:
    asks = "ask:\n  on_day: 1\n  at: 09:00\n  do: post\n  poll: {question: What next?, options: [Titles, Covers]}\n"
    course = await open_community(demo=TWO, rituals=asks)
    await course.until(9)
    await course.presses("ada", "Titles")
    await course.presses("ada2", "Covers")
    await course.presses("ben", "Covers")
    assert "3 voted" in await poll_in(course)
    await link(course)
    assert "Your vote: Covers" in await course.presses("ada2", "Covers")
    assert "0 · Titles" in await poll_in(course)
    assert "2 · Covers" in await poll_in(course)
    assert "2 voted" in await poll_in(course)
    assert "already" in await course.presses("ada", "Covers")


async def poll_in(course: Community) -> str:
    return next(text for text in reversed(await course.said()) if "What next?" in text)


async def test_a_link_that_somebody_sent_joins_nothing_until_one_confirms(course: Community) -> None:
    code = await code_of(course, "ada")
    at = course.now
    actor = course.actor("ada2")
    address = course.address("main") if course.alone == "main" else course.private("ada2")
    followed = CommandInvoked(
        key=EventKey("local:followed"), at=at, actor=actor, address=address, name="link", text=code, via="link"
    )
    await course.run.app.sink([followed])
    await course.run.control.settle()
    assert "Confirm only if you asked for the code yourself" in (await course.said("ada2"))[-1]
    assert [row.merged_into for row in await course.rows(select(member.c.merged_into))] == [None, None]
    await course.presses("ada2", "I asked for it myself")
    assert [row.merged_into for row in await course.rows(select(member.c.merged_into))].count(None) == 1

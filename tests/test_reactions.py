"""Reactions count for the author of a message, until they are gone; and what becomes of edited and deleted messages."""

import itertools
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.events import Event, MessageDeleted, MessageEdited, ReactionAdded, ReactionRemoved
from bot.domain.ids import EventKey
from bot.domain.places import Address
from storage.tables import account, fact, ledger, member
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

RULED = (
    RULES
    + """
liked:
  title: {zh: 被点赞, en: Liked}
  when: reaction.received
  where: {member.role: student}
  limit: {points_per_day: 6}
  then:
    - award: 2
starred:
  when: reaction.received
  where: {reaction: 🎉, from_role: [assistant, admin]}
  counts_as: contribution
  then:
    - award: 10
"""
)
LEVELS = """
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: {zh: 普通, en: Regular}, activity: 5}
"""
THOUGHT = "The way to begin is to begin with the second sentence."
_numbers = itertools.count(1)


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=RULED)
    return course


async def happens(course: Community, kind: type, who: str, message: int | str, *, times: int = 1, **more: Any) -> None:
    """An event as an adapter makes it, perhaps delivered several times."""
    if "reaction" in kind.__name__.lower():
        more = {"reaction": "👍", **more}
    event: Event = kind(
        key=EventKey(f"local:test:{next(_numbers)}"),
        at=course.now,
        actor=course.actor(who),
        address=more.pop("address", None) or course.address(),
        message=str(message),
        **more,
    )
    for _ in range(times):
        await course.run.app.sink([event])
    await course.settle()


async def counted(course: Community, kind: str) -> int:
    rows = await course.rows(select(func.count()).select_from(fact).where(fact.c.kind == kind))
    return int(rows[0][0])


async def entries(course: Community, rule: str) -> list[int]:
    return [row["points"] for row in await course.ledger() if row["rule"] == rule]


# --- reactions --------------------------------------------------------------------------------------------------------


async def test_a_reaction_counts_for_the_author(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    assert (await course.points("ada"), await course.points("ben")) == (2, 0)
    assert "Reaction 👍 to a message\n    ✓ Liked: +2" in await course.answer("ada", "/why")


async def test_one_that_is_taken_back_counts_no_longer_and_may_come_again(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    for on, points in ((True, 2), (False, 0), (True, 2), (False, 0)):
        await course.reacts("ben", number, "👍", on)
        assert await course.points("ada") == points
    assert await entries(course, "liked") == [2, -2, 2, -2]


async def test_several_of_one_member_on_one_message_count_once(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    for reaction in ("👍", "❤️", "👏"):
        await course.reacts("ben", number, reaction)
    assert await course.points("ada") == 2
    await course.reacts("ben", number, "👍", False)
    await course.reacts("ben", number, "👏", False)
    assert await course.points("ada") == 2
    await course.reacts("ben", number, "❤️", False)
    assert await course.points("ada") == 0


async def test_a_second_one_may_say_what_the_first_did_not(course: Community) -> None:
    await course.types("lin", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("lin", number, "👍")
    await course.reacts("lin", number, "🎉")
    assert await course.points("ada") == 12
    await course.reacts("lin", number, "👍", False)
    await course.reacts("lin", number, "🎉", False)
    assert await course.points("ada") == 0


@pytest.mark.parametrize(("gone", "left"), [("❤️", 0), ("👍", 6)])
async def test_what_stays_counts_and_what_goes_does_not(open_community, gone: str, left: int) -> None:
    rules = RULES + "loved: {when: reaction.received, where: {reaction: ❤️}, then: [award: 6]}\n"
    course = await open_community(rules=rules)
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    for reaction in ("👍", "❤️"):
        await course.reacts("ben", number, reaction)
    assert await course.points("ada") == 6
    await course.reacts("ben", number, gone, False)
    assert await course.points("ada") == left
    for reaction in {"👍", "❤️"} - {gone}:
        await course.reacts("ben", number, reaction, False)
    assert await course.points("ada") == 0


async def test_what_stays_counts_for_the_day_on_which_it_was_left(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    await course.reacts("ben", number, "❤️")
    await course.passes(days=1)
    await course.reacts("ben", number, "👍", False)
    mine = select(ledger.c.points, ledger.c.local_date).where(ledger.c.rule == "liked").order_by(ledger.c.id)
    assert [(points, f"{day:%d}") for points, day in await course.rows(mine)] == [(2, "01"), (-2, "01"), (2, "01")]


async def test_each_members_reaction_counts_up_to_the_rules_limit(course: Community) -> None:
    number = await course.types("ada", "hello")
    for count in range(5):
        await course.welcomes(f"p{count}", f"P{count}")
        await course.types(f"p{count}", "hello")
        await course.reacts(f"p{count}", number, "👍")
    assert await course.points("ada") == 6
    await course.reacts("p0", number, "👍", False)
    assert await course.points("ada") == 4


async def test_only_a_change_counts_however_often_it_is_told(course: Community, open_community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    await happens(course, ReactionAdded, "ben", number, times=3)
    await happens(course, ReactionAdded, "ben", number)  # told again under another key
    course = await open_community(rules=RULED)
    await happens(course, ReactionAdded, "ben", number)
    assert (await course.points("ada"), await counted(course, "reaction.received")) == (2, 1)
    for _ in range(2):
        await happens(course, ReactionRemoved, "ben", number, times=2)
    assert (await course.points("ada"), await counted(course, "retracted")) == (0, 1)
    await happens(course, ReactionRemoved, "ben", number, reaction="🎉")
    assert await counted(course, "retracted") == 1


async def test_ones_own_reaction_is_no_praise(course: Community) -> None:
    number = await course.types("ada", "hello")
    await course.reacts("ada", number, "👍")
    await course.reacts("ada", number, "👍", False)
    assert (await counted(course, "reaction.received"), await counted(course, "retracted")) == (0, 0)


async def test_what_nobody_posted_earns_nothing(course: Community) -> None:
    await course.types("ben", "hello")
    await course.until(9)
    command = await course.types("ada", "/checkin")
    for number in (command, (await course.messages())[0].number, 99_999):
        await happens(course, ReactionAdded, "ben", number)
        await happens(course, ReactionRemoved, "ben", number)
        await happens(course, MessageDeleted, "ben", number)
    assert await counted(course, "reaction.received") == 0
    assert await course.answer("chen", "/failures", room="staff") == "Nothing is waiting: all is well."


@pytest.mark.parametrize("room", ["nowhere", "staff"])
async def test_elsewhere_nothing_counts_and_nothing_fails(course: Community, room: str) -> None:
    for kind in (ReactionAdded, ReactionRemoved, MessageDeleted):
        await happens(course, kind, "ben", 1, address=course.address(room))
    await happens(course, MessageEdited, "ben", 1, address=course.address(room), text="changed")
    await happens(course, ReactionAdded, "ben", 1, address=course.private("ben"))
    assert await counted(course, "reaction.received") == 0
    assert await course.answer("chen", "/failures", room="staff") == "Nothing is waiting: all is well."


async def test_who_has_left_praises_nobody_and_is_not_back_by_it(course: Community) -> None:
    number = await course.types("ada", "hello")
    await course.types("ben", "hello")
    await course.leaves("ben")
    await happens(course, ReactionAdded, "ben", number)
    assert await course.points("ada") == 0
    left = (
        select(member.c.left_at)
        .join(account, account.c.member == member.c.id)
        .where(account.c.user == course.actor("ben").user)
    )
    assert (await course.rows(left))[0].left_at is not None


async def test_a_reaction_makes_nobody_a_member(course: Community) -> None:
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    assert await course.points("ada") == 0
    assert await counted(course, "member.joined") == 1
    await course.reacts("ben", number, "👍", False)
    await course.types("ben", "hello")
    await course.reacts("ben", number, "👍")
    assert await course.points("ada") == 2


async def test_a_very_long_reaction_is_cut(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await happens(course, ReactionAdded, "ben", number, reaction="<:" + "x" * 5000 + ">")
    await happens(course, ReactionRemoved, "ben", number, reaction="<:" + "x" * 5000 + ">")
    assert await entries(course, "liked") == [2, -2]


async def test_a_post_and_its_reaction_may_come_in_one_batch(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.posts("ada", "hello")
    await course.reacts("ben", number, "👍")
    assert await course.points("ada") == 2


async def test_reactions_that_no_rule_speaks_of_do_not_bury_the_reasons(open_community) -> None:
    course = await open_community()
    await course.types("ben", "hello")
    number = await course.types("ada", "/checkin")
    number = await course.types("ada", "hello")
    for reaction in ("👍", "❤️"):
        await course.reacts("ben", number, reaction)
    said = await course.answer("ada", "/why")
    assert "Reaction" not in said
    assert "Check-in (streak 1)" in said


async def test_a_level_that_was_reached_by_reactions_falls_with_them(open_community) -> None:
    course = await open_community(rules=RULED + LEVELS)
    await course.types("lin", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("lin", number, "🎉")
    of_ada = account.c.user == course.actor("ada").user
    level = select(member.c.level).join(account, account.c.member == member.c.id).where(of_ada)
    assert (await course.rows(level))[0].level == "regular"
    await course.reacts("lin", number, "🎉", False)
    assert (await course.rows(level))[0].level == "newcomer"


# --- deleted and edited messages --------------------------------------------------------------------------------------


@pytest.mark.needs("deletions")
async def test_what_a_deleted_message_earned_is_taken_back(course: Community) -> None:
    for who in ("ben", "lin"):
        await course.types(who, "hello")
    number = await course.types("ada", THOUGHT)
    await course.reacts("ben", number, "👍")
    await course.reacts("lin", number, "🎉")
    assert await course.points("ada") == 1 + 2 + 2 + 10
    await course.deletes("ada", number)
    assert await course.points("ada") == 0
    assert sorted(row["points"] for row in await course.ledger()) == [-10, -2, -2, -1, 1, 2, 2, 10]


@pytest.mark.parametrize("who", ["lin", "ben", "telegram-itself"])
async def test_whoever_deletes_it_the_author_loses_it(course: Community, who: str) -> None:
    number = await course.types("ada", THOUGHT)
    await happens(course, MessageDeleted, who, number)
    assert await course.points("ada") == 0
    assert await counted(course, "member.joined") == 1  # deleting shows nobody to be there


async def test_deleting_twice_takes_back_once(course: Community, open_community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", THOUGHT)
    await course.reacts("ben", number, "👍")
    await happens(course, MessageDeleted, "ada", number, times=2)
    course = await open_community(rules=RULED)
    await happens(course, MessageDeleted, "ada", number)
    assert await course.points("ada") == 0
    assert await counted(course, "retracted") == 2  # the message and its reaction


@pytest.mark.needs("deletions")
async def test_what_is_deleted_earns_nothing_any_more(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", THOUGHT)
    await course.deletes("ada", number)
    await happens(course, ReactionAdded, "ben", number)
    await happens(course, ReactionRemoved, "ben", number)
    assert await course.points("ada") == 0


async def test_a_deletion_that_comes_before_its_post_takes_nothing(course: Community) -> None:
    number = await course.types("ben", "hello")
    await happens(course, MessageDeleted, "ada", number + 1)
    assert await course.types("ada", THOUGHT) == number + 1
    assert await course.points("ada") == 1


@pytest.mark.needs("deletions")
async def test_the_points_of_a_deleted_message_may_be_earned_again(course: Community) -> None:
    for _ in range(3):
        number = await course.types("ada", THOUGHT)
    assert await course.points("ada") == 2  # the day's limit
    await course.deletes("ada", number - 1)
    assert await course.points("ada") == 1
    await course.types("ada", THOUGHT)
    assert await course.points("ada") == 2


@pytest.mark.needs("deletions")
async def test_deleting_after_the_course_changed_its_rules_takes_back_all_the_same(open_community) -> None:
    course = await open_community(rules=RULED)
    number = await course.types("ada", THOUGHT)
    course = await open_community(rules="")
    await course.deletes("ada", number)
    assert await course.points("ada") == 0


async def test_an_edit_earns_nothing_and_takes_nothing(course: Community) -> None:
    long, short = await course.types("ada", THOUGHT), await course.types("ada", "short")
    await course.edits("ada", long, "ok")
    await course.edits("ada", short, THOUGHT + " And more.")
    assert await course.points("ada") == 1
    await happens(course, MessageEdited, "someone-else", long, text="/grant Ada +500 x")
    assert (await course.points("ada"), await counted(course, "member.joined")) == (1, 1)


async def test_a_message_of_the_same_number_elsewhere_is_another_one(course: Community) -> None:
    number = await course.types("ada", THOUGHT)
    await happens(course, MessageDeleted, "ada", number, address=Address(platform="telegram", chat="main"))
    assert await course.points("ada") == 1

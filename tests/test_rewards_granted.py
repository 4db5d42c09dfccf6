"""Rewards that rules give: once for each cause, owed where there is none, withdrawn with the award."""

import pytest
from sqlalchemy import select

from bot.features.rewards.tables import redemption
from tests.community import Community
from tests.rewards_course import CODES, REWARDS, TITLED, buys, earns, post_of, staff, stocks

pytestmark = pytest.mark.every_platform

GIVES = (
    TITLED
    + """
gift:
  title: {zh: 长文有礼, en: A gift for long words}
  when: message.posted
  where: {length: {at_least: 30}}
  then:
    - reward: REWARD
"""
)
LONG = "Something that is long enough to be rewarded at once"


@pytest.fixture
def gives(open_community):
    """A course in which a long message is worth this reward."""

    async def opened(reward: str, rewards: str = REWARDS) -> Community:
        course: Community = await open_community(rewards=rewards, rules=GIVES.replace("REWARD", reward))
        await course.until(10)
        return course

    return opened


async def states(course: Community) -> list[tuple[str, str]]:
    rows = await course.rows(select(redemption.c.reward, redemption.c.state).order_by(redemption.c.id))
    return [(row.reward, row.state) for row in rows]


async def told(course: Community, who: str) -> str:
    """All that this person alone was told."""
    return "\n".join(await course.said(who, "main") + await course.said(who, course.private_room))


async def test_what_a_rule_gives_costs_nothing_and_is_told_to_them_alone(gives) -> None:
    course = await gives("tea")
    await stocks(course, 3)
    await course.types("ada", "/help", room=course.private_room)
    before = await course.points("ada")
    await course.types("ada", LONG)
    assert await states(course) == [("tea", "given")]
    assert await course.points("ada") - before <= 1  # what the message itself is worth
    assert "“Tea coupon” is yours" in await told(course, "ada")
    assert "Tea coupon" not in "\n".join(await course.said("ben"))
    assert CODES not in await told(course, "ben")
    assert f"{CODES}-tea-1" in await course.answer("ada", "/rewards code 1", room=course.alone)


async def test_each_cause_gives_once(gives) -> None:
    course = await gives("tea")
    await stocks(course, 3)
    await course.types("ada", LONG)
    await course.types("ada", LONG + ", again")
    assert await states(course) == [("tea", "given")] * 2


async def test_where_no_code_is_left_it_is_owed_and_given_later(gives) -> None:
    course = await gives("tea")
    await course.types("ada", LONG)
    assert await states(course) == [("tea", "owed")]
    assert "has earned “Tea coupon”, which can't be given now" in await post_of(course, 1)
    assert "owed" in await staff(course, "/redemptions")
    assert "none left" in await staff(course, "/redemptions 1 give")
    assert await states(course) == [("tea", "owed")]
    await stocks(course, 1)
    await course.presses("lin", "Give it now", room="staff")
    assert await states(course) == [("tea", "given")]
    assert f"{CODES}-tea-1" in await course.answer("ada", "/rewards code 1", room=course.alone)
    assert "given already" in await staff(course, "/redemptions 1 give")


async def test_over_the_budget_it_is_owed_until_the_next_month(gives) -> None:
    course = await gives("tea", REWARDS.replace("budget: 3000", "budget: 150"))
    await stocks(course, 5)
    await earns(course, "ben", 100)
    await buys(course, "ben", "tea", 100)
    await course.types("ada", LONG)
    assert await states(course) == [("tea", "given"), ("tea", "owed")]
    await course.passes(days=31)
    await staff(course, "/redemptions 2 give")
    assert await states(course) == [("tea", "given")] * 2


async def test_what_is_owed_can_be_let_go_with_a_reason(gives) -> None:
    course = await gives("tea")
    await course.types("ada", LONG)
    await staff(course, "/redemptions 1 decline The shop has closed")
    assert await states(course) == [("tea", "cancelled")]
    assert "No redemption waits" in await staff(course, "/redemptions")


@pytest.mark.needs("deletions")
async def test_what_was_owed_goes_with_the_award(gives) -> None:
    course = await gives("tea")
    number = await course.types("ada", LONG)
    assert await states(course) == [("tea", "owed")]
    await course.deletes("ada", number)
    assert await states(course) == [("tea", "cancelled")]


@pytest.mark.needs("deletions")
async def test_goods_that_were_not_sent_are_withdrawn_with_the_award_and_are_there_for_others(gives) -> None:
    course = await gives("book")
    number = await course.types("ada", LONG)
    assert await states(course) == [("book", "given")]
    await course.deletes("ada", number)
    assert await states(course) == [("book", "refunded")]
    await course.types("ben", LONG)
    assert (await states(course))[-1] == ("book", "given")


@pytest.mark.needs("deletions")
async def test_of_a_code_that_was_given_staff_decide(gives) -> None:
    course = await gives("tea")
    await stocks(course, 1)
    number = await course.types("ada", LONG)
    await course.deletes("ada", number)
    assert await states(course) == [("tea", "given")]
    assert "the award for which Ada was given “Tea coupon” was taken back" in "\n".join(
        await course.said("lin", "staff")
    )
    await staff(course, "/redemptions 1 refund taken back")
    assert await states(course) == [("tea", "refunded")]


@pytest.mark.needs("deletions")
async def test_a_title_that_was_given_goes_with_the_award(gives) -> None:
    course = await gives("crown")
    number = await course.types("ada", LONG)
    assert "Champion" in await course.answer("ada", "/me", room=course.alone)
    await course.deletes("ada", number)
    assert await states(course) == [("crown", "refunded")]
    assert "Champion" not in await course.answer("ada", "/me", room=course.alone)


async def test_a_reward_that_the_course_has_no_more_undoes_nothing_else(gives) -> None:
    course = await gives("tea", REWARDS.replace("    price: 100\n", ""))  # it is off: it has no price
    await course.types("ada", LONG)
    assert await states(course) == [("tea", "owed")]
    assert await course.points("ada") == 1


# --- again and again --------------------------------------------------------------------------------------------------


@pytest.mark.needs("deletions")
async def test_who_deletes_what_was_rewarded_and_says_it_again_has_one_and_no_more(gives) -> None:
    course = await gives("tea")
    await stocks(course, 5)
    for number in range(4):
        said = await course.types("ada", f"{LONG}, for the {number}. time")
        await course.passes(minutes=3)
        await course.deletes("ada", said)
        await course.passes(minutes=3)
    assert await states(course) == [("tea", "given")]
    assert "has earned “Tea coupon” again" in "\n".join(await course.said("lin", "staff"))
    await course.types("ada", LONG)
    await course.types("ada", LONG + ", and this one counts for itself")
    assert await states(course) == [("tea", "given")] * 2


@pytest.mark.needs("edits")
async def test_a_code_that_was_taken_back_is_not_given_again_for_the_same_thing(gives) -> None:
    course = await gives("tea")
    await stocks(course, 5)
    said = await course.types("ada", LONG)
    await staff(course, "/redemptions 1 refund a mistake")
    for words in ("short", LONG, "short", LONG):
        await course.edits("ada", said, words)
        await course.passes(minutes=3)
    assert await states(course) == [("tea", "refunded")]


async def test_what_was_won_is_told_as_won_with_what_for_and_without_points(gives) -> None:
    course = await gives("book")
    await course.types("ada", "/help", room=course.private_room)
    await course.types("ada", LONG)
    heard = await told(course, "ada")
    assert "Well done! “Book” is yours (A gift for long words): #1." in heard
    await staff(course, "/redemptions 1 refund sold out in the shop")
    heard = await told(course, "ada")
    assert "“Book” was taken back: sold out in the shop" in heard
    assert "0 points" not in heard
    assert "#1: “Book” was taken back from Ada." in await post_of(course, 1)
    mine = await course.answer("ada", "/rewards mine", room=course.alone)
    assert "taken back" in mine
    assert "points are back" not in mine


# --- who is not here any more -----------------------------------------------------------------------------------------


async def test_what_is_owed_to_who_has_left_is_given_when_they_are_back(gives) -> None:
    course = await gives("tea")
    await course.types("ada", LONG)
    await stocks(course, 1)
    await course.leaves("ada")
    assert "#1 was not given: Ada has left the course" in await staff(course, "/redemptions 1 give")
    assert await states(course) == [("tea", "owed")]
    await course.types("ada", "I am back")
    await staff(course, "/redemptions 1 give")
    assert await states(course) == [("tea", "given")]


async def test_nothing_is_owed_to_who_was_forgotten(gives) -> None:
    course = await gives("tea")
    await course.types("ada", LONG)
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    assert await states(course) == [("tea", "cancelled")]
    assert "has asked to be forgotten" in await post_of(course, 1)
    await stocks(course, 1)
    await staff(course, "/redemptions 1 give")
    assert await states(course) == [("tea", "cancelled")]
    assert "No redemption waits" in await staff(course, "/redemptions")

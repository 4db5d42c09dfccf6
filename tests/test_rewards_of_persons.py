"""Rewards of a person with several accounts, and whether the ledger can be counted anew from its facts."""

import pytest
from sqlalchemy import select

from bot.domain.ids import CourseId
from bot.engine.recorded import facts_of, judged_again, versions_of
from bot.features.rewards.tables import redemption
from storage import boards
from storage.tables import ledger
from tests.community import Community
from tests.test_links import TWO, alone, boards_agree, link, unlink
from tests.test_rewards import REWARDS, TITLED, balance, opened, pays, redeems

pytestmark = pytest.mark.every_platform


async def of_two(open_community) -> Community:
    """Ada has 150 points with one account, and 100 with the other."""
    course = await opened(open_community, points=150, demo=TWO)
    await course.types("ada2", "hello")
    await pays(course, "ada2", 100)
    return course


async def test_two_accounts_have_one_balance_and_what_is_once_for_each_member_is_once(open_community) -> None:
    course = await of_two(open_community)
    await redeems(course, "ada2", "mug", 50)
    assert "Done" in await link(course)
    assert await balance(course, "ada") == 200
    assert "Once for each member" in await redeems(course, "ada", "mug", 50)
    assert "You have asked for" in await redeems(course, "ada2", "lesson", 200)
    assert await balance(course, "ada") == 0
    assert "Mug" in await alone(course, "ada", "/rewards mine")
    assert await boards_agree(course)


async def test_accounts_that_are_parted_again_leave_what_was_spent_with_who_spent_it(open_community) -> None:
    course = await of_two(open_community)
    await link(course)
    await redeems(course, "ada2", "lesson", 200)
    assert "Ada Two pays the 50 points that Ada is short of" in await unlink(course)
    assert await balance(course, "ada") == 0
    assert await balance(course, "ada2") == 50
    assert await boards_agree(course)
    await course.types("ada", "/redeem cancel 1", room=course.alone)
    assert (await balance(course, "ada"), await balance(course, "ada2")) == (150, 100)
    assert await boards_agree(course)
    await course.run.app.database.run(boards.rebuild)
    assert (await balance(course, "ada"), await balance(course, "ada2")) == (150, 100)


async def test_points_are_not_spent_twice_by_linking_and_parting(open_community) -> None:
    course = await opened(open_community, points=0, demo=TWO)
    await course.types("ada2", "hello")
    await pays(course, "ada2", 100)
    for _ in range(2):
        await link(course)
        await redeems(course, "ada2", "coupon", 100)
        await unlink(course)
        assert (await balance(course, "ada"), await balance(course, "ada2")) == (0, 0)
    assert "so 100 are lacking" in await redeems(course, "ada2", "coupon", 100)
    assert len(await course.rows(select(redemption))) == 1
    assert await boards_agree(course)


async def test_who_asked_with_one_account_hears_of_it_and_has_the_points_of_both(
    open_community,
) -> None:
    course = await of_two(open_community)
    await pays(course, "ada2", 100)
    await redeems(course, "ada2", "lesson", 200)
    await pays(course, "ada2", -50)
    await link(course)
    said = await course.answer("lin", "/redemptions 1 approve", room="staff")
    assert "in debt" not in said  # the points of both are enough
    heard = [await course.said(who, course.private_room) for who in ("ada", "ada2")]
    heard += [await course.said(who) for who in ("ada", "ada2")]
    assert any("“Extra lesson” is yours" in text for texts in heard for text in texts)


async def test_what_both_had_together_each_has_had(open_community) -> None:
    course = await of_two(open_community)
    await link(course)
    await redeems(course, "ada2", "mug", 50)
    await unlink(course)
    for who in ("ada", "ada2"):
        assert "Once for each member" in await redeems(course, who, "mug", 50)


async def test_a_debt_that_has_other_reasons_stays_whose_it_is(open_community) -> None:
    course = await of_two(open_community)
    await redeems(course, "ada", "coupon", 100)
    await pays(course, "ada", -100)
    await link(course)
    await unlink(course)
    assert (await balance(course, "ada"), await balance(course, "ada2")) == (-50, 100)


async def test_what_the_points_of_both_do_not_cover_is_told_to_staff(open_community) -> None:
    course = await of_two(open_community)
    await link(course)
    await redeems(course, "ada", "lesson", 200)
    await pays(course, "ada", -150)
    said = await unlink(course)
    assert (await balance(course, "ada"), await balance(course, "ada2")) == (-100, 0)
    assert "100 points in debt" in said


async def test_the_boards_and_the_balance_are_the_same_when_they_are_made_anew(open_community) -> None:
    course = await of_two(open_community)
    await redeems(course, "ada", "coupon", 100)
    await redeems(course, "ada2", "lesson", 200)
    await redeems(course, "ada2", "mug", 50)
    await course.run.app.database.run(boards.rebuild)
    assert await boards_agree(course)
    assert (await balance(course, "ada"), await balance(course, "ada2")) == (50, 50)


async def test_the_recorded_facts_lead_to_the_same_ledger_again(open_community) -> None:
    course = await of_two(open_community)
    await redeems(course, "ada", "lesson", 200)
    await redeems(course, "ada2", "coupon", 100)
    await link(course)
    await redeems(course, "ada2", "mug", 50)
    await pays(course, "ada", 30)
    await redeems(course, "ada", "star", 30)
    await pays(course, "ada", -60)
    await unlink(course)
    await course.types("ada", "/redeem cancel 1", room=course.alone)
    database, where = course.run.app.database, CourseId(course.folder.name)
    vocabulary = course.run.app.registry.vocabulary()
    versions = await database.call(lambda: versions_of(database, where, vocabulary))
    again = await database.call(lambda: judged_again(facts_of(database, where), versions))
    columns = ("member", "rule", "object", "round", "points", "category", "fact", "local_date")
    kept = await course.rows(select(*(ledger.c[name] for name in columns)).order_by(ledger.c.id))
    assert [tuple(row) for row in kept] == [tuple(getattr(one, name) for name in columns) for one in again.entries]


async def test_who_leaves_and_comes_back_has_what_they_had(open_community) -> None:
    course = await opened(open_community, rules=TITLED, rewards=REWARDS)
    await redeems(course, "ada", "lesson", 200)
    await course.leaves("ada")
    (row,) = await course.rows(select(redemption))
    assert row.state == "requested"
    await course.types("ada", "I am back")
    assert "#1 Extra lesson" in await alone(course, "ada", "/rewards mine")

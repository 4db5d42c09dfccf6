"""Rewards for points: the catalogue, redeeming, codes, goods with an address, limits, and the way back."""

import re

import pytest
from sqlalchemy import select

from bot.domain.ids import CourseId
from bot.features.rewards import stocking
from bot.features.rewards.tables import address, redemption
from storage.tables import outbox
from tests.community import COURSE, RULES, Community

pytestmark = pytest.mark.every_platform

REWARDS = """
rewards:
  coupon:
    title: {zh: 课程优惠券, en: Course coupon}
    about: {zh: 下一期立减 50 元, en: 50 off the next course}
    kind: code
    price: 100
  lesson:
    title: {zh: 加餐课, en: Extra lesson}
    kind: privilege
    price: 200
    stock: 2
    needs_approval: true
  mug:
    title: {zh: 课程马克杯, en: Mug}
    kind: goods
    price: 50
    once_per: member
  star:
    title: {zh: 活跃之星, en: Star}
    kind: title
    price: 30
    gives: star
"""
TITLED = RULES + "titles:\n  star: {title: {zh: 活跃之星, en: Active star}, icon: ⭐, lasts: 7d}\n"
LEVELS = "levels:\n  seed: {title: Seed}\n  core: {title: Core, activity: 250}\n"
CODES = ("SAVE-AAAA-1111", "SAVE-BBBB-2222")


async def opened(open_community, *, points: int = 300, codes: tuple[str, ...] = CODES, **files: str) -> Community:
    course: Community = await open_community(**{"rules": TITLED, "rewards": REWARDS, **files})
    await course.types("ada", "hello")
    await course.types("ben", "hello")
    if points:
        await pays(course, "ada", points)
    await put_in(course, *codes)
    return course


async def pays(course: Community, who: str, points: int) -> None:
    await course.types("chen", f"/grant @{who} {points:+d} for the test", room="staff")


async def put_in(course: Community, *codes: str) -> None:
    where = CourseId(course.folder.name)
    await course.run.app.database.run(lambda db: stocking.put_in(db, where, "coupon", codes, course.now))


async def redeems(course: Community, who: str, reward: str, price: int) -> str:
    return await course.answer(who, f"/redeem {reward} {price}", room=course.alone)


async def pressed(course: Community, who: str, label: str, *, room: str | None = None) -> str:
    """All that somebody is told who presses a button."""
    room = room or course.alone
    before = {message.number for message in await course.messages(who, room)}
    told = await course.presses(who, label, room=room)
    heard = [message.text for message in await course.messages(who, room) if message.number not in before]
    return "\n".join(dict.fromkeys([*([told] if told else []), *heard]))


async def balance(course: Community, who: str) -> int:
    found = re.search(r"-?\d+", await course.answer(who, "/points", room=course.alone))
    assert found
    return int(found[0])


# --- the whole way ----------------------------------------------------------------------------------------------------


async def test_the_catalogue_says_what_one_can_have_and_what_is_lacking(open_community) -> None:
    course = await opened(open_community, points=120)
    said = await course.answer("ada", "/rewards", room=course.alone)
    assert said.startswith("Rewards · you have 120 points\nCourse coupon · 100 points · 2 left\n50 off the next course")
    assert "Extra lesson · 200 points · 2 left\n↳ It costs 200; you have 120, so 80 are lacking." in said


async def test_a_code_costs_what_was_said_before_and_is_shown_to_its_winner_again_and_again(open_community) -> None:
    course = await opened(open_community)
    asked = await course.answer("ada", "/redeem coupon", room=course.alone)
    assert "“Course coupon” costs 100 points. You have 300; 200 would be left." in asked
    said = await pressed(course, "ada", "Yes, for 100 points")
    assert "“Course coupon” is yours: #1.\nOnly you can see its code." in said
    assert "100 points spent, 200 left." in said
    assert await balance(course, "ada") == 200
    assert CODES[0] in await pressed(course, "ada", "Show the code")
    assert "#1 Course coupon" in await course.answer("ada", "/rewards mine", room=course.alone)
    assert CODES[0] in await course.answer("ada", "/rewards code 1", room=course.alone)


async def test_nobody_else_sees_a_code(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "coupon", 100)
    await course.types("ada", "/rewards code 1", room=course.alone)
    assert "You have no redemption “1”" in await course.answer("ben", "/rewards code 1", room=course.alone)
    for who, room in (("ben", "main"), ("lin", "staff"), ("chen", "staff")):
        assert not [text for text in await course.said(who, room) if CODES[0] in text]


async def test_a_second_press_of_the_same_button_takes_nothing(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/redeem coupon", room=course.alone)
    await course.presses("ada", "Yes, for 100 points", room=course.alone)
    said = await pressed(course, "ada", "Yes, for 100 points")
    assert said == "That button has done its work; nothing more was taken from you."
    assert await balance(course, "ada") == 200


async def test_a_price_that_has_changed_meanwhile_is_said_and_not_taken(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/redeem coupon", room=course.alone)
    course = await open_community(rules=TITLED, rewards=REWARDS.replace("price: 100", "price: 150"))
    said = await pressed(course, "ada", "Yes, for 100 points")
    assert said.startswith("The price of “Course coupon” has changed: it is 150 now. Nothing was taken from you.")
    assert await balance(course, "ada") == 300


# --- requests ---------------------------------------------------------------------------------------------------------


async def test_a_request_holds_the_points_and_gives_them_back_when_it_is_cancelled(open_community) -> None:
    course = await opened(open_community)
    said = await redeems(course, "ada", "lesson", 200)
    assert "You have asked for “Extra lesson”: #1. It waits for staff to approve it." in said
    assert await balance(course, "ada") == 100
    assert "Extra lesson · 200 points · 1 left" in await course.answer("ben", "/rewards", room=course.alone)
    said = await pressed(course, "ada", "Cancel it")
    assert "#1 “Extra lesson” is cancelled. 200 points are back; you have 300." in said
    assert await balance(course, "ada") == 300
    assert "#1 was cancelled" in await course.answer("ada", "/redeem cancel 1", room=course.alone)
    assert "Extra lesson · 200 points · 2 left" in await course.answer("ben", "/rewards", room=course.alone)


async def test_what_is_given_can_not_be_cancelled_and_what_is_others_neither(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "lesson", 200)
    await redeems(course, "ada", "coupon", 100)
    assert "no redemption “1”" in await course.answer("ben", "/redeem cancel 1", room=course.alone)
    assert "#2 was given already." in await course.answer("ada", "/redeem cancel 2", room=course.alone)
    assert await balance(course, "ada") == 0


async def test_a_request_outlives_its_reward_in_the_yaml(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "lesson", 200)
    course = await open_community(rules=TITLED, rewards=REWARDS.replace("  lesson:", "  other:"))
    assert "#1 Extra lesson" in await course.answer("ada", "/rewards mine", room=course.alone)
    await course.types("ada", "/redeem cancel 1", room=course.alone)
    assert await balance(course, "ada") == 300


# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.needs("forms as conversations")
async def test_goods_are_sent_to_an_address_that_is_asked_for_where_nobody_reads_along(open_community) -> None:
    course = await opened(open_community)
    assert "Tell me where to send it" in await redeems(course, "ada", "mug", 50)
    await gives_address(course, "ada", 1)
    (kept,) = await course.rows(select(address))
    assert (kept.name, kept.phone, kept.address) == ("Ada L", "0123 456", "1 Elm Street, London")
    assert not [text for text in await course.said("ben") if "Elm Street" in text]


async def gives_address(course: Community, who: str, number: int) -> None:
    room = course.private_room
    await course.types(who, f"/rewards address {number}", room=room)
    for given in ("Ada L", "0123 456", "1 Elm Street, London", "send"):
        await course.types(who, given, room=room)


async def test_an_address_is_not_asked_for_in_a_group(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "mug", 50)
    await course.types("ada", "/rewards address 1")
    assert not [text for text in await course.said("ada") if "Phone number?" in text]


async def test_codes_and_what_is_over_need_no_address(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "coupon", 100)
    said = await course.answer("ada", "/rewards address 1", room=course.private_room)
    assert "#1 needs no address." in said
    assert "no redemption “1”" in await course.answer("ben", "/rewards address 1", room=course.private_room)


async def test_a_title_is_worn_for_its_time(open_community) -> None:
    course = await opened(open_community)
    said = await redeems(course, "ada", "star", 30)
    assert "“Star” is yours: #1." in said
    assert "Active star" in await course.answer("ada", "/me", room=course.alone)


async def test_a_title_that_is_worn_is_not_sold_again_until_it_ends(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "star", 30)
    assert "You wear this title until" in await redeems(course, "ada", "star", 30)
    assert "You wear this title until" in await course.answer("ada", "/rewards", room=course.alone)
    assert await balance(course, "ada") == 270
    await course.passes(days=8)
    assert "is yours" in await redeems(course, "ada", "star", 30)


async def test_of_a_title_that_has_ended_a_refund_takes_nothing_and_says_nothing_more(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "star", 30)
    await course.passes(days=8)
    await course.types("lin", "/redemptions 1 refund too late", room="staff")
    await redeems(course, "ada", "star", 30)
    await course.types("lin", "/redemptions 2 refund by mistake", room="staff")
    told = [text for text in await course.said("lin", "staff") if "Active star" in text]
    assert len(told) == 1
    assert "A redemption of Ada was taken back, and with it" in told[0]


# --- limits -----------------------------------------------------------------------------------------------------------


async def test_once_for_each_member_is_once(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "mug", 50)
    said = await redeems(course, "ada", "mug", 50)
    assert said == "Once for each member, and you have had yours."
    assert await balance(course, "ada") == 250


async def test_once_a_month_is_over_when_the_months_of_the_course_is(open_community) -> None:
    rewards = REWARDS.replace("once_per: member", "once_per: month")
    course = await opened(open_community, rewards=rewards, course=COURSE.replace("2027-03-14", "2027-04-30"))
    await redeems(course, "ada", "mug", 50)
    assert "Once a month" in await redeems(course, "ada", "mug", 50)
    await course.passes(days=31)
    assert "is yours" in await redeems(course, "ada", "mug", 50)


async def test_the_budget_is_for_all_rewards_and_a_month_of_the_courses_calendar(open_community) -> None:
    course = await opened(
        open_community, rewards="budget: 120\n" + REWARDS, course=COURSE.replace("2027-03-14", "2027-04-30")
    )
    await redeems(course, "ada", "mug", 50)
    assert "The course’s budget for this month is spent" in await redeems(course, "ada", "coupon", 100)
    await course.passes(days=31)
    assert "is yours" in await redeems(course, "ada", "coupon", 100)


async def test_a_month_has_only_so_many_of_one_reward(open_community) -> None:
    course = await opened(open_community, rewards=REWARDS.replace("price: 100", "price: 100\n    per_month: 1"))
    await pays(course, "ben", 100)
    await redeems(course, "ada", "coupon", 100)
    assert "The one for this month is gone" in await redeems(course, "ben", "coupon", 100)


async def test_without_codes_there_is_nothing_to_redeem(open_community) -> None:
    course = await opened(open_community, codes=())
    assert await redeems(course, "ada", "coupon", 100) == "There are none left."
    assert await balance(course, "ada") == 300


async def test_who_lacks_points_or_the_level_reads_what_is_lacking(open_community) -> None:
    rewards = REWARDS.replace("    price: 30", "    price: 30\n    levels: core")
    course = await opened(open_community, points=20, rules=TITLED + LEVELS, rewards=rewards)
    assert await redeems(course, "ada", "coupon", 100) == "It costs 100; you have 20, so 80 are lacking."
    assert await redeems(course, "ada", "star", 30) == "This one is only for members of these levels: Core."


async def test_what_is_only_given_can_not_be_bought(open_community) -> None:
    rewards = REWARDS.replace("    price: 30\n", "    granted_only: true\n")
    course = await opened(open_community, rewards=rewards)
    assert "only given" in await course.answer("ada", "/rewards", room=course.alone)
    assert "This one is only given" in await course.answer("ada", "/redeem star", room=course.alone)
    assert "This one is only given" in await redeems(course, "ada", "star", 0)


# --- points -----------------------------------------------------------------------------------------------------------


async def test_spending_lowers_the_balance_and_no_board_nor_level(open_community) -> None:
    levels = "levels:\n  seed: {title: Seed}\n  core: {title: Core, activity: 5}\n"
    course = await opened(open_community, points=0, rules=TITLED + levels)
    await course.types("ada", "/checkin")
    await pays(course, "ada", 100)
    board = await course.board("ada", "/rank")
    await redeems(course, "ada", "coupon", 100)
    assert await balance(course, "ada") == 5
    assert await course.board("ada", "/rank") == board
    assert any("105" in row for row in board)
    assert any("Core" in row for row in await course.board("ada", "/me"))
    assert "You have 5 points. Today you earned 105." in await course.answer("ada", "/points", room=course.alone)


async def test_points_taken_back_later_leave_a_debt_and_nothing_more(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "lesson", 200)
    await pays(course, "ada", -250)
    assert await balance(course, "ada") == -150
    assert "so 250 are lacking" in await redeems(course, "ada", "coupon", 100)
    assert "#1 Extra lesson" in await course.answer("ada", "/rewards mine", room=course.alone)


async def test_why_and_points_say_what_was_redeemed_and_what_came_back(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "lesson", 200)
    await course.types("ada", "/redeem cancel 1", room=course.alone)
    said = await course.answer("ada", "/why", room=course.alone)
    assert "200 points spent on a reward" in said
    rows = await course.board("ada", "/points")
    assert {row[1] for row in rows} >= {"redeemed #1", "refund of #1"}


# --- leaving ----------------------------------------------------------------------------------------------------------


async def test_an_address_goes_with_who_is_forgotten_and_what_waited_is_free_for_others(open_community) -> None:
    course = await opened(open_community, rewards=REWARDS.replace("stock: 2", "stock: 1"))
    await redeems(course, "ada", "lesson", 200)
    await course.types("ada", "/forget", room=course.private_room)
    await course.presses("ada", "Yes, forget me", room=course.private_room)
    (row,) = await course.rows(select(redemption))
    assert row.state == "cancelled"
    assert not await course.rows(select(address))
    await pays(course, "ben", 200)
    assert "You have asked for" in await redeems(course, "ben", "lesson", 200)


async def test_no_code_lies_in_the_outbox_before_its_winner_asks(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "coupon", 100)
    assert not [row for row in await course.rows(select(outbox.c.message)) if CODES[0] in str(row)]


async def test_a_code_that_was_shown_is_not_kept_among_what_was_sent(open_community) -> None:
    course = await opened(open_community)
    await redeems(course, "ada", "coupon", 100)
    assert CODES[0] in await course.answer("ada", "/rewards code 1", room=course.alone)
    assert not [row for row in await course.rows(select(outbox.c.message)) if CODES[0] in str(row)]

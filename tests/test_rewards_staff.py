"""What staff do with redemptions: they decide, deliver and take back; what they see, and what nobody else does."""

import pytest
from sqlalchemy import select

from bot.features.rewards import store
from bot.features.rewards.tables import code, redemption
from storage.tables import audit, outbox
from tests.community import Community
from tests.rewards_course import CODES, REWARDS, TITLED, buys, earns, post_of, posts_of, staff, stocks

pytestmark = pytest.mark.every_platform

ADDRESS = ("Ada Lovelace", "13800000000", "12 St James's Square, London")


@pytest.fixture
async def shop(open_community) -> Community:
    course: Community = await open_community(rewards=REWARDS, rules=TITLED)
    await course.until(10)
    await stocks(course, 5)
    await earns(course, "ada", 1000)
    return course


async def gives_address(course: Community, number: int) -> None:
    """As the form has kept it; how it asks is shown elsewhere."""
    values = dict(zip(("name", "phone", "address"), ADDRESS, strict=True))
    await course.run.app.database.run(lambda db: store.keep_address(db, number, {**values, "at": course.now}))


async def test_a_request_is_one_post_that_tells_how_it_goes_on(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    assert await post_of(shop, 1) == (
        "#1: Ada would like “Mug”. Please decide.\n500 points are held, and go back if you decline."
    )
    assert await shop.points("ada") == 500
    await shop.presses("lin", "Approve", room="staff")
    assert (await post_of(shop, 1)).startswith("#1: “Mug” is Ada's.\nThe address is still missing.")
    assert await posts_of(shop, 1) == 1
    assert "Settled by Lin" in await post_of(shop, 1)


async def test_who_declines_says_why_and_the_points_are_back(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 1 decline The mugs came broken", room="staff")
    assert await shop.points("ada") == 1000
    assert "Note: The mugs came broken" in await post_of(shop, 1)
    assert "The mugs came broken" in await shop.answer("ada", "/rewards mine", room=shop.alone)
    assert "was declined" in await staff(shop, "/redemptions 1 approve")
    assert await shop.points("ada") == 1000


async def test_the_wide_spaces_of_a_chinese_keyboard_part_words_too(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 1\u3000decline\u3000None are left", room="staff")
    assert "Note: None are left" in await post_of(shop, 1)


async def test_without_a_reason_it_is_asked_for(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.fills_in("lin", "/redemptions 1 decline", "None are left", room="staff")
    assert "Note: None are left" in await post_of(shop, 1)
    assert await shop.points("ada") == 1000


async def test_the_address_is_told_to_who_sends_it_alone_and_that_is_recorded(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 1 approve", room="staff")
    await gives_address(shop, 1)
    await shop.types("lin", "/help", room=shop.private_room)
    heard = await shop.answer("lin", "/redemptions 1 address", room="staff")
    heard += "\n".join(await shop.said("lin", shop.private_room))
    assert all(line in heard for line in ADDRESS)
    for who, room in (("chen", "staff"), ("ada", "main"), ("ben", "main")):
        assert ADDRESS[1] not in "\n".join(await shop.said(who, room))
    assert "looked at the address of" in await staff(shop, "/audit", "chen")
    assert not any(part in str(tuple(row)) for row in await shop.rows(select(audit.c.details)) for part in ADDRESS)


async def test_what_is_delivered_is_told_with_its_number_and_has_no_address_any_more_to_look_at(
    shop: Community,
) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 1 approve", room="staff")
    await gives_address(shop, 1)
    assert "delivered to Ada" in await staff(shop, "/redemptions 1 deliver SF1234567")
    assert "Note: SF1234567" in await post_of(shop, 1)
    assert "no address" in await staff(shop, "/redemptions 1 address")
    assert "SF1234567" in await shop.answer("ada", "/rewards mine", room=shop.alone)


async def test_what_was_given_is_taken_back_with_a_reason_and_the_points_return(shop: Community) -> None:
    await buys(shop, "ada", "talk", 300)
    assert await shop.points("ada") == 700
    assert "Please say why" in await staff(shop, "/redemptions 1 refund") or await posts_of(shop, 1) == 1
    await shop.types("lin", "cancel", room="staff")
    await shop.types("lin", "/redemptions 1 refund The teacher is ill", room="staff")
    assert await shop.points("ada") == 1000
    assert "was taken back" in await post_of(shop, 1)
    assert "was taken back" in await staff(shop, "/redemptions 1 refund Again")
    assert await shop.points("ada") == 1000


async def test_an_assistant_does_not_approve_their_own(shop: Community) -> None:
    await earns(shop, "lin", 600)
    await buys(shop, "lin", "mug", 500)
    assert "your own" in await staff(shop, "/redemptions 1 approve")
    assert "is Lin's" in await staff(shop, "/redemptions 1 approve", "chen")


async def test_students_can_do_none_of_it(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("ada", "/redemptions 1 approve", room=shop.alone)
    await shop.types("ada", "/redemptions grant @ada tea because", room=shop.alone)
    assert "would like" in await post_of(shop, 1)
    assert [row.state for row in await shop.rows(select(redemption.c.state))] == ["requested"]


async def test_what_waits_is_listed_with_buttons_and_also_in_the_queue(shop: Community) -> None:
    assert "No redemption waits" in await staff(shop, "/redemptions")
    await buys(shop, "ada", "mug", 500)
    await buys(shop, "ada", "talk", 300)
    shown = await staff(shop, "/redemptions")
    assert shown.splitlines()[0] == "Rewards: 2 wait"
    assert "#1 Ada · Mug · to be decided" in shown
    assert "#2 Ada · A talk with the teacher · to be delivered" in shown
    assert "Rewards: 2 wait" in await staff(shop, "/queue")
    await shop.presses("lin", "#2 delivered", room="staff")
    assert (await staff(shop, "/redemptions")).splitlines()[0] == "Rewards: 1 waits"


async def test_staff_are_reminded_once_of_what_waits_for_three_days(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.passes(days=2)
    assert not [text for text in await shop.said("lin", "staff") if "more than 3 days" in text]
    await shop.passes(days=3)
    reminded = [text for text in await shop.said("lin", "staff") if "more than 3 days" in text]
    assert len(reminded) == 1
    assert "#1 Ada · Mug" in reminded[0]
    assert "1 waits, 1 for more than 3 days" in await staff(shop, "/queue")


async def test_nobody_is_reminded_of_what_was_settled(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 1 decline no", room="staff")
    await shop.passes(days=5)
    assert not [text for text in await shop.said("lin", "staff") if "more than 3 days" in text]


async def test_all_that_was_given_is_listed_with_who_when_and_by_whom(shop: Community) -> None:
    await buys(shop, "ada", "tea", 100)
    await buys(shop, "ada", "mug", 500)
    await shop.types("lin", "/redemptions 2 decline no", room="staff")
    shown = await staff(shop, "/redemptions all")
    assert "#1 Ada · Tea coupon · " in shown
    assert "for 100 points" in shown
    assert "declined and Lin" in shown or "declined, Lin" in shown or "Lin, " in shown
    assert CODES not in shown
    assert "#1" in await staff(shop, "/redemptions done")
    assert "declined redemption #2 of" in await staff(shop, "/audit", "chen")


async def test_an_admin_gives_one_for_nothing_with_a_reason(shop: Community) -> None:
    assert "Only admins" in await staff(shop, "/redemptions grant @ben tea brave")
    assert "Like this" in await staff(shop, "/redemptions grant @ben tea", "chen")
    await shop.types("ben", "hello")
    assert "is Ben's, for nothing" in await staff(shop, "/redemptions grant @ben tea brave questions", "chen")
    assert await shop.points("ben") == 0
    assert f"{CODES}-tea-1" in await shop.answer("ben", "/rewards code 1", room=shop.alone)
    assert "given by staff" in await staff(shop, "/redemptions all")


async def test_a_reward_is_given_by_its_title_too_and_a_slip_says_which_word_it_was(shop: Community) -> None:
    await shop.types("ben", "hello")
    await staff(shop, "/redemptions grant @ben a talk with the teacher a brave question", "chen")
    assert "“A talk with the teacher” is Ben's." in await post_of(shop, 1)
    assert "Note: a brave question" in await post_of(shop, 1)
    assert "“teacup” is no reward. There are: tea" in await staff(shop, "/redemptions grant @ben teacup brave", "chen")
    assert "Why “A talk with the teacher”?" in await staff(
        shop, "/redemptions grant @ben A talk with the teacher", "chen"
    )
    assert "不认识" not in await staff(shop, "/redemptions grant @ben 一对一点评 作品好", "chen")
    assert "Note: 作品好" in await post_of(shop, 2)


async def test_who_decides_reads_that_the_points_are_gone_meanwhile(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await shop.types("chen", "/grant @ada -700 counted twice", room="staff")
    assert "Ada is 200 points in debt" in await staff(shop, "/redemptions")
    assert "Ada is 200 points in debt" in await staff(shop, "/redemptions 1 approve")
    assert "Ada is 200 points in debt" in await post_of(shop, 1)


async def test_what_is_refunded_costs_its_code_and_says_which_one_the_shop_must_disable(shop: Community) -> None:
    await buys(shop, "ada", "tea", 100)
    await buys(shop, "ada", "tea", 100)
    assert "code number 2 of those put in for tea" in await staff(shop, "/redemptions 2 refund a mistake")
    assert "was taken back" in await shop.answer("ada", "/rewards code 2", room=shop.alone)
    assert f"{CODES}-tea-2" not in "\n".join(await shop.said("ada", shop.alone))
    assert f"{CODES}-tea-1" in await shop.answer("ada", "/rewards code 1", room=shop.alone)


async def test_asking_and_cancelling_again_and_again_is_one_post(shop: Community) -> None:
    for number in range(1, 5):
        await buys(shop, "ada", "mug", 500)
        if number < 4:
            await shop.types("ada", f"/redeem cancel {number}", room=shop.alone)
    about = [text for text in await shop.said("lin", "staff") if "“Mug”" in text]
    assert [text.partition(":")[0] for text in about] == ["#4"]
    assert "would like" in about[0]
    await shop.presses("lin", "Approve", room="staff")
    assert "is Ada's" in await post_of(shop, 4)


async def test_of_two_requests_each_keeps_its_own_post_when_the_first_is_cancelled(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    await buys(shop, "ada", "mug", 500)
    await shop.passes(minutes=1)
    await shop.types("ada", "/redeem cancel 1", room=shop.alone)
    await staff(shop, "/redemptions 2 approve")
    assert "is Ada's" in await post_of(shop, 2)
    assert (await posts_of(shop, 1), await posts_of(shop, 2)) == (1, 1)


async def test_what_was_approved_and_is_not_arranged_yet_can_not_be_cancelled(shop: Community) -> None:
    await buys(shop, "ada", "talk", 300)
    answer = await shop.answer("ada", "/redeem cancel 1", room=shop.alone)
    assert answer == "#1 was approved, so it can't be cancelled any more."


async def test_in_the_staff_room_stock_and_budget_are_shown(shop: Community) -> None:
    await buys(shop, "ada", "tea", 100)
    await buys(shop, "ada", "mug", 500)
    shown = await staff(shop, "/rewards")
    assert "This month's budget: 3000 points, 600 spent, 2400 left" in shown
    assert "tea Tea coupon: 4 left, 1 this month" in shown
    assert "mug Mug: 1 left, 1 this month" in shown
    assert "1 redemption waits for you" in shown


async def test_staff_read_once_when_few_codes_are_left_and_once_when_none_is(shop: Community) -> None:
    for who in ("ben", "mia", "dan", "eve"):
        await shop.welcomes(who, who.title())
        await earns(shop, who, 100)
        await buys(shop, who, "tea", 100)
    await buys(shop, "ada", "tea", 100)
    told = [text for text in await shop.said("lin", "staff") if "Tea coupon” " in text and "left" in text]
    assert [text.splitlines()[0] for text in told] == [
        "Only 2 of “Tea coupon” are left.",
        "None of “Tea coupon” is left.",
    ]
    assert "homeroom codes add tea" in told[0]


async def test_no_code_is_anywhere_but_with_who_has_it(shop: Community, caplog: pytest.LogCaptureFixture) -> None:
    await buys(shop, "ada", "tea", 100)
    await staff(shop, "/redemptions all")
    await staff(shop, "/redemptions 1")
    await staff(shop, "/rewards")
    await staff(shop, "/audit", "chen")
    codes = [row.code for row in await shop.rows(select(code.c.code))]
    assert len(codes) == 5
    for table in (outbox, audit):
        assert not [row for row in await shop.rows(select(table)) if CODES in str(tuple(row))]
    assert f"{CODES}-tea-1" in await shop.answer("ada", "/rewards code 1", room=shop.alone)
    assert not [row for row in await shop.rows(select(outbox)) if CODES in str(tuple(row))]
    for who, room in (("lin", "staff"), ("chen", "staff"), ("ben", "main"), ("lin", "main")):
        assert CODES not in "\n".join(await shop.said(who, room))
    assert CODES not in caplog.text


async def test_a_slip_is_answered_with_the_way(shop: Community) -> None:
    await buys(shop, "ada", "mug", 500)
    for said, answer in {
        "/redemptions 99 approve": "There is no redemption #99.",
        "/redemptions 1 aprove": "Did you mean approve?",
        "/redemptions 1 xyz": "is none of the steps",
        "/redemptions what": "/redemptions shows what waits",
        "/redemptions 1 deliver": "still waits for approval",
    }.items():
        assert answer in await staff(shop, said), said
    assert "would like" in await post_of(shop, 1)


async def test_two_who_press_at_once_settle_it_once(shop: Community) -> None:
    await buys(shop, "ada", "talk", 300)
    await staff(shop, "/redemptions 1 deliver", "lin")
    assert "delivered already" in await staff(shop, "/redemptions 1 deliver", "chen")


async def test_an_assistant_neither_takes_back_nor_delivers_their_own_nor_reads_its_address(shop: Community) -> None:
    await earns(shop, "lin", 1000)
    await buys(shop, "lin", "tea", 100)
    await buys(shop, "lin", "mug", 500)
    await staff(shop, "/redemptions 2 approve", "chen")
    await gives_address(shop, 2)
    for said in ("1 refund I want my points", "1 decline no", "2 deliver SF1", "2 address", "2 refund no"):
        assert "is your own: please let a colleague decide" in await staff(shop, f"/redemptions {said}")
    assert await shop.points("lin") == 400
    assert [row.state for row in await shop.rows(select(redemption.c.state).order_by(redemption.c.id))] == ["given"] * 2
    assert "delivered to Lin" in await staff(shop, "/redemptions 2 deliver SF1", "chen")

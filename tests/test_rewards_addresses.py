"""Where goods are sent: who is asked for it when, how long it is kept, and what happens without it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.features.rewards.tables import address, redemption
from tests.community import COURSE, Community
from tests.rewards_course import REWARDS, TITLED, buys, earns, post_of, staff
from tests.test_forget import _found as found_in
from tests.test_rewards import gives_address

pytestmark = [pytest.mark.every_platform, pytest.mark.needs("forms as conversations")]

YEAR = COURSE.replace("2027-03-14", "2027-12-31")
STREET = "1 Elm Street, London"


@pytest.fixture
async def shop(open_community) -> Community:
    course: Community = await open_community(course=YEAR, rewards=REWARDS, rules=TITLED)
    await course.until(10)
    await earns(course, "ada", 1000)
    await buys(course, "ada", "mug", 500)
    return course


async def labels(course: Community, number: int) -> list[str]:
    """The buttons below the staff's post about a redemption."""
    posts = [one for one in await course.messages("lin", "staff") if one.text.startswith(f"#{number}:")]
    return [button.label for button in posts[-1].buttons]


async def told(course: Community) -> str:
    rooms = dict.fromkeys(("main", course.private_room, course.alone))
    return "\n".join([text for room in rooms for text in await course.said("ada", room)])


async def test_who_has_given_the_address_before_is_not_asked_for_it_again(shop: Community) -> None:
    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    heard = await told(shop)
    assert "It goes to the address that you gave" in heard
    assert "Tell me where to send it" not in heard


async def test_nothing_is_delivered_without_an_address(shop: Community) -> None:
    await staff(shop, "/redemptions 1 approve")
    assert await labels(shop, 1) == []
    assert "There is no address for #1 yet" in await staff(shop, "/redemptions 1 deliver SF123")
    await gives_address(shop, "ada", 1)
    assert await labels(shop, 1) == ["Address", "Delivered"]


async def test_the_number_to_track_it_by_reaches_who_waits_for_it(shop: Community) -> None:
    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    await staff(shop, "/redemptions 1 deliver SF1234567")
    assert "SF1234567" in await told(shop)


async def test_the_address_goes_a_month_after_delivery(shop: Community) -> None:
    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    await staff(shop, "/redemptions 1 deliver SF1234567")
    await shop.passes(days=29)
    assert len(await shop.rows(select(address))) == 1
    await shop.passes(days=2)
    assert await shop.rows(select(address)) == []
    assert "so the address was deleted" not in "\n".join(await shop.said("lin", "staff"))


async def test_the_address_goes_after_three_months_also_where_nobody_has_said_that_it_was_sent(shop: Community) -> None:
    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    await shop.passes(days=91)
    assert await shop.rows(select(address)) == []
    assert "was not marked as delivered for 90 days, so the address was deleted" in "\n".join(
        await shop.said("lin", "staff")
    )
    assert "delivered to Ada" in await staff(shop, "/redemptions 1 deliver")


async def test_goods_that_were_not_sent_to_who_is_forgotten_are_there_for_others(shop: Community) -> None:
    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    await shop.types("ada", "/forget", room=shop.private_room)
    await shop.presses("ada", "Yes, forget me", room=shop.private_room)
    assert await shop.rows(select(address)) == []
    assert [row.state for row in await shop.rows(select(redemption.c.state))] == ["cancelled"]
    assert "is cancelled" in await post_of(shop, 1)
    assert STREET not in "\n".join(await shop.said("lin", "staff"))
    assert "No redemption waits" in await staff(shop, "/redemptions")


async def test_the_address_that_staff_were_told_is_not_kept_among_what_was_sent(shop: Community) -> None:
    from storage.tables import outbox

    await gives_address(shop, "ada", 1)
    await staff(shop, "/redemptions 1 approve")
    await shop.types("lin", "/help", room=shop.private_room)
    await staff(shop, "/redemptions 1 address")
    assert STREET in "\n".join([*await shop.said("lin", "staff"), *await shop.said("lin", shop.private_room)])
    rows = [row for row in await shop.rows(select(outbox.c.key, outbox.c.message)) if STREET in str(row.message)]
    assert not [row.key for row in rows if "redemption_address" in row.key]


@pytest.mark.sqlite
async def test_no_part_of_the_address_of_who_is_forgotten_is_left_in_any_byte(shop: Community, tmp_path: Path) -> None:
    name, phone, street = "Quillon Oberfrost", "0176 5550123", "17 Papierdrachen Lane, Muschelhausen"
    await shop.types("ada", "/rewards address 1", room=shop.private_room)
    for given in (name, phone, street, "send"):
        await shop.types("ada", given, room=shop.private_room)
    await staff(shop, "/redemptions 1 approve")
    await shop.types("lin", "/help", room=shop.private_room)
    await staff(shop, "/redemptions 1 address")
    assert all(found_in(tmp_path / "data", words) for words in (name, phone, street))
    await shop.types("ada", "/forget", room=shop.private_room)
    await shop.presses("ada", "Yes, forget me", room=shop.private_room)
    await shop.passes(days=2)
    assert [words for words in (name, phone, street) if found_in(tmp_path / "data", words)] == []


async def test_the_name_of_who_is_forgotten_does_not_stay_in_what_staff_read_of_it(
    shop: Community, tmp_path: Path
) -> None:
    await shop.welcomes("quillon", "Quillon Oberfrost")
    await earns(shop, "quillon", 500)
    await buys(shop, "quillon", "mug", 500)
    await shop.types("quillon", "/forget", room=shop.private_room)
    await shop.presses("quillon", "Yes, forget me", room=shop.private_room)
    assert await post_of(shop, 2) == (
        "#2: “Mug” is cancelled: whose it was has asked to be forgotten. There is nothing to do."
    )
    await shop.passes(days=2)
    assert not found_in(tmp_path / "data", "Quillon Oberfrost")

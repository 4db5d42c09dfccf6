"""Telegram groups from the first moment: the bot is added, bound, lacks rights, is removed; who asks to be let in."""

from __future__ import annotations

import pytest

from adapters.telegram.menus import MenuKeeper
from bot.menus import menus_of
from storage.documents import Documents
from tests.fakes.telegram import ADMIN_RIGHTS, Chat, FakeTelegram
from tests.telegram_community import TelegramCommunity


@pytest.fixture
def platform() -> str:
    return "telegram"


@pytest.fixture
def telegram(course: TelegramCommunity) -> FakeTelegram:
    return course.town.telegram


def another_group(course: TelegramCommunity, *, is_forum: bool = False) -> Chat:
    people = (course.town.person("ada"), course.town.person("chen"))
    return course.town.telegram.group("Evening class", *people, bot="left", is_forum=is_forum)


async def says(course: TelegramCommunity, who: str, group: Chat, text: str, topic: int | None = None) -> None:
    course.town.telegram.says(course.town.person(who), group, text, topic=topic)
    await course.run.control.settle()


async def test_from_being_added_to_being_bound_with_all_rights(
    course: TelegramCommunity, telegram: FakeTelegram
) -> None:
    group, chen = another_group(course), course.town.person("chen")
    telegram.privacy(True)
    chen.language_code = "zh-hans"
    telegram.adds_bot(chen, group)
    await course.run.control.settle()
    greeting = telegram.said(chen, group)[-1]
    assert "/bind writing main（《写作营》）" in greeting
    assert "隐私模式开着" in greeting
    assert "添加管理员" in greeting
    await says(course, "chen", group, "/bind writing interest")
    lacking = telegram.said(chen, group)[-1]
    assert lacking.startswith("What I still lack here:\n• Privacy mode is on")
    telegram.is_promoted(telegram.bot, group, by=chen)
    await course.run.control.settle()
    assert telegram.said(chen, group)[-1] == "Thank you: now I may do everything that I need here."
    await says(course, "chen", group, "/bind")
    assert telegram.said(chen, group)[-1] == "All is well: I may do everything that I need here."
    await says(course, "ada", group, "/checkin")
    assert await course.points("ada") == 5


async def test_a_topic_is_bound_and_the_rest_of_the_group_is_not(
    course: TelegramCommunity, telegram: FakeTelegram
) -> None:
    group, chen = another_group(course, is_forum=True), course.town.person("chen")
    telegram.adds_bot(chen, group, rights=ADMIN_RIGHTS - {"can_manage_topics"})
    topic = telegram.opens_topic(chen, group, "Homework")
    await says(course, "chen", group, "/bind writing interest", topic)
    assert "may not manage topics" in telegram.said(chen, group, topic)[-1]
    await says(course, "ada", group, "/checkin", topic)
    assert await course.points("ada") == 5
    await says(course, "ada", group, "/task")
    ada = course.town.person("ada")
    assert telegram.said(ada, ada)[-1].startswith("No course lives here yet.")


async def test_staff_hear_who_removed_the_bot(course: TelegramCommunity, telegram: FakeTelegram) -> None:
    telegram.removes_bot(course.town.person("ada"), course.town.room("main"))
    await course.run.control.settle()
    assert (await course.said("chen", "staff"))[-1].startswith("⚠ Ada has removed me from “Main”.")
    telegram.adds_bot(course.town.person("chen"), course.town.room("main"), rights=ADMIN_RIGHTS)
    await course.run.control.settle()
    assert (await course.said("chen", "staff"))[-1].startswith("Chen has added me to “Main”")


async def test_who_asks_to_be_let_in_is_let_in_by_one_press(course: TelegramCommunity, telegram: FakeTelegram) -> None:
    zoe, main = telegram.person("Zoe"), course.town.room("main")
    telegram.requests_to_join(zoe, main)
    await course.run.control.settle()
    assert (await course.said("lin", "staff"))[-1].startswith("Zoe asks to be let into")
    await course.presses("lin", "Admit", room="staff")
    assert main.member(zoe).is_in
    assert "Lin let Zoe in." in await course.said("lin", "staff")


async def test_who_becomes_an_administrator_stays_a_student(course: TelegramCommunity, telegram: FakeTelegram) -> None:
    await course.types("ada", "hello")
    telegram.is_promoted(course.town.person("ada"), course.town.room("main"), by=course.town.person("chen"))
    await course.run.control.settle()
    assert (await course.said("chen", "staff"))[-1].startswith("Ada became an administrator of")
    assert (await course.answer("ada", "/grant Ben +5 x")).startswith("/grant is for: admin")


async def test_menus_by_place_and_language(course: TelegramCommunity, telegram: FakeTelegram) -> None:
    app = course.run.app
    live = await app.live()
    menus = menus_of("telegram", live, app.registry, app.texts, "en")
    keeper = MenuKeeper(course.run.adapter.client.call, Documents(app.database, "telegram"), lambda: menus)
    assert await keeper.publish()
    ada, chen = course.town.person("ada"), course.town.person("chen")
    ada.language_code, chen.language_code = "zh-hans", "fr"
    main, staff = course.town.room("main"), course.town.room("staff")
    assert telegram.menu(ada, main)["checkin"] == app.texts.say("zh_Hans", "help.checkin")
    assert telegram.menu(chen, main)["checkin"] == "check in for today"
    assert "grant" in telegram.menu(chen, staff)
    assert "grant" not in telegram.menu(chen, main)
    assert "mydata" in telegram.menu(ada, telegram.world.private(ada))

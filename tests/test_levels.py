"""Levels: two thresholds, one announcement, and the ladder that `/level` shows."""

import pytest
from sqlalchemy import select

from storage.tables import fact, member
from tests.community import COURSE, Community
from tests.undoing import with_undoing

pytestmark = pytest.mark.every_platform

LEVELS = """
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: {zh: 普通, en: Regular}, activity: 10, contribution: 2}
  core: {title: {zh: 核心, en: Core}, activity: 30, contribution: 4}
"""
RULES = f"""{LEVELS}
check_in:
  when: checkin.done
  then: [{{award: 10}}]
helpful:
  when: message.posted
  where: {{length: {{at_least: 20}}}}
  counts_as: help
  then: [{{award: 2}}]
promoted:
  title: {{zh: 晋级, en: Promotion}}
  when: level.reached
  then:
    - award: 1
    - praise: {{zh: "{{name}} 升到{{level}}", en: "{{name}} is {{level}} now"}}
"""
CHINESE = COURSE.replace("language: en", "language: zh-CN")
UP = "🎉 Level up! You are “Regular” now."
HELP = "A long and helpful answer to somebody"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=RULES, features=with_undoing())
    return course


async def level_of(course: Community, who: int = 1) -> str:
    return str((await course.rows(select(member.c.level).where(member.c.id == who)))[0].level)


async def reached(course: Community) -> list[str]:
    query = select(fact.c.object).where(fact.c.kind == "level.reached").order_by(fact.c.id)
    return [row.object for row in await course.rows(query)]


async def test_a_level_takes_both_activity_and_contribution(course: Community) -> None:
    assert UP not in await course.answer("ada", "/checkin")
    assert await course.answer("ada", "/level") == (
        "Level: Newcomer\nActivity 10 · contribution 0\nStill missing for “Regular”: 2 contribution"
    )
    assert UP in await course.answer("ada", HELP)
    assert (await course.answer("ada", "/level")).startswith("Level: Regular\nActivity 13 · contribution 2\n")


async def test_help_alone_is_not_enough_either(course: Community) -> None:
    for number in range(4):
        await course.types("ada", f"{HELP} {number}")
    said = await course.answer("ada", "/level")
    assert said == "Level: Newcomer\nActivity 8 · contribution 8\nStill missing for “Regular”: 2 activity"
    assert UP in await course.answer("ada", "/checkin")


async def test_the_ladder_shows_every_level_and_where_one_stands(course: Community) -> None:
    assert await course.board("ada", "等级") == [
        ("▸ Newcomer", "from the start"),
        ("Regular", "activity 10 · contribution 2"),
        ("Core", "activity 30 · contribution 4"),
    ]
    missing = "Still missing for “Regular”: 10 activity, 2 contribution"
    assert missing in await course.answer("ada", "/level")


async def test_a_rise_is_told_once_to_who_rose_and_praised_for_all(course: Community) -> None:
    await course.types("ada", "/checkin")
    told = await course.answer("ada", HELP)
    assert told.splitlines() == [UP]
    assert "Level up" not in await course.answer("ada", f"{HELP} again")
    assert (await course.said("ben")).count("Ada is Regular now") == 1
    assert UP not in await course.said("ben")


async def test_messages_of_one_batch_raise_once(course: Community) -> None:
    await course.types("ada", "/checkin")
    for number in range(8):
        await course.posts("ada", f"{HELP} {number}")
    await course.settle()
    assert await reached(course) == ["regular"]
    assert sum("Level up" in text for text in await course.said("ada")) == 1


async def test_two_levels_at_once_are_one_rise(open_community) -> None:
    rules = RULES.replace("award: 2", "award: 50")
    course = await open_community(rules=rules)
    assert await course.answer("ada", HELP) == "🎉 Level up! You are “Core” now."
    assert await reached(course) == ["core"]
    assert "This is the highest level." in await course.answer("ada", "/level")


async def test_what_is_taken_back_lowers_silently_and_climbing_again_is_no_news(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", HELP)
    said = await course.said("ada")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert await course.said("ada") == said
    assert await level_of(course) == "newcomer"
    assert (await course.answer("ada", "/level")).startswith("Level: Newcomer\nActivity 3 ·")
    await course.passes(days=1)
    assert "Level up" not in await course.answer("ada", "/checkin")
    assert await level_of(course) == "regular"
    assert await reached(course) == ["regular", "regular"]
    assert (await course.said("ben")).count("Ada is Regular now") == 1
    assert [row["rule"] for row in await course.ledger()].count("promoted") == 1


async def test_a_rule_can_ask_for_the_level(open_community) -> None:
    rules = RULES + "\nsenior:\n  when: checkin.done\n  where: {member.level: [regular, core]}\n  then: [{award: 3}]\n"
    course = await open_community(rules=rules)
    await course.types("ada", HELP)
    await course.types("ada", "/checkin")  # raises, and was judged as a newcomer's
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    assert [row["rule"] for row in await course.ledger()].count("senior") == 1


async def test_staff_have_no_level(course: Community) -> None:
    await course.types("lin", "/checkin")
    assert "Level up" not in await course.answer("lin", HELP)
    assert await course.answer("lin", "/level") == "Staff have no level: levels are for students."
    assert await reached(course) == []
    assert all(row[0] != "Level" for row in await course.board("lin", "/me"))


async def test_points_granted_by_hand_raise_nobody(course: Community) -> None:
    await course.types("ada", HELP)
    await course.types("chen", "/grant Ada +500 just so", room="staff")
    assert (await course.answer("ada", "/level")).startswith("Level: Newcomer\nActivity 2 · contribution 2")


async def test_a_course_without_levels_says_so(open_community) -> None:
    course = await open_community()
    assert await course.answer("ada", "/level") == "This course has no levels."
    assert all(row[0] != "Level" for row in await course.board("ada", "/me"))


async def test_my_card_and_why_name_the_level_as_members_know_it(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", HELP)
    assert ("Level", "Regular") in await course.board("ada", "/me")
    assert "1 Mar 08:30 Level up: Regular\n    ✓ Promotion: +1" in await course.answer("ada", "/why")


async def test_other_thresholds_count_at_once_after_a_reload_and_nobody_is_told(course: Community) -> None:
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    await course.types("ada", HELP)
    said = await course.said("ben")
    easier = RULES.replace("activity: 10, contribution: 2", "activity: 10")
    (course.folder / "rules.yaml").write_text(easier, encoding="utf-8")
    await course.types("chen", "/reload", room="staff")
    assert (await course.answer("ben", "/level")).startswith("Level: Regular")
    assert [await level_of(course, who) for who in (1, 2)] == ["regular", "regular"]
    harder = RULES.replace("activity: 10, contribution: 2", "activity: 20, contribution: 2")
    (course.folder / "rules.yaml").write_text(harder, encoding="utf-8")
    await course.types("chen", "/reload", room="staff")
    assert (await course.answer("ada", "/level")).startswith("Level: Newcomer")
    assert [await level_of(course, who) for who in (1, 2)] == ["newcomer", "newcomer"]
    assert [text for text in await course.said("ben") if not text.startswith("Level: ")] == said
    assert await reached(course) == ["regular"]


async def test_a_rule_about_a_level_that_is_not_there_is_off(open_community) -> None:
    rules = RULES + "\ntypo:\n  when: level.reached\n  where: {level: regulra}\n  then: [{award: 1}]\n"
    course = await open_community()
    (course.folder / "rules.yaml").write_text(rules, encoding="utf-8")
    said = await course.answer("chen", "/reload", room="staff")
    assert "level: there is no “regulra” — did you mean regular?" in said


async def test_it_is_all_there_in_chinese(open_community) -> None:
    course = await open_community(rules=RULES, course=CHINESE)
    await course.types("ada", "打卡")
    assert await course.answer("ada", "等级") == "等级：新手\n活跃度 10 · 贡献度 0\n升到“普通”还差：贡献度 2"
    assert await course.answer("ada", HELP) == "🎉 升级了！你现在是“普通”。"
    assert "Ada 升到普通" in await course.said("ben")
    assert await course.board("ada", "/level") == [
        ("新手", "入群就有"),
        ("▸ 普通", "活跃度 10 · 贡献度 2"),
        ("核心", "活跃度 30 · 贡献度 4"),
    ]
    assert await course.answer("lin", "等级") == "老师和助教没有等级，等级是给学员的。"

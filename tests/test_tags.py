"""Tags: staff note them, rules go by them."""

import pytest

from bot.domain.events import MemberLeft
from bot.domain.ids import EventKey
from tests.community import COURSE, Community

pytestmark = pytest.mark.every_platform

RULES = """
vip_check_in:
  when: checkin.done
  where: {member.tags: [vip, 老学员]}
  then: [{award: 7}]
others:
  when: checkin.done
  where: {not: {member.tags: vip}}
  then: [{award: 1}]
"""


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=RULES)
    for who in ("ada", "ben"):
        await course.types(who, "hello")
    return course


async def tag(course: Community, text: str, who: str = "lin") -> str:
    return await course.answer(who, f"/tag {text}", room="staff")


async def test_tags_are_added_removed_and_shown(course: Community) -> None:
    assert await tag(course, "@ada") == "Ada has no tags."
    assert await tag(course, "@ada +vip +old") == "Ada: vip, old"
    assert await tag(course, "Ada -old +new", "chen") == "Ada: vip, new"
    assert await tag(course, "#1") == "Ada: vip, new"
    assert await tag(course, "Ada -vip -new") == "Ada has no tags."


async def test_a_tag_lists_who_has_it(course: Community) -> None:
    assert await tag(course, "+vip") == "Nobody has the tag “vip”."
    await tag(course, "Ada +vip")
    assert await tag(course, "+vip") == "“vip”, 1 member: #1 Ada"
    await tag(course, "Ben +vip +x")
    assert await tag(course, "+vip") == "“vip”, 2 members: #1 Ada, #2 Ben"
    ben = course.actor("ben")
    main = course.address()
    gone = MemberLeft(key=EventKey("local:left:1"), at=course.now, actor=ben, address=main)
    await course.run.app.sink([gone])
    assert await tag(course, "+vip") == "“vip”, 1 member: #1 Ada"


async def test_a_rule_can_ask_for_a_tag(course: Community) -> None:
    await tag(course, "Ada +vip")
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    assert (await course.points("ada"), await course.points("ben")) == (7, 1)
    await tag(course, "Ada -vip")
    await tag(course, "Ben +老学员")
    await course.passes(days=1)
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    assert (await course.points("ada"), await course.points("ben")) == (8, 9)
    said = await course.answer("lin", "/why @ada", room="staff")
    assert "(tags: –, wanted: vip or 老学员)" in said


async def test_every_change_is_audited_and_what_changes_nothing_is_not(course: Community) -> None:
    await tag(course, "Ada +vip +old")
    await tag(course, "Ada +vip -new")
    await tag(course, "Ada -old")
    said = await course.answer("chen", "/audit", room="staff")
    assert said.splitlines()[1:] == [
        "1 Mar 08:30 Lin: tagged #1 Ada: -old",
        "1 Mar 08:30 Lin: tagged #1 Ada: +vip +old",
    ]


async def test_students_neither_tag_nor_see_tags(course: Community) -> None:
    await tag(course, "Ada +vip")
    assert (await course.answer("ada", "/tag Ada +x")).startswith("/tag is for: assistant, admin.")
    assert (await course.answer("lin", "/tag Ada +x")).startswith("/tag does not work here.")
    assert "vip" not in await course.answer("ada", "/me")
    assert "Tags: vip" in await course.answer("chen", "/me Ada", room="staff")


@pytest.mark.parametrize("word", ["vip", "VIP-2027", "a_b", "老学员", "ñandú", "हिन्दी", "кот", "a" * 24, "ａ", "1"])
async def test_a_tag_is_a_word_of_any_script(course: Community, word: str) -> None:
    assert await tag(course, f"Ada +{word}") == f"Ada: {word}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Send it like this: /tag MEMBER +vip -old."),
        ("-vip", "Send it like this"),
        ("+vip +old", "Send it like this"),
        ("Ada +", "Send it like this"),
        ("Ada +a!", "“a!” can’t be a tag"),
        ("Ada +a,b", "“a,b” can’t be a tag"),
        ("Ada +😀", "“😀” can’t be a tag"),
        (f"Ada +{'a' * 25}", "can’t be a tag"),
        ("nobody +vip", "Nobody here is called “nobody”."),
        ("Ada " + " ".join(f"+t{number}" for number in range(11)), "A member has 10 tags at most. Ada has:"),
    ],
)
async def test_a_wrong_tag_says_how_it_is_done(course: Community, text: str, says: str) -> None:
    assert says in await tag(course, text)
    assert await tag(course, "Ada") == "Ada has no tags."


async def test_signs_of_a_chinese_keyboard_are_signs(open_community) -> None:
    course = await open_community(rules=RULES, course=COURSE.replace("language: en", "language: zh-CN"))
    await course.types("ada", "大家好")
    assert await tag(course, "Ada ＋vip ＋老学员") == "Ada 的标签：vip、老学员"
    assert await tag(course, "Ada －vip") == "Ada 的标签：老学员"
    assert await tag(course, "＋老学员") == "“老学员”有 1 人：#1 Ada"
    assert await tag(course, "Ada -老学员") == "Ada 没有标签。"
    assert (await tag(course, "")).startswith("这样写：/tag 成员 +vip -老学员")
    assert (await course.answer("chen", "/audit", room="staff")).endswith("Lin：给 #1 Ada 改标签：+vip +老学员")

"""`/why`: about oneself, by staff about anyone, and never about what is anonymous."""

from datetime import date
from typing import Any

import pytest

from bot.domain.course import Course
from bot.domain.ids import CourseId, RuleId
from bot.domain.messages import Localised
from bot.domain.rules import Verdict
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.features import FEATURES
from bot.features.why.explained import Explanation
from bot.texts.catalogue import Catalogues
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

secret = Feature("secret")
secret.fact("secret.told")


@secret.command("whisper", is_listed=False)
def whisper(ctx: Context, cmd: Any) -> None:
    ctx.announce("secret.told", cmd.text, is_anonymous=True)


TOLD = RULES + (
    "secret:\n  when: secret.told\n  then:\n    - award: 4\n    - praise: {en: 'Well done, {name}!'}\n"
    "    - tell_staff: {en: '{name} has told'}\n"
)


async def test_staff_see_what_the_rules_made_of_anybodys_facts_and_it_is_audited(course: Community) -> None:
    await course.types("ada", "/checkin")
    said = await course.answer("lin", "/why @ada", room="staff")
    assert said.startswith(
        "The latest records of Ada, and what each rule made of them\n1 Mar 08:30 Check-in (streak 1)"
    )
    assert "✓ Daily check-in: +5" in said
    assert "Lin: looked up what the points of #1 Ada are for" in await course.answer("chen", "/audit", room="staff")


async def test_students_ask_about_themselves_only_and_staff_in_their_room(course: Community) -> None:
    await course.types("ada", "/checkin")
    assert await course.answer("ben", "/why @ada") == "You can ask about yourself only: send /why alone."
    assert await course.answer("lin", "/why @ada") == "Ask about others in the staff room."
    assert "Nobody here is called" in await course.answer("lin", "/why @zoe", room="staff")


async def test_an_anonymous_fact_is_masked_for_oneself_hidden_from_others_and_praised_before_nobody(
    open_community,
) -> None:
    course = await open_community(rules=TOLD, features=[*FEATURES, secret])
    await course.types("ada", "/whisper something")
    assert await course.points("ada") == 4
    said = await course.answer("ada", "/why")
    assert "An anonymous record" in said
    assert "secret" not in said
    said = await course.answer("chen", "/why @ada", room="staff")
    assert "There is nothing" in said or "nymous" not in said
    await course.types("ada", "/checkin")
    said = await course.answer("chen", "/why @ada", room="staff")
    assert "Check-in" in said
    assert "nymous" not in said
    assert "ordinary" not in said  # not even counted
    assert not any(
        "Ada" in text and ("Well done" in text or "told" in text) for text in await course.said("chen", "staff")
    )
    assert "Well done, Ada!" not in await course.said("ben")


@pytest.mark.needs("deletions")
async def test_a_reversal_is_explained(course: Community) -> None:
    await course.types("ada", "A thought of more than twenty characters")
    number = (await course.messages("ada"))[-1].number
    await course.deletes("ada", number)
    assert await course.points("ada") == 0
    said = await course.answer("ada", "/why")
    assert "An earlier record was taken back\n    ✓ thoughtful: -1" in said


STAFFS_OWN = RULES + (
    "care:\n  title: {en: Care}\n  when: checkin.done\n  where: {member.tags: [refund-risk]}\n  then: [award: 1]\n"
    "not_vip:\n  title: {en: Not VIP}\n  when: checkin.done\n  where: {not: {member.tags: vip}}\n  then: [award: 1]\n"
    "trial:\n  title: {en: Trial}\n  when: checkin.done\n  shadow: 7d\n  then: [award: 3]\n"
    "trial_quiet:\n  title: {en: Quiet trial}\n  when: checkin.done\n  where: {makeup: true}\n  shadow: 7d\n"
    "  then: [award: 3]\n"
    "alarm:\n  title: {en: Alarm}\n  when: checkin.done\n  then:\n    - tell_staff: {en: 'see {name}'}\n"
)


async def test_what_is_staffs_own_is_shown_to_staff_in_their_room_only(open_community) -> None:
    course = await open_community(rules=STAFFS_OWN)
    await course.types("ada", "hello")
    await course.types("chen", "/tag @ada +difficult +vip", room="staff")
    await course.types("ada", "/checkin")
    said = await course.answer("ada", "/why")
    assert "    · Care: no points, its condition is not met" in said
    assert "    · Not VIP: no points, its condition is not met" in said
    assert not any(word in said for word in ("difficult", "vip", "refund", "tags", "rial", "Alarm"))
    said = await course.answer("chen", "/why @ada", room="staff")
    assert "Care: no points, a condition is not met (tags: difficult, vip, wanted: refund-risk)" in said
    assert "~ Trial: on trial, it would have given +3" in said
    assert "Alarm: done" in said


async def test_a_message_that_only_a_rule_on_trial_speaks_of_is_an_ordinary_one_for_students(open_community) -> None:
    course = await open_community(rules="dark:\n  when: message.posted\n  shadow: 7d\n  then: [award: 2]\n")
    await course.types("ada", "hello")
    assert (await course.answer("ada", "/why")).endswith("And 1 ordinary record that no rule speaks of.")


async def test_what_tells_something_is_found_behind_many_ordinary_messages(course: Community) -> None:
    await course.types("ada", "/checkin")
    for _ in range(101):
        await course.posts("ada", "ok")
    await course.settle()
    said = await course.answer("ada", "/why")
    assert "✓ Daily check-in: +5" in said
    assert said.endswith("And 101 ordinary records that no rule speaks of.")


async def test_messages_that_came_out_alike_are_told_once(course: Community) -> None:
    for number in range(12):
        await course.types("ada", f"A thought of more than {number} characters")
    said = await course.answer("ada", "/why")
    assert "characters) × 10, each:\n    · thoughtful: no points, the limit of 2 points was reached that day" in said
    assert "characters) × 2, each:\n    ✓ thoughtful: +1" in said


async def test_many_rules_make_a_short_answer_that_begins_with_what_acted(open_community) -> None:
    one = "r{0}:\n  when: checkin.done\n  where: {{streak: {0}}}\n  then: [award: 1]\n"
    course = await open_community(rules="".join(one.format(number) for number in range(60, 0, -1)))
    await course.types("ada", "/checkin")
    lines = (await course.answer("ada", "/why")).splitlines()
    assert lines[2] == "    ✓ r1: +1"
    assert lines[8] == "    · and 54 more rules"
    assert len(lines) == 10


WORDS = (
    "levels:\n  newcomer: {title: {zh: 新手}}\n  regular: {title: {zh: 普通}, activity: 50, contribution: 0}\n"
    "groups:\n  title: {zh: 小组}\n  when: checkin.done\n  where: {space.kind: [interest, alumni]}\n"
    "  then: [award: 1]\n"
    "week:\n  title: {zh: 周末}\n  when: checkin.done\n  where: {course.weekday: sunday}\n  then: [award: 1]\n"
    "level:\n  title: {zh: 老手}\n  when: checkin.done\n  where: {member.level: regular}\n  then: [award: 1]\n"
    "role:\n  title: {zh: 助手}\n  when: checkin.done\n  where: {member.role: [assistant, admin]}\n"
    "  then:\n    - praise: {zh: 好}\n"
    "day:\n  title: {zh: 每日}\n  when: message.posted\n  limit: {once_per: day}\n  then: [award: 1]\n"
    "pause:\n  title: {zh: 间隔}\n  when: message.posted\n  limit: {cool_down: 2d}\n  then: [award: 1]\n"
)


async def test_conditions_and_limits_are_said_in_chinese_words(open_community) -> None:
    course = await open_community(rules=WORDS)
    await course.types("ada", "/language zh")
    await course.types("ada", "第一句")
    await course.types("ada", "第二句")
    await course.types("ada", "打卡")
    said = await course.answer("ada", "/why")
    assert "小组：没有加分，不符合条件（所在群：学习主群，要求 兴趣小组群或校友群）" in said
    assert "周末：没有加分，不符合条件（星期几：周一，要求 周日）" in said
    assert "老手：没有加分，不符合条件（等级：新手，要求 普通）" in said
    assert "助手：没有触发，不符合条件（身份：学员，要求 助教或管理员）" in said
    assert "每日：没有加分，当天已经得过" in said
    assert "间隔：没有加分，间隔太短，2 天内只算一次" in said


def test_what_earlier_versions_recorded_can_still_be_read() -> None:
    course = Course(
        id=CourseId("c"), title=Localised({"en": "C"}), language="en", zone="UTC",
        starts=date(2027, 3, 1), ends=date(2027, 3, 2), spaces=(),
    )  # fmt: skip
    texts = Catalogues()
    explanation = Explanation(course, texts.has, for_staff=True)
    values = {"field": "member.role", "value": "student", "wanted": "assistant / admin"}
    old = [
        Verdict(rule=RuleId("a"), fired=False, why="verdict.condition", values=values),
        Verdict(rule=RuleId("b"), fired=False, why="verdict.condition", values={**values, "wanted": "yes"}),
        Verdict(rule=RuleId("c"), fired=False, why="verdict.cool_down", values={"minutes": 2880}),
    ]
    assert [texts.show("en", explanation.reason(verdict)) for verdict in old] == [
        "a condition is not met (role: student, wanted: assistant or admin)",
        "a condition is not met (role: student, wanted: yes)",
        "too soon: it counts once in 2 days",
    ]


async def test_every_look_at_somebody_elses_record_is_audited(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("chen", "/me @ada", room="staff")
    await course.types("chen", "/me @chen", room="staff")
    said = await course.answer("chen", "/audit", room="staff")
    assert said == "What staff did lately\n1 Mar 08:30 Chen: looked up the card of #1 Ada"


async def test_what_a_question_is_about_is_said_in_words(course: Community) -> None:
    await course.types("ada", "/ask How do I find a title?", room=course.alone)
    await course.types("ada", "/ask Zebras?", room=course.alone)
    said = await course.answer("lin", "/why @ada", room="staff")
    assert "Asked a question (How-to)" in said
    assert "Asked a question\n" in f"{said}\n"
    assert "how_to" not in said

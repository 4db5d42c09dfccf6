"""What was given can be taken back, and given again: once each, whatever comes in one go."""

from typing import Any

import pytest

from bot.domain.errors import UserError
from bot.domain.text import fingerprint
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.features import FEATURES
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

work = Feature("work")
work.fact("work.done", late="yes_no")


@work.command("do_it", is_listed=False)
def do_it(ctx: Context, cmd: Any) -> None:
    ctx.announce("work.done", cmd.text, late=False)


@work.command("anew", is_listed=False)
def anew(ctx: Context, cmd: Any) -> None:
    ctx.retract("work.done", cmd.text)
    ctx.announce("work.done", cmd.text, late=False)


@work.command("promise", is_listed=False)
def promise(ctx: Context, cmd: Any) -> None:
    ctx.announce("work.done", cmd.text, late=False)
    raise UserError("thanks.whom")


PAID = RULES + (
    "levels:\n  low: {title: Low}\n  high: {title: High, activity: 6}\n"
    "paid:\n  when: work.done\n  then: [award: 6]\n"
    "starter:\n  when: work.done\n  where: {member.level: low}\n  then: [award: 1]\n"
)
MADE_STAFF = RULES + "made:\n  when: work.done\n  then: [role: assistant]\n"


async def entries(course: Community, rule: str) -> list[int]:
    return [entry["points"] for entry in await course.ledger() if entry["rule"] == rule]


async def test_taken_back_and_given_in_one_go_is_given_once(open_community) -> None:
    course = await open_community(rules=PAID, features=[*FEATURES, work])
    await course.types("ada", "/do_it one")
    await course.types("ada", "/anew one")
    assert await entries(course, "paid") == [6, -6, 6]
    assert await entries(course, "starter") == [1, -1, 1]  # with the points, the level was lost, too
    await course.types("ada", "/do_it one")
    assert await course.points("ada") == 7


@pytest.mark.needs("deletions")
async def test_two_in_one_batch_after_a_reversal_are_rewarded_once(open_community) -> None:
    course = await open_community()
    await course.until(20)
    text = "I write because I forget everything else, number {}"
    number = await course.types("ada", text.format(1))
    await course.deletes("ada", number)
    for again in (2, 3):
        await course.posts("ada", text.format(again))
    await course.settle()
    assert await entries(course, "share") == [8, -8, 8]
    assert sum("+8" in text for text in await course.said("ada")) == 2


async def test_a_refused_command_makes_nobody_staff(open_community) -> None:
    course = await open_community(rules=MADE_STAFF, features=[*FEATURES, work])
    await course.types("ada", "/promise one")
    live = course.run.app.library.courses.last_seen
    assert live.role_of(next(iter(live.courses)), course.actor("ada").account) == "student"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("今天的标题改了三版，最后留下带数字的那一版", "今天的标题改了三版,最后留下带数字的那一版!!!", True),
        ("The same thought, said 1 time in the group", "the SAME thought - said 2 time in the group", True),
        ("ＡＢＣ 第一篇笔记写完啦大家来看看", "abc第一篇笔记写完啦大家来看看", True),
        ("第1天作业：12遍", "第2天作业：30遍", False),
        ("👍👍", "🎉", False),
        ("one thought", "another thought", False),
    ],
)
def test_texts_that_say_the_same_are_the_same(one: str, other: str, is_same: bool) -> None:
    assert (fingerprint(one) == fingerprint(other)) is is_same


def test_what_has_no_text_is_never_the_same() -> None:
    assert fingerprint("") is fingerprint(" \n") is None

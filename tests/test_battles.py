"""Quiz battles: question after question by the clock, first presses, late ones, the places, one's own result."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.events import ButtonPressed
from bot.domain.ids import EventKey
from bot.features.battles.tables import answer, battle
from tests.community import COURSE, RULES, Community
from tests.test_links import TWO, link

pytestmark = pytest.mark.every_platform

RITUAL = """
quiz_night:
  every: monday
  at: 19:00
  do: battle
  title: {zh: 标题抢答赛, en: Title battle}
  questions:
    - ask: {zh: 哪个标题最抓人？, en: Which title catches the eye?}
      options: [{zh: 今天真好, en: Good day}, {zh: 3 个小技巧, en: 3 tips}, {zh: 你好, en: Hello}]
      right: 2
      because: {zh: 数字更具体。, en: A number is concrete.}
    - ask: {zh: 先写什么？, en: What comes first?}
      options: [{zh: 钩子, en: The hook}, {zh: 结尾, en: The end}]
      right: 1
"""
PAID = RULES + (
    "played:\n  when: battle.played\n  then: [award: 2]\n"
    "won:\n  when: battle.won\n  where: {place: {at_most: 2}}\n  then:\n    - award: 10\n"
    "    - praise: {en: '{name} has place {place} in {battle}!', zh: '{name} 第 {place} 名'}\n"
)
OPENED = {"minutes": 1}
"""From the announcement to the first question."""


async def announced(open_community, *, rituals: str = RITUAL, rules: str = PAID, **files: str) -> Community:
    course: Community = await open_community(rituals=rituals, rules=rules, **files)
    await course.until(19)
    return course


async def asked(open_community, **files: str) -> Community:
    """The first question is open."""
    course = await announced(open_community, **files)
    await course.passes(**OPENED)
    return course


async def closes(course: Community) -> None:
    """The open question closes, and whatever comes next is there: the next question, or the result."""
    await course.passes(seconds=42)


async def post_about(course: Community, words: str, who: str = "ada") -> str:
    """The newest post that says this, as it stands there now."""
    return next(text for text in reversed(await course.said(who)) if words in text)


# --- the whole way ----------------------------------------------------------------------------------------------------


async def test_questions_come_by_the_clock_close_with_the_answer_and_end_with_the_places(open_community) -> None:
    course = await announced(open_community)
    assert (await course.said())[-1] == (
        "Title battle begins in 1 minute!\n"
        "2 questions, 30 seconds each. Press an option when you see the question; your first press counts.\n"
        "More right answers win, and of equals the quicker, in whole seconds; who is still equal shares the place. "
        "Only the first places are named (up to 3); /battle shows your own result to you alone."
    )
    await course.passes(**OPENED)
    assert (await course.said())[-1] == (
        "Title battle · question 1 of 2\nWhich title catches the eye?\n⏱ 30 seconds, until 19:01:30"
    )
    await course.passes(seconds=3)
    assert await course.presses("ada", "B. 3 tips") == "Got it: B. 3 tips. The answer comes after the close."
    await course.passes(seconds=2)
    await course.presses("ben", "B. 3 tips")
    await course.presses("mia", "A. Good day")
    await course.passes(seconds=16)
    assert (await post_about(course, "question 1")).endswith("⏳ 10 seconds left!")
    await course.passes(seconds=11)
    assert await post_about(course, "question 1") == (
        "Title battle · question 1 of 2\nWhich title catches the eye?\n▫️ A. Good day: 1\n✅ B. 3 tips: 2\n"
        "▫️ C. Hello: 0\nA number is concrete.\n3 answers, 2 right.\nThe next question comes in 10 seconds."
    )
    await course.passes(seconds=10)
    assert "question 2 of 2\nWhat comes first?" in (await course.said())[-1]
    await course.presses("ben", "A. The hook")
    await closes(course)
    assert await post_about(course, "the result") == (
        "Title battle: the result\n1. Ben: 2 right in 5 s\n2. Ada: 1 right in 3 s\n"
        "3 of you played. Well done all, and until the next one 👏"
    )
    said = await course.said()
    assert {"Ben has place 1 in Title battle!", "Ada has place 2 in Title battle!"} <= set(said)
    assert [await course.points(who) for who in ("ada", "ben")] == [12, 12]
    assert (await course.said("chen", "staff"))[-1] == (
        "Title battle is over; 3 people played:\nQuestion 1: 3 answers, 2 right\nQuestion 2: 1 answer, 1 right"
    )


async def test_it_is_all_said_in_chinese(open_community) -> None:
    course = await announced(open_community, course=COURSE.replace("language: en", "language: zh-CN"))
    assert (await course.said())[-1] == (
        "标题抢答赛，1 分钟后开始！\n一共 2 题，每题 30 秒。看到题目点选项就行，只认第一次点的。\n"
        "答对多的排前面，一样多就看谁快，用时按整秒算，打平就并列。只公布前 3 名。自己的成绩发 /battle 看，别人看不到。"
    )
    await course.passes(**OPENED)
    assert (await course.said())[-1] == "标题抢答赛 · 第 1/2 题\n哪个标题最抓人？\n⏱ 30 秒，19:01:30 截止"
    assert await course.presses("ada", "B. 3 个小技巧") == "收到，你选了 B. 3 个小技巧。截止后公布答案。"
    await course.passes(seconds=21)
    assert (await post_about(course, "第 1/2 题")).endswith("⏳ 最后 10 秒！")
    await course.passes(seconds=11)
    assert await post_about(course, "第 1/2 题") == (
        "标题抢答赛 · 第 1/2 题\n哪个标题最抓人？\n▫️ A. 今天真好：0 人\n✅ B. 3 个小技巧：1 人\n▫️ C. 你好：0 人\n"
        "数字更具体。\n1 人作答，1 人答对。\n下一题 10 秒钟后开始。"
    )
    assert await course.presses("ada", "我答对了吗") == "✅ 答对了：B. 3 个小技巧"
    await course.passes(seconds=10)
    await closes(course)
    assert await post_about(course, "揭晓") == (
        "标题抢答赛结果揭晓！\n1. Ada，答对 1 题，用时 0 秒\n1 位同学参加。谢谢大家，下次再来 👏"
    )
    assert await course.answer("ada", "/battle") == (
        "现在没有抢答赛。下一场开始前，群里会通知。\n标题抢答赛：2 题你答对了 1 题。\n"
        "第 1 题 ✅ 0 秒\n第 2 题 没作答\n第 1 名，答对的题一共用时 0 秒。"
    )


# --- answering --------------------------------------------------------------------------------------------------------


async def test_the_first_press_counts_and_a_second_one_is_told_so(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "A. Good day")
    assert await course.presses("ada", "B. 3 tips") == "You chose A. Good day; your first press counts."
    await course.passes(seconds=32)
    assert "▫️ A. Good day: 1\n✅ B. 3 tips: 0" in await post_about(course, "question 1")


async def test_nobody_learns_before_the_close_what_is_right(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "A. Good day")
    assert "right" not in (await course.answer("ada", "/battle")).casefold()
    number = await newest_battle(course)
    assert await pressed(course, "ada", f"{number} 1") == (
        "This question is still open; the answer comes after the close."
    )
    await course.passes(seconds=32)
    assert await course.presses("ada", "Was I right?") == "You chose A. Good day; the right answer is B. 3 tips."
    assert await course.presses("ben", "Was I right?") == "You did not answer question 1."


async def test_a_press_at_the_last_moment_counts_and_one_after_it_does_not(open_community) -> None:
    course = await asked(open_community)
    number = await newest_battle(course)
    await course.passes(seconds=30)
    assert "Got it" in await pressed(course, "ada", f"{number} 1 2")
    await course.passes(seconds=1)
    assert "Time was up" in await pressed(course, "ben", f"{number} 1 2")
    await arrives_late(course, "mia", f"{number} 1 2", seconds=1)
    await course.passes(seconds=1)
    assert "2 answers, 2 right." in await post_about(course, "question 1")


async def test_who_asks_how_they_did_while_the_first_question_is_open_is_told_how_it_goes(open_community) -> None:
    course = await announced(open_community)
    number = await newest_battle(course)
    assert await pressed(course, "ada", f"{number}") == "Title battle begins at 19:01:00: 2 questions."
    await course.passes(**OPENED)
    assert await pressed(course, "ada", f"{number}") == "Title battle is on: question 1 of 2."
    await course.presses("ada", "B. 3 tips")
    assert await pressed(course, "ada", f"{number}") == "Title battle is on: question 1 of 2."
    await closes(course)
    assert "you have 1 of 1 right" in await pressed(course, "ada", f"{number}")


async def test_a_press_within_the_second_that_is_shown_counts(open_community) -> None:
    course = await asked(open_community)
    number = await newest_battle(course)
    await course.passes(seconds=30.9)
    assert "Got it" in await pressed(course, "ada", f"{number} 1 2")
    await closes(course)
    await closes(course)
    assert "1. Ada: 1 right in 30 s" in await post_about(course, "the result")


async def test_late_presses_are_told_so(open_community) -> None:
    course = await asked(open_community)
    number = await newest_battle(course)
    await course.presses("ada", "B. 3 tips")
    await closes(course)
    assert await pressed(course, "ben", f"{number} 1 2") == (
        "Time was up: this question is closed, so that did not count."
    )
    assert await pressed(course, "ada", f"{number} 1 1") == (
        "This question is closed. Your answer was taken: B. 3 tips."
    )
    await closes(course)
    assert await pressed(course, "ben", f"{number} 1 2") == ("This battle is over. /battle shows your last result.")


@pytest.mark.parametrize("numbers", ["{} 1 0", "{} 1 4", "{} 1 999", "{} 2 1", "{} 0 1", "999999 1 1", "{} 1 2 3", "x"])
async def test_a_press_on_what_is_not_there_changes_nothing(open_community, numbers: str) -> None:
    course = await asked(open_community)
    said = await pressed(course, "ada", numbers.format(await newest_battle(course)))
    assert "There is no such option" in said or said.startswith("/battle")
    assert await course.rows(select(answer)) == []


async def test_staff_do_not_answer(open_community) -> None:
    course = await asked(open_community)
    assert await course.presses("lin", "B. 3 tips") == "Answering is for students. /battle shows how it goes."
    assert await course.rows(select(answer)) == []


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_equals_share_a_place_and_who_wants_no_praise_is_not_named(open_community) -> None:
    course = await announced(open_community)
    await course.types("ben", "/privacy praise off")
    await course.passes(**OPENED)
    for who in ("ada", "ben"):
        await course.presses(who, "B. 3 tips")
    await closes(course)
    await course.presses("mia", "B. The end")
    await closes(course)
    result = await post_about(course, "the result")
    assert result.splitlines()[1:3] in (
        ["1. Ada: 1 right in 0 s", "1. A classmate: 1 right in 0 s"],
        ["1. A classmate: 1 right in 0 s", "1. Ada: 1 right in 0 s"],
    )
    assert "Mia" not in result


async def test_where_nobody_was_right_nobody_is_named(open_community) -> None:
    course = await asked(open_community)
    await course.presses("mia", "A. Good day")
    await closes(course)
    await closes(course)
    result = await post_about(course, "the result")
    assert "nobody had one right" in result
    assert "Mia" not in result
    assert "none of 2 right for you so far" in await course.answer("mia", "/battle")


async def test_a_battle_that_nobody_plays_says_so(open_community) -> None:
    course = await asked(open_community)
    await closes(course)
    assert "Time is up; nobody has answered." in await post_about(course, "question 1")
    await closes(course)
    assert await post_about(course, "the result") == (
        "Title battle: the result\nNobody played this time. Until the next one!"
    )


async def test_ones_own_result_is_told_in_private_and_others_do_not_read_it(open_community) -> None:
    course = await announced(open_community)
    await course.types("ada", "/points", room=course.private_room)
    await course.passes(**OPENED)
    await course.presses("ada", "B. 3 tips")
    await closes(course)
    await closes(course)
    mine = "Title battle: you have 1 of 2 right.\nQuestion 1: ✅ 0 s\nQuestion 2: no answer\n"
    alone = [*(await course.said("ada", course.private_room)), *(await course.said("ada"))]
    assert any(mine in text for text in alone), alone
    assert not any("you have 1 of 2" in text for text in await course.said("ben"))
    assert mine in await course.answer("ada", "/battle", room=course.alone)


async def test_who_has_left_has_no_place(open_community) -> None:
    course = await asked(open_community)
    await course.presses("mia", "B. 3 tips")
    await course.passes(seconds=1)
    await course.presses("ada", "B. 3 tips")
    await course.leaves("mia")
    await closes(course)
    await closes(course)
    assert "1. Ada: 1 right in 1 s\n1 of you played" in await post_about(course, "the result", "ben")


async def test_two_accounts_of_one_person_have_one_answer(open_community) -> None:
    course = await announced(open_community, demo=TWO)
    await link(course)
    await course.passes(**OPENED)
    await course.presses("ada2", "A. Good day")
    assert await course.presses("ada", "B. 3 tips") == "You chose A. Good day; your first press counts."
    await course.passes(seconds=32)
    assert "1 answer, 0 right." in await post_about(course, "question 1")


async def test_of_two_accounts_that_become_one_person_in_the_midst_one_answer_counts(open_community) -> None:
    course = await announced(open_community, demo=TWO)
    await course.passes(**OPENED)
    await course.presses("ada", "B. 3 tips")
    await course.presses("ada2", "A. Good day")
    await link(course)
    await closes(course)
    assert "1 answer, 1 right." in await post_about(course, "question 1")
    await closes(course)
    assert "1. Ada: 1 right in 0 s\n1 of you played" in await post_about(course, "the result")


async def test_who_is_forgotten_in_the_midst_is_named_nowhere(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    await closes(course)
    await closes(course)
    assert "Ada" not in await post_about(course, "the result", "ben")


# --- staff ------------------------------------------------------------------------------------------------------------


async def test_staff_start_one_and_cancel_it(open_community) -> None:
    course: Community = await open_community(rituals=RITUAL, rules=PAID)
    await course.until(10)
    await course.types("chen", "/run quiz_night", room="staff")
    await course.passes(seconds=75)
    await course.presses("ada", "B. 3 tips")
    assert "Title battle is on: question 1 of 2.\n1 answer to this question so far." in await course.answer(
        "lin", "/battle", room="staff"
    )
    assert "Only staff can cancel" in await course.answer("ada", "/battle cancel")
    assert await course.presses("lin", "Cancel the battle", room="staff") == (
        "Cancelled: Title battle. The group has been told; nothing counts."
    )
    assert (await post_about(course, "question 1")).endswith(
        "The battle is cancelled, and this question does not count."
    )
    assert "Title battle is cancelled" in (await course.said())[-1]
    number = await newest_battle(course)
    assert "was cancelled" in await pressed(course, "ben", f"{number} 1 2")
    before = await course.said()
    await course.passes(minutes=5)
    assert await course.said() == before
    assert await course.points("ada") == 0
    assert "There is no battle to cancel" in await course.answer("lin", "/battle cancel", room="staff")


async def test_a_second_battle_does_not_begin_beside_the_first(open_community) -> None:
    other = RITUAL.replace("quiz_night", "second").replace("19:00", "19:01")
    course = await announced(open_community, rituals=RITUAL + other)
    await course.passes(seconds=70)
    assert any("Another battle is on in that group" in text for text in await course.said("chen", "staff"))
    assert sum("begins in" in text for text in await course.said()) == 1


async def test_each_question_has_its_turn_before_one_comes_again(open_community) -> None:
    course = await announced(open_community, rituals=RITUAL.replace("title:", "count: 1\n  title:"))
    await course.passes(minutes=3)
    assert "Which title catches the eye?" in await post_about(course, "question 1 of 1")
    await course.passes(days=7)
    assert "What comes first?" in await post_about(course, "question 1 of 1")


# --- outages ----------------------------------------------------------------------------------------------------------


async def test_a_short_outage_voids_the_open_question_and_the_battle_goes_on(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    before = len(await course.said())
    await course.is_away(minutes=3)
    await course.comes_back()
    assert "I was offline just now, so this question does not count." in await post_about(course, "question 1")
    assert "It goes on in 30 seconds." in (await course.said())[-1]
    assert len(await course.said()) == before + 1  # not one question after the other
    assert any("I was offline for" in text for text in await course.said("chen", "staff"))
    await course.passes(seconds=31)
    assert "question 2 of 2" in (await course.said())[-1]
    await course.presses("ben", "A. The hook")
    await closes(course)
    assert "1 question of 2 counts.\n1. Ben: 1 right" in await post_about(course, "the result")
    assert await course.points("ada") == 0


async def test_after_a_long_outage_the_battle_is_over(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    before = len(await course.said())
    await course.is_away(hours=2)
    await course.comes_back()
    said = await course.said()
    assert len(said) == before + 1
    assert "ends here: I was offline for too long" in said[-1]
    assert any("/run quiz_night again" in text for text in await course.said("chen", "staff"))
    await course.passes(minutes=10)
    assert await course.said() == said
    assert await course.points("ada") == 0


async def test_after_a_long_outage_what_was_played_counts_if_it_is_half_of_it(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    await closes(course)
    await course.is_away(hours=1)
    await course.comes_back()
    assert "1 question of 2 counts.\n1. Ada: 1 right" in await post_about(course, "the result")
    assert await course.points("ada") == 12


async def test_a_new_process_goes_on_where_the_last_one_was(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    course = await open_community(rituals=RITUAL.replace("3 tips", "4 tips"), rules=PAID)
    assert await course.presses("ada", "A. Good day") == "You chose B. 3 tips; your first press counts."
    await course.passes(seconds=32)
    assert "✅ B. 3 tips: 1" in await post_about(course, "question 1")  # as it was asked


CLUB = COURSE.replace("  - {id: staff,", "  - {id: club, kind: interest, local: club}\n  - {id: staff,")


async def test_a_course_without_that_space_ends_its_battle(open_community) -> None:
    there = RITUAL.replace("do: battle", "do: battle\n  spaces: [club]")
    course = await announced(open_community, rituals=there, course=CLUB)
    course.rewrites(rituals=RITUAL, rules=PAID)
    await course.types("chen", "/reload", room="staff")
    await course.passes(**OPENED)
    assert any("the course has no space club any more" in text for text in await course.said("chen", "staff"))
    assert "There is no battle now." in await course.answer("ada", "/battle")


async def test_a_battle_whose_ritual_is_gone_is_played_to_its_end(open_community) -> None:
    course = await asked(open_community)
    await course.presses("ada", "B. 3 tips")
    course.rewrites(rituals="", rules=PAID)
    await course.types("chen", "/reload", room="staff")
    await closes(course)
    await closes(course)
    assert "1. Ada: 1 right" in await post_about(course, "the result")


# --- hands ------------------------------------------------------------------------------------------------------------


async def newest_battle(course: Community) -> int:
    numbers: list[int] = [row.id for row in await course.rows(select(battle.c.id))]
    return max(numbers)


async def pressed(course: Community, who: str, numbers: str) -> str:
    """What a button says that stands there no more, or never did."""
    return await course.answer(who, f"/battle {numbers}", room=course.alone)


async def arrives_late(course: Community, who: str, numbers: str, *, seconds: int) -> None:
    """A press that was made so long ago."""
    made_at = course.now - timedelta(seconds=seconds)
    key = EventKey(f"press:{who}:{numbers}")
    below, command = str((await course.messages(who))[-1].number), f"battle {numbers}"
    press = ButtonPressed(
        key=key, at=made_at, actor=course.actor(who), address=course.address(), message=below, command=command
    )
    await course.run.app.sink([press])
    await course.settle()

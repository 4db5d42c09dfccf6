"""The evening's sharing: what counts, when, and the summary."""

from datetime import timedelta

import pytest

from bot.domain.events import MessagePosted
from tests.community import COURSE, RITUALS, RULES, Community

pytestmark = pytest.mark.every_platform

THOUGHT = "Today I rewrote my first line three times, and the third one stayed."


async def test_it_opens_collects_and_closes_with_a_summary(course: Community) -> None:
    await course.until(20)
    assert (await course.said())[-1] == (
        "Tonight's sharing is open!\nTopic: Why do you write?\n"
        "Just post in the group, words or pictures. It closes with a summary at 21:00."
    )
    assert await course.answer("ada", THOUGHT) == "Got your share, thank you!\n+8 points"
    assert await course.answer("ada", "And a second thing that I forgot to say") == ""
    await course.types("ben", "haha")
    await course.passes(hours=1)
    assert (await course.said())[-1] == (
        "Tonight's sharing is closed. 1 member shared:\n"
        "· Ada: Today I rewrote my first line three times, and the third on…\n"
        "Thank you all. See you at nine tomorrow!"
    )


async def test_of_several_posts_the_longest_is_in_the_summary(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "Here I come!!")
    await course.types("ada", THOUGHT)
    await course.passes(hours=1)
    assert "· Ada: Today I rewrote" in (await course.said())[-1]
    assert await course.points("ada") == 9  # 8 for the share, 1 for a thoughtful message


async def test_nobody_shared_is_said_kindly(course: Community) -> None:
    await course.until(21)
    assert (await course.said())[-1].startswith("Tonight's sharing is over and nobody has posted.")


async def test_a_share_in_time_that_reaches_us_late_counts_and_mends_the_summary(course: Community) -> None:
    await course.until(20, 30)
    await course.posts("ada", THOUGHT)
    [event] = await course.withheld()
    await course.until(21)
    assert "nobody has posted" in (await course.said())[-1]
    await course.run.app.sink([event])
    await course.settle()
    assert await course.points("ada") == 9
    said = await course.said("ben")
    assert len([text for text in said if "sharing is" in text]) == 2  # the opening, and the summary that was edited
    assert "· Ada: Today I rewrote" in said[-1]


async def test_a_post_after_the_end_is_no_share_even_before_the_close_was_handled(course: Community) -> None:
    await course.until(20)
    await course.posts("ada", THOUGHT)
    [event] = await course.withheld()
    assert isinstance(event, MessagePosted)
    from msgspec.structs import replace

    await course.run.app.sink([replace(event, at=event.at + timedelta(minutes=61))])
    assert await course.points("ada") == 1  # for a thoughtful message


async def test_after_an_outage_it_does_not_open_after_its_own_end(open_community) -> None:
    course = await open_community(rituals=RITUALS.replace("at: 09:00", "at: 09:00\n  late_within: 5h"))
    await course.until(19)
    await course.is_away(hours=2, minutes=10)  # as if nothing had run
    await course.comes_back()
    assert not any("sharing" in text for text in await course.said())
    [notice] = await course.said("chen", "staff")
    assert notice.startswith("⚠ evening_sharing was due at 1 Mar 20:00")


async def test_all_that_is_answered_to_one_message_is_one_answer(open_community) -> None:
    nice = "\nnice:\n  when: message.posted\n  where: {length: {at_least: 20}}\n  then: [{say: {en: Nice thought}}]\n"
    course = await open_community(rules=RULES + nice)
    await course.until(20)
    assert await course.answer("ada", THOUGHT) == "Nice thought\nGot your share, thank you!\n+8 points"


async def test_a_session_whose_ritual_was_renamed_ends_all_the_same(course: Community) -> None:
    await course.until(20)
    course.rewrites(rituals=RITUALS.replace("evening_sharing", "night_sharing"))
    await course.types("chen", "/reload", room="staff")
    await course.passes(hours=12)
    assert await course.answer("ada", THOUGHT) == ""


@pytest.mark.parametrize("text", ["\u200b" * 5000 + "x", "\u2060" * 200, "\u3164" * 40])
async def test_what_nobody_can_see_is_no_share(course: Community, text: str) -> None:
    await course.until(20)
    await course.types("ada", text)
    await course.passes(hours=1)
    assert await course.points("ada") == 0
    assert "nobody has posted" in (await course.said())[-1]


async def test_a_session_lasts_and_counts_as_its_ritual_says(open_community) -> None:
    rituals = "evening:\n  every: day\n  at: 20:00\n  do: sharing\n  lasts: 2h\n  from_characters: 3\n"
    course = await open_community(rituals=rituals)
    await course.until(20)
    assert "22:00" in (await course.said())[-1]
    await course.until(21, 30)
    await course.types("ada", "Late")
    assert await course.points("ada") == 8


async def test_a_weekly_ritual_is_not_passed_by_a_jump_of_a_week(open_community) -> None:
    rituals = "weekly:\n  every: sunday\n  at: 20:00\n  do: sharing\n  lasts: 1h\n"
    course = await open_community(rituals=rituals)
    await course.passes(days=7)
    assert [text.split("\n")[0] for text in await course.said() if "sharing" in text] == [
        "Tonight's sharing is open!",
        "Tonight's sharing is over and nobody has posted. That's fine: share whenever something comes to mind.",
    ]
    assert await course.said("chen", "staff") == []


async def test_a_ritual_that_has_no_chat_yet_waits_for_one(open_community) -> None:
    course = await open_community(course=COURSE.replace("kind: main, local: main", "kind: main"))
    await course.until(9, 5)
    await course.types("chen", "/bind writing main", room="main")
    await course.passes(minutes=1)
    assert any(text.startswith("Day 1") for text in await course.said())


async def test_a_ritual_that_never_had_a_chat_is_told_to_staff(open_community) -> None:
    course = await open_community(course=COURSE.replace("kind: main, local: main", "kind: main"))
    await course.until(12)
    assert (await course.said("chen", "staff"))[0] == (
        "⚠ daily_task (due at 1 Mar 09:00) had nowhere to go: no chat is bound as main. Send /bind in it."
    )


@pytest.mark.needs("deletions")
async def test_a_share_that_is_deleted_leaves_the_summary_and_gives_its_points_back(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "I regret having written this at all")
    await course.types("ben", "I write because I forget everything else")
    await course.until(21)
    before = await course.points("ada")
    regretted = next(m.number for m in await course.messages("ben") if m.text.startswith("I regret"))
    await course.deletes("ada", regretted)
    assert (before, await course.points("ada")) == (9, 0)
    summary = (await course.said("ben"))[-1]
    assert "Ben: I write because" in summary
    assert "regret" not in summary


LONG = "I write because I forget everything else, and because nobody stops me."
SHORT = "A first thought"
OF_LENGTH = """
share:
  when: share.posted
  then: [award: 8]
long_share:
  when: share.posted
  where: {length: {at_least: 50}}
  then: [award: 5]
"""


@pytest.mark.needs("deletions")
@pytest.mark.parametrize("is_late", [False, True])
async def test_when_the_longer_share_is_deleted_the_other_one_stays(open_community, is_late: bool) -> None:
    course = await open_community(rules=OF_LENGTH)
    await course.until(20)
    first = await course.types("ada", SHORT)
    longer = await course.types("ada", LONG)
    assert await course.points("ada") == 13
    if is_late:
        await course.until(0, 30)
    await course.deletes("ada", longer)
    assert await course.points("ada") == 8
    await course.until(21)
    if is_late:
        assert f"· Ada: {SHORT}" in "".join(await course.said("ben"))
    else:
        assert f"1 member shared:\n· Ada: {SHORT}\n" in (await course.said("ben"))[-1]
    await course.deletes("ada", first)
    assert await course.points("ada") == 0
    assert SHORT not in "".join(await course.said("ben"))


@pytest.mark.needs("deletions")
async def test_when_the_shorter_share_is_deleted_the_longer_one_stays(open_community) -> None:
    course = await open_community(rules=OF_LENGTH)
    await course.until(20)
    first = await course.types("ada", SHORT)
    await course.types("ada", LONG)
    await course.deletes("ada", first)
    assert await course.points("ada") == 13
    await course.until(21)
    assert "1 member shared:\n· Ada: I write because" in (await course.said("ben"))[-1]

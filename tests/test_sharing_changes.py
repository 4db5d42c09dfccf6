"""Shares whose messages are edited, and under which names shares are read again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.community import Community
from tests.test_sharing_speakers import NONE, SHARE, opened

pytestmark = pytest.mark.every_platform

THOUGHT = "Today I rewrote my first line three times, and the third one stayed."


async def reads(course: Community, text: str, who: str = "ben") -> str:
    return await course.answer(who, text, room=course.alone)


async def summary(course: Community, who: str = "ben") -> str:
    return [text for text in await course.said(who) if "sharing is closed" in text or "sharing is over" in text][-1]


# --- edits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_share_that_is_edited_to_nothing_is_none_and_edited_back_is_one_again(
    course: Community, is_late: bool
) -> None:
    await course.until(20)
    number = await course.types("ada", THOUGHT)
    before = await course.points("ada")
    if is_late:
        await course.until(21)
    await course.edits("ada", number, ".")
    assert await course.points("ada") == before - 8
    assert "Nothing was shared yet" in await reads(course, "/shares")
    if is_late:
        assert "nobody has posted" in await summary(course)
    await course.passes(minutes=1)
    await course.edits("ada", number, THOUGHT)
    assert await course.points("ada") == before
    if not is_late:
        await course.until(21)
    assert "1 member shared:\n· Ada: Today I rewrote" in await summary(course)
    assert "1 share so far" in await reads(course, "/shares")


async def test_of_two_posts_the_one_that_stays_is_the_share(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "A first thought of mine")
    number = await course.types("ada", THOUGHT)
    before = await course.points("ada")
    await course.edits("ada", number, "-")
    assert await course.points("ada") == before
    await course.until(21)
    assert "1 member shared:\n· Ada: A first thought of mine\n" in await summary(course)


async def test_what_was_too_short_may_be_made_a_share_while_the_session_is_open_and_not_later(
    course: Community,
) -> None:
    await course.until(20)
    mine = await course.types("ada", "Hm")
    theirs = await course.types("ben", "Ha")
    await course.edits("ada", mine, THOUGHT)
    assert await course.points("ada") == 8
    await course.until(21)
    await course.edits("ben", theirs, "I only say something when it is over and done.")
    assert await course.points("ben") == 0
    assert "1 member shared:\n· Ada: Today I rewrote" in await summary(course)


async def test_what_was_said_before_the_session_is_no_share_however_it_is_edited(course: Community) -> None:
    await course.until(19)
    number = await course.types("ada", "Hm")
    await course.until(20)
    await course.edits("ada", number, THOUGHT)
    assert await course.points("ada") == 0


async def test_a_speaker_whose_share_is_edited_to_nothing_gives_back_what_that_earned(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.until(20)
    number = await course.types("ada", SHARE)
    before = await course.points("ada")
    await course.edits("ada", number, "...")
    assert await course.points("ada") == before - 38
    await course.passes(minutes=1)
    await course.edits("ada", number, SHARE)
    assert await course.points("ada") == before


LATER = """
late_sharing:
  every: day
  at: "20:30"
  do: sharing
  lasts: 1h
  invite: 0
"""


@pytest.mark.needs("deletions")
async def test_what_was_posted_in_two_sessions_at_once_is_edited_and_deleted_in_both(open_community: Any) -> None:
    course: Community = await open_community(rituals=NONE + LATER)
    await course.until(20, 31)
    number = await course.types("ada", THOUGHT)
    kept = await course.types("ben", "I write because I forget everything else.")
    await course.edits("ben", kept, "I write because I remember too much.")
    await course.until(21)
    await course.deletes("ada", number)
    await course.until(22)
    for closed in [text for text in await course.said("ben") if "sharing is closed" in text]:
        assert "1 member shared:\n· Ben: I write because I remember too much." in closed
    assert sum("sharing is closed" in text for text in await course.said("ben")) == 2
    assert "Today I rewrote" not in await reads(course, "/shares")


# --- names ------------------------------------------------------------------------------------------------------------


async def test_a_pseudonym_never_stands_beside_what_its_owner_has_shared(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "/privacy name Night Owl", room=course.alone)
    await course.types("ada", THOUGHT)
    await course.types("ben", "I write because I forget everything else.")
    await course.until(21)
    assert "· Ada: Today I rewrote" in await summary(course)
    for asked in ("/shares", "/shares 1", "/shares rewrote"):
        told = await reads(course, asked)
        assert "Today I rewrote" in told
        assert "a member" in told
        assert "Night Owl" not in told
    assert "Mon, 1 Mar Ben: I write" in await reads(course, "/shares")


async def test_a_speaker_with_a_pseudonym_is_named_neither_by_that_nor_by_the_other(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.types("ada", "/privacy name Night Owl", room=course.alone)
    await course.until(20)
    assert "speakers" not in [text for text in await course.said("ned") if "sharing is open" in text][-1]
    await course.types("mia", "I wrote nothing much today, but I read a lot.")
    await course.types("ada", SHARE)
    await course.until(21)
    assert (await summary(course)).split("\n")[1].startswith("· Mia")
    assert not any("Night Owl" in text or "🎤" in text for text in await course.said("ned"))


async def test_a_speaker_who_wants_no_praise_by_now_is_not_marked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.types("ada", "/privacy praise off", room=course.alone)
    await course.until(20)
    await course.types("mia", "I wrote nothing much today, but I read a lot.")
    await course.types("ada", SHARE)
    await course.until(21)
    assert (await summary(course)).split("\n")[1].startswith("· Mia")
    assert "🎤" not in await summary(course)
    assert "🎤" not in await reads(course, "/shares 2", "ned")


async def test_a_share_in_full_is_without_marks_that_turn_it_round_and_keeps_its_lines(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "One line of mine\u202e and more\n\n\n\n\n\nanother line of mine")
    await course.until(21)
    assert (await reads(course, "/shares 1")).endswith("\nOne line of mine and more\n\nanother line of mine")


async def test_what_staff_ask_by_is_a_word_to_look_for_elsewhere(course: Community) -> None:
    await course.until(20)
    await course.types("ada", "今天请来的嘉宾讲了三个起标题的办法，我都试了一遍。")
    await course.types("ben", "I felt invited to write more than I had planned.")
    await course.until(21)
    assert "三个起标题" in await reads(course, "/shares 嘉宾")
    assert "felt invited" in await reads(course, "/shares invited")
    assert "felt invited" in await reads(course, "/shares invited", "lin")
    assert "nobody to ask" in await course.answer("chen", "/shares invited", room="staff")

"""Who may vote in a contest, and what becomes of votes when accounts are linked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.features.contests.ballot import vote
from tests.community import Community, write_course
from tests.shell import Shell
from tests.test_contests import LINE, OTHER, PAID, ends, newcomers, number_of, result_of, vote_begins
from tests.test_links import link

pytestmark = pytest.mark.every_platform

STRICT = """
weekly_pk:
  every: monday
  at: 10:00
  do: contest
  title: {zh: 标题 PK 赛, en: Title contest}
"""
OPEN = STRICT + "  voters: {member_for: 0s, check_ins: 0}\n"


async def begun(open_community, *, rituals: str = STRICT) -> tuple[Community, int]:
    """A contest between Ada and Ben; the number of Ada's work."""
    course: Community = await open_community(rituals=rituals, rules=PAID)
    await course.until(10)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    return course, 0


async def numbers(course: Community) -> int:
    await vote_begins(course)
    return number_of(next(text for text in reversed(await course.said()) if "Vote!" in text), LINE)


async def test_who_came_too_late_reads_from_when_on_they_may_vote(open_community) -> None:
    course, _ = await begun(open_community)
    await newcomers(course, "Cam")
    await course.passes(days=3)
    await course.types("cam", "/checkin")
    await course.passes(days=1)
    gallery = (await course.said("ada"))[-1]
    assert "Those may vote who were here by 2 Mar 10:00 and had checked in on 2 days when the vote opened." in gallery
    hers = number_of(gallery, LINE)
    said = await course.answer("cam", f"/vote {hers}")
    assert said == (
        "You had not been here long enough when this vote opened. You may vote in those that open after 7 Mar 10:00."
    )
    assert said in await course.answer("cam", "/contest")
    await ends(course)
    assert "no votes" in await result_of(course)


async def test_who_has_hardly_checked_in_may_not_vote_and_reads_what_to_do(open_community) -> None:
    course, _ = await begun(open_community)
    await course.types("mia", "/checkin")
    await course.types("ada", "/checkin")
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    await course.passes(days=3)
    hers = number_of((await course.said("ada"))[-1], LINE)
    assert await course.answer("mia", f"/vote {hers}") == (
        "This vote is for those who had checked in on 2 days when it opened; you had on 1. "
        "Keep checking in, and you vote in the next one."
    )
    assert "Your vote is for" in await course.answer("ada", f"/vote {3 - hers}")
    await ends(course)
    assert f"1. Ben (No. {3 - hers}): 1 vote" in await result_of(course)


async def test_a_check_in_after_the_vote_opened_is_too_late_for_it(open_community) -> None:
    course, _ = await begun(open_community)
    await course.types("mia", "/checkin")
    hers = await numbers(course)
    await course.passes(days=1)
    await course.types("mia", "/checkin")
    assert "you had on 1" in await course.answer("mia", f"/vote {hers}")


async def test_where_everybody_may_vote_nothing_is_said_of_it(open_community) -> None:
    course, _ = await begun(open_community, rituals=OPEN)
    await numbers(course)
    assert "may vote" not in (await course.said())[-1]


async def test_two_accounts_of_a_person_have_one_vote_and_none_for_their_own_work(open_community) -> None:
    course, _ = await begun(open_community, rituals=OPEN)
    await newcomers(course, "Cam", "Dee", "Eve")
    hers = await numbers(course)
    for who in ("cam", "dee"):
        await course.types(who, f"/vote {3 - hers}")
    await course.types("eve", f"/vote {hers}")
    await link(course, "cam", "dee")
    await link(course, "ada", "eve")
    assert "own work" in await course.answer("eve", f"/vote {hers}")
    await ends(course)
    result = await result_of(course)
    assert f"1. Ben (No. {3 - hers}): 1 vote\nWorks: 2, votes: 1." in result


async def test_a_vote_in_the_last_moment_counts_and_one_after_it_does_not(open_community) -> None:
    course, _ = await begun(open_community, rituals=OPEN)
    hers = await numbers(course)
    await course.passes(days=2, seconds=-1)
    assert "Your vote is for" in await course.answer("mia", f"/vote {hers}")
    await course.passes(seconds=1)
    assert "There is no contest now." in await course.answer("ada", f"/vote {3 - hers}")
    assert f"1. Ada (No. {hers}): 1 vote" in await result_of(course)
    [row] = await course.rows(select(vote.c.at))
    assert course.now - row.at < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("mode: knockout", "gallery"),
        ("tie_break: [luck]", "grade"),
        ("tie_break: []", "must not be empty"),
        ("voters: {member_for: 3}", "10m"),
        ("voters: {check_ins: -1}", "at least 0"),
        ("voters: {since: monday}", "member_for"),
        ("discount: perhaps", "true or false"),
        ("appeal_for: 0s", "should be more than 0"),
    ],
)
def test_wrong_options_are_told_with_their_place(tmp_path, shell: Shell, option: str, says: str) -> None:
    folder = write_course(tmp_path / "writing", rituals=f"{STRICT}  {option}\n")
    assert shell("check", folder) == 1
    assert says in shell.out + shell.err

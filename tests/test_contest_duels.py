"""Contests in duels: two works at a time, one vote in each, places by the share of the votes."""

import re

import pytest

from bot.features.contests.ranking import duels
from tests.community import Community
from tests.test_contests import PAID, RITUAL, ends, newcomers, number_of, result_of, vote_begins

pytestmark = pytest.mark.every_platform

DUEL = RITUAL + "  mode: duel\n"
WORKS = {"ada": "An apple", "ben": "A book", "mia": "A cat", "cam": "A dog"}


async def begun(open_community) -> tuple[Community, dict[str, int], list[list[str]]]:
    """A contest of four; their numbers, and who meets whom."""
    course: Community = await open_community(rituals=DUEL, rules=PAID)
    await course.until(10)
    await newcomers(course, "Cam", "Dee", "Eve", "Fay")
    for who, work in WORKS.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    gallery = (await course.said())[-1]
    number = {who: number_of(gallery, work) for who, work in WORKS.items()}
    by_number = sorted(number, key=lambda who: number[who])
    return course, number, [by_number[:2], by_number[2:]]


async def test_works_meet_two_by_two_and_one_votes_in_each_duel(open_community) -> None:
    course, number, ((one, other), (third, fourth)) = await begun(open_community)
    gallery = (await course.said())[-1]
    assert gallery.startswith("Title contest: 4 works in duels, without names. Vote!\nDuel 1\n1 ")
    assert re.search(r"^Duel 2\n3 ", gallery, re.MULTILINE)
    assert "One vote in each duel, none in the one with your own work" in gallery
    for who in ("dee", "eve"):
        await course.presses(who, f"Vote {number[one]}")
        await course.presses(who, f"Vote {number[third]}")
    await course.types("fay", f"/vote {number[one]}")
    await course.types("fay", f"/vote {number[other]}")
    await course.types("fay", f"/vote {number[fourth]}")
    assert f"Your vote is for No. {number[other]}, {number[fourth]}." in await course.answer("fay", "/contest")
    await ends(course)
    places = [line for line in (await result_of(course)).splitlines() if re.match("[0-9]+\\. ", line)]
    assert sorted(places) == sorted(
        f"{place}. {who.title()} (No. {number[who]}): duel {duel}, {votes} of 3"
        for place, who, duel, votes in ((1, one, 1, 2), (1, third, 2, 2), (3, other, 1, 1), (3, fourth, 2, 1))
    )
    assert "Works: 4, votes: 6." in await result_of(course)


async def test_nobody_votes_in_the_duel_of_their_own_work(open_community) -> None:
    course, number, ((one, other), (third, _)) = await begun(open_community)
    assert await course.answer(one, f"/vote {number[other]}") == (
        "Your own work is in duel 1, so that one is for the others. Vote in another duel."
    )
    assert "own work" in await course.answer(one, f"/vote {number[one]}")
    assert f"No. {number[third]}" in await course.answer(one, f"/vote {number[third]}")


async def test_many_votes_in_one_duel_are_not_better_than_all_votes_in_another(open_community) -> None:
    course, number, ((one, other), (third, _)) = await begun(open_community)
    for who, whom in (("dee", one), ("eve", one), ("fay", other)):
        await course.types(who, f"/vote {number[whom]}")
    await course.types("dee", f"/vote {number[third]}")
    await ends(course)
    places = [line for line in (await result_of(course)).splitlines() if re.match("[0-9]+\\. ", line)]
    assert [line.split(" ")[0] + line.split(" ")[1] for line in places] == [
        f"1.{third.title()}",
        f"2.{one.title()}",
        f"3.{other.title()}",
    ]


@pytest.mark.parametrize(
    ("count", "groups"), [(2, [1, 1]), (3, [1, 1, 1]), (4, [1, 1, 2, 2]), (5, [1, 1, 2, 2, 2]), (0, []), (1, [1])]
)
def test_one_that_is_left_over_makes_a_group_of_three(count: int, groups: list[int]) -> None:
    assert duels(count) == groups

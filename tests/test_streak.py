"""Consecutive dates: the streak that lives, milestones, and days that can be made up for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.checkin.streak import MILESTONES, current, missing, reached, run_around, run_up_to

pytestmark = pytest.mark.every_platform

START = date(2027, 3, 1)


def day(number: int) -> date:
    """Day 1 is the first of March."""
    return START + timedelta(days=number - 1)


def days(*numbers: int) -> set[date]:
    return {day(number) for number in numbers}


@pytest.mark.parametrize(
    ("dates", "today", "streak"),
    [
        ((), 5, 0),
        ((5,), 5, 1),
        ((4,), 5, 1),  # today is still open
        ((3,), 5, 0),
        ((3, 4, 5), 5, 3),
        ((3, 4), 5, 2),
        ((1, 2, 4, 5), 5, 2),
        ((1, 2, 3, 5), 5, 1),
        ((6,), 5, 0),
        (range(1, 41), 40, 40),  # over the end of a month
    ],
)
def test_a_streak_lives_until_a_day_has_passed_without_a_check_in(
    dates: tuple[int, ...], today: int, streak: int
) -> None:
    assert current(days(*dates), day(today)) == streak


@pytest.mark.parametrize(
    ("dates", "around", "run"),
    [((1, 2, 4), 2, (1, 2)), ((1, 2, 4), 4, (4, 1)), ((1, 2, 4), 3, (3, 0)), ((1, 2, 3, 4), 3, (1, 4))],
)
def test_the_run_around_a_day(dates: tuple[int, ...], around: int, run: tuple[int, int]) -> None:
    assert run_around(days(*dates), day(around)) == (day(run[0]), run[1])


@pytest.mark.parametrize(
    ("before", "added", "milestones"),
    [
        ((), 1, []),
        ((1, 2), 3, [(3, 1)]),
        ((1, 2, 3), 4, []),
        ((2, 3, 4), 1, []),  # three were reached before
        ((1, 3), 2, [(3, 1)]),
        ((1, 2, 3, 5, 6, 7), 4, [(7, 1)]),  # two runs of three become one of seven
        ((1, 2, 4, 5, 6, 7), 3, [(7, 1)]),
        ((1, 2, 4, 5), 3, [(3, 1)]),
        ((1, 2, 3, 4, 5, 6), 7, [(7, 1)]),
        ((9, 10), 11, [(3, 9)]),
        ((1, 2, 3, 10, 11), 12, [(3, 10)]),  # another streak of three has another beginning
        (range(1, 100), 100, [(100, 1)]),
        ((*range(1, 20), *range(21, 40)), 20, [(21, 1), (30, 1)]),
    ],
)
def test_a_milestone_is_reached_by_the_day_that_completes_it(
    before: tuple[int, ...], added: int, milestones: list[tuple[int, int]]
) -> None:
    assert reached(days(*before, added), day(added)) == [(length, day(first)) for length, first in milestones]


@pytest.mark.parametrize(
    ("dates", "today", "within", "open_days"),
    [
        ((), 1, 3, []),  # nothing before the course began
        ((), 3, 3, [2, 1]),
        ((), 9, 3, [8, 7, 6]),
        ((8, 6), 9, 3, [7]),
        ((), 9, 0, []),
        ((9,), 9, 2, [8, 7]),  # today is no missed day
    ],
)
def test_what_can_be_made_up_for(dates: tuple[int, ...], today: int, within: int, open_days: list[int]) -> None:
    found = missing(days(*dates), day(today), since=START, within_days=within)
    assert found == [day(number) for number in open_days]


NUMBERS = st.sets(st.integers(1, 60), max_size=60)


@given(order=NUMBERS.flatmap(lambda numbers: st.permutations(sorted(numbers))))
def test_in_whatever_order_days_come_each_milestone_of_a_run_is_announced(order: list[int]) -> None:
    dates: set[date] = set()
    announced: list[tuple[int, date]] = []
    for number in order:
        dates.add(day(number))
        announced += reached(dates, day(number))
    assert len(announced) == len(set(announced))
    longest = max((run_around(dates, one)[1] for one in dates), default=0)
    assert {length for length, _ in announced} == {milestone for milestone in MILESTONES if milestone <= longest}


@given(numbers=NUMBERS, today=st.integers(1, 60))
def test_the_streak_is_the_number_of_days_back_to_the_first_gap(numbers: set[int], today: int) -> None:
    last = today if today in numbers else today - 1
    back = 0
    while last - back in numbers:
        back += 1
    ahead = 0
    while today in numbers and today + ahead + 1 in numbers:  # never so in life: nobody checks in tomorrow
        ahead += 1
    assert current(days(*numbers), day(today)) == (back + ahead if back else 0)


@given(numbers=NUMBERS, today=st.integers(1, 60), within=st.integers(0, 30))
def test_making_up_for_every_open_day_leaves_none(numbers: set[int], today: int, within: int) -> None:
    dates = days(*numbers)
    found = missing(dates, day(today), since=START, within_days=within)
    assert found == sorted(set(found) - dates, reverse=True)
    assert all(START <= one < day(today) and (day(today) - one).days <= within for one in found)
    assert missing(dates | set(found), day(today), since=START, within_days=within) == []


# --- days on which the course rests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "resting", "today", "streak"),
    [
        ((1, 2, 4), (3,), 4, 3),  # nobody has to come on the third
        ((1, 2, 3, 4), (3,), 4, 4),  # who comes all the same is counted
        ((1, 2), (3,), 4, 2),  # today is still open
        ((1, 2), (3,), 5, 0),
        ((1, 2), (3, 4, 5), 5, 2),
        ((2,), (1, 3), 3, 1),
    ],
)
def test_a_day_of_rest_breaks_no_streak(
    dates: tuple[int, ...], resting: tuple[int, ...], today: int, streak: int
) -> None:
    rests = days(*resting).__contains__
    assert current(days(*dates), day(today), rests) == streak


def test_over_days_of_rest_milestones_are_reached_and_nothing_is_missing() -> None:
    rests = days(3, 4).__contains__
    assert reached(days(1, 2, 5), day(5), rests) == [(3, day(1))]
    assert missing(days(1), day(6), since=START, within_days=5, rests=rests) == [day(5), day(2)]
    assert run_up_to({day(n).isoformat() for n in (1, 2, 5)}, day(5), rests) == 3
    assert run_up_to({day(n).isoformat() for n in (1, 2)}, day(5), rests) == 0

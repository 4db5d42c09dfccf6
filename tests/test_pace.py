"""The moments of a response clock: held against somebody who counts the minutes that the wall clock shows."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.moments import zone_of
from bot.domain.office_hours import Rest
from bot.domain.response import ResponseClock
from bot.engine.pace import WARNED, Pace
from tests.test_office_hours import MINUTE, is_counting

LONDON = "Europe/London"
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
NIGHTS = (None, (time(22), time(8)), (time(23, 30), time(7, 15)), (time(0, 30), time(6)), (time(12), time(13)))
CLOCK = ResponseClock(within=timedelta(hours=4), step=timedelta(hours=1))


def counted_minutes(since: datetime, rest: Rest, wanted: int) -> datetime:
    """The moment at which so many minutes have counted."""
    moment = since
    while wanted:
        wanted -= is_counting(moment, rest, LONDON)
        moment += MINUTE
    return moment


rests = st.builds(
    Rest,
    nights=st.sampled_from(NIGHTS),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    dates=st.frozensets(st.sampled_from([SPRING, AUTUMN, date(2027, 3, 29), date(2027, 11, 1)])),
)
begins = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1) + minutes * MINUTE,
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(0, 3 * 24 * 60),
)


@settings(max_examples=60)
@given(begins, rests, st.integers(1, 600), st.integers(1, 99), st.integers(1, 240))
def test_everything_is_told_in_the_minute_in_which_so_much_has_counted(
    since: datetime, rest: Rest, within: int, warn_at: int, step: int
) -> None:
    clock = ResponseClock(within=within * MINUTE, warn_at=warn_at, rest=rest, step=step * MINUTE)
    pace = Pace(clock, LONDON)
    warned = pace.told_at(since, WARNED)
    assert warned is not None
    whole = within * warn_at // 100
    assert counted_minutes(since, rest, whole) <= warned <= counted_minutes(since, rest, whole + 1)
    due = counted_minutes(since, rest, within)
    assert pace.due(since) == due
    assert [pace.told_at(since, rung) for rung in (2, 3, 4)] == [
        due,
        counted_minutes(due, rest, step),
        counted_minutes(due, rest, 2 * step),
    ]
    assert pace.told_at(since, 5) is None


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (datetime(2027, 3, 27, 23, tzinfo=UTC), "2027-03-28 04:00"),  # the hour from one to two is not there
        (datetime(2027, 10, 30, 22, tzinfo=UTC), "2027-10-31 02:00"),  # and here it is there twice
    ],
)
def test_four_hours_are_four_hours_when_the_clock_changes(since: datetime, due: str) -> None:
    assert f"{Pace(CLOCK, LONDON).due(since).astimezone(zone_of(LONDON)):%Y-%m-%d %H:%M}" == due


def test_on_a_grid_everything_is_told_at_its_next_full_step_and_a_warning_never_after_the_deadline() -> None:
    pace = Pace(CLOCK, LONDON, warnings=timedelta(minutes=30), rungs=timedelta(minutes=10))
    since = datetime(2027, 3, 1, 10, 9, tzinfo=UTC)
    shown = [f"{at:%H:%M}" for rung in (1, 2, 3, 4) if (at := pace.told_at(since, rung))]
    assert shown == ["13:30", "14:10", "15:10", "16:10"]
    short = Pace(ResponseClock(within=timedelta(minutes=8)), LONDON, warnings=timedelta(minutes=30))
    assert short.told_at(since, WARNED) == short.due(since)


def test_whoever_was_not_there_is_told_of_all_rungs_that_were_reached_and_of_none_twice() -> None:
    pace, since = Pace(CLOCK, LONDON), datetime(2027, 3, 1, 10, tzinfo=UTC)
    later = since + timedelta(hours=5)
    assert pace.reached(since, 0, later) == 3
    assert pace.between(0, 3) == ("on_duty", "assistants")
    assert pace.between(WARNED, 3) == ("on_duty", "assistants")
    assert pace.between(2, 3) == ("assistants",)
    assert pace.between(0, WARNED) == ()
    assert pace.reached(since, 4, since) == 4


def test_the_rules_are_others_when_any_moment_is() -> None:
    rules = {
        Pace(clock, zone).rules
        for clock, zone in (
            (CLOCK, LONDON),
            (CLOCK, "Asia/Shanghai"),
            (ResponseClock(within=timedelta(hours=5), step=timedelta(hours=1)), LONDON),
            (ResponseClock(within=timedelta(hours=4)), LONDON),
            (ResponseClock(within=timedelta(hours=4), step=timedelta(hours=1), warn_at=50), LONDON),
            (ResponseClock(within=timedelta(hours=4), step=timedelta(hours=1), ladder=("admins",)), LONDON),
            (ResponseClock(within=timedelta(hours=4), step=timedelta(hours=1), rest=Rest(nights=NIGHTS[1])), LONDON),
        )
    }
    assert len(rules) == 7
    assert Pace(ResponseClock(within=timedelta(hours=4), step=timedelta(hours=1)), LONDON).rules in rules

"""Time that counts: held against somebody who walks along the wall clock, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.moments import zone_of
from bot.domain.office_hours import ALWAYS, Rest, after, counted

ZONES = {
    # Each with days on which its clock changes; in Beirut, Havana and Santiago that is at midnight.
    "Europe/London": (date(2027, 3, 28), date(2027, 10, 31)),
    "America/New_York": (date(2027, 3, 14), date(2027, 11, 7)),
    "Asia/Beirut": (date(2027, 3, 28), date(2027, 10, 31)),
    "America/Havana": (date(2027, 3, 14), date(2027, 11, 7)),
    "America/Santiago": (date(2027, 4, 4), date(2027, 9, 5)),
    "Australia/Lord_Howe": (date(2027, 4, 4), date(2027, 10, 3)),
    "Asia/Shanghai": (date(2027, 3, 1),),
}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NIGHTS = [
    None,
    (time(22), time(8)),
    (time(23, 30), time(0, 30)),
    (time(0), time(6)),
    (time(1), time(5)),
    (time(12), time(14)),
]


def is_counting(moment: datetime, rest: Rest, zone: str) -> bool:
    """What a person would say who looks at the clock on the wall.

    Where it shows a time twice they say that it is night from the first time on that it should begin, and day from the
    first time on that it should end.
    """
    local = moment.astimezone(zone_of(zone))
    day, at = local.date(), local.time().replace(fold=0)
    if day.weekday() in rest.weekdays or day in rest.dates:
        return False
    if rest.nights is None:
        return True
    falls, rises = rest.nights
    if falls > rises:
        return rises <= at < falls
    return not falls <= at < rises


def walked(since: datetime, until: datetime, rest: Rest, zone: str) -> timedelta:
    minutes = (until - since) // MINUTE
    return sum(is_counting(since + n * MINUTE, rest, zone) for n in range(minutes)) * MINUTE


def is_plain(rest: Rest, zone: str, since: datetime, until: datetime) -> bool:
    """Whether no border of a night falls into an hour that the clock shows twice."""
    for border in rest.nights or ():
        day = since.astimezone(zone_of(zone)).date() - DAY
        while day <= until.astimezone(zone_of(zone)).date() + DAY:
            local = datetime.combine(day, border)
            folds = {local.replace(fold=fold, tzinfo=zone_of(zone)).astimezone(UTC) for fold in (0, 1)}
            if len(folds) > 1:
                return False
            day += DAY
    return True


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, datetime, datetime, Rest]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    change = draw(st.sampled_from(ZONES[zone]))
    begins = datetime.combine(change - 2 * DAY, time(), UTC) + draw(st.integers(0, 60 * 72)) * MINUTE
    ends = begins + draw(st.integers(-60, 60 * 72)) * MINUTE
    rest = Rest(
        nights=draw(st.sampled_from(NIGHTS)),
        weekdays=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        dates=draw(st.frozensets(st.sampled_from([change - DAY, change, change + DAY]), max_size=2)),
    )
    return zone, begins, ends, rest


@settings(max_examples=150)
@given(cases())
def test_what_counts_is_what_somebody_counts_who_walks_along(case: tuple[str, datetime, datetime, Rest]) -> None:
    zone, since, until, rest = case
    if is_plain(rest, zone, since, until):
        assert counted(since, until, rest, zone) == walked(since, until, rest, zone)


@settings(max_examples=150)
@given(case=cases(), minutes=st.integers(1, 60 * 60))
def test_after_is_the_first_moment_by_which_so_much_has_counted(
    case: tuple[str, datetime, datetime, Rest], minutes: int
) -> None:
    zone, since, _, rest = case
    span = minutes * MINUTE
    found = after(since, span, rest, zone)
    assert counted(since, found, rest, zone) == span
    assert counted(since, found - MINUTE, rest, zone) < span


@given(case=cases(), share=st.floats(0, 1))
def test_time_adds_up_wherever_it_is_cut(case: tuple[str, datetime, datetime, Rest], share: float) -> None:
    zone, since, until, rest = case
    if until < since:
        assert counted(since, until, rest, zone) == timedelta(0)
        return
    middle = since + share * (until - since)
    parts = counted(since, middle, rest, zone) + counted(middle, until, rest, zone)
    assert parts == counted(since, until, rest, zone)
    assert counted(since, until, rest, zone) <= until - since


def test_without_rest_time_is_time() -> None:
    since = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert counted(since, since + DAY, ALWAYS, "Europe/London") == DAY
    assert after(since, DAY, ALWAYS, "Europe/London") == since + DAY
    assert after(since, timedelta(0), Rest(weekdays=frozenset({5})), "Europe/London") == since


BY_DAY = Rest(nights=(time(22), time(8)))


@pytest.mark.parametrize(
    ("since", "span", "found"),
    [
        ("2027-03-01 21:00", 2, "2027-03-02 09:00"),  # an hour is left in the evening
        ("2027-03-01 23:00", 2, "2027-03-02 10:00"),  # handed in at night: it begins in the morning
        ("2027-03-01 21:00", 1, "2027-03-01 22:00"),  # the very end of the evening
        ("2027-03-27 21:00", 2, "2027-03-28 09:00"),  # the night is an hour shorter; the clock stood all the same
        ("2027-10-30 21:00", 2, "2027-10-31 09:00"),
        ("2027-03-01 09:00", 28, "2027-03-03 09:00"),  # two days of fourteen hours
    ],
)
def test_nobody_is_expected_to_answer_at_night(since: str, span: int, found: str) -> None:
    zone = zone_of("Europe/London")
    begins, ends = (datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) for text in (since, found))
    assert after(begins, timedelta(hours=span), BY_DAY, "Europe/London") == ends


def test_a_day_of_rest_moves_the_answer_to_the_next() -> None:
    sunday = Rest(weekdays=frozenset({6}))
    saturday = datetime(2027, 3, 6, 20, tzinfo=UTC)
    assert after(saturday, timedelta(hours=24), sunday, "Europe/London") == datetime(2027, 3, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_who_always_rests_is_expected_in_some_years(zone: str) -> None:
    """It ends, whatever somebody has written."""
    since = datetime(2027, 3, 1, tzinfo=UTC)
    never = Rest(weekdays=frozenset(range(7)))
    assert counted(since, since + 100 * DAY, never, zone) == timedelta(0)
    assert after(since, timedelta(hours=1), never, zone) > since + 700 * DAY


def test_a_night_that_ends_in_a_skipped_hour_ends_after_it() -> None:
    """At 01:00 London's clock jumps to 02:00; who is asleep until 01:30 wakes at 02:00."""
    rest = Rest(nights=(time(23), time(1, 30)))
    midnight = datetime(2027, 3, 28, tzinfo=UTC)
    assert counted(midnight, midnight + timedelta(hours=2), rest, "Europe/London") == timedelta(hours=1)

"""Which occurrences there are: windows, weekdays, slots, and the nights on which the clocks change."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.course import Course
from bot.domain.ids import CourseId, RitualId, SpaceId
from bot.domain.messages import Localised
from bot.domain.moments import moment_of
from bot.domain.rituals import Occurrence, OnWeekdays, Ritual, Step
from scheduler.occurrences import occurrences
from scheduler.virtual import next_time

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
MONDAY = date(2027, 3, 1)


def ritual(at: str = "09:00", zone: str = "UTC", **more: Any) -> Ritual:
    values: dict[str, Any] = {
        "id": RitualId("task"),
        "action": "post_task",
        "when": OnWeekdays(EVERY_DAY),
        "spaces": (SpaceId("main"),),
        "late_within": timedelta(hours=2),
        "first": MONDAY,
        "last": MONDAY + 13 * DAY,
    }
    return Ritual(at=time.fromisoformat(at), zone=zone, **(values | more))


def in_steps(*after: timedelta) -> tuple[Step, ...]:
    return (Step(), *(Step(after=one) for one in after))


def offset(of: Ritual, step: int) -> timedelta:
    found = of.steps[step]
    assert found is not None
    return found.after


def course(*rituals: Ritual) -> Course:
    return Course(
        id=CourseId("writing"),
        title=Localised({"en": "Writing"}),
        language="en",
        zone="UTC",
        starts=MONDAY,
        ends=MONDAY + 13 * DAY,
        spaces=(),
        rituals=rituals,
    )


def found(rituals: Ritual | tuple[Ritual, ...], since: str, until: str) -> list[Occurrence]:
    all_of_them = (rituals,) if isinstance(rituals, Ritual) else rituals
    return list(occurrences(course(*all_of_them), moment(since), moment(until)))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(rituals: Ritual | tuple[Ritual, ...], since: str, until: str) -> list[str]:
    return [f"{one.due_at:%m-%d %H:%M}" for one in found(rituals, since, until)]


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2027-03-01T08:59:59", "2027-03-01T09:00:00", ["03-01 09:00"]),
        ("2027-03-01T09:00:00", "2027-03-01T09:00:01", []),  # `since` itself was served before
        ("2027-03-01T08:00:00", "2027-03-01T08:59:59", []),
        ("2027-03-01T09:00:00", "2027-03-01T09:00:00", []),
        ("2027-03-01T10:00:00", "2027-03-01T08:00:00", []),
        ("2027-03-01T08:00:00", "2027-03-03T09:00:00", ["03-01 09:00", "03-02 09:00", "03-03 09:00"]),
        ("2027-02-01T00:00:00", "2027-03-02T00:00:00", ["03-01 09:00"]),  # not before the course begins
        ("2027-03-13T10:00:00", "2027-04-30T00:00:00", ["03-14 09:00"]),  # the last day is included
        ("2028-01-01T00:00:00", "2029-01-01T00:00:00", []),
    ],
)
def test_a_window_holds_what_is_due_after_its_beginning_up_to_its_end(since: str, until: str, expected: Any) -> None:
    assert due(ritual(), since, until) == expected


def test_only_the_weekdays_of_the_ritual_count() -> None:
    weekend = ritual(when=OnWeekdays(frozenset({5, 6})))
    assert due(weekend, "2027-03-01", "2027-03-15") == ["03-06 09:00", "03-07 09:00", "03-13 09:00", "03-14 09:00"]


def test_the_weekday_is_that_of_the_local_date() -> None:
    monday_morning = ritual("07:00", "Asia/Shanghai", when=OnWeekdays(frozenset({0})))
    assert due(monday_morning, "2027-03-02", "2027-03-09") == ["03-07 23:00"]  # a Sunday in UTC


def test_a_slot_past_midnight_belongs_to_the_evening_on_which_it_opened() -> None:
    evening = ritual("23:30", steps=in_steps(timedelta(hours=1)), last=MONDAY)
    both = found(evening, "2027-03-01", "2027-04-01")
    assert [(one.local_date, one.slot) for one in both] == [(MONDAY, 0), (MONDAY, 1)]
    assert due(evening, "2027-03-01", "2027-04-01") == ["03-01 23:30", "03-02 00:30"]
    assert [one.slot for one in found(evening, "2027-03-02T00:00:00", "2027-04-01")] == [1]


def test_a_slot_of_several_days_is_found_from_a_window_that_holds_only_it() -> None:
    long = ritual("09:00", steps=in_steps(timedelta(days=5)), last=MONDAY)
    assert due(long, "2027-03-06T08:00:00", "2027-03-06T09:00:00") == ["03-06 09:00"]


def test_each_space_has_its_own() -> None:
    both = ritual(spaces=(SpaceId("main"), SpaceId("alumni")))
    assert [one.space for one in found(both, "2027-03-01", "2027-03-02")] == ["alumni", "main"]


def test_they_come_in_the_order_in_which_they_are_due() -> None:
    morning, night = ritual("09:00", id=RitualId("b")), ritual("07:00", id=RitualId("a"))
    tie = ritual("09:00", id=RitualId("a9"))
    names = [one.ritual for one in found((morning, night, tie), "2027-03-01", "2027-03-03")]
    assert names == ["a", "a9", "b"] * 2


# --- the nights on which the clocks change ----------------------------------------------------------------------------

GAPS: Mapping[str, tuple[str, str, str, str]] = {
    # zone: (local date, skipped time, when it is due, what the clocks show then)
    "Europe/Berlin": ("2027-03-28", "02:30", "2027-03-28T01:00", "03:00"),
    "America/New_York": ("2027-03-14", "02:30", "2027-03-14T07:00", "03:00"),
    "Australia/Lord_Howe": ("2027-10-03", "02:15", "2027-10-02T15:30", "02:30"),
    "America/Sao_Paulo": ("2018-11-04", "00:00", "2018-11-04T03:00", "01:00"),
    "Africa/Cairo": ("2027-04-30", "00:30", "2027-04-29T22:00", "01:00"),
    "Pacific/Apia": ("2011-12-30", "09:00", "2011-12-30T10:00", "00:00"),  # this whole day was left out
}
OVERLAPS = {
    # zone: (local date, time that is shown twice, when it is due: the first time)
    "Europe/Berlin": ("2027-10-31", "02:30", "2027-10-31T00:30"),
    "America/New_York": ("2027-11-07", "01:30", "2027-11-07T05:30"),
    "Australia/Lord_Howe": ("2027-04-04", "01:45", "2027-04-03T14:45"),
    "America/Sao_Paulo": ("2018-02-17", "23:30", "2018-02-18T01:30"),
}


@pytest.mark.parametrize("zone", GAPS)
def test_a_time_that_the_clock_skips_is_due_once_right_after_the_gap(zone: str) -> None:
    day, at, due_at, shown = GAPS[zone]
    around = date.fromisoformat(day)
    skipped = ritual(at, zone, first=around - 2 * DAY, last=around + 2 * DAY)
    seen = {one.local_date: one.due_at for one in found(skipped, "2000-01-01", "2040-01-01")}
    assert list(seen) == [around + n * DAY for n in range(-2, 3)]
    assert seen[around] == moment(due_at)
    assert f"{seen[around].astimezone(ZoneInfo(zone)):%H:%M}" == shown


@pytest.mark.parametrize("zone", OVERLAPS)
def test_a_time_that_the_clock_shows_twice_is_due_once_the_first_time(zone: str) -> None:
    day, at, due_at = OVERLAPS[zone]
    around = date.fromisoformat(day)
    doubled = ritual(at, zone, first=around - DAY, last=around + DAY)
    seen = [one.due_at for one in found(doubled, "2000-01-01", "2040-01-01") if one.local_date == around]
    assert seen == [moment(due_at)]


def test_a_zone_without_changes_is_the_same_all_year() -> None:
    year = ritual("09:00", "Asia/Shanghai", first=date(2027, 1, 1), last=date(2027, 12, 31))
    times = {f"{one.due_at:%H:%M}" for one in found(year, "2026-12-01", "2028-02-01")}
    assert times == {"01:00"}


def test_nothing_is_lost_where_the_clock_goes_back_over_midnight() -> None:
    # At 00:01 of 7 November the clocks of Newfoundland went back to 23:01 of the 6th.
    midnight = ritual("00:00", "America/St_Johns", first=date(2010, 11, 6), last=date(2010, 11, 8))
    between = "2010-11-07T02:45"  # 23:15 of the 6th, for the second time; 00:00 of the 7th has passed
    first, second = due(midnight, "2010-11-01", between), due(midnight, between, "2010-11-30")
    assert first + second == ["11-06 02:30", "11-07 02:30", "11-08 03:30"]


@pytest.mark.parametrize(
    ("now", "at", "zone", "expected"),
    [
        ("2027-03-01T08:00", "09:00", "UTC", "2027-03-01T09:00"),
        ("2027-03-01T09:00", "09:00", "UTC", "2027-03-02T09:00"),  # after now, never now
        ("2027-03-01T08:59:59.999999", "09:00", "UTC", "2027-03-01T09:00"),
        ("2027-03-01T02:00", "09:00", "Asia/Shanghai", "2027-03-02T01:00"),
        ("2027-03-01T00:59", "09:00", "Asia/Shanghai", "2027-03-01T01:00"),
        ("2027-03-01T12:00", "09:00", "Pacific/Kiritimati", "2027-03-01T19:00"),
        ("2027-03-01T08:00", "09:00", "Pacific/Pago_Pago", "2027-03-01T20:00"),
        ("2027-03-27T23:00", "02:30", "Europe/Berlin", "2027-03-28T01:00"),
        ("2027-10-30T23:00", "02:30", "Europe/Berlin", "2027-10-31T00:30"),
        ("2027-10-31T00:30", "02:30", "Europe/Berlin", "2027-11-01T01:30"),  # not the second time of that night
    ],
)
def test_the_next_time_a_clock_shows_something(now: str, at: str, zone: str, expected: str) -> None:
    assert next_time(moment(now), time.fromisoformat(at), zone) == moment(expected)


# --- any minute in any zone -------------------------------------------------------------------------------------------

ZONES = st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone))
MINUTES = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
DATES = st.dates(date(1990, 1, 1), date(2035, 12, 1))


def each_local_date_has_one(zone: str, at: time, first: date, days: int, share: float) -> None:
    last = first + days * DAY
    one = ritual(at.isoformat(), zone, first=first, last=last, steps=in_steps(timedelta(minutes=90)))
    since, until = moment(f"{first - 3 * DAY}"), moment(f"{last + 4 * DAY}")
    whole = list(occurrences(course(one), since, until))
    opened = [o.local_date for o in whole if o.slot == 0]
    assert sorted(opened) == [first + n * DAY for n in range(days + 1)]
    assert len(whole) == 2 * len(opened)
    cut = since + (until - since) * share
    assert [*occurrences(course(one), since, cut), *occurrences(course(one), cut, until)] == whole
    for o in whole:
        assert o.due_at == moment_of(o.local_date, at, zone) + offset(one, o.step)


@given(zone=ZONES, at=MINUTES, first=DATES, days=st.integers(0, 10), share=st.floats(0, 1))
@settings(max_examples=60)
def test_each_local_date_has_exactly_one_however_the_time_is_cut(
    zone: str, at: time, first: date, days: int, share: float
) -> None:
    each_local_date_has_one(zone, at, first, days, share)


@pytest.mark.long
@given(zone=ZONES, at=MINUTES, first=DATES, days=st.integers(0, 200), share=st.floats(0, 1))
@settings(max_examples=3000)
def test_each_local_date_has_exactly_one_in_thousands_of_places(
    zone: str, at: time, first: date, days: int, share: float
) -> None:
    each_local_date_has_one(zone, at, first, days, share)


@given(zone=ZONES, at=MINUTES, now=st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
@settings(max_examples=60)
def test_the_next_time_is_the_first_after_now(zone: str, at: time, now: datetime) -> None:
    expected = next_time(now, at, zone)
    around = now.astimezone(ZoneInfo(zone)).date()
    later = [m for n in range(-2, 4) if (m := moment_of(around + n * DAY, at, zone)) > now]
    assert expected == min(later)


def test_what_is_over_ends_before_what_begins_at_the_same_moment() -> None:
    early = ritual("19:00", id=RitualId("z"), steps=(Step(), Step(after=timedelta(hours=1), is_needed=True)))
    late = ritual("20:00", id=RitualId("a"))
    names = [(one.ritual, one.step) for one in found((late, early), "2027-03-01", "2027-03-02")]
    assert names == [("z", 0), ("z", 1), ("a", 0)]

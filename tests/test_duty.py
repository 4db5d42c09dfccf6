"""The rota: who is on duty at a moment of the course's own clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.moments import zone_of
from bot.domain.response import ResponseClock, Shift
from bot.engine.duty import accounts_on_duty
from tests.questions_course import QUESTIONS
from tests.test_questions_clock import asks, notices, opened, told

LONDON = "Europe/London"
MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6


def at(text: str, fold: int = 0) -> datetime:
    """A local time in London."""
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(LONDON), fold=fold).astimezone(UTC)


def on(moment: datetime, duty: Mapping[int, tuple[Shift, ...]]) -> tuple[str, ...]:
    return accounts_on_duty(ResponseClock(duty=duty), LONDON, moment)


ROTA = {
    MONDAY: (
        Shift(account="local:lin", begins=time(9), ends=time(13)),
        Shift(account="local:kim", begins=time(13), ends=time(18)),
        Shift(account="local:noa", begins=time(22), ends=time(2)),
    ),
    TUESDAY: (Shift(account="local:lin"), Shift(account="local:kim", begins=time(20))),
}


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2027-03-01 08:59", ()),
        ("2027-03-01 09:00", ("local:lin",)),
        ("2027-03-01 12:59", ("local:lin",)),
        ("2027-03-01 13:00", ("local:kim",)),
        ("2027-03-01 18:00", ()),  # a hole
        ("2027-03-01 22:00", ("local:noa",)),
        ("2027-03-02 00:00", ("local:noa", "local:lin")),  # over midnight, and all day
        ("2027-03-02 02:00", ("local:lin",)),
        ("2027-03-02 20:00", ("local:lin", "local:kim")),  # to midnight
        ("2027-03-03 00:00", ()),
    ],
)
def test_shifts_begin_and_end_to_the_minute(moment: str, who: tuple[str, ...]) -> None:
    assert on(at(moment), ROTA) == who


def test_an_account_without_times_is_on_duty_all_day() -> None:
    duty = {SUNDAY: (Shift(account="local:lin"),)}
    assert [on(at(moment), duty) for moment in ("2027-03-27 23:59", "2027-03-28 00:00", "2027-03-28 23:59")] == [
        (),
        ("local:lin",),
        ("local:lin",),
    ]
    assert on(at("2027-03-29 00:00"), duty) == ()


def test_a_shift_over_midnight_keeps_to_the_wall_when_the_clock_changes() -> None:
    duty = {SATURDAY: (Shift(account="local:lin", begins=time(22), ends=time(6)),)}
    for night in ("2027-03-28", "2027-10-31"):  # seven hours long, and nine
        assert on(at(f"{night} 05:59"), duty) == ("local:lin",)
        assert on(at(f"{night} 06:00"), duty) == ()
    assert on(at("2027-10-31 01:30"), duty) == on(at("2027-10-31 01:30", fold=1), duty) == ("local:lin",)


_times = st.one_of(st.none(), st.sampled_from([time(3), time(9), time(13, 30), time(18), time(22)]))


@given(st.dictionaries(st.integers(0, 6), st.lists(st.tuples(_times, _times), max_size=3)), st.integers(0, 14 * 48))
def test_it_is_what_somebody_reads_from_the_rota_on_the_wall(
    rota: dict[int, list[tuple[time | None, time | None]]], half_hours: int
) -> None:
    moment = datetime(2027, 3, 20, tzinfo=UTC) + half_hours * timedelta(minutes=30)
    local = moment.astimezone(zone_of(LONDON))
    now, today, before = local.time(), local.weekday(), (local.date() - timedelta(days=1)).weekday()

    def names(day: int, begins: time | None, ends: time | None) -> bool:
        first = begins or time()
        if ends is None or ends == time():
            return day == today and now >= first
        if first < ends:
            return day == today and first <= now < ends
        return (day == today and now >= first) or (day == before and now < ends)

    expected = {
        f"local:{day}_{number}"
        for day, shifts in rota.items()
        for number, (begins, ends) in enumerate(shifts)
        if names(day, begins, ends)
    }
    duty = {
        day: tuple(
            Shift(account=f"local:{day}_{number}", begins=one[0], ends=one[1]) for number, one in enumerate(all_)
        )
        for day, all_ in rota.items()
    }
    assert set(on(moment, duty)) == expected


def test_a_rota_for_nobody_names_nobody() -> None:
    assert on(datetime.combine(date(2027, 3, 1), time(12), tzinfo=UTC), {}) == ()


# --- nobody behind the accounts ---------------------------------------------------------------------------------------


@pytest.mark.every_platform
@pytest.mark.parametrize("who", ["local:nobody", "local:ben", "telegram:123"])
async def test_a_rota_that_names_nobody_of_the_staff_leaves_the_hour_to_all(open_community, who: str) -> None:
    course = await opened(open_community, QUESTIONS + f'duty: {{monday: "{who}"}}\n')
    await asks(course, "ada", "Why is my first line dull?")
    await course.passes(hours=3, minutes=30)
    assert "On duty now: everybody" in (await notices(course))[-1]
    await course.passes(minutes=30)
    assert "Told in private: whoever is on duty." in (await notices(course))[-1]
    assert [len(await told(course, staff)) for staff in ("lin", "kim", "chen", "ben")] == [1, 1, 0, 0]


@pytest.mark.every_platform
async def test_the_notice_names_only_whom_it_has_reached(open_community) -> None:
    course = await opened(open_community)
    await asks(course, "ada", "Why is my first line dull?")
    for staff in ("lin", "kim"):
        await course.leaves(staff)
    await course.passes(hours=4)
    assert "Told in private: whoever is on duty." in (await notices(course))[-1], "the admin, who is left"
    await course.passes(hours=1)
    assert "Nobody could be told in private." in (await notices(course))[-1], "there is no assistant"
    await course.passes(hours=1)
    assert "Told in private: the admins." in (await notices(course))[-1]

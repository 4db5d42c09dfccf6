"""How staff write when somebody is on duty."""

from datetime import time

import pytest

from bot.domain.errors import UserError
from bot.features.seeds.shifts import shifts_in
from storage.assistants import WeeklyShift


@pytest.mark.parametrize(
    ("said", "shifts"),
    [
        ("周一 19:00-22:00 周五", [(0, time(19), time(22)), (4, None, None)]),
        ("mon, wed 19-22", [(0, time(19), time(22)), (2, time(19), time(22))]),
        ("星期天20：00 到 24:00", [(6, time(20), time(0))]),
        ("每天", [(day, None, None) for day in range(7)]),
        ("friday", [(4, None, None)]),
        ("周一到周五9:00-12:00", [(day, time(9), time(12)) for day in range(5)]),
        ("周一至五 9点-12点半", [(day, time(9), time(12, 30)) for day in range(5)]),
        ("周五到周一", [(day, None, None) for day in (4, 5, 6, 0)]),
        ("周一、三、五 19点到22点", [(day, time(19), time(22)) for day in (0, 2, 4)]),
        ("周二四 20.30-22.00", [(day, time(20, 30), time(22)) for day in (1, 3)]),
        ("一三五", [(day, None, None) for day in (0, 2, 4)]),
        ("工作日 19:00-22:00", [(day, time(19), time(22)) for day in range(5)]),
        ("周末", [(5, None, None), (6, None, None)]),
        ("周一19-22周五", [(0, time(19), time(22)), (4, None, None)]),
        ("tues-thurs", [(day, None, None) for day in (1, 2, 3)]),
        ("mon to wed and fri 9 to 12", [(day, time(9), time(12)) for day in (0, 1, 2, 4)]),
        ("mondays", [(0, None, None)]),
        ("weekdays 19-22", [(day, time(19), time(22)) for day in range(5)]),
        ("weekends", [(5, None, None), (6, None, None)]),
    ],
)
def test_hours_are_read_as_people_write_them(said: str, shifts: list[tuple[int, time | None, time | None]]) -> None:
    assert shifts_in(said) == tuple(WeeklyShift(weekday=day, begins=begins, ends=ends) for day, begins, ends in shifts)


@pytest.mark.parametrize(
    "said", ["whenever", "mon 25-26", "19:00-22:00", "m", "mon 9-9", "三", "周八", "周", "mon-", "周末到周一", "s"]
)
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(UserError):
        shifts_in(said)

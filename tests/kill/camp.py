"""Three courses in three time zones on one Sunday: their files, and what their members do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PLATFORM = "local"
DAY = date(2027, 3, 14)
"""In New York the clocks go forward on it."""
BEGIN, END = datetime(2027, 3, 13, 15, tzinfo=UTC), datetime(2027, 3, 15, 5, tzinfo=UTC)
"""Before it begins in the first course, and after it has ended in the last."""

ZONES = {"london": "Europe/London", "shanghai": "Asia/Shanghai", "newyork": "America/New_York"}
PEOPLE = ("ada", "ben", "cleo", "dan", "eve", "fay")

TASKS = tuple(time(hour, minute) for hour in range(24) for minute in (5, 30))
SESSIONS = (time(9), time(13), time(17))
LASTS = timedelta(hours=2)
SETTLED_AT = time(21)
PERIODS = ("week", "month", "course")
MOVED = (time(11, 15), time(13, 45), time(18, 20))
"""When one ritual of London is due: its file is changed again and again while the others go on."""

_COURSE = """
title: {{zh: 写作营, en: Writing camp}}
language: en
time_zone: {zone}
starts: {day}
ends: {day}
spaces:
  - {{id: main, kind: main, local: {id}-main}}
  - {{id: staff, kind: staff, local: {id}-staff}}
staff:
  admins: [local:chen]
"""
_CALENDAR = """
days:
  - {day: 1, title: First words, task: Write three lines., sharing: Why do you write?}
"""
_RULES = """
check_in:
  when: checkin.done
  limit: {once_per: day}
  then:
    - award: 5
share:
  when: share.posted
  limit: {once_per: day}
  then:
    - award: 8
thoughtful:
  when: message.posted
  where: {length: {at_least: 20}}
  limit: {points_per_day: 2}
  then:
    - award: 1
settled:
  when: board.settled
  then:
    - award: 10
day_over:
  when: day.ended
  then:
    - award: 1
"""


def write_courses(folder: Path) -> list[Path]:
    """The courses' folders."""
    return [_write_course(folder / id, zone) for id, zone in ZONES.items()]


def _write_course(folder: Path, zone: str) -> Path:
    folder.mkdir(parents=True)
    course = _COURSE.format(id=folder.name, zone=zone, day=DAY)
    for name, text in {"course": course, "calendar": _CALENDAR, "rules": _RULES}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    move_ritual(folder, 0)
    return folder


def move_ritual(folder: Path, number: int) -> None:
    """Write rituals.yaml with another time for one of them, whole or not at all."""
    new = folder / "rituals.yaml.new"
    new.write_text(_rituals(MOVED[number % len(MOVED)]), encoding="utf-8")
    new.replace(folder / "rituals.yaml")


def _rituals(moved: time) -> str:
    daily = [(f"task_{at:%H%M}", at, "do: post_task") for at in TASKS]
    daily += [("moved", moved, "do: post_task, catch_up: all")]  # to a time that may have passed long ago
    sharing = f"do: sharing, invite: 0, lasts: {LASTS // timedelta(hours=1)}h"
    daily += [(f"sharing_{at:%H%M}", at, sharing) for at in SESSIONS]
    daily += [(f"board_{period}", SETTLED_AT, f"do: settle_board, period: {period}, top: 10") for period in PERIODS]
    lines = [f"{id}: {{every: day, at: '{at:%H:%M}', {action}}}" for id, at, action in daily]
    return "\n".join([*lines, "hourly: {cron: '15 * * * *', do: post_task}", ""])


# --- what members do --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Update:
    """Something that a member said, as the platform hands it over."""

    id: int
    at: datetime  # aware UTC
    course: str
    who: str
    text: str

    @property
    def chat(self) -> str:
        return f"{self.course}-main"

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(ZONES[self.course]))


def updates(seed: int) -> list[Update]:
    """Everything that is said, in order. By day: whoever is handed over late has not missed the end of the day."""
    said = sorted(_said(random.Random(f"{seed}:updates")))
    return [Update(id, at, course, who, text) for id, (at, course, who, text) in enumerate(said, 1)]


def _said(chance: random.Random) -> Iterator[tuple[datetime, str, str, str]]:
    for course, zone in ZONES.items():
        morning = datetime.combine(DAY, time(8), ZoneInfo(zone)).astimezone(UTC)
        for who in PEOPLE:
            # Each has points before the boards are settled.
            yield morning + timedelta(seconds=chance.randrange(3600)), course, who, "/checkin"
            for number in range(24):
                at = morning + timedelta(seconds=chance.randrange(3600, 11 * 3600))
                yield at, course, who, _text(chance, who, number)


def _text(chance: random.Random, who: str, number: int) -> str:
    what = chance.random()
    if what < 0.2:
        return chance.choice(["/checkin", "打卡", "/points", "/rank"])
    if what < 0.5:
        return f"ok {number}"
    return f"{who} writes something, number {number}, that others may read"

"""When the core is down in a storm."""

import random
from datetime import datetime, time, timedelta
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.moments import moment_of
from scheduler.occurrences import occurrences

_LONGEST = timedelta(minutes=90)
_A_WEEK = 3
_BETWEEN = timedelta(hours=1)  # two with less between them would be one that is too long


class Outage(NamedTuple):
    """The core is down from a moment until another."""

    since: datetime
    until: datetime


def outages_of(course: Course, chance: random.Random) -> list[Outage]:
    """A few a week, each while something is due, and shorter than what is still done late."""
    begins = moment_of(course.starts, time(8), course.zone)
    ends = moment_of(course.ends + timedelta(days=1), time(0), course.zone)
    due = [found.due_at for found in occurrences(course, begins + _LONGEST, ends)]
    patience = [ritual.late_within * 3 / 4 for ritual in course.rituals if not ritual.is_built_in]
    longest = min([_LONGEST, *patience])
    wanted = ((course.ends - course.starts).days // 7 + 1) * _A_WEEK if due else 0
    outages = sorted(_around(chance.choice(due), longest * chance.uniform(0.1, 1), chance) for _ in range(wanted))
    return _apart(outages)


def _around(due_at: datetime, length: timedelta, chance: random.Random) -> Outage:
    since = due_at - length * chance.random()
    return Outage(since, since + length)


def _apart(outages: list[Outage]) -> list[Outage]:
    kept: list[Outage] = []
    for outage in outages:
        if not kept or outage.since - kept[-1].until >= _BETWEEN:
            kept.append(outage)
    return kept

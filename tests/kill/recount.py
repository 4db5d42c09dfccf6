"""What must have come of everything that was said: counted again, from the chat alone, by the course's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

WORDS = ("打卡", "check in", "/checkin")


def day_of(message: Mapping[str, Any]) -> date:
    """The course's zone is London, in winter."""
    return datetime.fromisoformat(message["at"]).date()


def is_plain(text: str) -> bool:
    return text not in WORDS and not text.startswith("/")


def check_ins(messages: Iterable[Mapping[str, Any]]) -> set[tuple[str, date]]:
    """Who has said on which date that they check in."""
    return {(m["author"], day_of(m)) for m in messages if m["text"] in WORDS}


def points(messages: Iterable[Mapping[str, Any]], checked_in: Iterable[tuple[str, date]]) -> Counter[tuple[str, str]]:
    """Points by member and rule, for `tests.community`'s rules."""
    found: Counter[tuple[str, str]] = Counter()
    dates: dict[str, set[date]] = {}
    for who, day in checked_in:
        found[who, "check_in"] += 5
        dates.setdefault(who, set()).add(day)
    for who, days in dates.items():
        found[who, "streak_3"] += 10 * sum(1 for day in days if _is_third(day, days))
    thoughts: Counter[tuple[str, date]] = Counter()
    shares: set[tuple[str, date]] = set()
    for m in messages:
        if m["author"] == "bot" or not is_plain(m["text"]):
            continue
        if len(m["text"]) >= 20:
            thoughts[m["author"], day_of(m)] += 1
        if len(m["text"]) >= 10 and datetime.fromisoformat(m["at"]).hour == 20:
            shares.add((m["author"], day_of(m)))
    for (who, _), times in thoughts.items():
        found[who, "thoughtful"] += min(times, 2)
    for who, _ in shares:
        found[who, "share"] += 8
    return +found


def _is_third(day: date, days: set[date]) -> bool:
    """The third date of a run of consecutive dates."""
    one = timedelta(days=1)
    return {day - one, day - 2 * one} <= days and day - 3 * one not in days

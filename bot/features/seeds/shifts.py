"""How staff write when somebody is on duty: `周一到周五 19:00-22:00`, `mon 19-22, fri`, `周末 9点-12点`. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import time

from bot.domain.errors import UserError
from bot.domain.messages import Text, Words
from rules.fields import WEEKDAYS
from storage.assistants import WeeklyShift

_CHINESE = "一二三四五六日"
_UNTIL = "(?:-|–|—|~|到|至)"
_MINUTES = r"(?:[:.]([0-5]\d))?"
_TIMES = re.compile(rf"([01]?\d|2[0-3]){_MINUTES}{_UNTIL}([01]?\d|2[0-4]){_MINUTES}")
_SEVERAL = {
    **dict.fromkeys(("daily", "every", "everyday", "每天", "天天"), (0, 1, 2, 3, 4, 5, 6)),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays", "工作日", "平日"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("weekend", "weekends", "周末", "双休日"), (5, 6)),
}
_PIECE = re.compile(r"[\s,，、;；和及与&/]+|\band\b")
_SPOKEN = re.compile(r"(\d{1,2})[点时]钟?(?:(半)|(\d{1,2})分?)?")
_TO = re.compile(r"(?<=\d)\s*to\s*(?=\d)|\s+(?:to|through|thru)\s+")
_DAY = "周|星期|礼拜|每天|工作日"
_GLUED = re.compile(rf"(?<=[一二三四五六日天末])(?=\d|{_DAY})|(?<=[a-z])(?=\d)|(?<=\d)(?={_DAY})")
MOST = 20


def shifts_in(said: str) -> tuple[WeeklyShift, ...]:
    """Weekdays, and the hours behind them; without hours, all day. Raises UserError."""
    days: list[int] = []
    found: list[WeeklyShift] = []
    was_hours = True
    for word in _words(said):
        hours = _TIMES.fullmatch(word)
        if hours and days:
            begins, ends = _hours(hours)
            found = [one for one in found if one.weekday not in days or one.begins is not None]
            found += [WeeklyShift(weekday=day, begins=begins, ends=ends) for day in days]
            was_hours = True
            continue
        named = _days(word) or (_bare_days(word) if days or len(word) > 1 else [])
        if not named:
            raise UserError("seeds.no_shift", said=word[:40])
        days = named if was_hours else [*days, *named]
        was_hours = False
        found += [WeeklyShift(weekday=day) for day in named]
    if len(found) > MOST:
        raise UserError("seeds.too_many_shifts", most=MOST)
    return tuple(dict.fromkeys(found))


def _words(said: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", said).casefold()
    plain = _TO.sub("-", _SPOKEN.sub(_as_clock, plain))
    spaced = re.sub(rf"\s*({_UNTIL})\s*", r"\1", _GLUED.sub(" ", plain))
    return [word for word in _PIECE.split(spaced) if word]


def _as_clock(spoken: re.Match[str]) -> str:
    """`19点半` as `19:30`."""
    minutes = "30" if spoken[2] else (spoken[3] or "").zfill(2)
    return f"{spoken[1]}:{minutes}"


def _days(word: str) -> list[int]:
    """The weekdays that a word means, such as `周一到周五`; none where it means none."""
    ends = re.fullmatch(rf"(.+?){_UNTIL}(.+)", word)
    if ends is None:
        return _named(word)
    first, last = _named(ends[1]), _named(ends[2]) or _bare_days(ends[2])
    if len(first) != 1 or len(last) != 1:
        return []
    return [(first[0] + day) % 7 for day in range((last[0] - first[0]) % 7 + 1)]


def _named(word: str) -> list[int]:
    if word in _SEVERAL:
        return [*_SEVERAL[word]]
    for prefix in ("星期", "礼拜", "周"):
        if word.startswith(prefix):
            return _bare_days(word.removeprefix(prefix))
    return [day for day, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith((word, word.rstrip("s")))]


def _bare_days(word: str) -> list[int]:
    """`三五` in `周一、三五`."""
    name = word.replace("天", "日")
    return [_CHINESE.index(one) for one in name] if set(name) <= set(_CHINESE) else []


def _hours(found: re.Match[str]) -> tuple[time, time]:
    begins = time(int(found[1]), int(found[2] or 0))
    ends = time(int(found[3]) % 24, int(found[4] or 0))
    if begins == ends:
        raise UserError("seeds.no_shift", said=found[0])
    return begins, ends


def shifts_shown(shifts: Sequence[WeeklyShift]) -> list[Words]:
    return [_shown(one) for one in sorted(shifts, key=lambda one: (one.weekday, one.begins or time()))]


def _shown(one: WeeklyShift) -> Words:
    day = Text(id=f"weekday.{WEEKDAYS[one.weekday]}")
    if one.begins is None or one.ends is None:
        return day
    hours = f"{one.begins:%H:%M}–{one.ends:%H:%M}"
    return Text(id="seeds.shift", values={"weekday": day, "hours": hours})

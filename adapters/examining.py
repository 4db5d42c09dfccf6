"""What the examinations of all platforms have in common."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot.domain.findings import Finding, Level
from bot.domain.messages import Text

_OFF, _FAR_OFF = timedelta(seconds=5), timedelta(seconds=60)


def note(level: Level, id: str, /, **values: Any) -> Finding:
    return Finding(level=level, text=Text(id=id, values=values))


def clock_finding(said: str | None, api: str, now: datetime) -> Finding:
    """A server says in every answer what time it is, in the header `Date`; None, or nonsense: it did not."""
    try:
        theirs = parsedate_to_datetime(said or "")
    except ValueError:
        return note("warning", "doctor.clock_unknown", api=api)
    off = abs(now - theirs)
    if off <= _OFF:
        return note("ok", "doctor.clock")
    level: Level = "problem" if off > _FAR_OFF else "warning"
    return note(level, "doctor.clock_off", time=timedelta(seconds=round(off.total_seconds())))

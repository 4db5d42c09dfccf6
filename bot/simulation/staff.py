"""What staff do: assistants answer questions, the teacher looks after the course in the staff room."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.simulation.acts import Deed, Say
from bot.simulation.cast import TEACHER, Cast
from bot.simulation.habits import Today

_OPENS = 8  # local hour; assistants answer until midnight
_LATEST = 8 * 60  # minutes
_UNANSWERED = 0.04


def answers_at(asked_at: datetime, zone: str, chance: random.Random) -> datetime | None:
    """When an assistant answers: within twenty minutes as often as not, never at night; sometimes nobody does."""
    if chance.random() < _UNANSWERED:
        return None
    minutes = min(chance.lognormvariate(3.0, 1.0), _LATEST)
    local = (asked_at + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    if local.hour >= _OPENS:
        return asked_at + timedelta(seconds=int(minutes * 60))
    morning = local.replace(hour=_OPENS, minute=chance.randint(1, 59), second=chance.randint(1, 59), microsecond=0)
    return morning.astimezone(asked_at.tzinfo)


def errands_of(cast: Cast, today: Today, chance: random.Random) -> Iterator[Deed]:
    """The teacher's day: a look at the boards, why somebody has their points, and on Mondays a word of thanks."""
    who = chance.choice(cast.students).id
    texts = ["/rank", f"/why @{who}"]
    if today.number % 7 == 1:
        texts.append(f"/grant @{who} +3 {today.number}")
    if today.number % 7 == 4:
        texts.append("/audit")
    for number, text in enumerate(texts):
        at = today.at(9.5) + timedelta(seconds=20 * number + 7)
        yield Deed(at=at, who=TEACHER, room="staff", act=Say(post=f"{TEACHER}:{today.number}:{number}", text=text))

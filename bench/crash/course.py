"""The course of a run: rules whose points can be counted by hand, and a post that is due every minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bench.crash.values import MAIN, ROOMS, Orders
from tests.process import Program

LONG = 60
"""Characters of a message that earns a point."""
POINTS = {"check_in": 5, "thoughtful": 1, "hand_in": 10, "ask": 2, "thank": 3}
"""By rule: each earns so many once for each thing that it is about."""
MINUTELY, ORDERED = "Minute ", "By order."
"""How the texts of both rituals begin."""

_RULES = {
    "check_in": ("checkin.done", {}),
    "thoughtful": ("message.posted", {"length": {"at_least": LONG}}),
    "hand_in": ("homework.submitted", {}),
    "ask": ("question.asked", {}),
    "thank": ("thanks.given", {}),
}
_MORNING = 8
_AT_LEAST, _MOST = 20, 300  # minutes in which posts are due
_EACH = 10  # seconds that a life may take on a busy machine


def zone_of(now: datetime) -> str:
    """A zone in which it is between eight and nine in the morning, so that no run sees two dates."""
    ahead = (_MORNING - now.hour + 12) % 24 - 12  # hours; the names of these zones have the sign the other way round
    return "Etc/GMT" if not ahead else f"Etc/GMT{-ahead:+d}"


def times_of(now: datetime, kills: int) -> list[str]:
    """The times of day at which a post is due: each minute that begins while the run may last."""
    zone, first = ZoneInfo(zone_of(now)), now.replace(second=0, microsecond=0)
    last = _AT_LEAST + round(kills * _EACH / 60)
    return [f"{(first + timedelta(minutes=number)).astimezone(zone):%H:%M}" for number in range(min(last, _MOST))]


def write(orders: Orders, town: Any, now: datetime) -> Program:
    """The course, config.yaml, and the program that is run with it."""
    folder = orders.folder
    course = folder / "course"
    course.mkdir(parents=True)
    for name, content in _files(now, town, times_of(now, orders.kills)).items():
        (course / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    config = folder / "config.yaml"
    settings = {"database": orders.database, "language": "en", "courses": ["./course"]}
    config.write_text(yaml.safe_dump({**settings, "platforms": {orders.adapter: town.settings()}}), encoding="utf-8")
    program = Program.run(folder, config)
    program.logs_to(folder / "logs")
    return program


def _minutely(at: str) -> dict[str, Any]:
    say = f"{MINUTELY}{{time}}."
    return {"every": "day", "at": at, "do": "post", "say": say, "checkin_button": True, "spaces": list(ROOMS)}


def _files(now: datetime, town: Any, times: Sequence[str]) -> dict[str, Any]:
    day = now.date()
    return {
        "course": {
            "title": {"zh": "写作营", "en": "Writing camp"},
            "language": "en",
            "time_zone": zone_of(now),
            "starts": day - timedelta(days=3),
            "ends": day + timedelta(days=10),
            "spaces": town.spaces(),
            "staff": {"admins": [town.admin()]},
        },
        "calendar": {"days": [{"day": 1, "title": "First words", "task": "Write three lines."}]},
        "rules": {
            name: {"when": fact, **({"where": where} if where else {}), "then": [{"award": POINTS[name]}]}
            for name, (fact, where) in _RULES.items()
        },
        "rituals": {
            **{f"minute_{number}": _minutely(at) for number, at in enumerate(times)},
            "ordered": {"on_day": 9, "at": "23:58", "do": "post", "say": ORDERED, "spaces": list(ROOMS)},
        },
        "homework": {
            "essay": {
                "tier": "practice",
                "title": {"zh": "短文", "en": "Essay"},
                "opens": {"day": 1, "at": "00:00"},
                "due": {"day": 12, "at": "20:00"},
            }
        },
    }


def space(room: str, **where: Any) -> dict[str, Any]:
    """A space of course.yaml, with its place on a platform."""
    kind = room if room in (MAIN, "staff") else "interest"
    return {"id": room, "kind": kind, **where}

"""`preview PATH`: what will be posted, where and when. The local time comes first on each line."""

import argparse
import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.app import real_now
from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.problems import print_problems
from bot.domain.course import Course, Occurrence
from bot.domain.errors import RulesRejected
from bot.engine.feature import Registry
from bot.features import FEATURES
from rules.loader import load_course, read_folder
from scheduler.occurrences import moment_of, occurrences

_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)
_MOST_DAYS = 10_000


def preview(terminal: Terminal, options: argparse.Namespace) -> int:
    registry = Registry(FEATURES)
    path: Path = options.path
    if not path.is_dir():
        terminal.complain("check.nothing", path=str(path))
        return MISUSED
    try:
        loaded = load_course(
            path.resolve().name, read_folder(path.resolve()), registry.vocabulary(), shown_as=str(path)
        )
    except RulesRejected as rejected:
        print_problems(terminal, rejected.problems)
        return PROBLEMS
    first = _first_day(loaded.course, options.first)
    if first is None or not 1 <= options.days <= _MOST_DAYS:
        terminal.complain("preview.bad_day", most=_MOST_DAYS)
        return MISUSED
    last = first + timedelta(days=options.days - 1)
    found = list(occurrences(loaded.course, _midnight(loaded.course, first), _midnight(loaded.course, last, days=1)))
    for occurrence in found:
        print(_line(terminal, registry, loaded.course, occurrence, as_json=options.json))
    if not found and not options.json:
        terminal.say("preview.nothing", first=first, last=last)
    return FINE


def _first_day(course: Course, asked: str | None) -> date | None:
    """The day asked for, else today while the course is on, else its first day."""
    if asked:
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            return None
        return day if _EARLIEST <= day <= _LATEST else None
    today = course.date_at(real_now())
    return today if course.is_on(today) else course.starts


def _midnight(course: Course, day: date, *, days: int = 0) -> datetime:
    """Just before the day begins, so that what is due at 00:00 belongs to it."""
    return moment_of(day + timedelta(days=days), time(0), course.zone) - timedelta(microseconds=1)


def _line(terminal: Terminal, registry: Registry, course: Course, occurrence: Occurrence, *, as_json: bool) -> str:
    ritual = course.ritual(occurrence.ritual)
    assert ritual is not None
    words = registry.previews[ritual.action](course, occurrence)
    what = terminal.texts.show(terminal.language, words)
    local = occurrence.due_at.astimezone(course.tzinfo)
    if as_json:
        row = {"at": local.isoformat(), "space": occurrence.space, "ritual": occurrence.ritual, "what": what}
        return json.dumps(row, ensure_ascii=False)
    space = occurrence.space or "–"
    return f"{local:%Y-%m-%d %H:%M}  {space:8}  {occurrence.ritual:16}  {what}"

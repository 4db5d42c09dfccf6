"""`preview PATH`: what will be posted, where and when, for some days or the whole term."""

import argparse
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.app import real_now
from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.previewed import Sheet
from bot.cli.problems import print_problems
from bot.domain.course import Course
from bot.domain.errors import RulesRejected
from bot.domain.moments import moment_of
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.planning import Act, Plan, warnings_of
from rules.loader import load_course, read_folder
from rules.vocabulary import BeforeOptions

_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)
_MOST_DAYS = 10_000
_A_WEEK = 7


class _Span(NamedTuple):
    """The dates that are shown, in the course's zone."""

    first: date
    last: date


def preview(terminal: Terminal, options: argparse.Namespace) -> int:
    registry = Registry(FEATURES)
    vocabulary = registry.vocabulary()
    path: Path = options.path
    if not path.is_dir():
        terminal.complain("check.nothing", path=str(path))
        return MISUSED
    try:
        files = read_folder(path.resolve())
        loaded = load_course(path.resolve().name, files, vocabulary, shown_as=str(path))
    except RulesRejected as rejected:
        print_problems(terminal, rejected.problems)
        return PROBLEMS
    course, plan = loaded.course, Plan(loaded.course, vocabulary.actions)
    span = _span(terminal, course, options)
    if span is None or not _are_known(terminal, course, options):
        return MISUSED
    sheet = Sheet(terminal, plan, registry.previews)
    acts = _acts(plan, span, options)
    if options.json:
        sheet.print_json(acts)
        return FINE
    is_filtered = options.space is not None or options.ritual is not None
    sheet.print(acts, span.first, span.last, only_dates_with_acts=is_filtered)
    if found := len(loaded.problems) + len(warnings_of(course, vocabulary, files)):
        terminal.complain("preview.look", count=found, path=path)
    return FINE


def _span(terminal: Terminal, course: Course, options: argparse.Namespace) -> _Span | None:
    """None, with a complaint, where what was asked for is none."""
    if sum((options.days is not None, options.weeks is not None, options.term)) > 1:
        terminal.complain("preview.one_length")
        return None
    first = _first_day(course, options)
    days = options.weeks * _A_WEEK if options.weeks is not None else options.days
    if options.term and first:
        days = max((course.ends - first).days + 1, 1)
    days = _A_WEEK if days is None else days
    if first is None or not 1 <= days <= _MOST_DAYS:
        terminal.complain("preview.bad_day", most=_MOST_DAYS)
        return None
    return _Span(first, first + timedelta(days=days - 1))


def _first_day(course: Course, options: argparse.Namespace) -> date | None:
    """The day asked for, else today while the course is on, else its first day."""
    if options.first:
        try:
            day = date.fromisoformat(options.first)
        except ValueError:
            return None
        return day if _EARLIEST <= day <= _LATEST else None
    today = course.date_at(real_now())
    return today if course.is_on(today) and not options.term else course.starts


def _are_known(terminal: Terminal, course: Course, options: argparse.Namespace) -> bool:
    """Whether the course has the space and the ritual that were asked for."""
    spaces = [space.id for space in course.spaces]
    rituals = [ritual.id for ritual in course.rituals if not isinstance(ritual.options, BeforeOptions)]
    if options.space is not None and options.space not in spaces:
        terminal.complain("preview.no_space", name=options.space, known=spaces)
        return False
    if options.ritual is not None and options.ritual not in rituals:
        terminal.complain("preview.no_ritual", name=options.ritual, known=rituals)
        return False
    return True


def _acts(plan: Plan, span: _Span, options: argparse.Namespace) -> Sequence[Act]:
    """Of a term, also what comes before its first day and after its last one."""
    course = plan.course
    if options.term:
        found = plan.whole()
        found = [act for act in found if not options.first or course.date_at(act.due_at) >= span.first]
    else:
        found = plan.between(_midnight(course, span.first), _midnight(course, span.last + timedelta(days=1)))
    return [
        act for act in found if options.space in (None, act.occurrence.space) and options.ritual in (None, act.name)
    ]


def _midnight(course: Course, day: date) -> datetime:
    """Just before the day begins, so that what is due at 00:00 belongs to it."""
    return moment_of(day, time(0), course.zone) - timedelta(microseconds=1)

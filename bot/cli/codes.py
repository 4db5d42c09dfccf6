"""`codes add`, `codes list`, `codes withdraw`: the pool of a reward's codes, beside a running process, too.

A code is never printed: terminals are logged and looked at.
"""

import argparse
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from bot.app import real_now
from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.chosen import chosen_course
from bot.cli.code_lists import CodeList, Listed, problem, read_codes
from bot.cli.data import on_data
from bot.cli.problems import print_problems
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.errors import Problem
from bot.domain.ids import CourseId
from bot.features.rewards import stocking
from storage.database import Database


@on_data
def add(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    """All of the file, or, with any problem in it, nothing."""
    course = _course(terminal, options, settings, database)
    listed = _listed(terminal, options) if course else None
    if course is None or listed is None:
        return MISUSED if course is None else PROBLEMS
    with database.begin() as db:
        stocking.lock(db, course.id, options.reward)
        new, old = _sorted_out(db, listed)
        problems = [] if options.new else [problem(str(options.file), one, "codes.known") for one in old]
        if not problems:
            stocking.put_in(db, course.id, options.reward, [one.code for one in new], real_now())
    if problems:
        return _refuse(terminal, problems)
    if old:
        terminal.say("codes.passed_over", count=len(old))
    terminal.say("codes.added", count=len(new), reward=options.reward)
    _show(terminal, database, course)
    return FINE


@on_data
def show(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    course = chosen_course(terminal, options.course, settings, database)
    if course is None:
        return MISUSED
    _show(terminal, database, course)
    return FINE


@on_data
def withdraw(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    """What is free of the file, or of the whole pool, whatever is wrong with the rest: it may be urgent."""
    if (options.file is None) != options.all:
        terminal.complain("codes.withdraw_what")
        return MISUSED
    course = chosen_course(terminal, options.course, settings, database)
    if course is None:
        return MISUSED
    if not _has_pool(terminal, options.reward, database, course):
        return MISUSED
    listed = _listed(terminal, options) if options.file else None
    if options.file and listed is None:
        return PROBLEMS
    with database.begin() as db:
        stocking.lock(db, course.id, options.reward)
        problems = [*_not_free(db, course.id, options, listed)] if listed else []
        codes = [one.code for one in listed] if listed else None
        count = stocking.withdraw(db, course.id, options.reward, codes)
    if problems:
        print_problems(terminal, problems)
    terminal.say("codes.withdrawn", count=count, reward=options.reward)
    _show(terminal, database, course)
    return PROBLEMS if problems else FINE


def _course(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> Course | None:
    """The one whose reward this is; None after a complaint."""
    course = chosen_course(terminal, options.course, settings, database)
    if course is None:
        return None
    known = [reward.id for reward in course.rewards.catalogue.values() if reward.kind == "code"]
    if options.reward not in known:
        terminal.complain("codes.which_reward", reward=options.reward, known=known)
        return None
    return course


def _has_pool(terminal: Terminal, reward: str, database: Database, course: Course) -> bool:
    """Whether there is such a reward, or was one once; else it is a slip."""
    with database.begin() as db:
        pools = [pool.reward for pool in stocking.pools(db, course.id)]
    known = [one.id for one in course.rewards.catalogue.values() if one.kind == "code"]
    known = [*dict.fromkeys([*known, *pools])]
    if reward not in known:
        terminal.complain("codes.no_such_reward", reward=reward, known=known)
    return reward in known


def _listed(terminal: Terminal, options: argparse.Namespace) -> Sequence[Listed] | None:
    """The codes of the file; None after complaints."""
    try:
        found: CodeList = read_codes(options.file)
    except OSError as trouble:
        terminal.complain("import.cannot_read", path=options.file, reason=trouble.strerror)
        return None
    if found.problems:
        _refuse(terminal, found.problems)
        return None
    return found.codes


def _refuse(terminal: Terminal, problems: Sequence[Problem]) -> int:
    print_problems(terminal, sorted(problems, key=lambda one: (one.line, one.column)))
    terminal.complain("import.nothing_done", count=len(problems))
    return PROBLEMS


def _sorted_out(db: Connection, listed: Sequence[Listed]) -> tuple[list[Listed], list[Listed]]:
    """Those that are new, and those that were put in before."""
    known = stocking.known(db, [one.code for one in listed])
    return [one for one in listed if one.code not in known], [one for one in listed if one.code in known]


def _not_free(
    db: Connection, course: CourseId, options: argparse.Namespace, listed: Sequence[Listed]
) -> Iterator[Problem]:
    states = stocking.states(db, course, options.reward, [one.code for one in listed])
    for one in listed:
        match states.get(one.code):
            case None:
                yield problem(str(options.file), one, "codes.unknown")
            case "given" | "held":
                yield problem(str(options.file), one, "codes.given")


def _show(terminal: Terminal, database: Database, course: Course) -> None:
    """Of each reward with codes, how many there are; also of those that the course has no more."""
    with database.begin() as db:
        pools = {pool.reward: pool for pool in stocking.pools(db, course.id)}
    wanted = [reward.id for reward in course.rewards.catalogue.values() if reward.kind == "code"]
    for id in dict.fromkeys([*wanted, *pools]):
        pool = pools.get(id, stocking.Pool(id))
        terminal.say("codes.pool", **pool._asdict())
    if not (wanted or pools):
        terminal.say("codes.no_rewards")

"""`import roster` and `import extensions`: what stands in a spreadsheet comes into a course; first shown, then done."""

import argparse
from collections.abc import Callable

from sqlalchemy import Connection

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.chosen import chosen_course
from bot.cli.data import on_data
from bot.cli.imported import Columns, Sheet
from bot.cli.imported_extensions import EXTENSIONS, take_extensions
from bot.cli.imported_roster import ROSTER, take_roster
from bot.cli.problems import print_problems
from bot.config import Settings
from bot.domain.course import Course
from storage.database import Database

Take = Callable[[Terminal, Sheet, Course, Connection, bool], int]
"""Says how many changes there are, and what they are; makes them where that is meant and nothing is wrong."""


@on_data
def roster(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    course = chosen_course(terminal, options.course, settings, database)
    return MISUSED if course is None else _import(terminal, options, course, database, ROSTER, take_roster)


@on_data
def extensions(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    course = chosen_course(terminal, options.course, settings, database)
    return MISUSED if course is None else _import(terminal, options, course, database, EXTENSIONS, take_extensions)


def _import(
    terminal: Terminal, options: argparse.Namespace, course: Course, database: Database, columns: Columns, take: Take
) -> int:
    """One transaction, beside a running process; with any problem nothing is written."""
    try:
        sheet = Sheet(options.file, columns)
    except OSError as trouble:
        terminal.complain("import.cannot_read", path=options.file, reason=trouble.strerror)
        return PROBLEMS
    with database.begin() as db:
        count = take(terminal, sheet, course, db, options.apply)
    if sheet.problems:
        print_problems(terminal, sorted(sheet.problems, key=lambda one: (one.line, one.column)))
        terminal.complain("import.nothing_done", count=len(sheet.problems))
        return PROBLEMS
    if not count:
        terminal.say("import.no_change")
    else:
        terminal.say("import.done" if options.apply else "import.dry_run", count=count)
    return FINE

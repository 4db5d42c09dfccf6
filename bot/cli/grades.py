"""`export grades`: what came of a course's homework, for other programs."""

import argparse
import json
import sys
from pathlib import Path

from bot.app import real_now
from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.chosen import chosen_course
from bot.cli.data import on_data
from bot.config import Settings
from bot.domain.course import Course
from bot.features.homework.gradebook.book import as_csv, as_json, known_homework
from storage.database import Database

_STDOUT = Path("-")


@on_data
def grades(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    course = chosen_course(terminal, options.course, settings, database)
    if course is None:
        return MISUSED
    with database.begin() as db:
        known = known_homework(db, course)
    if options.homework is not None and options.homework not in known:
        terminal.complain("export.no_such_homework", homework=options.homework, known=known)
        return MISUSED
    wanted = known if options.homework is None else [options.homework]
    if options.json is not None:
        return write(terminal, options.json, _json(database, course, wanted))
    with database.begin() as db:
        content = as_csv(db, course, terminal.texts, terminal.language, wanted)
    return write(terminal, options.csv or _STDOUT, content)


def _json(database: Database, course: Course, homework: list[str]) -> str:
    with database.begin() as db:
        found = as_json(db, course, homework, real_now())
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def write(terminal: Terminal, path: Path, content: str) -> int:
    if path == _STDOUT:
        sys.stdout.buffer.write(content.encode())
        sys.stdout.flush()
        return FINE
    try:
        path.write_bytes(content.encode())
    except OSError as trouble:
        terminal.complain("export.cannot_write", path=path, reason=trouble.strerror)
        return PROBLEMS
    terminal.say("export.written", path=path)
    return FINE

"""`export handbook`: the handbook of a course as a file, the same bytes whenever nothing has changed."""

import argparse
from pathlib import Path

from bot.cli import MISUSED, Terminal
from bot.cli.chosen import chosen_course
from bot.cli.data import on_data
from bot.cli.grades import write
from bot.config import Settings
from bot.domain.ids import Language
from bot.features.handbook.book.content import book_of
from bot.features.handbook.book.html import as_html
from bot.features.handbook.book.markdown import as_markdown
from storage.database import Database

_LANGUAGES: dict[str, Language] = {"zh": "zh_Hans", "en": "en"}
_STDOUT = Path("-")


@on_data
def handbook(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    course = chosen_course(terminal, options.course, settings, database)
    if course is None:
        return MISUSED
    language = _LANGUAGES[options.language] if options.language else course.language
    with database.begin() as db:
        book = book_of(db, course, terminal.texts, language)
    return write(terminal, options.output or _STDOUT, as_html(book) if options.html else as_markdown(book))

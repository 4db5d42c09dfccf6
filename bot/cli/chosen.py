"""Which course a command on the data is about, as it is live."""

from bot.cli import Terminal
from bot.cli.versions import live_version
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.engine.feature import Registry
from bot.features import FEATURES
from storage.database import Database


def chosen_course(terminal: Terminal, asked: str | None, settings: Settings, database: Database) -> Course | None:
    """The one that was named, or the only one there is; None after a complaint."""
    known = [folder.name for folder in settings.courses]
    id = asked or (known[0] if len(known) == 1 else "")
    if id not in known:
        terminal.complain("export.which_course", courses=known)
        return None
    found = live_version(database, CourseId(id), Registry(FEATURES).vocabulary())
    if found is None or found.course is None:
        terminal.complain("export.not_live", course=id)
        return None
    return found.course

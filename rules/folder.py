"""Reads a course's folder. What the files mean is the loader's business."""

from collections.abc import Mapping
from pathlib import Path

from bot.domain.errors import Problem, RulesRejected
from bot.domain.messages import Text
from rules.attachments import Hashes, attachments_in
from rules.decode import MAX_BYTES
from rules.suggest import closest

Files = Mapping[str, str | bytes]
"""File name to content, as read from the folder (bytes) or as kept in a snapshot (str)."""
KNOWN = (
    "course.yaml",
    "calendar.yaml",
    "calendar.csv",
    "rules.yaml",
    "rituals.yaml",
    "homework.yaml",
    "questions.yaml",
    "faq.yaml",
    "rewards.yaml",
    "demo.yaml",
)


def read_folder(folder: Path, hashes: Hashes | None = None) -> Files:
    """The folder's YAML files, a table of the calendar, and descriptions of those in `files/`. Raises RulesRejected.

    Files with an unknown name are there without their content.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if _is_ours(path))
    except OSError:
        raise RulesRejected([_problem(folder.name, "problem.no_folder", name=str(folder))]) from None
    files: dict[str, str | bytes] = {}
    problems = []
    for name in names:
        try:
            files[name] = _content(folder / name) if name in KNOWN else b""
        except OSError:
            problems.append(_problem(f"{folder.name}/{name}", "problem.unreadable_file"))
    if problems:
        raise RulesRejected(problems)
    return {**files, **attachments_in(folder, hashes or Hashes())}


def _is_ours(path: Path) -> bool:
    """A YAML file, or a table of the calendar, that no editor left behind. Only regular files: a pipe would wait."""
    is_calendar = path.suffix.lower() == ".csv" and closest(path.stem, ["calendar"]) is not None
    is_named = is_calendar or path.suffix.lower() in (".yaml", ".yml")
    return is_named and not path.name.startswith((".", "~")) and path.is_file()


def _content(path: Path) -> bytes:
    """One byte more than is allowed is enough to be refused."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _problem(file: str, id: str, **values: str) -> Problem:
    return Problem(file=file, line=1, column=1, text=Text(id=id, values=values))

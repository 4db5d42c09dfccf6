"""`check PATH…`: every problem of every course at once, and where its plan has gaps and clashes."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.problems import print_problems
from bot.domain.errors import Problem, RulesRejected
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.planning import warnings_of
from rules.complaints import Complaints, in_order
from rules.demo import load_demo
from rules.folder import KNOWN
from rules.loader import Files, Loaded, load_course, read_folder
from rules.reader import read
from rules.trials import trials_of
from rules.trials_run import run
from rules.vocabulary import Vocabulary


def check(terminal: Terminal, options: argparse.Namespace) -> int:
    vocabulary = Registry(FEATURES).vocabulary()
    count, found = 0, list[Problem]()
    for path in options.paths:
        folders = list(courses_in(path))
        if not folders:
            terminal.complain("check.nothing", path=str(path))
            return MISUSED
        count += len(folders)
        for folder, shown_as in folders:
            found += problems_of(folder, shown_as, vocabulary)
    print_problems(terminal, found, as_json=options.json)
    warnings = sum(problem.severity == "warning" for problem in found)
    problems = len(found) - warnings
    if not options.json:
        terminal.say("check.problems" if problems else "check.fine", count=problems or count)
        if warnings:
            terminal.say("check.warnings", count=warnings)
    return PROBLEMS if problems or (options.strict and warnings) else FINE


def courses_in(path: Path) -> Iterator[tuple[Path, str]]:
    """The course folders at a path, each with the name that its problems are shown under.

    A path may be a course, one of its files, or a folder of courses.
    """
    if path.is_file():
        path = path.parent
    if _is_course(path):
        yield path.resolve(), str(path)
    elif path.is_dir():
        for folder in sorted(path.iterdir()):
            if _is_course(folder):
                yield folder.resolve(), str(folder)


def _is_course(folder: Path) -> bool:
    """Also one that lacks its course.yaml: that is then a problem, not nothing."""
    return any((folder / name).is_file() for name in KNOWN)


def problems_of(folder: Path, shown_as: str, vocabulary: Vocabulary) -> list[Problem]:
    """Everything that is wrong with one course folder, its demo and the tests of its rules included; and warnings."""
    try:
        files = read_folder(folder)
        loaded = load_course(folder.name, files, vocabulary, shown_as=shown_as)
    except RulesRejected as rejected:
        return list(rejected.problems)
    tests = _test_problems(files, loaded, vocabulary, shown_as)
    warnings = _warnings(files, loaded, vocabulary, shown_as)
    return in_order([*loaded.problems, *tests, *_demo_problems(files, loaded, shown_as), *warnings])


def _warnings(files: Files, loaded: Loaded, vocabulary: Vocabulary, shown_as: str) -> list[Problem]:
    """None while rituals or deadlines are off: what they leave undone is no gap in the plan."""
    planned = {f"{shown_as}/rituals.yaml", f"{shown_as}/homework.yaml"}
    if any(problem.file in planned for problem in loaded.problems):
        return []
    return warnings_of(loaded.course, vocabulary, files, shown_as)


def _test_problems(files: Files, loaded: Loaded, vocabulary: Vocabulary, shown_as: str) -> list[Problem]:
    """The rules that live are tried; rules.yaml can be read, for the course is loaded."""
    complaints = Complaints(file=f"{shown_as}/rules.yaml")
    document = read(files.get("rules.yaml", ""))
    run(trials_of(document, complaints, vocabulary, loaded.course), complaints, loaded.course)
    return complaints.problems


def _demo_problems(files: Files, loaded: Loaded, shown_as: str) -> list[Problem]:
    try:
        load_demo(files, loaded.course, shown_as=shown_as)
    except RulesRejected as rejected:
        return list(rejected.problems)
    return []

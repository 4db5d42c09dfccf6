"""How problems with files are printed."""

import json
from collections.abc import Sequence

from bot.cli import Terminal
from bot.domain.errors import Problem


def line_of(terminal: Terminal, problem: Problem) -> str:
    """`rules.yaml:6:14: award: should be a whole number`."""
    what = terminal.text(problem.text.id, **problem.text.values)
    if problem.severity == "warning":
        what = terminal.text("check.warning", what=what)
    elif problem.rule:
        what = terminal.text("check.off", what=what)
    return f"{problem.file}:{problem.line}:{problem.column}: {what}"


def print_problems(terminal: Terminal, problems: Sequence[Problem], *, as_json: bool = False) -> None:
    for problem in problems:
        print(json_of(terminal, problem) if as_json else line_of(terminal, problem), flush=True)


def json_of(terminal: Terminal, problem: Problem) -> str:
    row = {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "id": problem.text.id,
        "text": terminal.text(problem.text.id, **problem.text.values),
        "off": problem.rule,
        "severity": problem.severity,
    }
    return json.dumps(row, ensure_ascii=False)

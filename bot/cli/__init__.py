"""The command line: one module per group of commands, each imported only when it is used."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from bot.config import operator_language
from bot.domain.ids import Language
from bot.texts.catalogue import Catalogues

FINE, PROBLEMS, MISUSED = 0, 1, 2
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command speaks, and in which language."""

    texts: Catalogues
    language: Language

    def say(self, id: str, /, **values: object) -> None:
        print(self.text(id, **values), flush=True)

    def complain(self, id: str, /, **values: object) -> None:
        print(self.text(id, **values), file=sys.stderr, flush=True)

    def text(self, id: str, /, **values: object) -> str:
        return self.texts.say(self.language, id, **values)


Command = Callable[[Terminal, argparse.Namespace], int]
Subparsers: TypeAlias = Any  # argparse has no public name for what add_subparsers() returns


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code: 0 fine, 1 problems found, 2 used wrongly."""
    terminal = Terminal(texts=Catalogues(), language=operator_language(os.environ))
    parser = _parser(terminal)
    if arguments[:1] == ["test"] and not {"-h", "--help"} & set(arguments):  # pytest's own options pass through
        from bot.cli.testing import test

        return test(terminal, list(arguments[1:]))
    options = parser.parse_args(arguments)
    if options.command is None:
        terminal.complain("cli.no_command")
        return MISUSED
    try:
        return int(options.run(terminal, options))
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS


def _parser(terminal: Terminal) -> argparse.ArgumentParser:
    text = terminal.text
    parser = argparse.ArgumentParser(prog="homeroom", description=text("cli.about"))
    parser.add_argument("--version", action="version", version=f"Homeroom {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    groups: dict[str, Subparsers] = {"": commands}
    for name, run, arguments in _COMMANDS:
        group, _, own = name.rpartition(" ")
        if group not in groups:
            groups[group] = _group(commands, group, terminal)
        about = text(_text_id(name))
        command = groups[group].add_parser(own, help=about, description=about)
        for flags, argument_options, explained, values in arguments:
            command.add_argument(*flags, help=text(f"cli.arg.{explained}", **values), **argument_options)
        command.set_defaults(run=run)
    return parser


def _group(commands: Subparsers, name: str, terminal: Terminal) -> Subparsers:
    """The commands below `./homeroom NAME`; by itself the name shows what they are."""
    about = terminal.text(_text_id(name))
    parser = commands.add_parser(name, help=about, description=about)

    def show_help(terminal: Terminal, options: argparse.Namespace) -> int:
        print(parser.format_help(), end="", file=sys.stderr)
        return MISUSED

    parser.set_defaults(run=show_help)
    return parser.add_subparsers(metavar="COMMAND")


def _text_id(name: str) -> str:
    return f"cli.{name.replace(' ', '.')}"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError("0 … 65535")
    return int(text)


def _late(module: str, function: str) -> Command:
    """A command whose module is imported only when it runs, so that `--help` costs nothing."""

    def run(terminal: Terminal, options: argparse.Namespace) -> int:
        from importlib import import_module

        command: Command = getattr(import_module(f"bot.cli.{module}"), function)
        return command(terminal, options)

    return run


Argument = tuple[tuple[str, ...], dict[str, Any], str, dict[str, Any]]
_CONFIG: Argument = (("-c", "--config"), {"type": Path, "default": Path("config.yaml")}, "config", {})
_JSON: Argument = (("--json",), {"action": "store_true"}, "json", {})
_COURSE: Argument = (("--course",), {"metavar": "ID", "default": None}, "export_course", {})
_LANG: Argument = (("--lang",), {"choices": ("zh", "en"), "default": None}, "lang", {})

# Each with its arguments. "rules facts" is the command `facts` of the group `rules`, which is there as soon as one
# command names it. Texts: `cli.rules`, `cli.rules.facts`, and `cli.arg.…` for the third part of an argument.
_COMMANDS: tuple[tuple[str, Command, tuple[Argument, ...]], ...] = (
    (
        "demo",
        _late("demo", "demo"),
        (
            (("--port",), {"type": _port, "default": 8765}, "port", {"port": 8765}),
            _LANG,
            (("--data",), {"type": Path, "default": None}, "data", {}),
            (("--course",), {"type": Path, "default": None}, "course", {}),
            (("--no-browser",), {"action": "store_true"}, "no_browser", {}),
        ),
    ),
    ("run", _late("run", "run"), (_CONFIG,)),
    (
        "check",
        _late("check", "check"),
        (
            (("paths",), {"type": Path, "nargs": "+", "metavar": "PATH"}, "paths", {}),
            (("--strict",), {"action": "store_true"}, "strict", {}),
            _JSON,
        ),
    ),
    (
        "preview",
        _late("preview", "preview"),
        (
            (("path",), {"type": Path, "metavar": "PATH"}, "path", {}),
            (("--days",), {"type": int, "default": None, "metavar": "N"}, "days", {}),
            (("--weeks",), {"type": int, "default": None, "metavar": "N"}, "preview_weeks", {}),
            (("--term",), {"action": "store_true"}, "term", {}),
            (("--from",), {"dest": "first", "default": None, "metavar": "DATE"}, "from", {}),
            (("--space",), {"default": None, "metavar": "ID"}, "preview_space", {}),
            (("--ritual",), {"default": None, "metavar": "NAME"}, "preview_ritual", {}),
            _JSON,
        ),
    ),
    (
        "simulate",
        _late("simulate", "simulate"),
        (
            (("pack",), {"type": Path, "metavar": "PACK"}, "path", {}),
            (("--weeks",), {"type": int, "default": 8}, "weeks", {}),
            (("--students",), {"type": int, "default": 300}, "students", {}),
            (("--assistants",), {"type": int, "default": 6}, "assistants", {}),
            (("--seed",), {"type": int, "default": 7}, "seed", {}),
            (("--chaos",), {"action": "store_true"}, "chaos", {}),
            _JSON,
        ),
    ),
    ("doctor", _late("doctor", "doctor"), (_CONFIG, _JSON)),
    ("rules facts", _late("facts", "facts"), (_JSON,)),
    (
        "rules schema",
        _late("schema", "schema"),
        ((("--to",), {"type": Path, "default": None, "metavar": "FOLDER"}, "schema_to", {}), _LANG),
    ),
    (
        "rules diff",
        _late("versions", "diff"),
        (
            (("paths",), {"type": Path, "nargs": "+", "metavar": "FOLDER"}, "diff_paths", {}),
            (("--live",), {"action": "store_true"}, "live", {}),
            (("--course",), {"metavar": "ID", "default": None}, "which_course", {}),
            _CONFIG,
            _JSON,
        ),
    ),
    (
        "rules history",
        _late("versions", "history"),
        (
            (("--course",), {"metavar": "ID", "default": None}, "history_course", {}),
            (("--show",), {"type": int, "metavar": "NUMBER", "default": None}, "history_show", {}),
            (("--to",), {"type": Path, "metavar": "FOLDER", "default": None}, "history_to", {}),
            _CONFIG,
            _JSON,
        ),
    ),
    ("ledger", _late("data", "ledger"), (_CONFIG, _JSON)),
    (
        "export grades",
        _late("grades", "grades"),
        (
            _CONFIG,
            (("course",), {"nargs": "?", "metavar": "COURSE", "default": None}, "export_course", {}),
            (("--csv",), {"type": Path, "default": None, "metavar": "FILE"}, "export_csv", {}),
            (("--json",), {"type": Path, "default": None, "metavar": "FILE"}, "export_json", {}),
            (("--homework",), {"default": None, "metavar": "ID"}, "export_homework", {}),
        ),
    ),
    (
        "export handbook",
        _late("handbook", "handbook"),
        (
            _CONFIG,
            (("course",), {"nargs": "?", "metavar": "COURSE", "default": None}, "export_course", {}),
            (("--language",), {"choices": ("zh", "en"), "default": None}, "handbook_language", {}),
            (("--html",), {"action": "store_true"}, "handbook_html", {}),
            (("-o", "--output"), {"type": Path, "default": None, "metavar": "FILE"}, "handbook_output", {}),
        ),
    ),
    (
        "import roster",
        _late("imports", "roster"),
        (
            _CONFIG,
            (("file",), {"type": Path, "metavar": "FILE.csv"}, "import_file", {}),
            (("course",), {"nargs": "?", "metavar": "COURSE", "default": None}, "export_course", {}),
            (("--apply",), {"action": "store_true"}, "import_apply", {}),
        ),
    ),
    (
        "import extensions",
        _late("imports", "extensions"),
        (
            _CONFIG,
            (("file",), {"type": Path, "metavar": "FILE.csv"}, "import_file", {}),
            (("course",), {"nargs": "?", "metavar": "COURSE", "default": None}, "export_course", {}),
            (("--apply",), {"action": "store_true"}, "import_apply", {}),
        ),
    ),
    (
        "codes add",
        _late("codes", "add"),
        (
            _CONFIG,
            (("reward",), {"metavar": "REWARD"}, "codes_reward", {}),
            (("file",), {"type": Path, "metavar": "FILE"}, "codes_file", {}),
            (("--new",), {"action": "store_true"}, "codes_new", {}),
            _COURSE,
        ),
    ),
    ("codes list", _late("codes", "show"), (_CONFIG, _COURSE)),
    (
        "codes withdraw",
        _late("codes", "withdraw"),
        (
            _CONFIG,
            (("reward",), {"metavar": "REWARD"}, "codes_reward", {}),
            (("file",), {"nargs": "?", "type": Path, "metavar": "FILE", "default": None}, "codes_withdrawn", {}),
            (("--all",), {"action": "store_true"}, "codes_all", {}),
            _COURSE,
        ),
    ),
    ("migrate", _late("data", "migrate"), (_CONFIG,)),
    ("backup", _late("data", "backup"), (_CONFIG, (("--to",), {"type": Path, "default": None}, "to", {}))),
    ("restore", _late("data", "restore"), (_CONFIG, (("backup",), {"type": Path, "metavar": "FILE"}, "backup", {}))),
    (
        "signin",
        _late("signin", "signin"),
        (
            _CONFIG,
            (("name",), {"metavar": "NAME"}, "name", {}),
            (("--staff",), {"action": "store_true"}, "staff", {}),
        ),
    ),
    (
        "bench",
        _late("bench", "bench"),
        ((("name",), {"nargs": "?", "metavar": "NAME"}, "bench", {}), _JSON),
    ),
    (
        "crash",
        _late("crash", "crash"),
        (
            (("--kills",), {"type": int, "default": 20, "metavar": "N"}, "crash_kills", {}),
            (("--database",), {"default": None, "metavar": "URL"}, "crash_database", {}),
            (
                ("--adapter",),
                {"choices": ("telegram", "discord", "local"), "default": None},
                "crash_adapter",
                {},
            ),
            (("--seed",), {"type": int, "default": None}, "crash_seed", {}),
            _JSON,
        ),
    ),
    ("test", _late("testing", "test_with_options"), ((("--all",), {"action": "store_true"}, "all", {}),)),
    ("rebuild", _late("data", "rebuild"), (_CONFIG,)),
    (
        "verify",
        _late("verify", "verify"),
        (
            _CONFIG,
            (("what",), {"nargs": "?", "metavar": "CODE|SERIAL|FILE.png", "default": None}, "verify_what", {}),
            (("--key",), {"metavar": "PUBLICKEY", "default": None}, "verify_key", {}),
            (("--public-key",), {"action": "store_true"}, "verify_public_key", {}),
            _JSON,
        ),
    ),
)

"""What every command with a config file does first, and how it says trouble."""

import argparse
import os
from collections.abc import Callable
from functools import wraps

from bot.app import CannotStart
from bot.cli import PROBLEMS, Command, Terminal
from bot.cli.problems import print_problems
from bot.config import Settings, load_config
from bot.domain.errors import RulesRejected, StorageTrouble

ConfiguredCommand = Callable[[Terminal, argparse.Namespace, Settings], int]


def configured(command: ConfiguredCommand) -> Command:
    """Reads the config, speaks its language, and says trouble in words."""

    @wraps(command)
    def run(terminal: Terminal, options: argparse.Namespace) -> int:
        try:
            settings = load_config(options.config, os.environ)
        except RulesRejected as rejected:
            print_problems(terminal, rejected.problems)
            return PROBLEMS
        spoken = Terminal(texts=terminal.texts, language=settings.language)
        return in_words(spoken, lambda: command(spoken, options, settings))

    return run


def in_words(terminal: Terminal, work: Callable[[], int]) -> int:
    """Run it; what goes wrong with files or database is said, not thrown."""
    try:
        return work()
    except (RulesRejected, CannotStart) as rejected:
        print_problems(terminal, rejected.problems)
    except StorageTrouble as trouble:
        terminal.complain(trouble.text.id, **trouble.text.values)
    return PROBLEMS

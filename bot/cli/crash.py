"""`crash`: kills the real process again and again under load, and audits what came of it."""

import argparse
import asyncio
import importlib
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal

_HOME = Path(__file__).parent.parent.parent
_ADAPTERS = ("telegram", "discord", "local")
_HOME_PACKAGE = "bench"
_EVERY = 10.0  # seconds between two lines of progress


def crash(terminal: Terminal, options: argparse.Namespace) -> int:
    """PROBLEMS where anything was lost or counted twice, or a message is not accounted for."""
    if options.kills < 1:
        terminal.complain("crash.kills_positive")
        return MISUSED
    sys.path.insert(0, str(_HOME))  # bench/ and tests/ stand in the checkout, not in the packages
    try:
        database = _part("database")
        supervisor = _part("supervisor")
    except ModuleNotFoundError as missing:
        terminal.complain("crash.needs_checkout", name=missing.name)
        return PROBLEMS
    if options.database and not database.is_postgres(options.database):
        terminal.complain("crash.not_postgres")
        return MISUSED
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    runs = [_Run(terminal, options, adapter, seed) for adapter in _adapters(options)]
    if options.database and not _is_ready(terminal, database, options.database):
        return PROBLEMS
    return max([run.done(supervisor, database) for run in runs])  # all of them, whatever the first has found


def _is_ready(terminal: Terminal, database: Any, address: str) -> bool:
    """Whether the database can be reached and is empty; if not, it is said."""
    try:
        database.check_empty(address)
    except database.NotEmptyError as error:
        terminal.complain("crash.not_empty", tables=error.tables)
    except SQLAlchemyError as error:
        terminal.complain("crash.not_reached", error=str(error).splitlines()[0])
    else:
        return True
    return False


def _part(name: str) -> Any:
    """A module of the package that the checkout alone has."""
    return importlib.import_module(f"{_HOME_PACKAGE}.crash.{name}")


def _adapters(options: argparse.Namespace) -> tuple[str, ...]:
    return (options.adapter,) if options.adapter else _ADAPTERS


class _Run:
    """One adapter's."""

    def __init__(self, terminal: Terminal, options: argparse.Namespace, adapter: str, seed: int) -> None:
        self._terminal = terminal
        self._options = options
        self._adapter = adapter
        self._seed = seed
        self._began = self._told = time.monotonic()

    def done(self, supervisor: Any, database: Any) -> int:
        """Run it, print what was found, and keep the folder only if something is wrong."""
        self._began = self._told = time.monotonic()
        folder = Path(tempfile.mkdtemp(prefix=f"homeroom-crash-{self._adapter}-"))
        try:
            if self._options.database:
                with database.schema_of(self._options.database, self._adapter) as address:
                    audit = self._audited(supervisor, folder, address)
                    if not audit.is_fine:
                        raise _WrongError
            else:
                audit = self._audited(supervisor, folder, database.sqlite(folder))
        except _WrongError:
            return PROBLEMS
        except (RuntimeError, TimeoutError, SQLAlchemyError, ExceptionGroup) as error:
            self._terminal.complain("crash.stopped", adapter=self._adapter, error=_causes(error), folder=str(folder))
            return PROBLEMS
        if not audit.is_fine:
            return PROBLEMS
        shutil.rmtree(folder, ignore_errors=True)
        return FINE

    def _audited(self, supervisor: Any, folder: Path, address: str) -> Any:
        orders = supervisor.Orders(
            adapter=self._adapter, kills=self._options.kills, seed=self._seed, folder=folder, database=address
        )
        audit = asyncio.run(supervisor.run(orders, self._tell))
        audit = msgspec.structs.replace(audit, folder="" if audit.is_fine else str(folder))
        content = json.dumps({"crash": self._adapter, **msgspec.to_builtins(audit)}, ensure_ascii=False)
        (folder / "report").with_suffix(".json").write_text(content + "\n", encoding="utf-8")
        if self._options.json:
            print(content, flush=True)
        else:
            lines = _part("report").lines(audit, self._terminal.text)
            print("\n".join(lines), flush=True)
        return audit

    def _tell(self, done: int, acts: int) -> None:
        """Where it stands, now and then; beside what `--json` prints, not in it."""
        now, kills = time.monotonic(), self._options.kills
        if now < self._told + _EVERY and done < kills:
            return
        self._told = now
        seconds = round(now - self._began)
        values = {"adapter": self._adapter, "done": done, "kills": kills, "acts": acts, "seconds": seconds}
        (self._terminal.complain if self._options.json else self._terminal.say)("crash.progress", **values)


class _WrongError(Exception):
    """What was found has been told; the schema stays."""


def _causes(error: BaseException) -> str:
    """Of several at once, each."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_causes(one) for one in error.exceptions)
    return f"{type(error).__name__}: {error}"

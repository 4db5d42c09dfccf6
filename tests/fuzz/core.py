"""The core alone, to be fed with events: the real pipeline on a SQLite file of its own, without an adapter."""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import BigInteger, Integer, SmallInteger, String, func, select, text
from sqlalchemy import Table as Rows

from adapters.discord.traits import TRAITS as DISCORD
from adapters.local.adapter import TRAITS as LOCAL
from adapters.telegram.traits import TRAITS as TELEGRAM
from bot.app import App, build
from bot.config import Local, Platforms, Settings
from bot.domain.events import Event
from bot.domain.messages import OutgoingMessage
from bot.domain.traits import Traits
from scheduler.clock import VirtualClock
from storage.database import Database
from storage.tables import event_claim, metadata, outbox, set_aside

TRAITS = {"local": LOCAL, "telegram": TELEGRAM, "discord": DISCORD}
NOW = datetime(2027, 3, 2, 12, 0, tzinfo=UTC)
"""The second day of the course of the tests."""


class _Log(logging.Handler):
    """Keeps what was logged as an error, or with an exception."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            trouble = "".join(traceback.format_exception(record.exc_info[1])) if record.exc_info else ""
            self.lines.append(f"{record.getMessage()}\n{trouble}")


@dataclass
class Core:
    """A running core, its database, and what it has logged."""

    app: App
    file: Path
    log: _Log = field(default_factory=_Log)

    def process(self, *events: Event) -> None:
        """Hand over one batch, as an adapter does."""
        self.app.pipeline.process(events)

    def troubles(self) -> list[str]:
        """What was set aside though it could be read, and what was logged as an error."""
        query = select(set_aside.c.key, set_aside.c.error).where(set_aside.c.event.is_not(None))
        with self.app.database.begin() as db:
            return [f"{row.key} was set aside: {row.error}" for row in db.execute(query)] + self.log.lines

    def said(self, after: int = 0) -> list[OutgoingMessage]:
        """What waits in the outbox, as it was decided, oldest first."""
        query = select(outbox.c.message).where(outbox.c.id > after).order_by(outbox.c.id)
        with self.app.database.begin() as db:
            return [msgspec.convert(row.message, OutgoingMessage) for row in db.execute(query)]

    def last(self) -> int:
        """The number of the newest row in the outbox."""
        with self.app.database.begin() as db:
            return int(db.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one())

    def taken(self, keys: Collection[str]) -> tuple[set[str], set[str]]:
        """Of these events, those whose key is claimed, and those that were set aside."""
        claimed = select(event_claim.c.key).where(event_claim.c.key.in_(keys))
        aside = select(set_aside.c.key).where(set_aside.c.key.in_(keys))
        with self.app.database.begin() as db:
            return set(db.execute(claimed).scalars()), set(db.execute(aside).scalars())

    def size(self) -> dict[str, int]:
        """How many rows each table has, and the number of the newest one in the outbox."""
        with self.app.database.begin() as db:
            rows = {row.name: row.rows for row in db.execute(_SIZE)}
        return {**rows, "last said": self.last()}

    def oversized(self) -> list[str]:
        """The columns that hold more than they may: SQLite takes it, PostgreSQL would not."""
        with self.app.database.begin() as db:
            return [f"{row.name}: {row.found}" for row in db.execute(_OVERSIZED) if row.found]

    def check(self) -> None:
        """Fails where something went wrong, or is kept that does not fit."""
        assert self.troubles() == []
        assert self.oversized() == []


def _too_much(table: Rows) -> Iterator[str]:
    """Of each column that has a bound, in SQL: its name where a row is beyond it."""
    for column in table.columns:
        kind, name = getattr(column.type, "impl_instance", column.type), f'"{column.name}"'
        bounds = []
        if isinstance(kind, String):
            bounds.append(f"max(instr({name}, char(0))) > 0")
            if kind.length:
                bounds.append(f"max(length({name})) > {kind.length}")
        elif isinstance(kind, Integer) and not isinstance(kind, BigInteger):
            most = 2**15 if isinstance(kind, SmallInteger) else 2**31
            bounds.append(f"max({name}) >= {most} OR min({name}) < -{most}")
        if bounds:
            yield f"CASE WHEN {' OR '.join(bounds)} THEN '{column.name} ' ELSE '' END"


_OVERSIZED = text(
    " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, {' || '.join(bounds)} AS found FROM {table.name}"
        for table in metadata.sorted_tables
        if (bounds := [bound.replace(":", "") for bound in _too_much(table)])
    )
)

_SIZE = text(
    " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, count(*) AS rows FROM {table.name}" for table in metadata.sorted_tables
    )
)


@contextmanager
def opened(folder: Path, course: Path, new: Path, traits: dict[str, Traits] | None = None) -> Iterator[Core]:
    """A core whose only course is this one; `new` is an empty database."""
    file = folder / "fuzz.db"
    shutil.copyfile(new, file)
    settings = Settings(
        database=f"sqlite:///{file.as_posix()}",
        data=folder,
        language="en",
        courses=(course,),
        platforms=Platforms(local=Local()),
    )
    database = Database(settings.database, inline=True)
    app = build(settings, clock=VirtualClock(NOW, _nothing), database=database, traits=traits or TRAITS)
    core = Core(app=app, file=file)
    root = logging.getLogger()
    root.addHandler(core.log)
    try:
        with database.begin() as db:
            [activation] = app.library.activate_all(db, NOW)
        assert not activation.problems, activation.problems
        yield core
    finally:
        root.removeHandler(core.log)
        database.close()


async def _nothing(now: datetime) -> None:
    """The clock of these tests is kept nowhere."""


class Template:
    """A core as it stood at one moment, to which it returns before each example."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._kept = core.file.with_suffix(".kept")
        shutil.copyfile(core.file, self._kept)

    def fresh(self) -> Core:
        self.core.app.database.engine.dispose()
        shutil.copyfile(self._kept, self.core.file)
        self.core.log.lines.clear()
        return self.core


def texts_of(messages: Sequence[OutgoingMessage]) -> str:
    """All that people read of them, buttons and tables included."""
    return "\n".join(part for message in messages for part in parts_of(message))


def parts_of(message: OutgoingMessage) -> Iterator[str]:
    yield message.text
    yield from (button.label for button in message.buttons)
    yield from (cell for row in (message.table.rows if message.table else ()) for cell in row)
    if message.sheet:
        yield message.sheet.title

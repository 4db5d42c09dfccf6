"""Who does what when several processes share a database: a lease row with an epoch, by the real clock."""

import os
import socket
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection, Row, delete, select, update

from storage.database import insert_new
from storage.tables import lease

PROCESS = "process:"
"""The names of the leases by which processes are known to live; the id of the process follows."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

LEASE = timedelta(seconds=15)
"""How long a lease lasts without a sign of life; renewed every third of it."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One running process."""

    id: str
    host: str
    pid: int

    @classmethod
    def this_process(cls, id: str) -> "Holder":
        return cls(id=id, host=socket.gethostname(), pid=os.getpid())


def take(db: Connection, name: str, holder: Holder, now: datetime) -> Holder | None:
    """Take or renew a lease; the process that has it instead, or None when it is ours."""
    locked = select(lease).where(lease.c.name == name).with_for_update()
    row = db.execute(locked).one_or_none()
    mine = {"holder": holder.id, "host": holder.host, "pid": holder.pid, "expires_at": now + LEASE}
    if row is None:
        db.execute(insert_new(db, lease), {"name": name, "epoch": 1, **mine})
        row = db.execute(locked).one()  # on PostgreSQL another process may have been faster
    if row.holder != holder.id and _is_alive(row, holder, now):
        return Holder(id=row.holder, host=row.host, pid=row.pid)
    epoch = row.epoch if row.holder == holder.id else row.epoch + 1
    db.execute(update(lease).where(lease.c.name == name).values(epoch=epoch, **mine))
    return None


def release_all(db: Connection, holder: Holder) -> None:
    """Give back every lease of this process. The rows stay, so that the epoch goes on growing."""
    mine = lease.c.holder == holder.id
    db.execute(delete(lease).where(mine, lease.c.name.like(f"{PROCESS}%")))  # nobody ever takes these again
    db.execute(update(lease).where(mine).values(holder="", expires_at=_LONG_AGO))


def living(db: Connection, holder: Holder, now: datetime) -> set[str]:
    """The ids of the processes that still live, as far as one can know."""
    return {row.holder for row in db.execute(select(lease)) if row.holder == holder.id or _is_alive(row, holder, now)}


def others(db: Connection, holder: Holder, now: datetime) -> list[Holder]:
    """The other living processes."""
    found = [row for row in db.execute(select(lease)) if row.holder != holder.id and _is_alive(row, holder, now)]
    return [Holder(id=row.holder, host=row.host, pid=row.pid) for row in found]


def _is_alive(row: Row[tuple[object, ...]], holder: Holder, now: datetime) -> bool:
    if row.expires_at <= now:
        return False
    if row.host != holder.host:
        return True
    # On our own machine we need not wait for the lease to run out after a kill: we can look.
    return bool(row.pid != holder.pid and _runs(row.pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

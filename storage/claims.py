"""The claim of events: each key is taken once, for ever, whoever brings it and how often."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, select, text

from storage.among import Many
from storage.columns import Moment
from storage.tables import event_claim

# As texts: cast to the column's type, PostgreSQL would cut a key that is too long, and claim another one.
_TYPES = (bindparam("keys", type_=Many(Text())), bindparam("at", type_=Moment()))
_SOURCES = {"sqlite": "SELECT value, :at FROM json_each(:keys) WHERE true", "postgresql": "SELECT unnest(:keys), :at"}
# One parameter for all keys: as rows of an executemany this statement alone cost 8 µs for each event.
_CLAIMS = {
    dialect: text(f"INSERT INTO event_claim (key, at) {source} ON CONFLICT DO NOTHING RETURNING key").bindparams(
        *_TYPES
    )
    for dialect, source in _SOURCES.items()
}


def claim_keys(db: Connection, keys: Collection[str], at: datetime) -> set[str]:
    """Claim these keys; those that were not claimed before."""
    return set(db.execute(_CLAIMS[db.dialect.name], {"keys": keys, "at": at}).scalars())


def newest_key(db: Connection, prefix: str) -> str | None:
    """Of the keys that begin like this and then count, the last one that was claimed."""
    key = event_claim.c.key
    newest = select(key).where(key.startswith(prefix, autoescape=True)).order_by(key.desc()).limit(1)
    return db.execute(newest).scalar_one_or_none()

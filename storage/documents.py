"""The adapters' memory: JSON documents with a revision, in a table of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.domain.errors import Changed
from bot.domain.ports import Document
from storage.database import Database, insert
from storage.tables import adapter_document as table

_NEWEST = ("#", "newest", dict[str, Any]())
"""Always has the highest revision, so that deleting a document never lets its revision be given out again."""


class Documents:
    """An `AdapterStore` for one adapter."""

    def __init__(self, database: Database, adapter: str) -> None:
        self._database = database
        self._adapter = adapter

    async def put(self, kind: str, key: str, value: Mapping[str, Any]) -> int:
        return await self.put_many([(kind, key, value)])

    async def put_many(
        self,
        documents: Sequence[tuple[str, str, Mapping[str, Any]]],
        *,
        expected: tuple[str, str, int] | None = None,
    ) -> int:
        return await self._database.run(lambda db: self._put(db, documents, expected))

    def _put(
        self,
        db: Connection,
        documents: Sequence[tuple[str, str, Mapping[str, Any]]],
        expected: tuple[str, str, int] | None,
    ) -> int:
        revision = self._newest(db)
        if expected:
            self._check(db, *expected)
        statement = insert(db, table)
        changed = {"revision": statement.excluded.revision, "value": statement.excluded.value}
        upsert = statement.on_conflict_do_update(index_elements=["adapter", "kind", "key"], set_=changed)
        rows = [
            {"adapter": self._adapter, "kind": kind, "key": key, "revision": number, "value": value}
            for number, (kind, key, value) in enumerate([*documents, _NEWEST], revision + 1)
        ]
        db.execute(upsert, rows)
        return revision + len(documents)

    def _newest(self, db: Connection) -> int:
        """The highest revision; its row is locked, so that writers of other processes wait for this one."""
        kind, key, value = _NEWEST
        row = {"adapter": self._adapter, "kind": kind, "key": key, "revision": 0, "value": value}
        touch = insert(db, table).values(row)
        touch = touch.on_conflict_do_update(
            index_elements=["adapter", "kind", "key"], set_={"revision": table.c.revision}
        )
        return int(db.execute(touch.returning(table.c.revision)).scalar_one())

    def _check(self, db: Connection, kind: str, key: str, revision: int) -> None:
        query = select(table.c.revision).where(self._of(kind), table.c.key == key)
        found = db.execute(query).scalar_one_or_none() or 0
        if found != revision:
            raise Changed(f"{kind} {key} is at revision {found}, not {revision}")

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        query = select(table.c.value).where(self._of(kind), table.c.key == key)
        return await self._database.run(lambda db: db.execute(query).scalar_one_or_none())

    async def since(self, kind: str, revision: int, *, limit: int = 1000) -> list[Document]:
        query = select(table).where(self._of(kind), table.c.revision > revision)
        return await self._read(query.order_by(table.c.revision).limit(limit))

    async def latest(self, kind: str, *, limit: int) -> list[Document]:
        newest_first = select(table).where(self._of(kind)).order_by(table.c.revision.desc()).limit(limit)
        return list(reversed(await self._read(newest_first)))

    async def delete(self, kind: str, key: str) -> None:
        statement = delete(table).where(self._of(kind), table.c.key == key)
        await self._database.run(lambda db: db.execute(statement))

    async def delete_through(self, kind: str, revision: int) -> None:
        statement = delete(table).where(self._of(kind), table.c.revision <= revision)
        await self._database.run(lambda db: db.execute(statement))

    def _of(self, kind: str) -> Any:
        return (table.c.adapter == self._adapter) & (table.c.kind == kind)

    async def _read(self, query: Any) -> list[Document]:
        rows = await self._database.run(lambda db: db.execute(query).all())
        return [Document(key=row.key, revision=row.revision, value=row.value) for row in rows]

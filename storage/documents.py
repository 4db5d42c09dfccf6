"""The adapters' memory: JSON documents with a revision, in a table of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

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

    async def put_many(self, documents: Sequence[tuple[str, str, Mapping[str, Any]]]) -> int:
        return await self._database.run(lambda db: self._put(db, documents))

    def _put(self, db: Connection, documents: Sequence[tuple[str, str, Mapping[str, Any]]]) -> int:
        newest = select(func.coalesce(func.max(table.c.revision), 0)).where(table.c.adapter == self._adapter)
        revision = int(db.execute(newest).scalar_one())
        statement = insert(db, table)
        changed = {"revision": statement.excluded.revision, "value": statement.excluded.value}
        upsert = statement.on_conflict_do_update(index_elements=["adapter", "kind", "key"], set_=changed)
        rows = [
            {"adapter": self._adapter, "kind": kind, "key": key, "revision": number, "value": value}
            for number, (kind, key, value) in enumerate([*documents, _NEWEST], revision + 1)
        ]
        db.execute(upsert, rows)
        return revision + len(documents)

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        query = select(table.c.value).where(self._of(kind), table.c.key == key)
        return await self._database.run(lambda db: db.execute(query).scalar_one_or_none())

    async def since(self, kind: str, revision: int, *, limit: int = 1000) -> list[Document]:
        query = select(table).where(self._of(kind), table.c.revision > revision)
        return await self._read(query.order_by(table.c.revision).limit(limit))

    async def latest(self, kind: str, *, limit: int) -> list[Document]:
        newest_first = select(table).where(self._of(kind)).order_by(table.c.revision.desc()).limit(limit)
        return list(reversed(await self._read(newest_first)))

    async def delete_through(self, kind: str, revision: int) -> None:
        statement = delete(table).where(self._of(kind), table.c.revision <= revision)
        await self._database.run(lambda db: db.execute(statement))

    def _of(self, kind: str) -> Any:
        return (table.c.adapter == self._adapter) & (table.c.kind == kind)

    async def _read(self, query: Any) -> list[Document]:
        rows = await self._database.run(lambda db: db.execute(query).all())
        return [Document(key=row.key, revision=row.revision, value=row.value) for row in rows]

"""What the local chat remembers, in memory: a platform is somebody else's server, and costs the core nothing."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple

import msgspec

from bot.domain.errors import Changed
from bot.domain.ports import Document


class _Kept(NamedTuple):
    """A document as JSON: neither its writer nor its readers share anything with it."""

    key: str
    revision: int
    value: bytes


class Memory:
    """An `AdapterStore` that ends with the simulation, and outlives every crash of the core in it."""

    def __init__(self) -> None:
        self._revision = 0
        self._kinds: dict[str, dict[str, _Kept]] = {}  # each in the order of its revisions

    async def put(self, kind: str, key: str, value: Mapping[str, Any]) -> int:
        return await self.put_many([(kind, key, value)])

    async def put_many(
        self,
        documents: Sequence[tuple[str, str, Mapping[str, Any]]],
        *,
        expected: tuple[str, str, int] | None = None,
    ) -> int:
        if expected:
            self._check(*expected)
        for kind, key, value in documents:
            self._revision += 1
            kept = self._kinds.setdefault(kind, {})
            kept.pop(key, None)  # what has changed is the newest
            kept[key] = _Kept(key, self._revision, msgspec.json.encode(value))
        return self._revision

    def _check(self, kind: str, key: str, revision: int) -> None:
        kept = self._kinds.get(kind, {}).get(key)
        found = kept.revision if kept else 0
        if found != revision:
            raise Changed(f"{kind} {key} is at revision {found}, not {revision}")

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        kept = self._kinds.get(kind, {}).get(key)
        return None if kept is None else _value(kept)

    async def since(self, kind: str, revision: int, *, limit: int = 1000) -> list[Document]:
        newer = list(takewhile(lambda kept: kept.revision > revision, self._newest_first(kind)))
        return _documents(islice(reversed(newer), limit))

    async def latest(self, kind: str, *, limit: int) -> list[Document]:
        return _documents(reversed(list(islice(self._newest_first(kind), limit))))

    async def delete(self, kind: str, key: str) -> None:
        self._kinds.get(kind, {}).pop(key, None)

    async def delete_through(self, kind: str, revision: int) -> None:
        kept = self._kinds.get(kind, {})
        self._kinds[kind] = {key: found for key, found in kept.items() if found.revision > revision}

    def _newest_first(self, kind: str) -> Iterable[_Kept]:
        return reversed(self._kinds.get(kind, {}).values())


def _documents(kept: Iterable[_Kept]) -> list[Document]:
    return [Document(key=found.key, revision=found.revision, value=_value(found)) for found in kept]


def _value(kept: _Kept) -> dict[str, Any]:
    value: dict[str, Any] = msgspec.json.decode(kept.value)
    return value

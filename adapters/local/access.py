"""Who may come in: the names under which the page may be asked for, one-time sign-in links, and sessions."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from adapters.local.values import Mistake, Person
from bot.domain.ports import AdapterStore

_LINK_LIFE = timedelta(minutes=15)
_SESSION_LIFE = timedelta(days=30)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


async def make_link(store: AdapterStore, person: Person, base_url: str, now: datetime) -> str:
    """A link that signs this person in, once and soon. `now` is real time, not the course's."""
    token = secrets.token_urlsafe(24)
    kept = {"person": msgspec.to_builtins(person), "until": (now + _LINK_LIFE).isoformat()}
    await _forget_expired(store, "signin", now)
    await store.put("signin", _digest(token), kept)
    return f"{base_url.rstrip('/')}/signin/{token}"


class Access:
    """The rules of the door. In a demo everyone may act as anybody; the names are checked there too."""

    def __init__(
        self, store: AdapterStore, *, is_demo: bool, real_now: Callable[[], datetime], hosts: Sequence[str] = ()
    ) -> None:
        self._store = store
        self.is_demo = is_demo
        self._now = real_now
        self._hosts = frozenset(host.lower() for host in hosts)
        self._signing_in = asyncio.Lock()

    def is_our_host(self, host: str, port: int) -> bool:
        """Whether a Host header names us. A page of another name that resolves to us (DNS rebinding) does not pass."""
        host = host.lower()
        if host in self._hosts or host.removesuffix(f":{port}") in self._hosts:
            return True
        return any(host == f"{name}:{port}" or (port == 80 and host == name) for name in _LOOPBACK)

    def is_our_origin(self, origin: str, port: int) -> bool:
        """Whether an Origin header is a page of ours."""
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and self.is_our_host(parts.netloc, port)

    async def sign_in(self, token: str) -> tuple[Person, str]:
        """The person of a link and the secret of a new session. A link works once."""
        now, key = self._now(), _digest(token)
        async with self._signing_in:
            kept = await self._store.get("signin", key)
            if kept is None or kept.get("is_used") or _is_over(kept, now):
                raise Mistake("access.link_over", 410)
            person = msgspec.convert(kept["person"], Person)
            secret = secrets.token_urlsafe(32)
            session = {"person": person.id, "until": (now + _SESSION_LIFE).isoformat()}
            used = {"is_used": True, "until": kept["until"]}
            await _forget_expired(self._store, "session", now)
            await self._store.put_many([("signin", key, used), ("session", _digest(secret), session)])
        return person, secret

    async def holder(self, secret: str | None) -> str | None:
        """The id of the person whose session this is."""
        kept = await self._store.get("session", _digest(secret)) if secret else None
        return None if kept is None or _is_over(kept, self._now()) else str(kept["person"])

    @property
    def session_seconds(self) -> int:
        return int(_SESSION_LIFE.total_seconds())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _is_over(kept: dict[str, Any], now: datetime) -> bool:
    return now >= datetime.fromisoformat(kept["until"])


async def _forget_expired(store: AdapterStore, kind: str, now: datetime) -> None:
    # All of a kind live equally long, so the expired ones come first.
    through = 0
    for document in await store.since(kind, 0):
        if not _is_over(document.value, now):
            break
        through = document.revision
    if through:
        await store.delete_through(kind, through)

"""The published rate limits, in real seconds: 50 requests a second for a bot, and buckets of single routes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_SPACED = {"PUT", "DELETE"}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """(requests, seconds); None switches one off. Interactions and their follow-ups never count for the first."""

    overall: tuple[int, float] | None = (50, 1.0)
    messages: tuple[int, float] | None = (5, 5.0)  # POST of messages, per channel
    reactions: tuple[int, float] | None = (1, 0.25)  # PUT and DELETE, per channel

    @classmethod
    def off(cls) -> Limits:
        return cls(overall=None, messages=None, reactions=None)


@dataclass(eq=False)
class Window:
    """At most `most` within `seconds`."""

    most: int
    seconds: float
    stamps: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until there is room; 0 if there is."""
        while self.stamps and self.stamps[0] <= now - self.seconds:
            self.stamps.popleft()
        return 0.0 if len(self.stamps) < self.most else self.stamps[0] + self.seconds - now


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the limits say about one request. `wait` is above 0 where it is refused."""

    wait: float = 0.0
    is_global: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Pace:
    limits: Limits
    windows: dict[object, Window] = field(default_factory=dict)

    def count(self, method: str, route: str, channel: str, now: float) -> Verdict:
        """Counts the request unless it is refused."""
        overall = self._overall(route)
        wait = overall.wait(now) if overall else 0.0
        if wait > 0:
            return Verdict(wait=wait, is_global=True)
        bucket, window = self._bucket(method, route, channel)
        wait = window.wait(now) if window else 0.0
        for each in (overall, window):
            if each and wait <= 0:
                each.stamps.append(now)
        return Verdict(wait=max(wait, 0.0), headers=_headers(bucket, window, now) if window else {})

    def _overall(self, route: str) -> Window | None:
        if self.limits.overall is None or route.startswith(("/interactions", "/webhooks")):
            return None
        return self.windows.setdefault("overall", Window(*self.limits.overall))

    def _bucket(self, method: str, route: str, channel: str) -> tuple[str, Window | None]:
        if method == "POST" and route == "/channels/{channel}/messages":
            name, limit = "messages", self.limits.messages
        elif method in _SPACED and "/reactions/" in route:
            name, limit = "reactions", self.limits.reactions
        else:
            return "", None
        return name, self.windows.setdefault((name, channel), Window(*limit)) if limit else None


def _headers(bucket: str, window: Window, now: float) -> dict[str, str]:
    """As of after the request."""
    ends = window.stamps[0] + window.seconds if window.stamps else now
    return {
        "X-RateLimit-Bucket": f"bucket-of-{bucket}",
        "X-RateLimit-Limit": str(window.most),
        "X-RateLimit-Remaining": str(window.most - len(window.stamps)),
        "X-RateLimit-Reset-After": f"{max(0.0, ends - now):.3f}",
    }

"""The platform's rate limits as sliding windows, as the FAQ has them ("My bot is hitting limits")."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from tests.fakes.telegram.errors import Refusal

# Floats of one clock, added up on two ways, differ in the last digits.
_EPSILON = 1e-6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Messages per window; None switches one off. An album and an edit count as one message."""

    per_second: int | None = 30
    per_chat_second: int | None = 1
    per_group_minute: int | None = 20

    @classmethod
    def off(cls) -> Limits:
        return cls(per_second=None, per_chat_second=None, per_group_minute=None)


@dataclass(eq=False)
class Window:
    """At most `most` within `seconds`."""

    most: int
    seconds: float
    stamps: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until there is room; 0 if there is."""
        while self.stamps and self.stamps[0] <= now - self.seconds + _EPSILON:
            self.stamps.popleft()
        return 0.0 if len(self.stamps) < self.most else self.stamps[0] + self.seconds - now


@dataclass(eq=False)
class Pace:
    limits: Limits
    windows: dict[object, Window] = field(default_factory=dict)

    def count(self, chat: int, now: float) -> None:
        """Counts one message. Raises Refusal 429, uncounted, when a window is full."""
        windows = list(self._windows(chat))
        wait = max((window.wait(now) for window in windows), default=0.0)
        if wait > 0:
            seconds = max(1, math.ceil(wait - _EPSILON))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for window in windows:
            window.stamps.append(now)

    def _windows(self, chat: int) -> list[Window]:
        wanted = [
            ("all", self.limits.per_second, 1.0),
            (("chat", chat), self.limits.per_chat_second, 1.0),
            (("group", chat), self.limits.per_group_minute if chat < 0 else None, 60.0),
        ]
        return [
            self.windows.setdefault(key, Window(most, seconds)) for key, most, seconds in wanted if most is not None
        ]


def is_paced(method: str) -> bool:
    """Sending and editing count; answers to presses, reading, menus, deletes and reactions do not."""
    return method.startswith(("send", "edit", "copy", "forward")) and method != "sendChatAction"

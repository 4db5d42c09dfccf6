"""What stands between the platform and the core: nothing, or a storm (`storm.py`)."""

from datetime import datetime
from typing import Protocol

from bot.domain.ports import Adapter, Sink


class Crash(BaseException):
    """The process dies here. Nothing in the core may catch it, as nothing catches a kill."""


class Weather(Protocol):
    """How well the platform and the core reach each other, and whether the core runs."""

    def is_down(self, now: datetime) -> bool:
        """Whether the machine of the core is down."""
        ...

    def adapter(self, platform: Adapter) -> Adapter:
        """How the core reaches the platform. Sending may raise whatever an adapter may, and Crash."""
        ...

    def sink(self, sink: Sink, since: datetime) -> Sink:
        """How the platform reaches the core. May raise Crash. `since`: when the core last had handled everything."""
        ...


class Calm:
    """Everything arrives, once and in order."""

    def is_down(self, now: datetime) -> bool:
        return False

    def adapter(self, platform: Adapter) -> Adapter:
        return platform

    def sink(self, sink: Sink, since: datetime) -> Sink:
        return sink

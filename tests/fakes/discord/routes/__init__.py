"""The routes of the API: (method, template, what answers it). What returns None answers 204."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.fakes.discord.routes import (
    channels,
    commands,
    guilds,
    interactions,
    me,
    messages,
    pins,
    polls,
    reactions,
    threads,
    webhooks,
)
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World

Handler = Callable[[World, Call], Any]


class Route(NamedTuple):
    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


# What stands first wins: fixed words before ids.
ROUTES = tuple(
    Route(method, template, handler, _pattern(template))
    for module in (
        me, pins, polls, reactions, messages, threads, channels, guilds, commands, interactions, webhooks
    )
    for method, template, handler in module.ROUTES
)  # fmt: skip


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a request, with the ids in its path."""
    for route in ROUTES:
        if route.method == method and (found := route.pattern.fullmatch(path)):
            return route, found.groupdict()
    return None

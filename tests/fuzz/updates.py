"""What must be so of the events that come out of an adapter's parser, and of what the core makes of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import msgspec
from hypothesis import settings

from bot.domain.events import Done, Event, UpdateUnreadable
from tests.fuzz.core import Core, Template

LENGTHS = {"key": 200, "message": 128, "reply_to": 128, "poll": 200, "interaction": 400}
"""The longest that these may be, in characters."""
EXAMPLES = 150
DEEP = os.environ.get("FUZZ_EXAMPLES")
"""How many the longer tests try: `FUZZ_EXAMPLES=5000 pytest -m long tests/fuzz` looks further, each time elsewhere."""
brief = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
deep = settings(max_examples=int(DEEP or 600), derandomize=DEEP is None, deadline=None, database=None)


def check(template: Template, events: Sequence[Event]) -> None:
    """They are well made, and the core makes something of each."""
    check_events(events)
    check_effect(template, events)


def check_events(events: Sequence[Event]) -> None:
    """They are what their types say, with ids that fit into the tables, and can be kept as text."""
    by_key = {event.key: event for event in events}
    assert all(by_key[event.key] == event for event in events)  # the same thing may be told twice in one update
    for event in events:
        assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
        assert event.at.utcoffset() is not None
        assert event.at.astimezone(UTC) == event.at
        check_lengths(event)


def check_lengths(event: Any) -> None:
    for name, most in LENGTHS.items():
        assert len(getattr(event, name, None) or "") <= most, (name, event)
    if isinstance(event, Done):
        assert len(event.actor.user) <= 128
        assert len(event.address.chat) <= 128
        assert len(event.actor.account) <= 160


def check_effect(template: Template, events: Sequence[Event]) -> None:
    """Each is taken, together and one by one, and only what was unreadable is set aside; once more changes nothing."""
    core: Core = template.fresh()
    core.process(*events)
    core.check()
    unreadable = {event.key for event in events if isinstance(event, UpdateUnreadable)}
    assert core.taken({event.key for event in events}) == ({event.key for event in events}, unreadable)
    before = core.size()
    for event in events:
        core.process(event)  # a platform may bring it twice
    core.check()
    assert core.size() == before

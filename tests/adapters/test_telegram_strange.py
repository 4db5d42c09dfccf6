"""Updates as nobody expects them: each is read or set aside, and none keeps the others from being read."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.reading import Reader
from bot.domain.events import Event, UpdateUnreadable
from tests.adapters.telegram_updates import CASES, KEPT, LONG, NOW, POLLS, SAID, message, press, votes

_DEEPEST = 8  # how deep in an update something is changed


class Memory:
    """What was kept; like a database, it takes no text that is none."""

    async def get(self, kind: str, key: str) -> Mapping[str, Any] | None:
        key.encode()
        return {("button", KEPT): {"command": LONG}, ("poll", "51"): POLLS["51"]}.get((kind, key))


def found_in(*batch: Any) -> list[list[Event]]:
    read = asyncio.run(Reader(Memory(), "123456", "homeroom_bot").read(batch, NOW))  # type: ignore[arg-type]
    return [list(events) for _, events in read]


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = {"reply_to_message": value}
    return value


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 10**30, 10**400, 1.5, float("inf")]),
    st.sampled_from(["", "\ud800", "#\udc00", "\x00", "/\ud83d", "51", "x" * 5000, "-1001000000003"]),
    st.sampled_from([[], {}, [[]], {"id": {}}, [None], [{"type": "emoji", "emoji": "\ud800"}]]),
    st.sampled_from([10, 2000]).map(nested),
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all that stands in an update."""
    inside: Any = ()
    if isinstance(value, dict) and len(path) < _DEEPEST:
        inside = value.items()
    elif isinstance(value, list) and len(path) < _DEEPEST:
        inside = enumerate(value)
    return [path, *(place for name, each in inside for place in places_in(each, (*path, name)))]


def changed(value: Any, path: tuple[Any, ...], to: Any, *, is_dropped: bool) -> Any:
    if not path:
        return to
    items = value.items() if isinstance(value, dict) else enumerate(value)
    kept = [
        (name, changed(each, path[1:], to, is_dropped=is_dropped) if name == path[0] else each)
        for name, each in items
        if not (is_dropped and path == (name,))
    ]
    return dict(kept) if isinstance(value, dict) else [each for _, each in kept]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    raw: Any = draw(st.sampled_from(CASES)).raw
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places_in(raw)[:200]))
        raw = changed(raw, path, draw(STRANGE), is_dropped=draw(st.booleans()) and bool(path))
    return raw


@given(raw=mutated())
def test_however_strange_an_update_is_it_is_read_or_set_aside_and_blocks_nothing(raw: Any) -> None:
    before, after = message(text="one") | {"update_id": 1}, message(text="two") | {"update_id": 9}
    first, found, last = found_in(before, raw, after)
    assert [event.text for event in (*first, *last)] == ["one", "two"]  # type: ignore[union-attr]
    keys = [event.key for event in found]
    assert len(set(keys)) == len(keys)
    unreadable = [event for event in found if isinstance(event, UpdateUnreadable)]
    assert not unreadable or found == unreadable
    assert all((event.raw.encode(), event.error.encode(), event.key.encode()) for event in unreadable)


@pytest.mark.parametrize("raw", [None, 7, "x", [], {}, {"update_id": True, "message": 1}, {"message": nested(2000)}])
def test_what_is_no_update_at_all_has_a_key_by_its_content(raw: Any) -> None:
    [[event]], [[again]], [[other]] = found_in(raw), found_in(raw), found_in({"message": "other"})
    assert isinstance(event, UpdateUnreadable)
    assert event.key == again.key != other.key


def test_what_carries_no_time_happened_before_what_follows_it() -> None:
    dated = message(text="hi") | {"update_id": 8}
    (pressed,), (_,), (later,) = found_in(press(), dated, votes("51", 1) | {"update_id": 9})
    assert (pressed.at, later.at) == (datetime.fromtimestamp(SAID, UTC), NOW)

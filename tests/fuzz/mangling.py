"""Values of JSON made strange: things left out, twice there, of other types, far too large or far too deep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

_DEEPEST = 8  # how deep in a value something is changed
_PLACES = 300  # in one value, that may be changed

Path = tuple[Any, ...]


def nested(depth: int, name: str = "reply_to_message") -> Any:
    """A value within a value within a value."""
    value: Any = []
    for _ in range(depth):
        value = {name: value}
    return value


NUMBERS: Sequence[Any] = (0, -1, 1, 2**31, -(2**31) - 1, 2**53, 2**63, -(2**63), 10**30, 10**400, 1.5)
DATES: Sequence[Any] = (1, -1, 253402300799, 253402300800, -62135596800, 8 * 10**15, 1_803_891_600.5)
ODD_NUMBERS: Sequence[Any] = (float("inf"), float("nan"), -0.0)
TEXTS: Sequence[Any] = (
    "",
    " ",
    "\ud800",
    "#\udc00",
    "\x00",
    "/\ud83d",
    "/checkin",
    "/help\u202e x",
    "51",
    "-1",
    "x" * 5000,
    "字" * 70_000,
    "9" * 5000,
    "Z" + "\u0301" * 3000,
    "<@900>",
    "<b>&amp;",
    "{0.__class__}",
    "2027-03-01T09:00:00",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00",
    "-1001000000003",
    "a\nb\r\u2028c",
)
CONTAINERS: Sequence[Any] = (
    [],
    {},
    [[]],
    {"id": {}},
    [None],
    [{}] * 500,
    {str(number): number for number in range(500)},
    [{"type": "emoji", "emoji": "\ud800"}],
    nested(10),
    nested(2000),
)
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(DATES),
    st.sampled_from(ODD_NUMBERS),
    st.sampled_from(TEXTS),
    st.sampled_from(CONTAINERS),
    st.text(max_size=30),
    st.integers(),
)


def places_in(value: Any, path: Path = ()) -> list[Path]:
    """The paths to all that stands in a value."""
    inside: Any = ()
    if isinstance(value, dict) and len(path) < _DEEPEST:
        inside = value.items()
    elif isinstance(value, list) and len(path) < _DEEPEST:
        inside = enumerate(value)
    return [path, *(place for name, each in inside for place in places_in(each, (*path, name)))]


def put(value: Any, path: Path, change: Callable[[Any], list[Any]]) -> Any:
    """The value with what stands at a path replaced by what `change` makes of it: nothing, one thing or several."""
    if not path:
        return next(iter(change(value)), None)
    name, *rest = path
    if isinstance(value, dict):
        return _put_in_mapping(value, name, tuple(rest), change)
    made: list[Any] = []
    for number, each in enumerate(value):
        made += [each] if number != name else [put(each, tuple(rest), change)] if rest else change(each)
    return made


def _put_in_mapping(value: dict[Any, Any], name: Any, rest: Path, change: Callable[[Any], list[Any]]) -> Any:
    if rest:
        return {**value, name: put(value[name], rest, change)}
    made = change(value[name])
    return {**value, name: made[0]} if made else {key: each for key, each in value.items() if key != name}


@st.composite
def _change(draw: st.DrawFn, others: Sequence[Any]) -> Callable[[Any], list[Any]]:
    kind = draw(st.sampled_from(("replaced", "replaced", "replaced", "dropped", "doubled", "wrapped", "borrowed")))
    if kind == "dropped":
        return lambda value: []
    if kind == "doubled":
        return lambda value: [value, value]
    if kind == "wrapped":
        return lambda value: [[value]]
    if kind == "borrowed":
        other = draw(st.sampled_from(others))
        return lambda value: [other]
    strange = draw(STRANGE)
    return lambda value: [strange]


@st.composite
def mangled(draw: st.DrawFn, recorded: Sequence[Any], *, most: int = 3) -> Any:
    """One of these values with one to `most` changes; parts of the others may stand in it."""
    value: Any = draw(st.sampled_from(recorded))
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(places_in(value)[:_PLACES]))
        value = put(value, path, draw(_change(recorded)))
    return value

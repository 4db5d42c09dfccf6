"""What Telegram's updates mean: the table of raw updates in telegram_updates.py."""

import pytest

from adapters.telegram.parse import parse, read
from tests.adapters.telegram_updates import CASES, KNOWN, Case


def value_of(event: object, path: str) -> object:
    """A field, or a field of a field; `files` are names and refs."""
    if path == "files":
        return [(attachment.name, attachment.ref) for attachment in event.attachments]  # type: ignore[attr-defined]
    for name in path.split("."):
        event = getattr(event, name)
    return event


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_an_update_means(case: Case) -> None:
    events = parse(read(case.raw), KNOWN)
    expected = [(kind, fields) for kind, fields in case.events]
    assert [
        (type(event).__name__, {path: value_of(event, path) for path in fields})
        for event, (_, fields) in zip(events, expected, strict=True)
    ] == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_update_has_the_same_keys_and_no_two_events_share_one(case: Case) -> None:
    keys = [event.key for event in parse(read(case.raw), KNOWN)]
    assert keys == [event.key for event in parse(read(case.raw), KNOWN)]
    assert len(set(keys)) == len(keys)

"""What has to be cut, parted or left to the platform where it has limits and polls of its own, as Telegram has."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import (
    Admission,
    Button,
    Copy,
    File,
    Inspection,
    OutgoingMessage,
    Poll,
    Reaction,
    Span,
)
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
from bot.engine.degrade import fit, measure

EVERYTHING = ~Can.NOTHING
GROUP = Address(platform="x", chat="group")
GO = (Button(label="Go", command="help"),)
POLL = Poll(question="When?", options=("09:00", "20:00"))


def fitted(can: Can = EVERYTHING, *, limits: dict[str, Any] | None = None, **content: Any) -> list[OutgoingMessage]:
    message = OutgoingMessage(**{"key": "k", "address": GROUP, "body": (), **content})
    return list(fit(message, Traits(can=can, **(limits or {}))))


def pictures(count: int) -> tuple[File, ...]:
    return tuple(File(name=f"{n}.png", media_type="image/png", size=9, sha256=f"{n}") for n in range(count))


def papers(count: int) -> tuple[File, ...]:
    return tuple(File(name=f"{n}.pdf", media_type="application/pdf", size=9, sha256=f"p{n}") for n in range(count))


# --- lengths in UTF-16 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("🦊" * 5, ["🦊" * 5]),
        ("🦊" * 6, ["🦊" * 5, "🦊"]),
        ("x" + "🦊" * 5, ["x" + "🦊" * 4, "🦊"]),  # never half a fox
        ("界" * 10, ["界" * 10]),
        ("🦊🦊🦊\n🦊🦊", ["🦊🦊🦊\n", "🦊🦊"]),
    ],
)
def test_a_character_may_count_twice_and_is_never_cut(text: str, parts: list[str]) -> None:
    found = fitted(body=(Span(text),), limits={"max_text": 10, "is_utf16": True})
    assert [part.text for part in found] == parts
    assert [part.text for part in fitted(body=(Span(text),), limits={"max_text": 12})] == [text]


STYLES = st.sampled_from(["plain", "bold", "code", "link"])
BODIES = st.lists(st.builds(Span, st.text(st.sampled_from("ab\n界🦊\u200d"), max_size=30), STYLES), max_size=8)


@given(body=BODIES, most=st.integers(2, 40))
def test_nothing_is_lost_where_characters_count_twice(body: list[Span], most: int) -> None:
    traits = Traits(can=EVERYTHING, max_text=most, is_utf16=True)
    parts = fitted(body=tuple(body), limits={"max_text": most, "is_utf16": True})
    assert "".join(part.text for part in parts) == "".join(span.text for span in body)
    assert all(measure(part.text, traits) <= most for part in parts)
    assert len({part.key for part in parts}) == len(parts)


# --- files ------------------------------------------------------------------------------------------------------------

LIMITS = {"max_text": 100, "max_caption": 10, "max_album": 3, "is_utf16": True}


@pytest.mark.parametrize(
    ("text", "files", "buttons", "parts"),
    [
        ("x" * 10, pictures(1), GO, [("x" * 10, 1, 1)]),
        ("x" * 11, pictures(1), GO, [("x" * 11, 0, 1), ("", 1, 0)]),  # too long for a caption
        ("🦊" * 5, pictures(1), (), [("🦊" * 5, 1, 0)]),
        ("🦊" * 6, pictures(1), (), [("🦊" * 6, 0, 0), ("", 1, 0)]),
        ("x" * 101, pictures(1), GO, [("x" * 100, 0, 0), ("x", 1, 1)]),
        ("x", pictures(2), (), [("x", 2, 0)]),
        ("x", pictures(2), GO, [("x", 0, 1), ("", 2, 0)]),  # an album has no buttons
        ("x", pictures(4), (), [("x", 0, 0), ("", 3, 0), ("", 1, 0)]),
        ("x", (*papers(1), *pictures(1)), (), [("x", 0, 0), ("", 1, 0), ("", 1, 0)]),  # an album is of one sort
        ("", pictures(1), GO, [("", 1, 1)]),
        ("", pictures(4), (), [("", 3, 0), ("", 1, 0)]),
        ("", (*pictures(2), *papers(2)), (), [("", 2, 0), ("", 2, 0)]),
        ("", pictures(2), GO, [("📎", 0, 1), ("", 2, 0)]),  # buttons need something to stand under
        ("", (*pictures(1), *papers(1)), GO, [("📎", 0, 1), ("", 1, 0), ("", 1, 0)]),
    ],
)
def test_files_go_with_the_text_if_they_can(
    text: str, files: tuple[File, ...], buttons: tuple[Button, ...], parts: list[tuple[str, int, int]]
) -> None:
    body = (Span(text),) if text else ()
    found = fitted(body=body, files=files, buttons=buttons, reply_to="5", limits=LIMITS)
    assert [(part.text, len(part.files), len(part.buttons)) for part in found] == parts
    assert [part.reply_to for part in found] == ["5", *[None] * (len(found) - 1)]
    assert [part.key for part in found] == ["k", *[f"k+{number}" for number in range(1, len(found))]]
    assert sorted(file.name for part in found for file in part.files) == sorted(file.name for file in files)


def test_where_albums_have_no_end_all_files_go_together() -> None:
    [part] = fitted(body=(Span("x"),), files=(*pictures(20), *papers(2)), buttons=GO)
    assert (len(part.files), part.buttons) == (22, GO)


def test_only_the_end_of_a_long_question_asks() -> None:
    parts = fitted(body=(Span("x" * 25),), asks=True, limits={"max_text": 10})
    assert [part.asks for part in parts] == [None, None, True]


# --- polls ------------------------------------------------------------------------------------------------------------

SHOWN: dict[str, Any] = {"body": (Span("When? 1 voted"),), "buttons": GO}
CLOSED = msgspec.structs.replace(POLL, is_closed=True)


def test_a_platform_with_polls_shows_its_own_and_another_one_ours() -> None:
    [own] = fitted(poll=POLL, **SHOWN)
    assert (own.poll, own.body, own.buttons) == (POLL, (), ())
    [ours] = fitted(EVERYTHING & ~Can.POLL, poll=POLL, **SHOWN)
    assert (ours.poll, ours.text, ours.buttons) == (None, "When? 1 voted", GO)


@pytest.mark.parametrize("policy", ["replaceable", "at_least_once"])
def test_only_the_end_is_news_to_a_platform_that_counts_by_itself(policy: str) -> None:
    assert fitted(poll=POLL, edits="k0", policy=policy, **SHOWN) == []
    [end] = fitted(poll=CLOSED, edits="k0", policy=policy, **SHOWN)
    assert (end.poll, end.edits, end.body, end.buttons) == (CLOSED, "k0", (), ())


def test_where_there_are_no_such_polls_each_count_is_an_edit() -> None:
    [edit] = fitted(EVERYTHING & ~Can.POLL, poll=POLL, edits="k0", policy="replaceable", **SHOWN)
    assert (edit.edits, edit.text, edit.poll) == ("k0", "When? 1 voted", None)
    assert fitted(EVERYTHING & ~Can.POLL & ~Can.EDIT, poll=POLL, edits="k0", policy="replaceable", **SHOWN) == []


# --- what is done, not said -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ability", "content"),
    [
        (Can.REACT, {"act": Reaction(message="5", emoji="👌")}),
        (Can.COPY, {"act": Copy(chat="other", message="5")}),
        (Can.ADMIT, {"act": Admission(user="ada", is_admitted=True)}),
        (Can.INSPECT, {"act": Inspection()}),
        (Can.DELETE, {"deletes": "k0"}),
        (Can.PIN, {"pins": "k0"}),
        (Can.PIN, {"unpins": "k0"}),
    ],
)
def test_what_a_platform_cannot_do_is_not_tried(ability: Can, content: dict[str, Any]) -> None:
    assert fitted(EVERYTHING & ~ability, **content) == []
    [done] = fitted(ability, **content)
    assert all(getattr(done, name) == value for name, value in content.items())

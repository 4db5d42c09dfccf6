"""What a platform can't do is said in another way; long texts go in parts; boards line up on a phone."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from bot.domain.messages import Button, File, Origin, OutgoingMessage, Span, Table, Topic
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
from bot.engine.degrade import PHONE, board_lines, fit, shorten

EVERYTHING = ~Can.ASIDE  # which changes what parts of an answer are
GROUP = Address(platform="x", chat="group")
TABLE = Table(rows=(("1", "Ada", "25"), ("2", "Ben", "5")), numbers=frozenset({0, 2}))
FULL = OutgoingMessage(
    key="k",
    address=GROUP,
    body=(Span("Hello ", "bold"), Span("there")),
    table=TABLE,
    buttons=(Button(label="Check in", command="checkin 2027-03-01"), Button(label="Help", command="help")),
    reply_to="12",
    only_for="ada",
    edits="earlier",
)
FILES = (
    File(name="cover.png", media_type="image/png", size=9, sha256="ab"),
    File(name="handout.pdf", media_type="application/pdf", size=9, sha256="cd"),
)


def fitted(message: OutgoingMessage, can: Can = EVERYTHING, **limits: Any) -> list[OutgoingMessage]:
    return list(fit(message, Traits(can=can, **limits)))


def without(ability: Can, **changes: Any) -> OutgoingMessage:
    [message] = fitted(msgspec.structs.replace(FULL, **changes), EVERYTHING & ~ability)
    return message


# --- abilities --------------------------------------------------------------------------------------------------------


def test_a_platform_that_can_do_everything_gets_the_message_as_it_is() -> None:
    assert fitted(FULL) == [FULL]


@pytest.mark.parametrize(
    ("ability", "changed"),
    [
        (Can.REPLY, {"reply_to": None}),
        (Can.ONLY_FOR, {"only_for": None}),
        (Can.EDIT, {"edits": None}),
        (Can.STYLE, {"body": (Span("Hello there"),)}),
        (Can.TABLE, {"table": None, "body": (*FULL.body, Span("\n"), Span("1 Ada 25\n2 Ben  5", "code"))}),
        (
            Can.BUTTONS,
            {"buttons": (), "body": (*FULL.body, Span("\nCheck in: /checkin 2027-03-01\nHelp: /help"))},
        ),
        (Can.ANSWER, {}),
        (Can.FILES, {}),
        (Can.DEDUPE, {}),
    ],
)
def test_what_a_platform_lacks_is_said_in_another_way(ability: Can, changed: dict[str, Any]) -> None:
    assert without(ability) == msgspec.structs.replace(FULL, **changed)


def test_files_are_named_where_they_cannot_be_sent() -> None:
    assert without(Can.FILES, files=FILES, table=None).text == "Hello there\n📎 cover.png\n📎 handout.pdf"
    assert without(Can.FILES, files=FILES, table=None, body=()).text == "📎 cover.png\n📎 handout.pdf"
    assert without(Can.FILES, files=FILES).files == ()


@pytest.mark.parametrize("act", ["pins", "unpins"])
def test_what_cannot_be_pinned_is_left_as_it_is(act: str) -> None:
    sign = OutgoingMessage(key="k:pin", address=GROUP, body=(), policy="replaceable", **{act: "k"})  # type: ignore[arg-type]
    assert fitted(sign) == [sign]
    assert fitted(sign, EVERYTHING & ~Can.PIN) == []
    assert fitted(sign, Can.PIN) == [sign]


def test_a_counter_that_cannot_be_edited_stays_as_it_was_first() -> None:
    assert fitted(msgspec.structs.replace(FULL, policy="replaceable"), EVERYTHING & ~Can.EDIT) == []
    assert len(fitted(msgspec.structs.replace(FULL, policy="replaceable", edits=None), EVERYTHING & ~Can.EDIT)) == 1


def test_an_answer_becomes_a_message_where_nothing_can_be_answered() -> None:
    assert without(Can.ANSWER, answers="press-1").answers is None


def test_an_answer_is_seen_by_its_asker_only_even_where_a_message_is_not() -> None:
    assert without(Can.ONLY_FOR, answers="press-1").only_for == "ada"
    assert without(Can.ONLY_FOR | Can.ANSWER, answers="press-1").only_for is None


def test_a_board_alone_begins_without_an_empty_line() -> None:
    assert without(Can.TABLE, body=()).text == "1 Ada 25\n2 Ben  5"


def test_a_platform_that_can_do_nothing_still_gets_every_word() -> None:
    [message] = fitted(FULL, Can.NOTHING)
    assert message == OutgoingMessage(key="k", address=GROUP, body=message.body)
    assert message.text == "Hello there\n1 Ada 25\n2 Ben  5\nCheck in: /checkin 2027-03-01\nHelp: /help"
    assert {span.style for span in message.body} == {"plain"}


# --- long texts -------------------------------------------------------------------------------------------------------


def said(text: str, most: int, **more: Any) -> list[OutgoingMessage]:
    return fitted(OutgoingMessage(key="k", address=GROUP, body=(Span(text),), **more), max_text=most)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("1234567890", ["1234567890"]),
        ("1234567890a", ["1234567890", "a"]),
        ("123456\n890a", ["123456\n", "890a"]),  # rather at the end of a line
        ("12\n4567890a", ["12\n4567890", "a"]),  # but not far before the end of the part
        ("123456789\n\n", ["123456789\n", "\n"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
    ],
)
def test_a_long_text_is_cut_at_the_end_of_a_line_if_one_is_near(text: str, parts: list[str]) -> None:
    assert [part.text for part in said(text, 10)] == parts


def test_parts_have_keys_of_their_own_and_only_the_first_refers_to_something() -> None:
    button = Button(label="Check in", command="checkin")
    message = {"reply_to": "12", "answers": "press-1", "edits": "earlier", "buttons": (button,)}
    parts = said("x" * 25, 10, **message)
    assert [part.key for part in parts] == ["k", "k+1", "k+2"]
    assert [part.buttons for part in parts] == [(), (), (button,)]
    assert [(part.reply_to, part.answers, part.edits) for part in parts] == [
        ("12", "press-1", "earlier"),
        (None, None, None),
        (None, None, None),
    ]


def test_files_stay_with_the_last_part_and_none_is_lost() -> None:
    parts = said("x" * 25, 10, files=FILES)
    assert [part.files for part in parts] == [(), (), FILES]
    named = fitted(
        OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 8),), files=FILES), Can.NOTHING, max_text=10
    )
    assert "".join(part.text for part in named) == "x" * 8 + "\n📎 cover.png\n📎 handout.pdf"


def test_every_part_is_for_the_same_reader() -> None:
    assert {part.only_for for part in said("x" * 25, 10, only_for="ada")} == {"ada"}


def test_no_part_asks_for_a_single_reader_where_only_answers_can_have_one() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 15),), only_for="ada", answers="press-1")
    parts = fitted(message, EVERYTHING & ~Can.ONLY_FOR, max_text=10)
    assert [(part.answers, part.only_for) for part in parts] == [("press-1", "ada"), (None, None)]


def test_where_an_interaction_takes_several_answers_every_part_is_one() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 15),), only_for="ada", answers="press-1")
    parts = fitted(message, (EVERYTHING | Can.ASIDE) & ~Can.ONLY_FOR, max_text=10)
    found = [(part.answers, part.only_for, part.is_more) for part in parts]
    assert found == [("press-1", "ada", False), ("press-1", "ada", True)]


def test_only_the_first_part_says_where_it_was_asked_for() -> None:
    origin = Origin(address=GROUP)
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("x" * 15),), origin=origin)
    assert [part.origin for part in fitted(message, max_text=10)] == [origin, None]


NO_THREADS, SOME_THREADS = EVERYTHING & ~(Can.THREAD | Can.TOPIC), EVERYTHING & ~Can.THREAD


def test_a_topic_is_a_title_where_there_are_no_threads() -> None:
    topic = Topic(title="What is a title?", tags=("how-to",))
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("I don't know."),), topic=topic)
    [part] = fitted(message, NO_THREADS)
    assert (part.text, part.topic) == ("What is a title? #how-to\nI don't know.", None)
    [part] = fitted(message, SOME_THREADS)
    assert (part.text, part.topic) == ("What is a title? #how-to\nI don't know.", topic)
    [part] = fitted(message)
    assert (part.text, part.topic) == ("I don't know.", topic)


def test_what_goes_into_a_thread_replies_to_its_beginning_where_there_are_none() -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=(Span("Look here."),), within="question")
    [part] = fitted(message, NO_THREADS)
    assert (part.within, part.quotes) == (None, "question")
    [part] = fitted(message, SOME_THREADS)  # whether there is one, its adapter knows
    assert (part.within, part.quotes) == ("question", "question")
    [part] = fitted(message)
    assert (part.within, part.quotes) == ("question", None)


STYLES = st.sampled_from(["plain", "bold", "code", "link"])
BODIES = st.lists(st.builds(Span, st.text(st.sampled_from("ab\n界🦊"), max_size=30), STYLES), max_size=8)


@given(body=BODIES, most=st.integers(1, 40))
def test_nothing_is_lost_and_no_part_is_too_long(body: list[Span], most: int) -> None:
    message = OutgoingMessage(key="k", address=GROUP, body=tuple(body))
    parts = fitted(message, max_text=most)
    assert "".join(part.text for part in parts) == message.text
    assert all(len(part.text) <= most for part in parts)
    assert all(part.text for part in parts[1:])
    assert len({part.key for part in parts}) == len(parts)
    styled = [(character, span.style) for part in parts for span in part.body for character in span.text]
    assert styled == [(character, span.style) for span in body for character in span.text]


# --- boards -----------------------------------------------------------------------------------------------------------

NAMES = (
    "Ada",
    "王小明",
    "一个非常非常非常长的中文名字而且还没有完",
    "x" * 100,
    "👨\u200d👩\u200d👧\u200d👦" * 9,
    "🇨🇳🇬🇧 flags",
    "👍🏽👍🏿 skin",
    "❤\ufe0f heart",
    "שלום עולם",
    "مرحبا بالعالم من الصف",
    "e\u0301\u0302\u0303 accents",
    "ก็ได้ครับ",
    "नमस्ते दुनिया",
    "🫨🪿",
    "한국어 이름",
    "한글",
    "",
)
BOARD = Table(
    rows=tuple((str(n), name, str(7**n)) for n, name in enumerate(NAMES, 1) if 7**n < 10**9)
    + tuple((str(n), name, str(n)) for n, name in enumerate(NAMES, 11)),
    numbers=frozenset({0, 2}),
)


def columns_of_the_last_number(lines: list[str]) -> set[int]:
    return {wcswidth(line) for line in lines}


def test_a_board_fits_a_phone_and_its_numbers_end_in_the_same_column() -> None:
    lines = board_lines(BOARD)
    assert len(lines) == len(BOARD.rows)
    assert columns_of_the_last_number(lines) == {PHONE}
    for line, row in zip(lines, BOARD.rows, strict=True):
        assert line.startswith(f"{row[0]:>2} ")
        assert line.endswith(f" {row[2]}")


@pytest.mark.parametrize("name", NAMES)
def test_each_name_alone_takes_no_more_than_its_column(name: str) -> None:
    lines = board_lines(Table(rows=(("1", name, "5"), ("10", "Ada", "1000")), numbers=frozenset({0, 2})))
    assert all(wcswidth(line) <= PHONE for line in lines)
    assert len(columns_of_the_last_number(lines)) == 1


def test_a_short_board_is_no_wider_than_it_needs() -> None:
    assert board_lines(TABLE) == ["1 Ada 25", "2 Ben  5"]


def test_names_that_run_from_right_to_left_stay_in_their_column() -> None:
    [line] = board_lines(Table(rows=(("1", "שלום", "5"),), numbers=frozenset({0, 2})))
    assert line == "1 \u2068שלום\u2069 5"


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ([("Course", "day 1 of 14"), ("一门名字很长很长的课程的进度", "第 14 天，共 14 天")], {1}),
        ([("3-01", "a reason of more than twenty characters", "+10000")], {0, 2}),
        ([("left " * 8, "right " * 8)], set()),
        ([("left " * 8, "middle " * 8, "right " * 8, "+5")], {3}),
    ],
)
def test_whatever_its_columns_a_board_fits_a_phone(rows: Any, numbers: set[int]) -> None:
    lines = board_lines(Table(rows=tuple(rows), numbers=frozenset(numbers)))
    assert all(wcswidth(line) <= PHONE for line in lines)


def test_a_board_of_nothing_is_nothing() -> None:
    assert board_lines(Table(rows=())) == []


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("Ada", 3, "Ada"),
        ("Adam", 3, "Ad…"),
        ("王小明", 6, "王小明"),
        ("王小明", 5, "王小…"),
        ("王小明", 4, "王…"),
        ("👨\u200d👩\u200d👧x", 3, "👨\u200d👩\u200d👧x"),
        ("👨\u200d👩\u200d👧xx", 3, "👨\u200d👩\u200d👧…"),  # a family is never torn apart
        ("🇨🇳🇬🇧🇫🇷", 5, "🇨🇳🇬🇧…"),
    ],
)
def test_what_is_too_wide_ends_in_dots(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


@given(text=st.text(max_size=40), width=st.integers(1, 30))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, width: int) -> None:
    short = shorten(text, width)
    assert wcswidth(short) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


ROWS = st.lists(st.tuples(st.integers(1, 10**4), st.text(max_size=20), st.integers(-(10**6), 10**6)), max_size=6)


@given(rows=ROWS)
def test_any_names_at_all_line_up(rows: list[tuple[int, str, int]]) -> None:
    from bot.engine.names import clean_name

    shown = tuple((str(rank), clean_name(name, "u7"), f"{points:+d}") for rank, name, points in rows)
    lines = board_lines(Table(rows=shown, numbers=frozenset({0, 2})))
    assert all(wcswidth(line) <= PHONE for line in lines)
    assert len(columns_of_the_last_number(lines)) <= 1

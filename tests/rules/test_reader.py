"""What YAML text becomes, and where a person is told to look when it can't be read."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rules.nodes import find, plain
from rules.reader import MAX_NODES, Document, read
from rules.unreadable import Unreadable

LOADERS = [pytest.param(yaml.SafeLoader, id="python"), pytest.param(getattr(yaml, "CSafeLoader", None), id="c")]
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]"


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest) -> Any:
    return request.param or pytest.skip("PyYAML has no C parser here")


def flaws(document: Document) -> list[str]:
    return [f"{flaw.line}:{flaw.column} {flaw.text.id} in {flaw.under}" for flaw in document.flaws]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("09:00", "09:00"),
        ("20:30", "20:30"),
        ("2027-03-01", "2027-03-01"),
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("<", "<"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("''", ""),
        ("'10'", "10"),
        ("10", 10),
        ("-3", -3),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_words_are_what_yaml_1_2_says(loader: Any, text: str, value: object) -> None:
    seen = plain(read(f"a: {text}", loader=loader).root)["a"]
    assert (seen, type(seen)) == (value, type(value))


def test_keys_stay_as_they_are_written(loader: Any) -> None:
    assert plain(read("on: 1\n1: 2\nnull: 3\n09:00: 4", loader=loader).root) == {"on": 1, "1": 2, "null": 3, "09:00": 4}


@pytest.mark.parametrize("content", ["a: 中", "\ufeffa: 中", "a: 中".encode(), "a: 中".encode("utf-8-sig")])
def test_a_byte_order_mark_does_not_matter(loader: Any, content: str | bytes) -> None:
    document = read(content, loader=loader)
    assert plain(document.root) == {"a": "中"}
    assert document.root[:2] == (1, 1)


@pytest.mark.parametrize("content", ["", "# only a comment\n", b"", "---\n", "\n\n"])
def test_a_file_without_content_is_no_mistake(loader: Any, content: str | bytes) -> None:
    assert plain(read(content, loader=loader).root) is None


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("a", 1, "b"), (3, 8)),
        (("a", 1, "function-after", "b"), (3, 8)),
        (("a", "list", 0), (2, 5)),
        (("a", 1, "missing"), (3, 5)),
        (("中",), (4, 4)),
    ],
)
def test_a_path_leads_to_the_deepest_part_that_is_there(
    loader: Any, path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    root = read("a:\n  - x\n  - b: 10\n中: 1\n", loader=loader).root
    assert find(root, path).node[:2] == place


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: b: c", "1:5 problem.colon_in_text"),
        ("a: 1\n  b: 2", "2:3 problem.bad_indentation"),
        ("a:\n  b: 1\n c: 2", "3:2 problem.bad_indentation"),
        ("a:\n  - b\n  c: 1", "3:3 problem.bad_indentation"),
        ("a: - b", "1:4 problem.bad_indentation"),
        ("a:\n\tb: 1", "2:1 problem.tab"),
        ("a:\n  b: 1\n  \tc: 2", "3:3 problem.tab"),
        ("b: 2\na：1", "2:2 problem.fullwidth_colon"),
        ("标题：x\nb: 2", "1:3 problem.fullwidth_colon"),
        ("budget：5000\n\nrewards:\n  a: 1", "1:7 problem.fullwidth_colon"),
        ("a: 1\nb\nc: 2", "2:1 problem.missing_colon"),
        ("a: 'x", "1:4 problem.unclosed"),
        ('a:\n  b: "x\n  c: 1\n', "2:6 problem.unclosed"),
        ("a: [\n  - b", "2:3 problem.yaml_syntax"),
        ("a: [1, 2", "1:4 problem.unclosed"),
        ("a: {b: 1]", "1:4 problem.unclosed"),
        ("a: @x", "1:4 problem.needs_quotes"),
        ("a: `x`", "1:4 problem.needs_quotes"),
        ("a: *", "1:4 problem.needs_quotes"),
        ("a: 'x' y", "1:8 problem.yaml_syntax"),
        ("%YAML 3.0\n---\na: 1", "1:1 problem.yaml_syntax"),
        ("a: 1\n---\nb: 2", "2:1 problem.second_document"),
        ("a: x\x00", "1:5 problem.control_character"),
        ("\n a: \x1b[31m", "2:5 problem.control_character"),
        ("a: \ud800", "1:4 problem.control_character"),
        ("标题: 打卡".encode("gbk"), "1:1 problem.not_utf8"),
        (b"a: 1\nb: \xb4\xf2", "2:4 problem.not_utf8"),
        ("a: 1".encode("utf-16"), "1:1 problem.not_utf8"),
        ("a: 1".encode("utf-16-be"), "1:1 problem.control_character"),
        (b"#" * 1_000_001, "1:1 problem.file_too_large"),
        ("#" * 1_000_001, "1:1 problem.file_too_large"),
        ("[" * 900_000, "1:33 problem.too_deep"),
        ("a: " + "{b: " * 40, "1:125 problem.too_deep"),
        ("- " * 300_000, "1:65 problem.too_deep"),
        ("[" + "1," * MAX_NODES + "]", f"1:{2 * MAX_NODES} problem.too_many_values"),
    ],
)
def test_what_cannot_be_read_is_explained_at_its_place(loader: Any, content: str | bytes, problem: str) -> None:
    with pytest.raises(Unreadable) as trouble:
        read(content, loader=loader)
    assert f"{trouble.value.line}:{trouble.value.column} {trouble.value.text.id}" == problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", ["3:1 problem.duplicate_key in a"]),
        ("a: {x: 1, x: 2}", ["1:11 problem.duplicate_key in a"]),
        ("a: &x 1\nb: *x", ["1:4 problem.no_shorthand in a", "2:4 problem.no_shorthand in b"]),
        ("a: {<<: {b: 1}}", ["1:5 problem.no_shorthand in a"]),
        ("a: !!python/object/apply:os.system [x]", ["1:4 problem.no_shorthand in a"]),
        ("a: !x y", ["1:4 problem.no_shorthand in a"]),
        ("a: {[1]: 2}", ["1:5 problem.key_not_text in a"]),
        ('a: "\\0"', ["1:4 problem.control_character in a"]),
        ("&x\na: 1", ["1:1 problem.no_shorthand in None"]),
        (BOMB, [f"{line}:{column} problem.no_shorthand in {key}" for line, column, key in (
            (1, 4, "a"), (2, 4, "b"), (2, 8, "b"), (2, 12, "b"), (3, 4, "c"), (3, 8, "c"), (3, 12, "c"), (4, 5, "d"),
            (4, 9, "d"),
        )]),
    ],
)  # fmt: skip
def test_what_we_do_not_take_is_listed_under_its_entry(loader: Any, text: str, expected: list[str]) -> None:
    assert flaws(read(text, loader=loader)) == expected


def test_of_two_equal_keys_the_first_one_counts(loader: Any) -> None:
    assert plain(read("a: 1\na: 2", loader=loader).root) == {"a": 1}


@given(st.one_of(st.binary(), st.text(), st.text("ab:-[]{}&*!|>'\"%@`#?,\\ \t\n\r：\x85\u2028\ufeff0u")))
def test_anything_is_read_or_explained(content: str | bytes) -> None:
    places = []
    for parameter in LOADERS:
        try:
            read(content, loader=parameter.values[0] or yaml.SafeLoader)
        except Unreadable as trouble:
            places.append((trouble.line, trouble.column))
    assert all(line >= 1 and column >= 1 for line, column in places)

"""The files of the packs made strange: each course is loaded, or everything that is wrong with it is said, and soon."""

import copy
import re
import time
import tracemalloc
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo import PACKS
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import LANGUAGES
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.texts.catalogue import Catalogues
from rules import nodes
from rules.demo import load_demo
from rules.folder import KNOWN
from rules.loader import Files, load_course, read_folder
from rules.reader import read
from tests.fuzz.mangling import mangled, places_in, put
from tests.fuzz.updates import DEEP

SECONDS = 5.0  # of CPU for one course, on a slow machine; all takes about 0.1 s
MEGABYTES = 200
MOST_READ = 300  # problems whose words are looked at
VOCABULARY = Registry(FEATURES).vocabulary()
TEXTS = Catalogues()
NAMES = [name for name in KNOWN if name.endswith(".yaml")]
brief = settings(max_examples=40, derandomize=True, deadline=None, database=None)
deep = settings(max_examples=int(DEEP or 300), derandomize=DEEP is None, deadline=None, database=None)

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
RAW = (
    "",
    "\0",
    "\ufeff",
    "---\n---\n",
    "%YAML 9.9\n---\n",
    "\t- a",
    "a:\n\tb: 1",
    "&a [*a]",
    "&a {<<: *a}",
    "!!python/object/apply:os.system ['true']",
    "? [a, b]\n: c",
    "- " * 400,
    "[" * 5000,
    "{a: " * 3000,
    "a: " + "9" * 5000,
    "a: 0x" + "f" * 5000,
    "a: 1e400",
    "a: 1:30:45",
    "a: 2027-02-30",
    "a: .inf",
    "a: 🦊\n🦊: a\n",
    "a: 'unclosed",
    "a：1\nb： 2\n",
    "a: |\n" + "  x" * 100_000,
    BOMB,
    "x: y\n" * 12_000,
    "".join(f"k{n}: {{award: x}}\n" for n in range(8_000)),
)
"""Whole files that are no file of a course, or that would cost a careless reader dearly."""

ODD: tuple[Any, ...] = (
    "2027-02-30",
    "2027-13-01",
    "0000-00-00",
    "24:00",
    "99999h",
    "-1d",
    "1e9d",
    "9" * 40 + "d",
    "*/0 * * * *",
    "0 0 31 2 *",
    "{name} {nobody} {0} {a.b} {a!r:>9999999}",
    "👩‍👩‍👧‍👦",
    "local:",
    "main",
    "on",
    "Mars/Olympus",
    {"zh": 1},
    {"en": ""},
    {"at_least": 5, "at_most": 1},
    {"any": [{"all": [{"not": {"any": []}}]}]},
    [1, [2, [3]]],
    {"": ""},
    10**18,
    -(10**18),
    1.0e308,
)


@cache
def pack(name: str) -> Mapping[str, str]:
    files = read_folder(PACKS / name)
    return {name: content.decode() if isinstance(content, bytes) else content for name, content in files.items()}


PACK_NAMES = ("python-start", "xhs-writing")


@cache
def plain(of: str, name: str) -> Any:
    return nodes.plain(read(pack(of)[name]).root)


@st.composite
def renamed(draw: st.DrawFn, value: Any) -> Any:
    """One key of a mapping somewhere in the value is called otherwise."""
    places = [place for place in places_in(value) if isinstance(_at(value, place), dict) and _at(value, place)]
    place = draw(st.sampled_from(places))
    inside = _at(value, place)
    old = draw(st.sampled_from(sorted(map(str, inside))))
    new = draw(
        st.sampled_from([old[:-1], old + "s", old.upper(), old.replace("_", "-"), "<<", "on", "1", "🦊", " ", "*"])
    )
    return put(value, place, lambda _: [{new if key == old else key: each for key, each in inside.items()}])


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        value = value[part]
    return value


@st.composite
def structured(draw: st.DrawFn, *, most: int) -> Files:
    """A pack one file of which says something else: keys and values are changed, and it is written anew."""
    of, name = draw(st.sampled_from(PACK_NAMES)), draw(st.sampled_from(NAMES))
    value = copy.deepcopy(plain(of, name))
    for _ in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(("mangled", "odd", "odd", "renamed")))
        if kind == "mangled":
            value = draw(mangled([value], most=1))
        elif kind == "odd":
            odd = draw(st.sampled_from(ODD))
            value = put(value, draw(st.sampled_from(places_in(value))), lambda _, odd=odd: [odd])  # type: ignore[misc]
        elif isinstance(value, dict) and value:
            value = draw(renamed(value))
    return {**pack(of), name: _written(value)}


def _written(value: Any) -> str:
    try:
        return yaml.dump(value, allow_unicode=True, width=100_000)
    except (RecursionError, ValueError, yaml.YAMLError):
        return "{" * 100


MARKS = (
    "\t",
    "：",
    "&a ",
    "*a",
    "!!str ",
    "<<: *a\n",
    "'",
    '"',
    "[",
    "}",
    "|",
    ">",
    "#",
    "\0",
    "\u2028",
    "\r",
    "🦊",
    "- ",
    "? ",
)


@st.composite
def scribbled(draw: st.DrawFn, *, most: int) -> Files:
    """A pack one file of which was edited by somebody in a hurry: letters are put in, lines taken out or doubled."""
    of, name = draw(st.sampled_from(PACK_NAMES)), draw(st.sampled_from(NAMES))
    text = pack(of)[name]
    for _ in range(draw(st.integers(1, most))):
        lines = text.splitlines(keepends=True)
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        change = draw(st.sampled_from(("mark", "mark", "drop", "double", "indent", "cut", "value")))
        line = lines[at] if lines else ""
        if change == "mark":
            column = draw(st.integers(0, len(line)))
            line = line[:column] + draw(st.sampled_from(MARKS)) + line[column:]
        elif change == "value":
            line = re.sub(r": .*", lambda _: f": {draw(st.sampled_from(RAW[:24]))[:200]}", line)
        else:
            line = {"drop": "", "double": line * 2, "indent": "  " + line, "cut": line[: len(line) // 2]}[change]
        text = "".join([*lines[:at], line, *lines[at + 1 :]])
    return {**pack(of), name: text}


def check(files: Files) -> None:
    began = time.process_time()
    try:
        loaded = load_course("camp", files, VOCABULARY, shown_as="camp")
    except RulesRejected as rejected:
        _check_problems(rejected.problems, files)
    else:
        _check_problems(loaded.problems, files)
        if "demo.yaml" in files:
            _check_demo(files, loaded.course)
    assert time.process_time() - began < SECONDS


def _check_demo(files: Files, course: Any) -> None:
    try:
        load_demo(files, course, shown_as="camp")
    except RulesRejected as rejected:
        _check_problems(rejected.problems, files)


def _check_problems(problems: Any, files: Files) -> None:
    """Each names a file that there is or should be, a line in it, and says what is wrong in both languages."""
    lines = {name: _lines(content) for name, content in files.items()}
    for problem in problems:
        assert isinstance(problem, Problem)
        name = problem.file.removeprefix("camp/")
        assert name in (*KNOWN, *files), problem
        assert 1 <= problem.line <= lines.get(name, 1), problem
        assert problem.column >= 1
    for problem in problems[:MOST_READ]:
        for language in LANGUAGES:
            said = TEXTS.say(language, problem.text.id, **problem.text.values)
            assert 0 < len(said) < 3000, problem
            assert said != problem.text.id
            said.encode()


def _lines(content: str | bytes) -> int:
    """Of a text, as YAML counts them."""
    shown = content if isinstance(content, str) else content.decode("utf-8", "replace")
    return len(re.split("\r\n|\r|\n|\u2028|\u2029|\x85", shown))


@pytest.mark.parametrize("of", PACK_NAMES)
def test_the_packs_themselves_are_taken(of: str) -> None:
    assert load_course("camp", pack(of), VOCABULARY).problems == ()


@pytest.mark.parametrize("content", RAW, ids=lambda content: content[:12])
def test_a_file_that_is_none_is_refused_in_words(content: str) -> None:
    course = {"course.yaml": pack("python-start")["course.yaml"]}
    for name in NAMES:
        check({**course, name: content})


@pytest.mark.parametrize("content", [BOMB, "[" * 900_000, "x: y\n" * 190_000, "a: " + "9" * 900_000])
def test_a_file_that_would_grow_costs_little_memory(content: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(RulesRejected):
            load_course("camp", {**pack("python-start"), "course.yaml": content}, VOCABULARY)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1_000_000
    finally:
        tracemalloc.stop()


@given(files=structured(most=3))
@brief
def test_whatever_a_file_says_it_is_loaded_or_refused_in_words(files: Files) -> None:
    check(files)


@given(files=scribbled(most=4))
@brief
def test_however_a_file_was_edited_it_is_loaded_or_refused_in_words(files: Files) -> None:
    check(files)


@given(content=st.binary(max_size=300), name=st.sampled_from(NAMES))
@brief
def test_any_bytes_are_loaded_or_refused_in_words(content: bytes, name: str) -> None:
    check({**pack("xhs-writing"), name: content})


@pytest.mark.long
@given(files=structured(most=6))
@deep
def test_very_many_other_files_are_loaded_or_refused(files: Files) -> None:
    check(files)


@pytest.mark.long
@given(files=scribbled(most=8))
@deep
def test_very_many_edited_files_are_loaded_or_refused(files: Files) -> None:
    check(files)

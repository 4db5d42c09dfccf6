"""`rules facts` and `rules schema`: what rules may say, told to people and to editors."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.domain.ids import LANGUAGES
from bot.engine.degrade import text_width
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.features.checkin.streak import MILESTONES
from bot.texts.catalogue import Catalogues
from rules.conditions import COMMON_FIELDS
from rules.schema import LimitShape
from tests.community import RULES
from tests.rules.underlined import value
from tests.shell import Shell

LANGS = ("zh_CN.UTF-8", "en_US.UTF-8")
VOCABULARY = Registry(FEATURES).vocabulary()


@pytest.fixture(params=LANGS)
def page(request: pytest.FixtureRequest, shell: Shell) -> tuple[str, str]:
    """What `rules facts` prints, and in which language."""
    shell.speaks(request.param)
    assert shell("rules", "facts") == 0
    return shell.out, request.param


def test_every_word_that_a_rule_may_use_is_listed(page: tuple[str, str]) -> None:
    out, lang = page
    words = [*VOCABULARY.facts, *VOCABULARY.effects, *COMMON_FIELDS, *LimitShape.model_fields]
    assert [word for word in words if not re.search(rf"^  {re.escape(word)}(  |$)", out, re.MULTILINE)] == []
    fields = {field for kind in VOCABULARY.facts.values() for field in kind.fields}
    assert [field for field in fields if f"\n      {field}  " not in out] == []
    assert not re.search(r"\b(facts|field|effect|key|kind)\.\w", out.replace("kind.text", "")), "a text is missing"
    assert bool(re.search("[一-鿿]", out)) == lang.startswith("zh")


def test_what_has_a_text_is_said_to_have_one(page: tuple[str, str]) -> None:
    for name, lines in kinds_in(page[0]):
        assert any("novelty: true" in line for line in lines) == VOCABULARY.facts[name].has_text, name


def test_the_page_fits_a_terminal_and_its_columns_line_up(page: tuple[str, str]) -> None:
    out, lang = page
    assert [line for line in out.splitlines() if text_width(line) > 100] == []
    kinds = "文字|数字|是或否|日期|标签" if lang.startswith("zh") else "text|number|yes/no|date|tags"
    for name, lines in kinds_in(out):
        rows = [re.match(rf"( +\w+ +)(?:{kinds})( +)\S", line) for line in lines]
        assert len({text_width(row[1]) for row in rows if row}) <= 1, name
        assert len({text_width(row[0]) for row in rows if row}) <= 1, name
        assert sum(row is not None for row in rows) == len(VOCABULARY.facts[name].fields), name


def kinds_in(out: str) -> Iterator[tuple[str, list[str]]]:
    """Each kind of fact with the lines below it."""
    for part in re.split(r"\n(?=  \S)", out):
        name, *lines = part.splitlines()
        if name.strip() in VOCABULARY.facts:
            yield name.strip(), [line for line in lines if line.startswith("      ")]


def test_programs_get_the_same_as_json(shell: Shell) -> None:
    assert shell("rules", "facts", "--json") == 0
    told = json.loads(shell.out)
    assert {fact["name"]: {field["name"]: field["kind"] for field in fact["fields"]} for fact in told["facts"]} == {
        kind.name: kind.fields for kind in VOCABULARY.facts.values()
    }
    assert [effect["name"] for effect in told["effects"]] == [*VOCABULARY.effects]
    assert [field["name"] for field in told["fields"]] == [*COMMON_FIELDS]
    assert [limit["name"] for limit in told["limits"]] == [*LimitShape.model_fields]


def test_the_lengths_of_streaks_are_those_that_are_announced() -> None:
    for language in LANGUAGES:
        said = Catalogues().say(language, "facts.streak.reached")
        assert [int(number) for number in re.findall("[0-9]+", said)] == [*MILESTONES]


# --- schema -----------------------------------------------------------------------------------------------------------


def test_the_schema_of_the_rules_is_printed(shell: Shell) -> None:
    assert shell("rules", "schema") == 0
    schema = Draft202012Validator(json.loads(shell.out))
    assert schema.is_valid(value(RULES))
    assert not schema.is_valid(value(RULES.replace("checkin.done", "checkin.doen", 1)))


@pytest.mark.parametrize("lang", LANGS)
def test_it_explains_in_the_language_of_the_shell_or_the_one_asked_for(shell: Shell, lang: str) -> None:
    shell.speaks(lang)
    said = {}
    for name, options in {"shell": [], "zh": ["--lang", "zh"], "en": ["--lang", "en"]}.items():
        shell("rules", "schema", *options)
        said[name] = json.loads(shell.out)["$defs"]["rule"]["properties"]["limit"]["description"]
    assert said == {"zh": "最多给几次", "en": "how often at most", "shell": said[lang[:2]]}


@pytest.mark.parametrize("lang", LANGS)
def test_schemas_of_all_files_are_written_and_their_use_is_told(shell: Shell, tmp_path: Path, lang: str) -> None:
    shell.speaks(lang)
    folder = tmp_path / "schemas"
    assert shell("rules", "schema", "--to", folder) == 0
    for name in ("rules", "course", "calendar", "rituals", "demo"):
        path = folder / f"{name}.schema.json"
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
        assert f"  {name}.yaml:".ljust(18) + f" # yaml-language-server: $schema={path}" in shell.lines


def test_a_folder_that_cannot_be_written_is_told(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert shell("rules", "schema", "--to", tmp_path / "taken") == 1
    assert shell.err.startswith(f"Can't write to {tmp_path / 'taken'}: ")


@pytest.mark.parametrize("lang", LANGS)
def test_the_group_by_itself_says_what_is_in_it(shell: Shell, lang: str) -> None:
    shell.speaks(lang)
    assert shell("rules") == 2
    assert re.search(r"^usage: homeroom rules .*^    facts .*^    schema ", shell.err, re.DOTALL | re.MULTILINE)

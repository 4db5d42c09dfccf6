"""The README says what each platform does; what it says is what the traits and the scenarios say."""

from collections.abc import Mapping
from functools import reduce

import pytest

from bot.domain.traits import Can
from tests.abilities import MISSING
from tests.parity import ABILITIES, FEATURES, PLATFORMS, READMES, Cell, Language, scenarios, shown_in, table


@pytest.fixture(scope="module")
def found() -> Mapping[str, Mapping[str, Cell]]:
    return scenarios()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_readme_shows_the_table_as_it_is(language: Language, found: Mapping[str, Mapping[str, Cell]]) -> None:
    shown = shown_in(READMES[language].read_text(encoding="utf-8"))
    assert shown == table(language, found), "bring it up to date: python -m tests.parity --write"


def test_every_scenario_that_runs_on_every_platform_is_in_the_table(
    found: Mapping[str, Mapping[str, Cell]],
) -> None:
    in_table = {module for modules in FEATURES.values() for module in modules}
    assert set(found) <= in_table
    assert {platform for cells in found.values() for platform in cells} == set(PLATFORMS)


def test_no_platform_is_without_a_scenario_for_a_feature(found: Mapping[str, Mapping[str, Cell]]) -> None:
    for modules in FEATURES.values():
        for platform in PLATFORMS:
            assert any(found.get(module, {}).get(platform, {}).get("runs") for module in modules), (modules, platform)


def test_reasons_are_of_platforms_that_there_are() -> None:
    assert set(MISSING) <= set(PLATFORMS)


def test_the_table_tells_of_all_that_members_notice() -> None:
    shown = reduce(lambda all_of, ability: all_of | ability.any_of, ABILITIES, Can.NOTHING)
    untold = Can.REPLY | Can.ANSWER | Can.WAIT | Can.TABLE | Can.STYLE | Can.FILES | Can.DELETE
    untold |= Can.ASK | Can.COPY | Can.INSPECT
    assert shown | untold == ~Can.NOTHING

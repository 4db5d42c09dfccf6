"""`bench`: every benchmark still fits what it measures, and its table can be read. Nothing here is timed."""

import gc
import importlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bench import discord, heard, pipeline, rules, telegram
from bench.course import begun, copied
from bench.rounds import in_turns, ours_under_run
from bench.table import Row, percentiles
from bot.cli.bench import NAMES
from bot.cli.serving import rare_collection
from bot.demo import PACKS
from bot.engine.degrade import text_width
from storage.tables import outbox
from tests.shell import Shell

PACK = PACKS / "xhs-writing"
LANGS = ("zh_CN.UTF-8", "en_US.UTF-8")
FLOOR = Row.of("floor: 什么都不做", [2.0, 1.0, 4.0], "µs")
ROWS = [
    FLOOR,
    Row.of("message to commit", [3.0, 2.0, 1_234_567.0], "µs", target="≤ 0.5 ×").beside(FLOOR, "nothing at all"),
    Row.of("一条消息", [0.25], "ms"),
]


def measured(rows: list[Row]) -> Any:
    return lambda pack, folder: rows


@pytest.fixture
def table(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(rules, "measure", measured(ROWS))
    return shell


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """All rows of `pipeline`, which measures most."""
    return pipeline.measure(PACK, tmp_path_factory.mktemp("pipeline"), pipeline.TINY)


ELSEWHERE = ("pipeline", "broadcast", "memory", "postgres", "term")
"""Below, and in test_bench_worlds.py."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE])
def test_every_benchmark_measures_something(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"bench.{name}")
    look_right(module.measure(PACK, tmp_path, module.TINY))


def test_the_pipeline_measures_something(messages: list[Row]) -> None:
    look_right(messages)


def look_right(rows: list[Row]) -> None:
    assert rows
    assert len({row.what for row in rows}) == len(rows)
    for row in rows:
        assert row.what
        assert row.lowest <= row.median <= row.highest, row
        assert (row.ratio is None) == (row.floor is None), row


def test_messages_are_measured_beside_what_the_libraries_do_with_the_same_bytes(messages: list[Row]) -> None:
    rows = [row for row in messages if row.what.startswith(("Telegram", "Discord"))]
    assert {row.floor for row in rows if row.what.startswith("Telegram")} == {pipeline.PTB}
    assert {row.floor for row in rows if row.what.startswith("Discord: message")} == {pipeline.DISCORD}
    assert {row.target for row in rows} == {"≤ 0.5 ×", "≤ 6 ×", "≤ 40 µs", None}


def test_each_size_is_compared_with_the_first(messages: list[Row]) -> None:
    rows = {row.what: row for row in messages}
    assert rows["message, 1 groups"].ratio is None
    assert rows["message, 3 groups"].floor == rows["/checkin, 3 groups"].floor == "with 1"
    assert {row.target for what, row in rows.items() if "courses" in what} == {None}


def test_what_is_told_of_a_check_in_ends_in_the_outbox(messages: list[Row]) -> None:
    [row] = [row for row in messages if row.what.startswith("Telegram: /checkin")]
    assert "to its reply in the outbox" in row.what


async def test_a_message_that_came_to_nothing_is_no_figure(tmp_path: Path) -> None:
    camp = await begun([copied(PACK, tmp_path, group=f'telegram: "{heard.GROUP}"')], tmp_path)
    await camp.go_to(0)
    for number, said in enumerate(("hello everybody", "/checkin")):
        await telegram.Ours(camp.app).take(heard.answer([heard.telegram(number, camp.at(0, 1), said, who=1)]))
    await camp.check(messages=1, check_ins=1)
    for messages, check_ins in ((2, 1), (0, 1), (1, 2), (1, 0)):
        with pytest.raises(AssertionError):
            await camp.check(messages=messages, check_ins=check_ins)
    await camp.app.close()


async def test_a_check_in_without_its_reply_is_no_figure(tmp_path: Path) -> None:
    camp = await begun([copied(PACK, tmp_path, group=f'telegram: "{heard.GROUP}"')], tmp_path)
    await camp.go_to(0)
    await telegram.Ours(camp.app).take(heard.answer([heard.telegram(1, camp.at(0, 1), "/checkin", who=1)]))
    await camp.check(messages=0, check_ins=1)
    await camp.app.database.run(lambda db: db.execute(delete(outbox)))
    with pytest.raises(AssertionError):
        await camp.check(messages=0, check_ins=1)
    await camp.app.close()


async def test_the_library_alone_keeps_no_more_than_it_does_for_us(tmp_path: Path) -> None:
    town = discord.Town()
    camp = await begun([copied(PACK, tmp_path, group=f'discord: "{town.main.id}"')], tmp_path)
    await camp.go_to(0)
    place = {"channel": str(town.main.id), "guild": str(town.guild.id)}
    frame = heard.discord(1, camp.at(0, 1), "hello everybody", who=1, **place)
    async with town.server, discord.both(camp, town) as (ours, theirs):
        await theirs.take([frame])
        await ours.take([frame])
        assert not theirs.library.cached_messages
        [guild] = theirs.library.guilds
        assert list(guild.members) == [guild.me], "nobody but the bot itself"
    await camp.check(messages=1)
    await camp.app.close()


async def test_our_work_is_done_under_the_collector_of_run_and_a_floor_under_pythons() -> None:
    seen: list[tuple[int, ...]] = []

    async def look(_: int) -> int:
        seen.append(gc.get_threshold())
        return 1

    usual = gc.get_threshold()
    with rare_collection():
        seldom = gc.get_threshold()
    await in_turns([look, ours_under_run(look)], 1)
    assert seen == [usual, seldom] * 2
    assert seldom[0] > usual[0]
    assert gc.get_threshold() == usual


@pytest.mark.parametrize(
    ("many", "p50", "p99"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (100, 50, 99), (101, 51, 100), (200, 100, 198)]
)
def test_a_percentile_is_one_of_those_that_were_measured(many: int, p50: int, p99: int) -> None:
    half, most = percentiles("waited", range(many, 0, -1))
    assert [half.what, most.what] == ["waited, p50", "waited, p99"]
    assert (half.median, most.median) == (p50, p99)
    assert (half.lowest, half.highest, most.lowest, most.highest) == (1, p50, p50, many)


def test_who_waits_at_a_rate_stands_beside_who_waits_alone(messages: list[Row]) -> None:
    said = [row.what for row in messages]
    assert "/checkin alone, to its committed reply, p99" in said
    assert "/checkin at 100/s, to its committed reply, p99" in said
    assert "committed, of 100/s offered for 1 s" in said


# --- what is printed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_a_table_begins_with_its_machine(table: Shell, lang: str) -> None:
    table.speaks(lang)
    assert table("bench", "rules") == 0
    machine, empty, heads, *lines = table.lines
    assert "Python 3." in machine
    assert "SQLite 3." in machine
    assert empty == ""
    assert heads.startswith("rules ")
    assert not any("bench." in line for line in table.lines), "a text is missing"
    assert ("中位数" in heads) == lang.startswith("zh")
    assert len(lines) == len(ROWS)


@pytest.mark.parametrize("lang", LANGS)
def test_columns_line_up_whatever_is_named_in_them(table: Shell, lang: str) -> None:
    table.speaks(lang)
    table("bench", "rules")
    heads, floor, message, other = table.lines[2:]
    highest = "最高" if lang.startswith("zh") else "highest"
    ends = {text_width(heads[: heads.index(highest) + len(highest)])}
    ends |= {text_width(floor.rstrip()), text_width(other.rstrip())}
    ends.add(text_width(message[: message.index("1,234,567") + len("1,234,567")]))
    assert len(ends) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_a_ratio_names_its_floor_and_a_target_is_only_told(table: Shell, lang: str) -> None:
    table.speaks(lang)
    assert table("bench", "rules") == 0
    [line] = [line for line in table.lines if line.startswith("message")]
    assert "1.50 × nothing at all" in line
    assert line.endswith(("目标 ≤ 0.5 ×", "target ≤ 0.5 ×"))


def test_json_has_an_object_a_row_with_the_machine_in_it(table: Shell) -> None:
    assert table("bench", "rules", "--json") == 0
    rows = [json.loads(line) for line in table.lines]
    assert [(row["bench"], row["what"]) for row in rows] == [("rules", row.what) for row in ROWS]
    assert [(row["median"], row["lowest"], row["highest"]) for row in rows[:1]] == [(2.0, 1.0, 4.0)]
    assert [row["ratio"] for row in rows] == [None, 1.5, None]
    assert rows[1]["target"] == "≤ 0.5 ×"
    for row in rows:
        assert {"platform", "cpu", "cores", "load", "python", "sqlite"} == row["machine"].keys()
        assert row["machine"]["cores"] >= 1


def test_one_that_is_really_measured_is_printed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "measure", partial(rules.measure, size=rules.TINY))
    assert shell("bench", "rules") == 0
    assert [line for line in shell.lines if line.startswith("load and check 60 rules")]


def test_the_names_that_are_there_are_told(shell: Shell) -> None:
    assert shell("bench", "nothing") == 2
    assert all(name in shell.err for name in NAMES)

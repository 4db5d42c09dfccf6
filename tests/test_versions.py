"""`rules diff` and `rules history`: what other rules would have done, and every version that was ever live."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.community import RULES, Community, write_course
from tests.shell import Shell

NEW = RULES.replace("award: 5", "award: 3").replace("award: 8", "award: 20")


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """The config of a course in which something has happened, under two versions of its rules."""

    async def live() -> None:
        files = write_course(tmp_path / "writing")
        course = await Community.open(tmp_path / "data", files)
        await course.types("ada", "/checkin")
        await course.types("ben", "/checkin")
        await course.until(20, 5)
        await course.types("ada", "I write because I forget everything else")
        (files / "rules.yaml").write_text(RULES.replace("award: 10", "award: 11"), encoding="utf-8")
        await course.types("chen", "/reload", room="staff")
        await course.types("chen", "/grant Ben +2 helped", room="staff")
        await course.close()

    asyncio.run(live())
    config = tmp_path / "config.yaml"
    database = "database: sqlite:///data/writing.db\ndata: ./data\n"
    config.write_text(f"language: en\n{database}courses: [./writing]\nplatforms: {{local: {{}}}}\n", encoding="utf-8")
    return config


def test_diff_says_who_gains_who_loses_and_by_which_rule(lived: Path, shell: Shell, tmp_path: Path) -> None:
    new = write_course(tmp_path / "new", rules=NEW)
    assert shell("rules", "diff", "--live", new, "-c", lived) == 0
    assert shell.lines[1:-1] == [
        "1 gain, 2 lose, 0 stay the same.",  # Mia checks in by the script
        "Median points: 7 → 5.",
        "Members whose level changes: 0.",
        "Members (change, old → new):",
        "     +10      14 →     24  Ada (local:ada)",
        "      -2       7 →      5  Ben (local:ben)",
        "      -2       5 →      3  Mia (local:mia)",
        "Rules (change, old → new):",
        "     +12       8 →     20  share",
        "      -6      15 →      9  check_in (Daily check-in)",
    ]
    assert shell.lines[0].startswith("Judged ")
    assert "as recorded" in shell.lines[-1]


def test_diff_between_two_folders_as_json(lived: Path, shell: Shell, tmp_path: Path) -> None:
    old, new = write_course(tmp_path / "old"), write_course(tmp_path / "new", rules=NEW)
    assert shell("rules", "diff", old, new, "-c", lived, "--json") == 0
    rows = {row["member"]: row for row in map(json.loads, shell.lines)}
    assert rows["Ada (local:ada)"]["old"] == {"check_in": 5, "thoughtful": 1, "share": 8}
    assert rows["Ada (local:ada)"]["new"] == {"check_in": 3, "thoughtful": 1, "share": 20}


def test_the_same_rules_change_nothing(lived: Path, shell: Shell, tmp_path: Path) -> None:
    assert shell("rules", "diff", "--live", tmp_path / "writing", "-c", lived) == 0
    assert "0 gain, 0 lose, 3 stay the same." in shell.lines
    assert "Members (change, old → new):" not in shell.lines


def test_a_version_with_problems_is_not_compared(lived: Path, shell: Shell, tmp_path: Path) -> None:
    new = write_course(tmp_path / "new", rules=NEW.replace("award: 3", "award: three"))
    assert shell("rules", "diff", "--live", new, "-c", lived) == 1
    assert "rules.yaml:8:14: award: should be a whole number" in shell.out
    assert "Fix the problems above first" in shell.err


@pytest.mark.parametrize("command", [["history"], ["diff", "--live", "writing"]])
def test_without_a_database_it_is_said_and_none_is_made(
    tmp_path: Path, shell: Shell, lived: Path, command: list[str]
) -> None:
    database = tmp_path / "data" / "writing.db"
    for file in database.parent.glob("writing.db*"):
        file.unlink()
    rest = [str(tmp_path / part) if part == "writing" else part for part in command]
    assert shell("rules", *rest, "-c", lived) == 1
    assert "There is no database file" in shell.err
    assert not database.exists()


@pytest.mark.parametrize("arguments", [["one"], ["one", "two", "three"], ["--live", "one", "two"]])
def test_diff_used_wrongly_says_how_it_is_used(lived: Path, shell: Shell, arguments: list[str]) -> None:
    assert shell("rules", "diff", *arguments, "-c", lived) == 2
    assert "rules diff --live NEW" in shell.err


def test_history_lists_every_version_and_writes_one_out(lived: Path, shell: Shell, tmp_path: Path) -> None:
    assert shell("rules", "history", "-c", lived) == 0
    assert [line.split()[0] for line in shell.lines] == ["1", "2"]
    assert shell("rules", "history", "-c", lived, "--show", "1", "--to", tmp_path / "first") == 0
    assert (tmp_path / "first" / "rules.yaml").read_text(encoding="utf-8") == RULES
    assert shell("rules", "history", "-c", lived, "--show", "1", "--to", tmp_path / "first") == 1
    assert shell("rules", "history", "-c", lived, "--show", "9") == 2
    assert shell("check", tmp_path / "first") == 0


def test_a_table_is_written_out_so_that_a_spreadsheet_can_read_it(lived: Path, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "writing" / "calendar.yaml").unlink()
    table = "第几天,标题,任务\r\n1,开营,写三行\r\n"
    (tmp_path / "writing" / "calendar.csv").write_bytes(table.encode("gb18030"))

    async def live() -> None:
        course = await Community.open(tmp_path / "data", tmp_path / "writing")
        await course.close()

    asyncio.run(live())
    assert shell("rules", "history", "-c", lived, "--show", "3", "--to", tmp_path / "third") == 0
    assert (tmp_path / "third" / "calendar.csv").read_bytes() == table.encode("utf-8-sig")
    assert shell("rules", "diff", "--live", tmp_path / "third", "-c", lived) == 0


def test_history_of_a_course_that_is_not_there_names_those_that_are(lived: Path, shell: Shell) -> None:
    assert shell("rules", "history", "-c", lived, "--course", "nope") == 2
    assert shell.err == "There is no course “nope” in this database; it has: writing.\n"
    assert shell("rules", "history", "-c", lived, "--course", "nope", "--show", "1") == 2


def test_where_a_version_cannot_be_written_that_is_said(lived: Path, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for target in ("/proc/x/y", tmp_path / "file" / "below"):
        assert shell("rules", "history", "-c", lived, "--show", "1", "--to", target) == 1
        assert shell.err.startswith(f"Can't write to {target}: ")


LEVELS = "levels:\n  newcomer: {title: Newcomer}\n  regular: {title: Regular, activity: 20}\n"


def test_every_student_counts_and_begins_at_the_first_level(lived: Path, shell: Shell, tmp_path: Path) -> None:
    """Ada has 14 points; Ben 7, Mia 5."""
    old = write_course(tmp_path / "old", rules=LEVELS + RULES)
    new = write_course(tmp_path / "new", rules=LEVELS.replace("20", "14") + RULES)
    assert shell("rules", "diff", old, new, "-c", lived) == 0
    assert shell.lines[1:4] == [
        "0 gain, 0 lose, 3 stay the same.",
        "Median points: 7 → 7.",
        "Members whose level changes: 1.",
    ]
    nobody = write_course(tmp_path / "nobody", rules=LEVELS + "x: {when: streak.reached, then: [award: 1]}\n")
    assert shell("rules", "diff", nobody, nobody, "-c", lived) == 0
    assert shell.lines[1:4] == [
        "0 gain, 0 lose, 3 stay the same.",
        "Median points: 0 → 0.",
        "Members whose level changes: 0.",
    ]
    assert shell("rules", "diff", nobody, new, "-c", lived, "--json") == 0
    rows = {row["member"]: row for row in map(json.loads, shell.lines)}
    assert rows["Mia (local:mia)"]["level"] == ["newcomer", "newcomer"]
    assert rows["Ada (local:ada)"]["level"] == ["newcomer", "regular"]


def test_live_rules_that_cannot_be_read_any_more_are_named_as_such(lived: Path, shell: Shell, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "writing.db")) as db, db:
        [(files,)] = db.execute("select files from snapshot where number = 2").fetchall()
        broken = {**json.loads(files), "course.yaml": "title: [\n"}
        db.execute("update snapshot set files = ? where number = 2", (json.dumps(broken),))
    assert shell("rules", "diff", "--live", tmp_path / "writing", "-c", lived) == 1
    assert shell.err.startswith(
        "Version 2, which is live, cannot be read: another version of the program has written it."
    )
    assert "course.yaml" not in shell.out

"""The command line: exit codes, problems in both languages, previews, and the data's way out and back."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import build
from bot.cli import _COMMANDS
from bot.config import load_config
from bot.domain.errors import RulesRejected
from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from scheduler.clock import VirtualClock
from storage.files import FileStore
from storage.leases import LEASE
from tests.community import CALENDAR, RULES, write_course
from tests.shell import Shell
from tests.sources import ROOT

NAMES = [name for name, _, _ in _COMMANDS]
GROUPS = sorted({name.rpartition(" ")[0] for name in NAMES} - {""})
LANGS = ("zh_CN.UTF-8", "en_US.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "writing")


@pytest.fixture
def config(tmp_path: Path, folder: Path) -> Path:
    return written(tmp_path / "config.yaml", "language: en\ncourses: [./writing]\nplatforms: {local: {}}\n")


def only(folder: Path, pattern: str) -> Path:
    """The one file of that kind."""
    [path] = folder.glob(pattern)
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# --- the whole program ------------------------------------------------------------------------------------------------


def program(*arguments: str, lang: str = "en_US.UTF-8", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANG": lang, "LC_ALL": lang}
    command = [sys.executable, "-P", "-m", "bot", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_shipped_courses_have_no_problems(tmp_path: Path) -> None:
    done = program("check", str(ROOT / "rules" / "packs"), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems: 2 courses\n", "")


def test_a_problem_is_said_in_the_language_of_the_shell_and_the_exit_code_is_1(tmp_path: Path) -> None:
    write_course(tmp_path / "writing", calendar=WHOLE, rules=RULES.replace("award: 5", "award: five"))
    done = program("check", "writing", lang="zh_CN.UTF-8", cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(r"writing/rules\.yaml:8:14: award：[^a-z]+\n1 个问题\n", done.stdout)


def test_used_wrongly_it_ends_with_2_and_says_how_it_is_used(tmp_path: Path) -> None:
    done = program("chekc", cwd=tmp_path)
    assert done.returncode == 2
    assert "usage: homeroom" in done.stderr
    assert not done.stdout


# --- help and wrong use -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["", *GROUPS, *(name for name in NAMES if name != "test")])
def test_every_command_explains_itself(shell: Shell, lang: str, name: str) -> None:
    shell.speaks(lang)
    assert shell(*name.split(), "--help") == 0
    assert shell.out.startswith(f"usage: homeroom{f' {name}' if name else ''} ")
    assert not re.search(r"\bcli\.\w", shell.out), "a text is missing"
    assert not re.search(r"\{\w+\}(?!.*choose)", shell.out.replace("{zh,en}", "")), "a value is missing"
    assert bool(re.search("[一-鿿]", shell.out)) == lang.startswith("zh")
    below = {command.removeprefix(name).split()[0] for command in NAMES if command.startswith(name) and command != name}
    assert [command for command in below if not re.search(rf"\n    {command}\s", shell.out)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["check"],
        ["check", "nowhere"],
        ["preview"],
        ["preview", "{writing}", "--days", "two"],
        ["preview", "{writing}", "--days", "0"],
        ["preview", "{writing}", "--days", "99999999"],
        ["preview", "{writing}", "--from", "yesterday"],
        ["preview", "{writing}", "--from", "0001-01-01"],
        ["preview", "{writing}", "--from", "9999-12-31"],
        ["preview", "{writing}", "--weeks", "0"],
        ["preview", "{writing}", "--weeks", "2", "--days", "3"],
        ["preview", "{writing}", "--days", "3", "--term"],
        ["preview", "{writing}", "--space", "nowhere"],
        ["preview", "{writing}", "--ritual", "nothing"],
        ["demo", "--lang", "fr"],
        ["demo", "--port", "http"],
        ["restore"],
        ["ledger", "--jsn"],
        ["bench", "nothing"],
        ["rules"],
        ["rules", "nonsense"],
    ],
)
def test_wrong_use_ends_with_2_and_a_word_of_help(shell: Shell, folder: Path, arguments: list[str]) -> None:
    assert shell(*(argument.replace("{writing}", str(folder)) for argument in arguments)) == 2
    assert shell.err.strip()
    assert "Traceback" not in shell.err


def test_the_version_is_told(shell: Shell) -> None:
    assert shell("--version") == 0
    assert re.fullmatch(r"Homeroom \d+\.\d+\.\d+\n", shell.out)


# --- check ------------------------------------------------------------------------------------------------------------

WHOLE = "days:\n" + "".join(f"  - {{day: {day}, title: T, task: U}}\n" for day in range(1, 15))
"""A task for each of the course's 14 days."""
BAD = {
    "rules": RULES.replace("award: 5", "award: five").replace("checkin.done", "checkin.doen", 1),
    "calendar": CALENDAR.replace("day: 3", "day: 30"),
}


def test_check_prints_every_problem(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", **BAD)
    assert shell("check", folder) == 1
    assert [line.removeprefix(f"{folder}/") for line in shell.lines] == [
        "calendar.yaml:5:11: day 30 lies outside the course, which has 14 days",
        "rules.yaml:4:9: when: there is no “checkin.doen” — did you mean checkin.done? (this one would be off)",
        "rules.yaml:8:14: award: should be a whole number (this one would be off)",
        "3 problems",
    ]


def test_check_speaks_chinese_where_the_shell_does(shell: Shell, tmp_path: Path) -> None:
    shell.speaks("zh_CN.UTF-8")
    folder = write_course(tmp_path / "writing", **BAD)
    assert shell("check", folder) == 1
    *problems, count = [line.removeprefix(f"{folder}/") for line in shell.lines]
    assert count == "3 个问题"
    assert [re.match(r"[a-z.]+:\d+:\d+: ", line)[0] for line in problems] == [  # type: ignore[index]
        "calendar.yaml:5:11: ",
        "rules.yaml:4:9: ",
        "rules.yaml:8:14: ",
    ]
    assert all(re.search("[一-鿿]{4}", line) for line in problems)


def test_check_prints_json_lines_for_programs(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", **BAD)
    assert shell("check", "--json", folder) == 1
    found = [json.loads(line) for line in shell.lines]
    assert [(row["line"], row["column"], row["id"], row["off"]) for row in found] == [
        (5, 11, "problem.day_outside", None),
        (4, 9, "problem.unknown_suggest", "check_in"),
        (8, 14, "problem.not_whole_number", "check_in"),
    ]
    assert all(set(row) == {"file", "line", "column", "id", "text", "off", "severity"} for row in found)


def test_check_of_fine_files_prints_no_json(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", calendar=WHOLE)
    assert shell("check", "--json", folder) == 0
    assert shell.out == ""


def test_check_takes_several_folders_and_counts_courses(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", calendar=WHOLE)
    write_course(tmp_path / "more" / "one", calendar=WHOLE)
    write_course(tmp_path / "more" / "two", calendar=WHOLE)
    assert shell("check", folder, tmp_path / "more") == 0
    assert shell.out == "No problems: 3 courses\n"


# --- config -----------------------------------------------------------------------------------------------------------

WRONG_DATABASE = (
    "config.yaml:1:11: database: should be sqlite:///FILE.db, such as sqlite:///data/homeroom.db, or postgresql://…; "
    "with a password in it, env:NAME"
)
SECRET = "Keep secrets out of the file: write env:NAME and put the secret into that environment variable."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("platform: {}\n", "config.yaml:1:1: unknown key platform — did you mean platforms?"),
        ("language: fr\n", "config.yaml:1:11: language: there is no “fr”; choose from zh-CN, en"),
        (
            "platforms:\n  telegram: {token: 12345:ABC}\n",
            f"config.yaml:2:21: {SECRET}",
        ),
        (
            "database: postgresql://ada:secret@db/homeroom\n",
            f"config.yaml:1:11: {SECRET}",
        ),
        (
            "database: env:NOT_SET\n",
            "config.yaml:1:1: The config says env:NOT_SET, but the environment variable NOT_SET is not set.",
        ),
        ("platforms: {local: {port: 99999}}\n", "config.yaml:1:27: port: should be at most 65535"),
        ("platforms: {telegram: {}}\n", "config.yaml:1:23: token is missing: add it"),
        (
            "database: mysql://db/x\n",
            WRONG_DATABASE,
        ),
        (
            "database: homeroom\n",
            WRONG_DATABASE,
        ),
        (
            "database: 'sqlite://'\n",
            WRONG_DATABASE,
        ),
        ("", "config.yaml:1:1: config: should hold “key: value” entries, with a space after the colon"),
        (
            "courses: ./writing\n",
            "config.yaml:1:10: courses: should be a list: begin each item with “- ”, or use square brackets",
        ),
    ],
)
def test_a_mistake_in_the_config_is_said_with_its_place(shell: Shell, tmp_path: Path, text: str, said: str) -> None:
    assert shell("ledger", "-c", written(tmp_path / "config.yaml", text)) == 1
    assert shell.lines == [said]


def test_every_mistake_in_the_config_is_said_at_once_from_top_to_bottom(shell: Shell, tmp_path: Path) -> None:
    text = "databse: x\nlanguage: fr\nplatforms:\n  discord: {token: abc, gatway: x}\n"
    assert shell("ledger", "-c", written(tmp_path / "config.yaml", text)) == 1
    assert [line.split(":")[1:3] for line in shell.lines] == [["1", "1"], ["2", "11"], ["4", "20"], ["4", "25"]]


def test_a_config_that_is_not_there_points_to_the_example(shell: Shell, tmp_path: Path) -> None:
    assert shell("run", "-c", tmp_path / "config.yaml") == 1
    assert "Copy config.example.yaml to begin." in shell.out
    assert (ROOT / "config.example.yaml").exists()


def test_relative_paths_count_from_the_folder_of_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "config.yaml", "database: sqlite:///x/y.db\ndata: here\ncourses: [../a, ./b]\n")
    monkeypatch.chdir("/")
    settings = load_config(path, {})
    assert settings.database == f"sqlite:///{tmp_path}/x/y.db"
    assert settings.data == tmp_path / "here"
    assert settings.courses == (tmp_path.parent / "a", tmp_path / "b")


def test_absolute_paths_stay_and_the_environment_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "config.yaml", "database: env:HOMEROOM_DB\ndata: /srv/data\n")
    settings = load_config(path, {"HOMEROOM_DB": "sqlite:////srv/homeroom.db"})
    assert (settings.database, settings.data) == ("sqlite:////srv/homeroom.db", Path("/srv/data"))
    assert load_config(path, {"HOMEROOM_DB": "postgresql://a:b@db/x"}).database == "postgresql+psycopg://a:b@db/x"
    with pytest.raises(RulesRejected):
        load_config(path, {"HOMEROOM_DB": "nonsense"})


def test_a_config_of_nothing_but_a_language_has_a_value_for_everything_else(tmp_path: Path) -> None:
    settings = load_config(written(tmp_path / "config.yaml", "language: en\n"), {})
    assert (settings.language, settings.courses, settings.platforms.named()) == ("en", (), [])


def test_the_example_config_is_read_and_shows_the_values_that_left_out_keys_have(tmp_path: Path) -> None:
    example = load_config(ROOT / "config.example.yaml", {})
    assert example.platforms.named() == ["local"]
    path = written(tmp_path / "config.yaml", "platforms: {local: {}}\n")
    default = load_config(path, {}).model_copy(update={"courses": example.courses})
    relative = str(example.model_dump_json()).replace(str(ROOT), str(tmp_path))
    assert default.model_dump_json().replace(str(ROOT), str(tmp_path)) == relative
    assert all((folder / "course.yaml").exists() for folder in example.courses)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("platforms: {local: {}}\n", "config.yaml names no course."),
        ("courses: [./writing, ./more/writing]\n", "Two course folders are called writing."),
        ("courses: [./writing]\nplatforms: {discord: {token: env:NO_SUCH}}\n", "NO_SUCH"),
        ("courses: [./writing]\nplatforms: {telegram: {token: env:NO_SUCH}}\n", "NO_SUCH"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_written(
    shell: Shell, tmp_path: Path, folder: Path, text: str, said: str
) -> None:
    assert shell("run", "-c", written(tmp_path / "config.yaml", f"language: en\n{text}")) == 1
    assert said in (shell.err or shell.out).splitlines()[0]
    assert not (tmp_path / "data").exists()


# --- the data ---------------------------------------------------------------------------------------------------------


async def check_ins(config: Path, *people: str) -> None:
    """A day in the life of the course, recorded in the configured database."""

    async def kept(_: datetime) -> None:
        pass

    at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    app = build(load_config(config, os.environ), clock=VirtualClock(at, kept))
    await app.start()
    main_group = Address(platform="local", chat="main")
    for who in people:
        actor = Actor(platform="local", user=who, name=who.title())
        key = EventKey(f"local:{who}")
        await app.sink([CommandInvoked(key=key, at=at, actor=actor, address=main_group, name="checkin")])
    await app.close()


async def test_the_ledger_is_printed_as_json_lines_with_exactly_these_keys(shell: Shell, config: Path) -> None:
    await check_ins(config, "ada", "ben")
    assert shell("ledger", "-c", config, "--json") == 0
    rows = [json.loads(line) for line in shell.lines]
    assert [list(row) for row in rows] == [["at", "course", "member", "points", "rule", "object", "cause"]] * 2
    assert rows[0] == {
        "at": "2027-03-01T09:00:00+00:00",
        "course": "writing",
        "member": "local:ada",
        "points": 5,
        "rule": "check_in",
        "object": "2027-03-01",
        "cause": "local:ada",
    }
    assert shell("ledger", "-c", config) == 0
    assert shell.lines[1] == "2027-03-01T09:00:00+00:00  writing  local:ben  5  check_in  2027-03-01  local:ben"


async def test_a_backup_brings_everything_back(shell: Shell, config: Path, tmp_path: Path) -> None:
    await check_ins(config, "ada")
    assert shell("backup", "-c", config, "--to", tmp_path / "safe") == 0
    backup = only(tmp_path / "safe", "*")
    assert shell.out.startswith(f"Backed up to {backup} (")
    await check_ins(config, "ben")
    assert shell("restore", "-c", config, backup) == 0
    kept = only(tmp_path / "data" / "backups", "*")
    assert shell.out == f"Restored from {backup}; the data from before is kept in {kept}\n"
    assert shell("ledger", "-c", config) == 0
    assert [line.split()[2] for line in shell.lines] == ["local:ada"]
    assert shell("restore", "-c", config, kept) == 0
    assert shell("ledger", "-c", config) == 0
    assert [line.split()[2] for line in shell.lines] == ["local:ada", "local:ben"]


async def test_a_backup_holds_the_files_that_people_sent(shell: Shell, config: Path, tmp_path: Path) -> None:
    await check_ins(config, "ada")
    sent = FileStore(tmp_path / "data" / "files").keep("cat.png", "image/png", b"a cat")
    assert shell("backup", "-c", config, "--to", tmp_path / "whole.zip") == 0
    shutil.rmtree(tmp_path / "data")
    assert shell("restore", "-c", config, tmp_path / "whole.zip") == 0
    path = FileStore(tmp_path / "data" / "files").path(sent.sha256)
    assert path
    assert path.read_bytes() == b"a cat"
    assert shell("ledger", "-c", config) == 0
    assert len(shell.lines) == 1


async def test_a_backup_is_restored_where_nothing_was(shell: Shell, config: Path, tmp_path: Path) -> None:
    await check_ins(config, "ada")
    assert shell("backup", "-c", config, "--to", tmp_path) == 0
    backup = only(tmp_path, "homeroom-*.zip")
    (tmp_path / "data" / "homeroom.db").unlink()
    assert shell("restore", "-c", config, backup) == 0
    assert shell.out == f"Restored from {backup}\n"


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def _other_program(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("create table alembic_version (version_num)")
    db.close()


def _torn_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("homeroom.db", bytes(range(256)) * 100)
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(content)


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.png", b"")


@pytest.mark.parametrize("made", [Path.mkdir, lambda path: None])
async def test_a_backup_that_is_not_there(
    shell: Shell, config: Path, tmp_path: Path, made: Callable[[Path], None]
) -> None:
    await check_ins(config, "ada")
    made(tmp_path / "given.db")
    assert shell("restore", "-c", config, tmp_path / "given.db") == 1
    assert shell.err == f"There is no backup file {tmp_path / 'given.db'}.\n"


@pytest.mark.parametrize("made", [_garbage, _other_program, _torn_zip, _other_zip, Path.touch])
async def test_what_is_no_backup_of_ours_is_refused_and_nothing_changes(
    shell: Shell, config: Path, tmp_path: Path, made: Callable[[Path], None]
) -> None:
    await check_ins(config, "ada")
    made(tmp_path / "given.db")
    assert shell("restore", "-c", config, tmp_path / "given.db") == 1
    assert shell.err.startswith(f"{tmp_path / 'given.db'} is no whole Homeroom database: nothing was restored")
    assert shell("ledger", "-c", config) == 0
    assert len(shell.lines) == 1


async def test_a_broken_database_can_be_replaced_by_a_backup(shell: Shell, config: Path, tmp_path: Path) -> None:
    await check_ins(config, "ada")
    shell("backup", "-c", config, "--to", tmp_path)
    backup = only(tmp_path, "homeroom-*.zip")
    _garbage(tmp_path / "data" / "homeroom.db")
    for command in ("ledger", "migrate", "backup"):
        assert shell(command, "-c", config) == 1
        assert shell.err.startswith(f"The database ({tmp_path}/data/homeroom.db) can't be opened.")
    assert shell("restore", "-c", config, backup) == 0
    kept = only(tmp_path / "data" / "backups", "before-restore-*")
    assert kept.read_bytes().startswith(b"no database")
    assert shell("ledger", "-c", config) == 0
    assert len(shell.lines) == 1


async def test_a_database_in_use_is_not_replaced(shell: Shell, config: Path, tmp_path: Path) -> None:
    await check_ins(config, "ada")
    shell("backup", "-c", config, "--to", tmp_path)
    backup = only(tmp_path, "homeroom-*.zip")
    db = sqlite3.connect(tmp_path / "data" / "homeroom.db")
    expires = int((datetime.now(UTC) + LEASE).timestamp() * 1e6)  # noqa: TID251 - leases live by the real clock
    row = ("process:x", "x", 1, "another machine", 4321, expires)
    db.execute("insert into lease (name, holder, epoch, host, pid, expires_at) values (?, ?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()
    assert shell("restore", "-c", config, backup) == 1
    assert shell.err == "Process 4321 is using this database. Stop it before restoring.\n"


def test_migrate_says_from_where_to_where_and_the_second_time_that_all_is_well(shell: Shell, config: Path) -> None:
    assert shell("migrate", "-c", config) == 0
    assert re.fullmatch(r"The database is up to date: – → \d{4}\n", shell.out)
    assert shell("migrate", "-c", config) == 0
    assert re.fullmatch(r"The database was up to date already \(\d{4}\)\.\n", shell.out)


@pytest.mark.parametrize("command", ["ledger", "backup"])
def test_where_nothing_was_recorded_yet_no_file_is_made(
    shell: Shell, config: Path, tmp_path: Path, command: str
) -> None:
    assert shell(command, "-c", config) == 1
    assert shell.err.startswith("There is no database file")
    assert not list(tmp_path.rglob("*.db"))


@pytest.mark.parametrize("command", ["migrate", "run"])
def test_a_database_of_a_newer_version_is_left_alone_and_that_is_said(
    shell: Shell, config: Path, tmp_path: Path, command: str
) -> None:
    assert shell("migrate", "-c", config) == 0
    db = sqlite3.connect(tmp_path / "data" / "homeroom.db")
    db.execute("update alembic_version set version_num = '9999'")
    db.commit()
    db.close()
    assert shell(command, "-c", config) == 1
    assert "9999" in shell.err

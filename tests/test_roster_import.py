"""Lists from spreadsheets: people ahead of their first word, and extensions; shown first, then written."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.community import DEMO, RULES, Community, write_course
from tests.homework_course import HOMEWORK_NOTE, PLAN
from tests.shell import Shell

QUIET = DEMO.split("classmates:")[0]
PAID = RULES + "\nin_time:\n  when: homework.submitted\n  where: {late: false}\n  then: [award: 20]\n"
WELCOMED = RULES + "\ncame:\n  when: member.joined\n  then: [award: 3]\n"


class Camp:
    """A course that is at work now and then, and the shell beside it."""

    def __init__(self, home: Path, shell: Shell) -> None:
        self.home, self.shell = home, shell
        self.table = home / "list.csv"
        self.rules = PAID
        self.config = home / "config.yaml"
        database = "database: sqlite:///data/writing.db\ndata: ./data\n"
        courses = "courses: [./writing]\nplatforms: {local: {}}\n"
        self.config.write_text(f"language: en\n{database}{courses}", encoding="utf-8")

    def lives(self, work: Callable[[Community], Awaitable[Any]]) -> Any:
        async def live() -> Any:
            files = write_course(self.home / "writing", homework=HOMEWORK_NOTE + PLAN, demo=QUIET, rules=self.rules)
            course = await Community.open(self.home / "data", files)
            try:
                return await work(course)
            finally:
                await course.close()

        return asyncio.run(live())

    def imports(self, what: str, text: str, *options: str, encoding: str = "utf-8") -> int:
        self.table.write_bytes(text.encode(encoding))
        return self.shell("import", what, self.table, "-c", self.config, *options)

    def says(self, who: str, text: str, room: str = "main") -> str:
        """What somebody is told, or what the room has heard last."""

        async def ask(course: Community) -> str:
            return await course.answer(who, text, room=room) or (await course.said(who, room))[-1]

        return str(self.lives(ask))


@pytest.fixture
def camp(tmp_path: Path, shell: Shell) -> Camp:
    found = Camp(tmp_path, shell)
    found.lives(lambda course: course.types("ada", "hello"))
    return found


ROSTER = "account,name,tags\nlocal:ada,Ada Lovelace,vip\nlocal:dan,Dan Brown,vip;copy\n"


def test_first_it_is_shown_and_nothing_is_written(camp: Camp) -> None:
    assert camp.imports("roster", ROSTER) == 0
    assert camp.shell.lines == [
        "~ local:ada +vip",
        "+ local:dan Dan Brown +vip +copy",
        "That is 2 changes; nothing is written yet. Run it again with --apply to write them.",
    ]
    assert "Nobody has the tag" in camp.says("lin", "/tag +vip", room="staff")
    assert camp.imports("roster", ROSTER) == 0
    assert camp.shell.lines[-1].startswith("That is 2 changes")


def test_then_it_is_written_and_once_more_changes_nothing(camp: Camp) -> None:
    assert camp.imports("roster", ROSTER, "--apply") == 0
    assert camp.shell.lines[-1] == "Written: 2 changes."
    assert camp.imports("roster", ROSTER, "--apply") == 0
    assert camp.shell.lines == ["Nothing to change."]
    assert "vip, copy" in camp.says("lin", "/tag Dan Brown", room="staff")
    assert "imported a roster: 1 new, 1 changed" in camp.says("chen", "/audit", room="staff")


def test_who_was_listed_is_welcomed_with_their_first_word(camp: Camp) -> None:
    camp.rules = WELCOMED
    assert camp.imports("roster", "account,name,tags\nlocal:dan,Dan,copy\n", "--apply") == 0

    async def comes(course: Community) -> int:
        await course.welcomes("dan", "Dan")
        await course.types("dan", "hello")
        await course.types("dan", "hello again")
        return await course.points("dan")

    assert camp.lives(comes) == 3


def test_a_chinese_table_as_excel_saves_it(camp: Camp) -> None:
    table = "姓名\t账号\t标签\t等级\t小组\r\n王小明\tlocal:wang\t文案、新人\t核心\t一组\r\n"
    assert camp.imports("roster", table, encoding="gb18030") == 0
    assert "levels are earned" in camp.shell.out
    assert "groups is imported as tags" in camp.shell.out
    assert "+ local:wang 王小明 +文案 +新人 +一组" in camp.shell.lines


def test_every_problem_is_told_with_its_place_and_nothing_is_written(camp: Camp) -> None:
    table = "account,name,tags\ndan,Dan,\nlocal:chen,Chen,\nlocal:eve,Eve,no!tag\nlocal:eve,Eve,\n,Nobody,\n"
    assert camp.imports("roster", table, "--apply") == 1
    places = [line.removeprefix(f"{camp.table}:").split(": ")[0] for line in camp.shell.lines]
    assert places == ["2:1", "3:1", "4:15", "5:1", "6:2"]
    assert "5 problems: nothing was written." in camp.shell.err
    assert camp.imports("roster", "account,name\nlocal:eve,Eve\n") == 0
    assert "+ local:eve Eve" in camp.shell.lines


def test_an_unknown_or_lacking_column_is_named(camp: Camp) -> None:
    assert camp.imports("roster", "acount,name\nlocal:dan,Dan\n") == 1
    assert ":1:1: " in camp.shell.lines[0]
    assert "account" in camp.shell.lines[0]
    assert camp.imports("roster", "name\nDan\n") == 1
    assert camp.shell("import", "roster", camp.home / "none.csv", "-c", camp.config) == 1
    assert "none.csv" in camp.shell.err


# --- extensions -------------------------------------------------------------------------------------------------------

EXTENSIONS = "account,homework,until\nlocal:ada,note,2027-03-04 20:00\n"


def test_an_extension_comes_into_force_and_the_student_is_told(camp: Camp) -> None:
    assert camp.imports("extensions", EXTENSIONS) == 0
    assert camp.shell.lines[0].endswith("Ada  note  2027-03-04 20:00")
    assert camp.imports("extensions", EXTENSIONS, "--apply") == 0

    async def goes_on(course: Community) -> list[str]:
        await course.until(9, 30)
        await course.passes(days=2)
        await course.types("ada", "/submit note Three tips that saved my evening.")
        assert await course.points("ada") == 20
        return [text for text in await course.said("ada") if "more time" in text]

    assert camp.lives(goes_on) == ["You have been given more time: “Viral note” is due 4 Mar 20:00 now."]
    assert camp.imports("extensions", EXTENSIONS, "--apply") == 0
    assert camp.shell.lines == ["Nothing to change."]
    assert "imported 1 extension" in camp.says("chen", "/audit", room="staff")


def test_what_came_late_is_in_time_by_an_imported_extension(camp: Camp) -> None:
    async def is_late(course: Community) -> None:
        await course.until(9, 30)
        await course.passes(days=1)
        await course.until(23)
        await course.types("ada", "/submit note Three tips that saved my evening.")
        assert await course.points("ada") == 0

    camp.lives(is_late)
    assert camp.imports("extensions", "学员,作业,截止\n#1,爆款笔记,2027/3/3 20:00\n", "--apply") == 0

    async def goes_on(course: Community) -> int:
        await course.passes(days=1)
        return await course.points("ada")

    assert camp.lives(goes_on) == 20


def test_what_is_wrong_with_extensions_is_told_with_its_place(camp: Camp) -> None:
    table = (
        "account,homework,until\nlocal:zed,note,2027-03-04 20:00\nlocal:ada,poem,2027-03-04 20:00\n"
        "local:ada,note,soon\nlocal:ada,note,2027-03-01 20:00\nlocal:ada,,2027-03-04 20:00\n"
    )
    assert camp.imports("extensions", table, "--apply") == 1
    places = [line.removeprefix(f"{camp.table}:").split(": ")[0] for line in camp.shell.lines]
    assert places == ["2:1", "3:11", "4:16", "5:16", "6:1"]
    assert camp.imports("extensions", EXTENSIONS) == 0
    assert camp.shell.lines[-1].startswith("That is 1 change;")

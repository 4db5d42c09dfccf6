"""The grades of a course, for other programs: nothing is lost, nothing is private, nothing computes."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.community import DEMO, Community, write_course
from tests.homework_course import GRADING, HOMEWORK_NOTE, NOTE, PLAN
from tests.shell import Shell

QUIET = DEMO.split("classmates:")[0]
WORK = "Three tips that saved my evening: one, two, three."
SECRET = "Only for Ada to read"


async def has_lived(course: Community) -> None:
    """Ada hands in twice and is graded, Ben is late, Eve does nothing."""
    await course.welcomes("eve", '=HYPERLINK("http://x")')
    for who in ("ada", "ben", "eve"):
        await course.types(who, "hello")
    await course.until(9, 30)
    await course.types("ada", "/submit note A first try.")
    await course.until(10)
    await course.types("ada", f"/submit note {WORK}")
    await course.until(11)
    await course.types("lin", f"/grade 1 80 {SECRET}", room="staff")
    await course.passes(days=1)
    await course.until(23)
    await course.types("ben", f"/submit note {WORK} And more.")


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """The config of a course with grades."""

    async def live() -> None:
        homework = HOMEWORK_NOTE + PLAN
        files = write_course(tmp_path / "writing", homework=homework, demo=QUIET)
        course = await Community.open(tmp_path / "data", files)
        await has_lived(course)
        await course.close()

    asyncio.run(live())
    config = tmp_path / "config.yaml"
    database = "database: sqlite:///data/writing.db\ndata: ./data\n"
    config.write_text(f"language: en\n{database}courses: [./writing]\nplatforms: {{local: {{}}}}\n", encoding="utf-8")
    return config


def sheet_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_one_row_for_each_student_and_none_for_staff(lived: Path, shell: Shell) -> None:
    assert shell("export", "grades", "-c", lived, "--homework", "note") == 0
    rows = sheet_of(shell.out)
    assert [row["Account"] for row in rows] == ["local:ada", "local:ben", "local:eve"]
    ada, ben, eve = ({key.removeprefix("Viral note: "): cell for key, cell in row.items()} for row in rows)
    assert (ada["state"], ada["score (%)"], ada["points"], ada["out of"]) == ("graded", "80", "80", "100")
    assert (ada["version"], ada["handed in at"], ada["late"]) == ("2", "2027-03-01 10:00:00", "no")
    assert (ada["graded by"], ada["graded at"], ada["hours waited"]) == ("Lin", "2027-03-01 11:00:00", "1.0")
    assert (ben["state"], ben["late"], ben["score (%)"]) == ("waiting", "yes", "")
    assert (eve["state"], eve["version"]) == ("not handed in", "")


def test_nothing_that_somebody_wrote_is_computed(lived: Path, shell: Shell) -> None:
    assert shell("export", "grades", "-c", lived) == 0
    assert [row["Name"][:12] for row in sheet_of(shell.out)][-1] == "'=HYPERLINK("


def test_neither_works_nor_comments_are_in_it(lived: Path, shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "grades.json"
    assert shell("export", "grades", "-c", lived, "--json", target) == 0
    assert shell("export", "grades", "-c", lived) == 0
    for text in (shell.out, target.read_text(encoding="utf-8")):
        assert SECRET not in text
        assert WORK not in text


def test_json_has_every_version_and_every_grade(lived: Path, shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "grades.json"
    assert shell("export", "grades", "writing", "-c", lived, "--json", target) == 0
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    assert [one["id"] for one in found["homework"]] == ["note", "plan"]
    ada, ben, _ = found["students"]
    [mine] = ada["hand_ins"]
    assert [(one["version"], one["at"], one["late"]) for one in mine["versions"]] == [
        (1, "2027-03-01T09:30:00+00:00", False),
        (2, "2027-03-01T10:00:00+00:00", False),
    ]
    [grade] = mine["grades"]
    assert (grade["score"], grade["by"], grade["waited_seconds"], grade["is_in_time"]) == (80, "Lin", 3600, True)
    assert ben["hand_ins"][0]["grades"] == []


def test_the_head_speaks_the_operators_language(lived: Path, shell: Shell, tmp_path: Path) -> None:
    lived.write_text(lived.read_text(encoding="utf-8").replace("language: en", "language: zh-CN"), encoding="utf-8")
    target = tmp_path / "成绩.csv"
    assert shell("export", "grades", "-c", lived, "--csv", target) == 0
    [first, *_] = sheet_of(target.read_bytes().decode())
    assert first["爆款笔记：状态"] == "已批改"
    assert shell.out.startswith("写好了")


def test_what_is_not_there_is_named(lived: Path, shell: Shell) -> None:
    assert shell("export", "grades", "-c", lived, "--homework", "poem") == 2
    assert "There are: note, plan." in shell.err
    assert shell("export", "grades", "cooking", "-c", lived) == 2
    assert "writing" in shell.err


async def exported(course: Community) -> list[dict[str, str]]:
    """What an admin gets in the staff room."""
    before = len(await course.messages("chen", "staff"))
    await course.types("chen", "/export grades", room="staff")
    [answer] = [one for one in (await course.messages("chen", "staff"))[before:] if one.author == "bot"]
    assert answer.text.startswith("Here are the grades")
    [file] = answer.files
    path = course.run.app.library.store.path(file.sha256)
    assert path is not None
    return sheet_of(path.read_bytes().decode())


async def test_a_grade_that_nobody_waited_for_has_no_hours(open_community) -> None:
    """One that staff mend, say."""
    course: Community = await open_community(homework=GRADING + NOTE, demo=QUIET)
    await has_lived(course)
    await course.types("lin", "/grade 1 90", room="staff")
    [ada, *_] = await exported(course)
    assert (ada["Viral note: score (%)"], ada["Viral note: hours waited"]) == ("90", "")


async def test_admins_get_it_as_a_file_in_the_staff_room_alone(open_community) -> None:
    course: Community = await open_community(homework=GRADING + NOTE, demo=QUIET)
    await has_lived(course)
    assert [row["Name"] for row in await exported(course)][:2] == ["Ada", "Ben"]
    await course.types("chen", "/audit", room="staff")
    assert "exported the grades" in (await course.said("chen", "staff"))[-1]
    assert "Here are the grades" not in await course.answer("chen", "/export grades")
    await course.types("lin", "/export grades", room="staff")
    assert "Here are the grades" not in (await course.said("lin", "staff"))[-1]

"""`preview`: what will be posted, where and when, for some days or the whole term."""

import json
import re
import sys
from pathlib import Path

import pytest

from bot.demo import PACKS
from bot.engine.degrade import text_width
from tests.community import COURSE, FILES, RITUALS, write_course
from tests.shell import Shell

LANGS = ("zh_CN.UTF-8", "en_US.UTF-8")
PACKS_BY_NAME = sorted(path for path in PACKS.iterdir() if path.is_dir())
WEEKENDS = "quiet_days: {weekdays: [saturday, sunday]}\n"
HEADING = re.compile(r"\d{4}-\d\d-\d\d \S+ · ")
LINE = re.compile(r"  \d\d:\d\d  \S+ +[a-z0-9_:…]+ +\S")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "writing")


def under(shell: Shell, heading: str) -> list[str]:
    """The lines below a heading."""
    found = [part.splitlines() for part in shell.out.split("\n\n")]
    return next(lines for first, *lines in found if first == heading)


# --- a day or two -----------------------------------------------------------------------------------------------------


def test_it_says_what_is_posted_where_and_when_with_the_local_time_first(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "2") == 0
    assert shell.lines == [
        "2027-03-01 09:00  main      daily_task        Task of day 1: First words",
        "2027-03-01 20:00  main      evening_sharing   Sharing opens: Why do you write?",
        "2027-03-01 20:00  main      evening_sharing   Invites speakers for the sharing, in private",
        "2027-03-01 21:00  main      evening_sharing   Sharing closes with a summary",
        "2027-03-02 09:00  main      daily_task        Task of day 2: Second day",
        "2027-03-02 20:00  main      evening_sharing   Sharing opens (free topic)",
        "2027-03-02 20:00  main      evening_sharing   Invites speakers for the sharing, in private",
        "2027-03-02 21:00  main      evening_sharing   Sharing closes with a summary",
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PACKS_BY_NAME, ids=lambda path: path.name)
def test_on_a_screen_long_lines_break_between_words(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, path: Path, lang: str
) -> None:
    shell.speaks(lang)
    assert shell("preview", path, "--days", "2") == 0
    whole = shell.lines
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert shell("preview", path, "--days", "2") == 0
    assert max(map(text_width, shell.lines)) <= 80
    assert max(map(text_width, whole)) > 80
    assert len([line for line in shell.lines if not line.startswith(" " * 40)]) == len(whole)
    squeezed = ("".join(text.split()) for text in (shell.out, "\n".join(whole)))
    assert len(set(squeezed)) == 1


def test_a_day_without_rituals_says_so(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-05-01") == 0
    assert "Sat, 1 May" in shell.out


def test_a_broken_course_lists_its_problems(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", course="title: [")
    assert shell("preview", folder) == 1
    assert "course.yaml:2:1:" in shell.lines[0]
    assert shell("preview", tmp_path / "nowhere") == 2


# --- more days --------------------------------------------------------------------------------------------------------


def test_a_week_from_the_first_day_of_a_course_that_is_to_come(shell: Shell, folder: Path) -> None:
    future = (folder / "course.yaml").read_text(encoding="utf-8").replace("2027", "2127")
    (folder / "course.yaml").write_text(future, encoding="utf-8")
    assert shell("preview", folder) == 0
    headings = [line[:10] for line in shell.lines if HEADING.match(line)]
    assert headings == [f"2127-03-0{day}" for day in range(1, 8)]


def test_more_than_two_days_have_headings(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "3") == 0
    assert shell.lines[:6] == [
        "2027-03-01 Monday · day 1",
        "  09:00  main  daily_task       Task of day 1: First words",
        "  20:00  main  evening_sharing  Sharing opens: Why do you write?",
        "  20:00  main  evening_sharing  Invites speakers for the sharing, in private",
        "  21:00  main  evening_sharing  Sharing closes with a summary",
        "",
    ]
    assert [line for line in shell.lines if HEADING.match(line)] == [
        "2027-03-01 Monday · day 1",
        "2027-03-02 Tuesday · day 2",
        "2027-03-03 Wednesday · day 3",
    ]


def test_weeks_begin_on_the_day_that_is_asked_for(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--weeks", "1", "--from", "2027-03-04") == 0
    dates = [line[:10] for line in shell.lines if HEADING.match(line)]
    assert (dates[0], dates[-1], len(dates)) == ("2027-03-04", "2027-03-10", 7)


def test_a_term_has_everything_also_what_is_around_the_course(shell: Shell, tmp_path: Path) -> None:
    more = "hello: {every: day, at: 12:00, starts: 2027-02-27, ends: 2027-02-27, do: post, say: Soon!}\n"
    folder = write_course(tmp_path / "writing", rituals=RITUALS + more)
    assert shell("preview", folder, "--term") == 0
    headings = [line for line in shell.lines if HEADING.match(line)]
    assert headings[0] == "2027-02-27 Saturday · outside of the course"
    assert headings[1] == "2027-02-28 Sunday · outside of the course"  # who speaks on the first evening is asked
    assert headings[2] == "2027-03-01 Monday · day 1"
    assert headings[-1] == "2027-03-14 Sunday · day 14"
    assert len(headings) == 16
    assert shell("preview", folder, "--term", "--from", "2027-03-10") == 0
    assert [line[:10] for line in shell.lines if HEADING.match(line)] == [f"2027-03-{day}" for day in range(10, 15)]


def test_a_day_of_the_course_on_which_nothing_happens_is_there(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rituals="weekly: {every: monday, at: 09:00, do: post_task}\n")
    assert shell("preview", folder, "--weeks", "1", "--from", "2027-03-01") == 0
    assert under(shell, "2027-03-02 Tuesday · day 2") == ["  nothing is posted"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PACKS_BY_NAME, ids=lambda path: path.name)
def test_a_term_of_the_shipped_courses_fits_a_narrow_screen(shell: Shell, path: Path, lang: str) -> None:
    shell.speaks(lang)
    assert shell("preview", path, "--term") == 0
    assert max(map(text_width, shell.lines)) <= 80
    assert all(HEADING.match(line) or LINE.match(line) or not line for line in shell.lines)
    heads = [re.match(r"  \d\d:\d\d  \S+ +\S+ +", line) for line in shell.lines]
    assert len({text_width(head[0]) for head in heads if head}) == 1


def test_a_course_with_days_by_the_table_is_previewed_the_same(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--term") == 0
    before = shell.out
    (folder / "calendar.yaml").unlink()
    table = "日期,标题,任务,资料,话题\r\n2027/3/1,First words,写,读,Why do you write?\r\n2027/3/2,Second day,写,,\r\n"
    table += "2027/3/3,Third day,写,,\r\n"
    (folder / "calendar.csv").write_bytes(table.encode("gb18030"))
    assert shell("preview", folder, "--term") == 0
    assert shell.out == before


# --- quiet days, gaps, filters ----------------------------------------------------------------------------------------


def test_quiet_days_are_named_and_what_is_skipped_on_them_is_marked(shell: Shell, tmp_path: Path) -> None:
    rituals = RITUALS + "walk: {every: day, at: 10:00, on_quiet_days: run, do: post, say: Take a walk.}\n"
    folder = write_course(tmp_path / "writing", course=COURSE + WEEKENDS, rituals=rituals)
    assert shell("preview", folder, "--from", "2027-03-05", "--days", "3") == 0
    assert under(shell, "2027-03-06 Saturday · day 6 · quiet day") == [
        "  09:00  main  daily_task       (quiet day: skipped) no task on day 6, so nothi…",
        "  10:00  main  walk             Take a walk.",
        "  20:00  main  evening_sharing  (quiet day: skipped) Sharing opens (free topic)",
        "  20:00  main  evening_sharing  (quiet day: skipped) Invites speakers for the s…",
        "  21:00  main  evening_sharing  (quiet day: skipped) Sharing closes with a summ…",
    ]
    assert shell("preview", folder, "--from", "2027-03-06", "--days", "1") == 0
    assert shell.lines[2].endswith("(quiet day: skipped) Sharing opens (free topic)")


def test_what_is_postponed_stands_on_the_day_on_which_it_is_done(shell: Shell, tmp_path: Path) -> None:
    rituals = "weekly: {every: saturday, at: 09:00, on_quiet_days: postpone, do: post, say: Well done!}\n"
    folder = write_course(tmp_path / "writing", course=COURSE + WEEKENDS, rituals=rituals)
    assert shell("preview", folder, "--weeks", "2", "--from", "2027-03-01") == 0
    assert under(shell, "2027-03-06 Saturday · day 6 · quiet day") == ["  nothing is posted"]
    assert under(shell, "2027-03-08 Monday · day 8") == ["  09:00  main  weekly  Well done!"]


def test_gaps_are_marked_and_who_previews_is_sent_to_check(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-03-03", "--days", "2", "--ritual", "daily_task") == 0
    assert shell.lines == [
        "2027-03-03 09:00  main      daily_task        Task of day 3: Third day",
        "2027-03-04 09:00  main      daily_task        ⚠ no task on day 4, so nothing is posted",
    ]
    assert shell.err == f"1 thing to look at: ./homeroom check {folder}\n"


def test_one_space_or_one_ritual_may_be_asked_for(shell: Shell, tmp_path: Path) -> None:
    more = "staff_hello: {every: monday, at: 08:00, spaces: [staff], do: post, say: A new week.}\n"
    folder = write_course(tmp_path / "writing", rituals=RITUALS + more)
    assert shell("preview", folder, "--weeks", "2", "--from", "2027-03-01", "--space", "staff") == 0
    assert shell.lines == [
        "2027-03-01 Monday · day 1",
        "  08:00  staff  staff_hello  A new week.",
        "",
        "2027-03-08 Monday · day 8",
        "  08:00  staff  staff_hello  A new week.",
    ]
    assert shell("preview", folder, "--days", "2", "--from", "2027-03-01", "--ritual", "daily_task") == 0
    assert [line.split()[3] for line in shell.lines] == ["daily_task"] * 2
    asked = ("--ritual", "daily_task", "--space", "staff")
    assert shell("preview", folder, "--days", "2", "--from", "2027-03-01", *asked) == 0
    assert shell.lines == ["Nothing is posted from Mon, 1 Mar to Tue, 2 Mar."]


def test_a_space_or_ritual_that_is_not_there_is_told_with_those_that_are(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--space", "mian") == 2
    assert shell.err == "There is no space “mian”; there are main, staff.\n"
    assert shell("preview", folder, "--ritual", "task") == 2
    assert shell.err == "There is no ritual “task”; there are daily_task, evening_sharing.\n"


# --- homework ---------------------------------------------------------------------------------------------------------

NOTE = """\
note:
  title: {en: First note, zh: 第一篇}
  tier: base
  opens: {day: 1, at: 10:00}
  due: {day: 3, at: 22:00}
"""


def test_each_day_says_which_homework_opens_is_reminded_of_and_is_due(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rituals="", homework=NOTE)
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "4") == 0
    assert shell.lines == [
        "2027-03-01 Monday · day 1",
        "  10:00  –  note:opens    Homework opens: First note",
        "",
        "2027-03-02 Tuesday · day 2",
        "  22:00  –  note:reminds  Homework reminder, due tomorrow: First note",
        "",
        "2027-03-03 Wednesday · day 3",
        "  22:00  –  note:due      Homework is due: First note",
        "",
        "2027-03-04 Thursday · day 4",
        "  nothing is posted",
    ]
    assert shell("preview", folder, "--term", "--ritual", "note:due") == 0
    assert shell.lines == ["2027-03-03 Wednesday · day 3", "  22:00  –  note:due  Homework is due: First note"]


def test_homework_opens_and_is_due_on_quiet_days_too(shell: Shell, tmp_path: Path) -> None:
    homework = NOTE.replace("day: 3", "day: 6")
    folder = write_course(tmp_path / "writing", course=COURSE + WEEKENDS, calendar="", rituals="", homework=homework)
    assert shell("preview", folder, "--from", "2027-03-06", "--days", "1") == 0
    assert shell.lines == ["2027-03-06 22:00  –         note:due          Homework is due: First note"]
    assert shell.err == f"1 thing to look at: ./homeroom check {folder}\n"


def test_chinese_operators_read_of_homework_in_chinese(shell: Shell, tmp_path: Path) -> None:
    shell.speaks("zh_CN.UTF-8")
    folder = write_course(tmp_path / "writing", rituals="", homework=NOTE)
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "3") == 0
    assert [line for line in shell.lines if "note:" in line] == [
        "  10:00  –  note:opens    作业开放：第一篇",
        "  22:00  –  note:reminds  提醒还没交的人，明天截止：第一篇",
        "  22:00  –  note:due      作业截止：第一篇",
    ]


# --- for programs -----------------------------------------------------------------------------------------------------


def test_as_json_each_line_is_an_object_and_its_time_has_the_zone(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "1", "--json") == 0
    assert json.loads(shell.lines[3]) == {
        "at": "2027-03-01T21:00:00+00:00",
        "space": "main",
        "ritual": "evening_sharing",
        "what": "Sharing closes with a summary",
        "step": 1,
        "day": 1,
        "is_quiet": False,
        "is_skipped": False,
        "is_gap": False,
    }


def test_as_json_a_term_says_what_is_skipped_and_where_the_gaps_are(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", course=COURSE + WEEKENDS)
    assert shell("preview", folder, "--term", "--json") == 0
    rows = [json.loads(line) for line in shell.lines]
    assert [row["day"] for row in rows if row["ritual"] == "daily_task"] == [*range(1, 15)]
    assert {row["day"] for row in rows if row["is_quiet"]} == {6, 7, 13, 14}
    assert [row["is_skipped"] for row in rows] == [row["is_quiet"] for row in rows]
    assert {row["day"] for row in rows if row["is_gap"]} == {4, 5, 8, 9, 10, 11, 12}


def test_that_speakers_are_asked_stands_where_it_is_done(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-03-01", "--days", "1", "--json") == 0
    row = json.loads(shell.lines[2])
    assert (row["at"], row["ritual"]) == ("2027-03-01T20:00:00+00:00", "evening_sharing:before")
    assert row["what"] == "Invites speakers for the sharing, in private"
    assert shell("preview", folder, "--from", "2027-03-02", "--days", "1", "--ritual", "evening_sharing") == 0
    assert len([line for line in shell.lines if "Invites speakers" in line]) == 1


def test_json_of_nothing_is_nothing(shell: Shell, folder: Path) -> None:
    assert shell("preview", folder, "--from", "2027-05-01", "--json") == 0
    assert (shell.out, shell.err) == ("", "")


def test_chinese_operators_read_chinese(shell: Shell, tmp_path: Path) -> None:
    shell.speaks("zh_CN.UTF-8")
    course = (COURSE + WEEKENDS).replace("language: en", "language: zh-CN")
    folder = write_course(tmp_path / "writing", course=course, calendar=FILES["calendar.yaml"])
    assert shell("preview", folder, "--from", "2027-03-05", "--days", "3") == 0
    assert shell.lines[0] == "2027-03-05 周五 · 第 5 天"
    assert "2027-03-06 周六 · 第 6 天 · 休息日" in shell.lines
    assert "  09:00  main  daily_task       （休息日不发）第 6 天没有任务，不发" in shell.lines
    assert "  09:00  main  daily_task       ⚠ 第 5 天没有任务，不发" in shell.lines

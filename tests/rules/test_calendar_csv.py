"""The calendar as a table, the way spreadsheets save it: the same course as from YAML, the same complaints."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.course import Course, Day
from bot.domain.errors import Problem, RulesRejected
from bot.domain.messages import Localised
from bot.domain.rituals import Anchor
from rules.calendar_csv import NAMES, read_calendar
from rules.loader import load_course, read_folder
from rules.schema import DayShape, MomentShape
from rules.unreadable import Unreadable
from tests.rules.marks import placed
from tests.rules.vocabulary import COURSE, VOCABULARY


def load(table: str | bytes, **more: str) -> tuple[Course | None, Sequence[Problem]]:
    """The course, or None where it was refused, and the problems."""
    files = {"course.yaml": COURSE, "calendar.csv": table, **{f"{name}.yaml": text for name, text in more.items()}}
    try:
        loaded = load_course("camp", files, VOCABULARY)
    except RulesRejected as rejected:
        return None, rejected.problems
    return loaded.course, loaded.problems


def course_from(table: str | bytes, **more: str) -> Course:
    course, problems = load(table, **more)
    assert course is not None, problems
    assert problems == ()
    return course


def zh(text: str) -> Localised:
    return Localised({"zh_Hans": text})


# --- what is right ----------------------------------------------------------------------------------------------------

TABLE = "day,title,task,sharing\n1,开营,写三行,为什么写？\n3,第三天,写七行,\n"
DAYS = (
    Day(number=1, title=zh("开营"), task=zh("写三行"), sharing=zh("为什么写？")),
    Day(number=3, title=zh("第三天"), task=zh("写七行")),
)


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        TABLE.removesuffix("\n"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("开营", '"开营"').replace("写三行", ' "写三行" '),
        TABLE.replace("\n", ",,\n"),
        f"\n,,,\n{TABLE}\n,,,\n  ,\n\n",
        TABLE.replace("day,title,task,sharing", "第几天,标题,任务,话题"),
        TABLE.replace("day,title,task,sharing", " Day , TITLE,今日任务,分享话题"),
        TABLE.replace("1,", "第1天,").replace("3,", "第３天,"),
        TABLE.replace("day", "date").replace("1,", "2027-03-01,").replace("3,", "2027/3/3,"),
        TABLE.replace("day", "日期").replace("1,", "2027年3月1日,").replace("3,", "2027.3.3,"),
        TABLE.replace("day,", "date,day,").replace("1,", "2027-03-01,1,").replace("3,", "2027-03-03,3,"),
        TABLE.replace("day,", "#note,day,").replace("1,", "谁来写？,1,").replace("3,", ",3,"),
    ],
)
def test_a_table_says_the_same_however_a_spreadsheet_saves_it(table: str | bytes) -> None:
    assert course_from(table).days == DAYS


def test_every_key_of_a_day_has_a_column_that_is_called_in_english_and_in_chinese() -> None:
    moments = [name for name, field in DayShape.model_fields.items() if MomentShape.__name__ in str(field.annotation)]
    keys: set[tuple[str, ...]] = {(name,) for name in DayShape.model_fields if name not in moments}
    keys |= {(name, key) for name in moments for key in MomentShape.model_fields}
    assert NAMES.keys() - {("date",)} == keys
    assert all(names[0].isascii() and not names[1].isascii() for names in NAMES.values())


def test_lessons_and_deadlines_are_times_perhaps_with_a_title() -> None:
    table = """\
第几天,标题,任务,上课,上课内容,截止,截止内容,提醒,资料
1,开营,写三行,19:30,,22:00:00,第一次作业,早点睡,看第一章
2,二,写五行,７：３０,直播,,,,
"""
    course = course_from(table)
    assert course.anchors == (
        Anchor(kind="lesson", date=date(2027, 3, 1), at=time(19, 30), title=zh("开营")),
        Anchor(kind="deadline", date=date(2027, 3, 1), at=time(22), title=zh("第一次作业")),
        Anchor(kind="lesson", date=date(2027, 3, 2), at=time(7, 30), title=zh("直播")),
    )
    assert (course.days[0].reminder, course.days[0].material) == (zh("早点睡"), zh("看第一章"))


@pytest.mark.parametrize(
    "header",
    [
        "title.zh,title.en,task.en,task.zh",
        "title,title.en,task.en,task",
        "标题,标题.en,任务（英文）,任务",
        "标题（中文）,Title (English),任务.英文,任务.zh-CN",
    ],
)
def test_a_text_may_have_a_column_for_each_language(header: str) -> None:
    (day,) = course_from(f"day,{header}\n1,开营,Hello,Write,写\n").days
    assert day.title == Localised({"zh_Hans": "开营", "en": "Hello"})
    assert day.task == Localised({"zh_Hans": "写", "en": "Write"})


def test_a_language_that_is_left_empty_is_not_there() -> None:
    (day,) = course_from("day,title,title.en,task,sharing.en\n1,开营,,写,\n").days
    assert (day.title, day.sharing) == (zh("开营"), None)


def test_quoted_cells_hold_line_breaks_separators_and_quotes() -> None:
    (day,) = course_from('day,title,task\r\n1,"说""你好"", 再写","1. 读\r\n2. 写\n  3. 发"\r\n').days
    assert (day.title, day.task) == (zh('说"你好", 再写'), zh("1. 读\n2. 写\n  3. 发"))


def test_numbers_times_and_what_looks_like_yaml_are_texts() -> None:
    table = "day,title,task,sharing,reminder\n1,2027,09:00,true,{a: [b]}\n"
    (day,) = course_from(table).days
    assert (day.title, day.task, day.sharing, day.reminder) == (zh("2027"), zh("09:00"), zh("true"), zh("{a: [b]}"))


@pytest.mark.parametrize("table", ["", "\n\n", ",,\n", "\ufeff", "day,title,task\n"])
def test_a_table_without_days_is_an_empty_calendar(table: str) -> None:
    assert course_from(table).days == ()


def test_the_file_is_read_with_its_folder_and_tables_of_something_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "calendar.csv").write_bytes(TABLE.encode("gb18030"))
    for name in ("students.csv", ".~lock.calendar.csv", "~$calendar.csv"):
        (tmp_path / name).write_text("name\nAda\n", encoding="utf-8")
    files = read_folder(tmp_path)
    assert sorted(files) == ["calendar.csv", "course.yaml"]
    assert load_course("camp", files, VOCABULARY).course.days == DAYS


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "ids"),
    [
        ("day,title,task,^tsak\n1,a,b,c\n", ["unknown_column_suggest"]),
        ("day,title,task,^price\n1,a,b,\n", ["unknown_column"]),
        ("第几天,标题,任务,^学习资科\n1,a,b,\n", ["unknown_column_suggest"]),
        ("day,title,task,^task.fr.x\n1,a,b,c\n", ["unknown_column_suggest"]),
        ("day,title,task.en,^task.fr\n1,a,b,c\n", ["unknown"]),
        ("day,title,task,^任务\n1,a,b,c\n", ["duplicate_key"]),
        ("day,title,task,^任务\n1,a,b,\n", ["duplicate_key"]),
        ("day,title,task,^title.zh\n1,a,b,c\n", ["duplicate_key"]),
        ("day,title.en,task,title.zh,^title.zh-CN\n1,a,b,c,d\n", ["duplicate_key"]),
        ("^day,title\n1,a\n2,b\n", ["no_column"]),
        ("^标题,任务\na,b\n", ["no_column"]),
        ("day^，title，task\n1，a，b\n", ["fullwidth_comma"]),
        ("day,title,task\n1,a,b,,^c\n", ["no_header"]),
        ("day,title,task,\n1,a,b,^c\n", ["no_header"]),
        ("day,title,task\n^1,a,\n", ["missing_key"]),
        ("day,title,task\n,^a,b\n", ["missing_key"]),
        ("day,title,task\n^one,a,b\n", ["not_whole_number"]),
        ("day,title,task\n1.5,a,b\n".replace("1.5", "^1.5"), ["not_whole_number"]),
        ("day,title,task\n^0,a,b\n", ["at_least"]),
        ("day,title,task\n^15,a,b\n", ["day_outside"]),
        ("day,title,task\n2,a,b\n^1,c,d\n", ["day_order"]),
        ("date,title,task\n^2027-02-30,a,b\n", ["table_date"]),
        ("date,title,task\n^3/1/2027,a,b\n", ["table_date"]),
        ("date,title,task\n^2027-02-28,a,b\n^2027-03-15,c,d\n", ["date_outside", "date_outside"]),
        ("day,title,task,date\n1,a,b,^2027-03-02\n", ["day_and_date"]),
        ("date,title,task\n2027-03-02,a,b\n^2027-03-02,c,d\n", ["day_order"]),
        ("day,title,task,lesson\n1,a,b,^7pm\n", ["not_a_time"]),
        ("day,title,task,lesson,lesson.title\n1,a,b,,^c\n", ["missing_key"]),
        ('day,title,task\n1,a,^"b\nc\n', ["unclosed"]),
        ('day,title,task\r\n1,"a\r\na",b\r\n^x,c,d\r\n', ["not_whole_number"]),
        ("day;title;task\n1;a,b;c\n^x;d;e\n", ["not_whole_number"]),
        ("day,title,task\n\n,,\n1,  ^\x07a,b\n", ["control_character"]),
    ],
)
def test_a_mistake_is_told_with_the_line_and_column_of_its_cell(marked: str, ids: list[str]) -> None:
    table, places = placed(marked)
    course, problems = load(table)
    assert course is None
    found = [(problem.line, problem.column, problem.text.id) for problem in problems]
    assert found == [(*place, f"problem.{id}") for place, id in zip(places, ids, strict=True)]
    assert {problem.file for problem in problems} == {"calendar.csv"}


def test_a_mistake_is_told_with_the_name_that_its_column_has() -> None:
    _, problems = load("第几天,标题,任务,上课\n1,a,b,晚上\n")
    assert [problem.text.values for problem in problems] == [{"name": "上课"}]


def test_what_was_probably_meant_is_told_in_the_language_of_what_was_written() -> None:
    _, problems = load("day,title,task,学习资科,reminer,价格\n1,a,b\n")
    assert [problem.text.values.get("suggestion") for problem in problems] == ["学习资料", "reminder", None]
    assert "提醒" in str(problems[2].text.values["known"])
    assert "reminder" not in str(problems[2].text.values["known"])


@pytest.mark.parametrize(
    "table",
    [
        "day,title,task\n1,café,été\n".encode("latin-1"),
        "day,title,task\n1,Übung,größer\n".encode("cp1252"),
        TABLE.encode("utf-16"),
        TABLE.encode("gb18030") + b"\xff\xff",
    ],
)
def test_bytes_that_are_neither_utf8_nor_chinese_are_refused(table: bytes) -> None:
    course, problems = load(table)
    assert course is None
    assert [problem.text.id for problem in problems] == ["problem.not_utf8"]


def test_a_course_has_one_calendar() -> None:
    course, problems = load(TABLE, calendar="days: []")
    assert course is None
    assert [(problem.file, problem.text.id) for problem in problems] == [("calendar.csv", "problem.two_calendars")]


@pytest.mark.parametrize("name", ["Calendar.csv", "calender.csv", "calendar.CSV"])
def test_a_name_that_is_almost_right_is_noticed(tmp_path: Path, name: str) -> None:
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / name).write_text(TABLE, encoding="utf-8")
    with pytest.raises(RulesRejected) as rejected:
        load_course("camp", read_folder(tmp_path), VOCABULARY)
    [problem] = rejected.value.problems
    assert problem.text.values["suggestion"] == "calendar.csv"


def test_a_broken_passport_hides_nothing_that_is_wrong_with_the_table() -> None:
    table = "date,title,task,lesson\n2027-03-01,a,b,c\n"
    _, problems = load(table, course=COURSE.replace("2027-03-14", "soon"))
    assert [(problem.file, problem.text.id) for problem in problems] == [
        ("calendar.csv", "problem.not_a_time"),
        ("course.yaml", "problem.not_a_date"),
    ]


def test_a_table_of_nothing_but_mistakes_is_refused_in_time() -> None:
    header = ",".join(f"tsak{number}" for number in range(50_000))
    _, problems = load(f"{header}\n1\n")
    assert 100 <= len(problems) < 200


# --- anything at all --------------------------------------------------------------------------------------------------

PIECES = st.sampled_from([*'day,title,task,"\n\r;\t', "2027-03-01", "日期", "任务", ".en", "（", "）", "#", "1", " "])


@given(st.binary() | st.text() | st.lists(PIECES).map("".join) | st.lists(PIECES).map(lambda p: "".join(p).encode()))
def test_any_table_is_read_or_refused(table: str | bytes) -> None:
    with suppress(Unreadable):
        read_calendar(table, None, "en")
    course, problems = load(table)
    assert course or problems


CELLS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ,;"\n\t'), min_size=1, max_size=9).map(
    str.strip
)
ROWS = st.lists(
    st.fixed_dictionaries({"title": CELLS.filter(bool), "task": CELLS.filter(bool)}, optional={"sharing": CELLS}),
    max_size=5,
)


@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_a_table_means_what_the_same_yaml_means(
    rows: list[dict[str, str]], separator: str, end: str, encoding: str
) -> None:
    days: list[Mapping[str, str | int]] = [
        {"day": number, **{key: text for key, text in row.items() if text}} for number, row in enumerate(rows, 1)
    ]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, ["day", "title", "task", "sharing"], delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(days)
    files = {"course.yaml": COURSE, "calendar.yaml": json.dumps({"days": days}, ensure_ascii=False)}
    expected = load_course("camp", files, VOCABULARY).course
    assert course_from(table.getvalue().encode(encoding)).days == expected.days

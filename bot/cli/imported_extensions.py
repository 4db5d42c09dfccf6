"""A list of extensions: more time for this homework, for these students."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import Connection

from bot.app import real_now
from bot.cli import Terminal
from bot.cli.imported import Columns, Row, Sheet
from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.moments import moment_of
from bot.features.homework.time.importing import Granted, due_at, grant, student_called
from rules.csv_cells import Cell
from rules.fields import parse_date, parse_time
from rules.suggest import clipped

EXTENSIONS: Columns = {
    "account": ("account", "member", "账号", "帐号", "成员", "学员"),
    "homework": ("homework", "作业"),
    "until": ("until", "截止", "截止时间", "延期到"),
}
_UNTIL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}:\d{2})(?::00)?")
_SHOWN = 200  # lines


def take_extensions(terminal: Terminal, sheet: Sheet, course: Course, db: Connection, is_meant: bool) -> int:
    """How many it gives. What is given already is passed over, so that the same file does nothing twice."""
    for name in EXTENSIONS:
        sheet.needs(name)
    found = [_granted(sheet, row, course, db) for row in sheet.rows] if not sheet.problems else []
    granted = [one for one in found if one and one.until > due_at(db, course, one.homework, one.who)]
    if sheet.problems:
        return 0
    for one in granted[:_SHOWN]:
        until = one.until.astimezone(course.tzinfo)
        print(f"+ #{one.who} {one.name}  {one.homework.id}  {until:%Y-%m-%d %H:%M}")
    if is_meant and granted:
        grant(db, course, granted, real_now())
    return len(granted)


def _granted(sheet: Sheet, row: Row, course: Course, db: Connection) -> Granted | None:
    """None where something is wrong with it: then that is complained of."""
    cells = {name: sheet.cell(row, name) for name in EXTENSIONS}
    who = _student(sheet, cells["account"], course, db)
    homework = _homework(sheet, cells["homework"], course)
    until = _until(sheet, cells["until"], course)
    if who is None or homework is None or until is None:
        return None
    if until <= homework.due.moment(course.zone):
        sheet.complain(row["until"], Text(id="import.not_later", values={"homework": homework.id}))
    return Granted(*who, homework, until)


def _student(sheet: Sheet, cell: Cell | None, course: Course, db: Connection) -> tuple[MemberId, str] | None:
    if cell is None:
        return None
    found = student_called(db, course, unicodedata.normalize("NFKC", cell.text))
    if found is None:
        sheet.complain(cell, Text(id="import.no_student", values={"value": clipped(cell.text)}))
    return found


def _homework(sheet: Sheet, cell: Cell | None, course: Course) -> Homework | None:
    if cell is None:
        return None
    known = course.book.homework
    by_name = {title.casefold(): one for one in known.values() for title in (one.id, *one.title.by_language.values())}
    found = by_name.get(cell.text.casefold())
    if found is None:
        sheet.complain(cell, Text(id="homework.unknown", values={"said": clipped(cell.text), "known": [*known][:20]}))
    return found


def _until(sheet: Sheet, cell: Cell | None, course: Course) -> datetime | None:
    """A moment by the course's clock, however spreadsheets write it."""
    if cell is None:
        return None
    found = _UNTIL.fullmatch(unicodedata.normalize("NFKC", cell.text))
    try:
        if found:
            day = parse_date(f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}")
            return moment_of(day, parse_time(found[4]), course.zone)
    except ValueError:
        pass
    sheet.complain(cell, Text(id="import.bad_moment", values={"value": clipped(cell.text)}))
    return None

"""A list of the people of a course: members ahead of their first word, and their tags."""

import re
import unicodedata

from sqlalchemy import Connection

from bot.app import real_now
from bot.cli import Terminal
from bot.cli.imported import Columns, Row, Sheet
from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.enrolling import Enrolment, Listed, enrol, enrolments
from bot.engine.tags import LONGEST_TAG, MOST_TAGS, is_tag
from rules.csv_cells import Cell
from rules.suggest import clipped

ROSTER: Columns = {
    "account": ("account", "账号", "帐号"),
    "name": ("name", "姓名", "名字", "昵称"),
    "tags": ("tags", "tag", "标签"),
    "group": ("group", "小组", "分组"),
    "level": ("level", "等级"),
}
_ACCOUNT = re.compile(r"([a-z][a-z0-9_]{0,31}):(\S{1,128})")
_BETWEEN = re.compile(r"[\s,，;；、]+")
_SHOWN = 200  # lines


def take_roster(terminal: Terminal, sheet: Sheet, course: Course, db: Connection, is_meant: bool) -> int:
    """How many people it changes."""
    sheet.needs("account")
    if "level" in sheet.columns:
        terminal.say("import.level")
    if "group" in sheet.columns:
        terminal.say("import.group")
    listed = [one for one in _listed(sheet, course) if one]
    if sheet.problems:
        return 0
    changes = [one for one in enrolments(db, course.id, listed) if one.is_change]
    for one in changes[:_SHOWN]:
        _show(terminal, one)
    if is_meant and changes:
        enrol(db, course.id, changes, real_now())
    return len(changes)


def _listed(sheet: Sheet, course: Course) -> list[Listed | None]:
    seen: dict[str, int] = {}
    return [_person(sheet, row, course, seen) for row in sheet.rows] if not sheet.problems else []


def _person(sheet: Sheet, row: Row, course: Course, seen: dict[str, int]) -> Listed | None:
    cell = sheet.cell(row, "account")
    if cell is None:
        return None
    said = unicodedata.normalize("NFKC", cell.text)
    found = _ACCOUNT.fullmatch(said)
    if found is None:
        sheet.complain(cell, Text(id="import.bad_account", values={"value": clipped(cell.text)}))
        return None
    if said in seen:
        sheet.complain(cell, Text(id="import.twice", values={"account": said, "line": seen[said]}))
    if said in course.admins | course.assistants:
        sheet.complain(cell, Text(id="import.is_staff", values={"account": said}))
    seen.setdefault(said, cell.line)
    name = row["name"].text if "name" in row else ""
    return Listed(platform=found[1], user=found[2], name=name, tags=_tags(sheet, row))


def _tags(sheet: Sheet, row: Row) -> tuple[str, ...] | None:
    """Those of both columns; None where the table has neither."""
    if not {"tags", "group"} & sheet.columns.keys():
        return None
    cells = [row[name] for name in ("tags", "group") if name in row]
    words = dict.fromkeys(word for cell in cells for word in _words(sheet, cell))
    if len(words) > MOST_TAGS:
        sheet.complain(cells[0], Text(id="import.too_many_tags", values={"most": MOST_TAGS}))
    return tuple(words)


def _words(sheet: Sheet, cell: Cell) -> list[str]:
    words = [word for word in _BETWEEN.split(unicodedata.normalize("NFC", cell.text)) if word]
    for word in words:
        if not is_tag(word):
            sheet.complain(cell, Text(id="tag.bad", values={"tag": clipped(word), "most": LONGEST_TAG}))
    return words


def _show(terminal: Terminal, one: Enrolment) -> None:
    account = f"{one.listed.platform}:{one.listed.user}"
    tags = " ".join([*(f"+{tag}" for tag in one.added), *(f"-{tag}" for tag in one.removed)])
    if one.member is None:
        print(" ".join(part for part in ("+", account, one.listed.name, tags) if part))
    else:
        name = f"{one.name[0]} → {one.name[1]}" if one.name else ""
        print(" ".join(part for part in ("~", account, name, tags) if part))

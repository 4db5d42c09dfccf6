"""faq.yaml becomes entries. What staff have written since stays; they are told that the file says something else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.domain.questions import Faq
from bot.engine.transaction import Transaction
from bot.features.handbook import telling
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.words import of_faq, of_version

_KIND = "faq"
_SHOWN = 5
GONE = ""
"""The origin of what faq.yaml has no more: should it come back, so does the entry. What staff retire stays so."""


def source_of(one: Faq) -> str:
    return f"{_KIND}:{one.id}"


def is_of_faq(row: Entry) -> bool:
    """Whether it began in faq.yaml, which may have it no more."""
    return str(row.source).startswith(f"{_KIND}:")


def faq_behind(course: Course, row: Entry) -> Faq | None:
    """What faq.yaml says of an entry; None where it says nothing."""
    return next((one for one in course.faq if source_of(one) == row.source), None)


def seed(tx: Transaction, course: Course, snapshot: int, now: datetime) -> None:
    """Bring the handbook up to date with the course's files as they are live now."""
    if entries.lock_log(tx.db, course.id) == snapshot:
        return  # another process was faster
    known = entries.of_kind(tx.db, course.id, _KIND)
    conflicts = [row for one in course.faq if (row := _take(tx, course, one, known, now))]
    wanted = {source_of(one) for one in course.faq} | _off(tx, course)
    gone = [row for source, row in known.items() if source not in wanted and _is_the_files(row)]
    for row in gone:
        _retire(tx, row, now)
    entries.keep_seeded(tx.db, course.id, snapshot)
    _tell(tx, course, now, "handbook.faq_differs", conflicts, key=f"faq:{snapshot}")
    _tell(tx, course, now, "handbook.faq_gone", gone, key=f"faq_gone:{snapshot}")


def _take(tx: Transaction, course: Course, one: Faq, known: Mapping[str, Entry], now: datetime) -> Entry | None:
    """The entry, where staff have written it anew and the file says something else than it did."""
    said, row = of_faq(one), known.get(source_of(one))
    about = {"tag": one.tag, "lesson": one.lesson, "homework": one.homework}
    if row is None:
        row = entries.add(tx.db, course.id, source_of(one), "published", origin=said.digest, **about)
        number = entries.add_version(tx.db, row, said, now)
        entries.change_to(tx.db, row, "published", now, version=number)
        return None
    newest = entries.newest_version(tx.db, row)
    assert newest is not None, "an entry of faq.yaml is never a draft"
    is_back, is_staffs = row.state == "retired" and row.origin == GONE, newest.member is not None
    is_other = said.digest != (of_version(newest).digest if row.origin == GONE else row.origin)
    changes: dict[str, object] = {"origin": said.digest, **about}
    if is_back:
        changes["state"] = "published"
    if is_other and not is_staffs:
        changes["version"] = entries.add_version(tx.db, row, said, now)
    if any(getattr(row, name) != value for name, value in changes.items()):
        kind: entries.Kind = "restored" if is_back else "changed" if "version" in changes else "noted"
        row = entries.change_to(tx.db, row, kind, now, **changes)
    return row if is_other and is_staffs else None


def _off(tx: Transaction, course: Course) -> set[str]:
    """What stands in the file with a mistake in it: it is as it was until that is mended."""
    return {f"{_KIND}:{problem.rule}" for problem in tx.live.problems[course.id] if problem.section == _KIND}


def _is_the_files(row: Entry) -> bool:
    """Whether it is read because the file has it. What staff brought back after it was gone there is theirs."""
    return row.state in entries.READ and row.origin != GONE


def _retire(tx: Transaction, row: Entry, now: datetime) -> None:
    """Its id is in the file no more."""
    entries.change_to(tx.db, row, "retired", now, state="retired", origin=GONE)


def _tell(tx: Transaction, course: Course, now: datetime, id: str, rows: Sequence[Entry], *, key: str) -> None:
    """The staff, where it is about any."""
    if rows:
        shown = rows[:_SHOWN]
        names = [*(f"H{row.id}" for row in shown), *(["…"] if len(rows) > _SHOWN else [])]
        line = Text(id=id, values={"count": len(rows), "entries": names})
        buttons = [(Text(id="button.handbook_see", values={"number": row.id}), f"handbook H{row.id}") for row in shown]
        telling.tell_staff(tx, course, now, line, key=key, buttons=buttons)

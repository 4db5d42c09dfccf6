"""`rules diff` and `rules history`: versions of a course's rules, those that were live and those that may be."""

import argparse
import json
import shutil
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.data import on_data
from bot.cli.problems import print_problems
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.errors import RulesRejected, StorageTrouble
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.domain.rules import Fact
from bot.engine.feature import Registry
from bot.engine.recorded import WhatIf, facts_of, judged_by
from bot.features import FEATURES
from rules.attachments import FOLDER, read_attachments
from rules.loader import Loaded, load_course, read_folder
from rules.vocabulary import Vocabulary
from storage.database import Database
from storage.files import FileStore
from storage.tables import account, member, profile, snapshot

_SHOWN = 20


@on_data
def diff(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    paths: list[Path] = options.paths
    if len(paths) != (1 if options.live else 2):
        terminal.complain("diff.usage")
        return MISUSED
    course = _course(terminal, options, settings, paths[-1])
    if course is None:
        return MISUSED
    vocabulary = Registry(FEATURES).vocabulary()
    versions = [live_version(database, course, vocabulary)] if options.live else []
    versions += [_folder(path, course, vocabulary) for path in paths]
    problems = [problem for version in versions if version for problem in version.problems]
    if problems or None in versions:
        print_problems(terminal, problems)
        terminal.complain("diff.problems" if problems else "diff.not_live")
        return PROBLEMS
    facts = [recorded.fact for recorded in facts_of(database, course)]
    if not facts:
        terminal.complain("diff.no_facts", course=course)
        return PROBLEMS
    old, new = (judged_by(facts, version.course) for version in versions if version)
    names = _names(database, course)
    people = sorted({*old.points, *new.points, *_students(database, course)})
    shown = {who: names.get(who, f"#{who}") for who in people}
    if options.json:
        _print_json(old, new, shown)
    else:
        _Report(terminal, shown, [version.course for version in versions if version]).print(facts, old, new)
    return FINE


def _course(terminal: Terminal, options: argparse.Namespace, settings: Settings, newest: Path) -> CourseId | None:
    """Whose facts are meant: said, or the only course there is, or the one that the folder is named after."""
    known = [folder.name for folder in settings.courses]
    asked = options.course or (known[0] if len(known) == 1 else newest.resolve().name)
    if asked in known:
        return CourseId(asked)
    terminal.complain("diff.which_course", courses=known)
    return None


def _folder(path: Path, course: CourseId, vocabulary: Vocabulary) -> Loaded:
    """Raises RulesRejected where it is no course."""
    return load_course(course, read_folder(path.resolve()), vocabulary, shown_as=str(path))


def live_version(database: Database, course: CourseId, vocabulary: Vocabulary) -> Loaded | None:
    """The newest version; None where there is none."""
    newest = select(snapshot).where(snapshot.c.course == course).order_by(snapshot.c.number.desc()).limit(1)
    with database.begin() as db:
        row = db.execute(newest).one_or_none()
    if row is None:
        return None
    try:
        # Rules that are off in what is live are off in what is compared, too: that is no problem of this command.
        return Loaded(course=load_course(course, row.files, vocabulary).course)
    except RulesRejected as rejected:
        raise StorageTrouble(Text(id="diff.live_unreadable", values={"number": row.number})) from rejected


def _names(database: Database, course: CourseId) -> dict[int, str]:
    query = select(account.c.member, account.c.platform, account.c.user, profile.c.name)
    query = query.join(profile, profile.c.member == account.c.member).where(account.c.course == course)
    with database.begin() as db:
        rows = db.execute(query.order_by(account.c.platform, account.c.user)).all()
    names: dict[int, str] = {}
    for row in rows:
        names.setdefault(row.member, f"{row.name} ({row.platform}:{row.user})")
    return names


def _students(database: Database, course: CourseId) -> list[int]:
    """Those who are here, whether they have points or not."""
    is_here = member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    with database.begin() as db:
        mine = select(member.c.id).where(member.c.course == course, member.c.role == "student", is_here)
        return list(db.execute(mine).scalars())


def _by_rule(outcome: WhatIf, titles: Mapping[str, str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for rules in outcome.points.values():
        for rule, points in rules.items():
            shown = titles.get(rule, rule)
            sums[shown] = sums.get(shown, 0) + points
    return sums


def _changes(rows: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """What differs, the largest difference first."""
    return sorted([row for row in rows if row[1] != row[2]], key=lambda row: (-abs(row[2] - row[1]), row[0]))


def _has_other_level(who: int, old: WhatIf, new: WhatIf) -> bool:
    """The first level is where everybody begins, whatever it is called."""
    levels = old.level_of(who), new.level_of(who)
    return levels[0] != levels[1] and levels != (old.first_level, new.first_level)


def _print_json(old: WhatIf, new: WhatIf, people: Mapping[int, str]) -> None:
    for who, name in people.items():
        row = {
            "member": name,
            "old": old.points.get(who, {}),
            "new": new.points.get(who, {}),
            "level": [old.level_of(who), new.level_of(who)],
        }
        print(json.dumps(row, ensure_ascii=False))


class _Report:
    """Prints who gains, who loses, by which rule, and what was assumed."""

    def __init__(self, terminal: Terminal, people: Mapping[int, str], courses: Sequence[Course]) -> None:
        self._terminal = terminal
        self._people = people
        rules = [rule for course in courses for rule in course.rules if rule.title]
        show = terminal.texts.show
        self._titles: dict[str, str] = {rule.id: f"{rule.id} ({show(terminal.language, rule.shown)})" for rule in rules}

    def print(self, facts: Sequence[Fact], old: WhatIf, new: WhatIf) -> None:
        say = self._terminal.say
        first, last = min(fact.local_date for fact in facts), max(fact.local_date for fact in facts)
        say("diff.judged", count=len(facts), first=first, last=last)
        rows = [(name, old.points_of(who), new.points_of(who)) for who, name in self._people.items()]
        gains = [after - before for _, before, after in rows]
        say("diff.who", up=sum(g > 0 for g in gains), down=sum(g < 0 for g in gains), same=sum(g == 0 for g in gains))
        medians = [statistics.median([outcome.points_of(who) for who in self._people] or [0]) for outcome in (old, new)]
        say("diff.median", old=f"{medians[0]:g}", new=f"{medians[1]:g}")
        say("diff.levels", count=sum(_has_other_level(who, old, new) for who in self._people))
        self._table("diff.by_member", _changes(rows))
        before, after = (_by_rule(outcome, self._titles) for outcome in (old, new))
        rules = {*before, *after}
        self._table("diff.by_rule", _changes((rule, before.get(rule, 0), after.get(rule, 0)) for rule in rules))
        say("diff.assumptions")

    def _table(self, title: str, rows: Sequence[tuple[str, int, int]]) -> None:
        if not rows:
            return
        self._terminal.say(title)
        for name, old, new in rows[:_SHOWN]:
            print(f"  {new - old:+6d}  {old:6d} → {new:6d}  {name}")
        if len(rows) > _SHOWN:
            self._terminal.say("diff.more", count=len(rows) - _SHOWN)


@on_data
def history(terminal: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
    """Every version that was ever live; with --show, its files into a folder."""
    query = select(snapshot).order_by(snapshot.c.number)
    with database.begin() as db:
        rows = db.execute(query).all()
    courses = sorted({row.course for row in rows})
    if courses and options.course and options.course not in courses:
        terminal.complain("history.which_course", course=options.course, courses=courses)
        return MISUSED
    rows = [row for row in rows if options.course in (None, row.course)]
    if options.show is not None:
        return _show(terminal, options, {row.number: row.files for row in rows}, FileStore(settings.data / "files"))
    for row in rows:
        if options.json:
            line = {"number": row.number, "course": row.course, "at": row.at.isoformat(), "digest": row.digest}
            print(json.dumps(line))
        else:
            print(f"{row.number:6d}  {row.at:%Y-%m-%d %H:%M} UTC  {row.course:<24}  {row.digest[:12]}")
    if not rows:
        terminal.complain("history.nothing")
        return PROBLEMS
    return FINE


def _show(
    terminal: Terminal, options: argparse.Namespace, files_of: Mapping[int, Mapping[str, str]], store: FileStore
) -> int:
    files = files_of.get(options.show)
    if files is None:
        terminal.complain("history.unknown", number=options.show)
        return MISUSED
    target: Path = options.to or Path(f"version-{options.show}")
    try:
        if target.exists():
            terminal.complain("history.there", path=target)
            return PROBLEMS
        target.mkdir(parents=True)
        lacking = _write(files, target, store)
    except OSError as trouble:
        terminal.complain("schema.cannot_write", folder=target, reason=trouble.strerror)
        return PROBLEMS
    for name in lacking:
        terminal.complain("history.lacking", name=name)
    terminal.say("history.written", number=options.show, path=target, count=len(files) - len(lacking))
    return PROBLEMS if lacking else FINE


def _write(files: Mapping[str, str], target: Path, store: FileStore) -> list[str]:
    """Write a version out; the names of what can't be, because its content was never kept here."""
    attachments, unusable = read_attachments(files)
    for name, content in files.items():
        if not name.startswith(FOLDER):
            # Excel takes a table without the mark for one in the country's own encoding.
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            (target / name).write_text(content, encoding=encoding, newline="")
    lacking = [f"{FOLDER}{problem.rule}" for problem in unusable]
    for name, file in attachments.items():
        path = store.path(file.sha256)
        if path is None:
            lacking.append(name)
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
    return lacking

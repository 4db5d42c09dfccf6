"""Loading many rules, and judging a plain message by the shipped ones."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from bench.table import Row
from bot.domain.course import Course
from bot.domain.ids import CourseId, EventKey, MemberId, ObjectId
from bot.domain.rules import MARK, Fact
from bot.domain.text import fingerprint
from bot.engine.feature import Registry
from bot.engine.messages import FACT
from bot.features import FEATURES
from rules.fold import Fold
from rules.loader import load_course, read_folder

RULES = 1_200
MESSAGES = 5_000
PEOPLE = 300
ROUNDS = 7


def measure(pack: Path, folder: Path) -> list[Row]:
    """Milliseconds to read and check a course with 1,200 rules; microseconds to judge one message, limits counted."""
    files = dict(read_folder(pack))
    vocabulary = Registry(FEATURES).vocabulary()
    course = load_course(pack.name, files, vocabulary).course
    many = {**files, "rules.yaml": _many(files["rules.yaml"])}
    loading = _rounds(lambda: load_course(pack.name, many, vocabulary))
    facts = _facts(course)

    def judge() -> None:
        fold = Fold()
        for fact in facts:
            fold.judge(course, fact)

    judging = [spent / len(facts) for spent in _rounds(judge)]
    candidates = len(course.rules_by_fact.get(FACT, ()))
    return [
        _row(f"load and check {RULES} rules", "ms", loading, 1e3),
        _row(
            f"judge a message by {candidates} of {len(course.rules)} rules",
            "µs",
            judging,
            1e6,
        ),
    ]


def _many(text: str | bytes) -> str:
    """As many rules as are to be measured: the shipped ones again and again, under other names."""
    source = text.decode() if isinstance(text, bytes) else text
    head, rules = source.split("\ncheck_in:\n")
    rules = "\ncheck_in:\n" + rules.split("\ntests:")[0]
    names = [line[:-1] for line in rules.splitlines() if line and line[0].isalpha() and line.endswith(":")]
    copies = []
    for number in range(-(-RULES // len(names))):
        copy = rules
        for name in names:
            copy = copy.replace(f"\n{name}:\n", f"\n{name}_{number}:\n")
        copies.append(copy)
    return head + "".join(copies)


def _facts(course: Course) -> list[Fact]:
    started = datetime.combine(course.starts, time_of_day(5), UTC)
    return [_fact(course, number, started + timedelta(seconds=number)) for number in range(MESSAGES)]


def _fact(course: Course, number: int, at: datetime) -> Fact:
    text = f"今天的标题改了三版，最后留下了带数字的那一版，{chr(0x4E00 + number)}" * (1 + number % 3)
    return Fact(
        kind=FACT,
        course=CourseId(course.id),
        member=MemberId(number * 7 % PEOPLE),
        object=ObjectId(f"message {number}"),
        at=at,
        local_date=course.date_at(at),
        cause=EventKey(f"bench:{number}"),
        values={
            "length": len(text),
            "is_reply": number % 5 == 0,
            "attachments": 0,
            MARK: fingerprint(text),
            "member.role": "student",
            "member.level": course.levels[0].id if course.levels else "",
            "member.days": 1,
            "member.tags": (),
            "space.kind": "main",
            "space.id": "main",
            "course.day": 1,
            "course.weekday": "monday",
        },
    )


def _rounds(work: Callable[[], object]) -> list[float]:
    """Seconds of CPU for each of several rounds, after one to warm up."""
    work()
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return spent


def _row(what: str, unit: str, rounds: list[float], factor: float) -> Row:
    shown = [spent * factor for spent in rounds]
    return Row(what=what, unit=unit, median=statistics.median(shown), lowest=min(shown), highest=max(shown))

"""Loading many rules, and judging a plain message by the shipped ones."""

from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import NamedTuple

from bench.rounds import rounds
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


class Size(NamedTuple):
    rules: int
    messages: int
    rounds: int


FULL = Size(1_200, 5_000, 7)
TINY = Size(60, 50, 1)
PEOPLE = 300


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Milliseconds to read and check a course with many rules; microseconds to judge one message, limits counted."""
    files = dict(read_folder(pack))
    vocabulary = Registry(FEATURES).vocabulary()
    course = load_course(pack.name, files, vocabulary).course
    many = {**files, "rules.yaml": _many(files["rules.yaml"], size.rules)}
    loading = rounds(lambda: load_course(pack.name, many, vocabulary), size.rounds)
    facts = _facts(course, size.messages)

    def judge() -> None:
        fold = Fold()
        for fact in facts:
            fold.judge(course, fact)

    judging = [seconds / len(facts) * 1e6 for seconds in rounds(judge, size.rounds)]
    candidates = len(course.rules_by_fact.get(FACT, ()))
    return [
        Row.of(f"load and check {size.rules:,} rules", [seconds * 1e3 for seconds in loading], "ms"),
        Row.of(f"judge a message by {candidates} of {len(course.rules)} rules", judging, "µs"),
    ]


def _many(text: str | bytes, rules: int) -> str:
    """As many rules as are to be measured: the shipped ones again and again, under other names."""
    source = text.decode() if isinstance(text, bytes) else text
    head, shipped = source.split("\ncheck_in:\n")
    shipped = "\ncheck_in:\n" + shipped.split("\ntests:")[0]
    names = [line[:-1] for line in shipped.splitlines() if line and line[0].isalpha() and line.endswith(":")]
    copies = []
    for number in range(-(-rules // len(names))):
        copy = shipped
        for name in names:
            copy = copy.replace(f"\n{name}:\n", f"\n{name}_{number}:\n")
        copies.append(copy)
    return head + "".join(copies)


def _facts(course: Course, messages: int) -> list[Fact]:
    started = datetime.combine(course.starts, time_of_day(5), UTC)
    return [_fact(course, number, started + timedelta(seconds=number)) for number in range(messages)]


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

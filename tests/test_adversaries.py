"""Who plays the shipped rules gets no further than who learns: the whole course, on the real core, with both packs.

`./homeroom test -s tests/test_adversaries.py` prints the points of each adversary beside the median honest learner.
"""

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.local.values import Person
from bot.demo import PACKS
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roster import find_member
from bot.features import FEATURES
from tests.community import Community

MOST = 1.2  # times the median honest learner
DAYS = 14
HONEST = [f"learner{number}" for number in range(9)]
ADVERSARIES = ("farmer", "resubmitter", "ring1", "ring2", "ring3", "autobot", "doubled", "spammer")
HELPERS = ("second",)  # the other account of who has two

desk = Feature("desk")
"""Announces about homework and questions what anybody says: it is the rules that are played with here."""


@desk.command("hand_in", is_listed=False)
def hand_in(ctx: Context, cmd: Any) -> None:
    homework, tier, version = cmd.text.split()
    fields = {"homework": homework, "tier": tier, "late": False, "version": int(version), "length": 200}
    ctx.announce("homework.submitted", f"homework {homework}", text=f"{ctx.member.id} {homework} {version}", **fields)


@desk.command("take_back", is_listed=False)
def take_back(ctx: Context, cmd: Any) -> None:
    ctx.retract("homework.submitted", f"homework {cmd.text}")


@desk.command("give_grade", is_listed=False)
def give_grade(ctx: Context, cmd: Any) -> None:
    who, homework, score = cmd.text.split()
    member = find_member(ctx.db, ctx.course.id, f"@{who}")
    fields = {"homework": homework, "tier": "practice", "score": int(score), "late": False}
    ctx.announce("homework.graded", f"homework {homework}", member=member, **fields)


@desk.command("accept", is_listed=False)
def accept(ctx: Context, cmd: Any) -> None:
    """The asker accepts somebody's answer."""
    member = find_member(ctx.db, ctx.course.id, f"@{cmd.text}")
    object = f"answer {ctx.event.key}"
    ctx.announce("question.answered", object, member=member, text=str(ctx.event.key), tag="how-to", hours=1)
    ctx.announce("question.accepted", object, member=member, tag="how-to", hours=1)


Act = tuple[Any, ...]
"""Who, what they say; perhaps a message of whom they reply to, or react to."""


def words(who: str, day: int, number: int, *, length: int = 90) -> str:
    """A text that nobody has written before."""
    seed = sum(map(ord, who)) * 131 + day * 977 + number * 7919
    return "".join(chr(0x4E00 + (seed + i * 31) % 20_000) for i in range(length))


def honest(number: int, day: int) -> Iterator[Act]:
    """Somebody who learns: most days, most homework, a few shares, some help."""
    who, mate = HONEST[number], HONEST[(number + 1 + day % 3) % len(HONEST)]
    if (day + number) % 5 != 0:
        yield who, "/checkin"
        yield who, f"/hand_in quiz-{day} base 1"
    if day in (6, 13) and (number + day) % 9 != 0:
        yield who, f"/hand_in week-{day // 7} practice 1"
        yield who, f"/give_grade {who} week-{day // 7} {70 + number * 4}"
    if (day + number) % 3 == 0:
        yield who, words(who, day, 0)
    if (day * 2 + number) % 5 == 0:
        yield who, words(who, day, 1), mate
    if (day + 2 * number) % 6 == 0:
        yield who, f"/thanks @{mate}"
    if (day + number) % 4 == 0:
        yield who, "👍", mate


def farmer(day: int) -> Iterator[Act]:
    for number in range(12):
        yield "farmer", words("farmer", day, number)
        yield "farmer", words("farmer", day, 100 + number), HONEST[number % len(HONEST)]
        yield "farmer", "again and again the same long text, which somebody hopes will count once more"


def resubmitter(day: int) -> Iterator[Act]:
    for version in range(1, 5):
        yield "resubmitter", f"/hand_in quiz-{day} base {version}"
        yield "resubmitter", f"/hand_in week-{day // 7} practice {version}"
        yield "resubmitter", f"/take_back week-{day // 7}"
        yield "resubmitter", f"/hand_in week-{day // 7} practice {version}"


def ring(day: int) -> Iterator[Act]:
    """Three who check in, thank each other, like each other, and accept each other's answers."""
    for number in range(3):
        me, left, right = f"ring{number + 1}", f"ring{(number + 1) % 3 + 1}", f"ring{(number + 2) % 3 + 1}"
        yield me, "/checkin"
        yield me, words(me, day, 0)
        yield me, words(me, day, 1), left
        for mate in (left, right):
            yield me, f"/thanks @{mate}"
            yield me, "👍", mate
            yield me, f"/accept {mate}"


def doubled(day: int) -> Iterator[Act]:
    """An ordinary learner, and a second account that does nothing but praise the first."""
    for act in honest(4, day):
        yield tuple("doubled" if word == HONEST[4] else str(word).replace(HONEST[4], "doubled") for word in act)
    yield "second", "/thanks @doubled"
    yield "second", "❤️", "doubled"
    for _ in range(3):
        yield "second", "/accept doubled"


def day_of(day: int) -> Iterator[Act]:
    for number in range(len(HONEST)):
        yield from honest(number, day)
    yield from farmer(day)
    yield from resubmitter(day)
    yield from ring(day)
    yield from doubled(day)
    yield "autobot", "/checkin"


def evening_of(day: int) -> Iterator[Act]:
    for number, who in enumerate(HONEST):
        if (day + number) % 4 == 0:
            yield who, words(who, day, 2)
    for who in ("farmer", "ring1", "ring2", "ring3", "autobot"):
        yield who, words(who, day, 3)
    if day % 4 == 0:
        yield "doubled", words("doubled", day, 2)


def night_of(day: int) -> Iterator[Act]:
    for number in range(40):
        yield "spammer", words("spammer", day, number, length=30 + number * 5)
        yield "spammer", words("spammer", day, 100 + number, length=100), HONEST[0]


class Classroom:
    """Plays acts against the course."""

    def __init__(self, course: Community) -> None:
        self.course = course
        self.chat = course.run.adapter.chat
        self.last: dict[str, int] = {}  # whose newest message has which number

    async def play(self, acts: Iterator[Act]) -> None:
        for who, what, *mate in acts:
            about = self.last.get(mate[0]) if mate else None
            if mate and about is None:
                continue
            if about is not None and len(what) <= 2:
                await self.chat.react(who, "main", about, what, on=True)
            else:
                number = await self.chat.say(who, "main", what, reply_to=about)
                if not what.startswith("/"):
                    self.last[who] = number
        await self.course.run.control.settle()


@pytest.mark.parametrize("pack", ["xhs-writing", "python-start"])
async def test_nobody_gets_far_by_playing_the_rules(pack: str, tmp_path: Path, capsys: Any) -> None:
    folder = shutil.copytree(PACKS / pack, tmp_path / pack)
    script = (folder / "demo.yaml").read_text(encoding="utf-8").split("\nclassmates:")[0]
    (folder / "demo.yaml").write_text(script, encoding="utf-8")
    course = await Community.open(tmp_path / "data", folder, features=[*FEATURES, desk])
    try:
        await _live_the_course(course)
        points = {who: await course.points(who) for who in (*HONEST, *ADVERSARIES, *HELPERS)}
    finally:
        await course.close()
    median = statistics.median(points[who] for who in HONEST)
    with capsys.disabled():
        print(f"\n{pack}: honest learners {sorted(points[who] for who in HONEST)}, median {median}")
        for who in ADVERSARIES:
            print(f"  {who:<12} {points[who]:4d}  {points[who] / median:.2f}")
    assert median > 150
    assert {who: points[who] for who in ADVERSARIES if points[who] > MOST * median} == {}


async def _live_the_course(course: Community) -> None:
    for who in (*HONEST, *ADVERSARIES, *HELPERS):
        await course.run.adapter.chat.welcome(Person(id=who, name=who.title()))
        await course.run.adapter.chat.say(who, "main", "hello")
    await course.run.control.settle()
    room = Classroom(course)
    for day in range(1, DAYS + 1):
        await course.until(10)
        await room.play(day_of(day))
        await course.until(20, 5)
        await room.play(evening_of(day))
        await course.until(2)
        await room.play(night_of(day))
    await course.until(10)

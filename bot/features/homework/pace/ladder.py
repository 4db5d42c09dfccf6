"""Who is told that homework waits for too long: rung by rung, from who is on duty up to the admins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.response import Rung
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Utterance
from bot.features.homework.pace import waiting
from bot.features.homework.store import answers
from bot.features.homework.store.hand_ins import HandIn

WARNED = 1
"""How far those who should answer were told: 0, nothing; 1, that time runs out; from then on, rungs of the ladder."""

_WORDS: dict[Rung, str] = {
    "on_duty": "clock.rung_on_duty",
    "assistants": "clock.rung_assistants",
    "admins": "clock.rung_admins",
}


def next_at(course: Course, row: HandIn) -> datetime | None:
    """When those who should answer are told of it next; None: never again."""
    return _told_at(course, row, row.rung + 1)


def reached(course: Course, row: HandIn, now: datetime) -> int:
    """How far they should have been told by now; never less than they were."""
    return reached_from(course, row, int(row.rung), now)


def reached_from(course: Course, row: HandIn, rung: int, now: datetime) -> int:
    """The same for whom nobody was told more of than this."""
    while (at := _told_at(course, row, rung + 1)) is not None and at <= now:
        rung += 1
    return rung


def _told_at(course: Course, row: HandIn, rung: int) -> datetime | None:
    if rung == WARNED:
        return waiting.warn_at(course, row.waiting_since)
    step = rung - WARNED - 1
    if step >= len(course.book.grading.ladder):
        return None
    return waiting.step_at(course, waiting.answer_due(course, row.waiting_since), step)


def rungs_between(course: Course, before: int, now: int) -> tuple[Rung, ...]:
    """The rungs that are told when it comes from one to the other: several, where nobody was there to tell them."""
    return course.book.grading.ladder[max(before - WARNED, 0) : max(now - WARNED, 0)]


class OnDuty(NamedTuple):
    """Who is on duty on a day."""

    members: tuple[MemberId, ...]  # those whom the bot has seen
    accounts: tuple[str, ...]  # as YAML names them; nobody: it is everybody

    @property
    def is_everybody(self) -> bool:
        return not self.accounts


def on_duty(ctx: Context) -> OnDuty:
    """Today, by the course's calendar."""
    accounts = tuple(shift.account for shift in ctx.course.book.grading.duty.get(ctx.today.weekday(), ()))
    if accounts:
        return OnDuty(tuple(answers.members_called(ctx.db, ctx.course.id, accounts)), accounts)
    everybody = answers.staff_of(ctx.db, ctx.course.id, "assistant")
    return OnDuty(tuple(everybody or answers.staff_of(ctx.db, ctx.course.id, "admin")), ())


def duty_words(ctx: Context) -> Words | list[str]:
    """Who is on duty, for staff to read; whom the bot has never seen goes by their account."""
    found = on_duty(ctx)
    if found.is_everybody:
        return Text(id="clock.everybody")
    known = members_by_id(ctx.db, found.members)
    return [known[who].name for who in found.members] or list(found.accounts)


def rung_words(rungs: Iterable[Rung]) -> list[Words]:
    return [Text(id=_WORDS[rung]) for rung in rungs]


def escalate(ctx: Context, told: Sequence[tuple[HandIn, Sequence[Rung]]]) -> None:
    """Tell the people of these rungs in private: one message for each, of everything that is theirs to look at."""
    theirs: dict[MemberId, list[HandIn]] = {}
    people: dict[Rung, tuple[MemberId, ...]] = {}
    for row, rungs in told:
        for rung in rungs:
            if rung not in people:
                people[rung] = _people(ctx, rung)
        for who in dict.fromkeys(who for rung in rungs for who in people[rung]):
            theirs.setdefault(who, []).append(row)
    for who, ear in ears_of(ctx, list(theirs), have_asked=True).items():
        what = Utterance(
            lines=[Text(id="clock.told", values={"count": len(theirs[who]), "items": items(ctx, theirs[who])})],
            buttons=[(Text(id="button.grade_next"), "grade next")],
            life=NOTICE_LIFE,
            is_notice=True,
        )
        ctx.whisper(ear.user, ear.space, what, key=f"{ctx.event.key}:told:{who}", language=ear.language)


def _people(ctx: Context, rung: Rung) -> tuple[MemberId, ...]:
    if rung == "on_duty":
        return on_duty(ctx).members
    return tuple(answers.staff_of(ctx.db, ctx.course.id, "assistant" if rung == "assistants" else "admin"))


_FEW = 5


def items(ctx: Context, rows: Sequence[HandIn]) -> list[Words]:
    """The first few, with their numbers and when an answer is due."""
    shown: list[Words] = [
        Text(
            id="clock.item",
            values={
                "number": row.id,
                "homework": title_of(ctx.course, row.homework),
                "at": ctx.course.wall_time(waiting.answer_due(ctx.course, row.waiting_since)),
            },
        )
        for row in rows[:_FEW]
    ]
    more = len(rows) - len(shown)
    return [*shown, Text(id="clock.more", values={"count": more})] if more > 0 else shown


def title_of(course: Course, homework: str) -> object:
    """What a homework is called; its id where the course has it no more."""
    found = course.book.homework.get(homework)
    return found.title if found else homework

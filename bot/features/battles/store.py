"""Battles, their questions and the answers.

An answer is taken while the battle's row is locked for sharing, and whatever goes on in a battle locks that row first:
on PostgreSQL, too, an answer is either counted or refused. Nothing else is locked before it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select, update

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from bot.features.battles.options import BattleOptions
from bot.features.battles.questions import Question, fingerprint, read, stored
from bot.features.battles.ranking import Answered, seconds_between
from bot.features.battles.tables import answer, battle, question
from storage.database import insert, insert_new
from storage.persons import counts_once, is_of, same_person
from storage.tables import member

Battle = Row[Any]
Asked = Row[Any]
"""A question that was put."""
NextStep = Literal["ask", "hurry", "settle", "finish"]

_REMEMBERED = 100  # battles back, for whose turn it is
_COUNTS = counts_once(answer, "battle", "number")
_HERE = member.c.left_at.is_(None) & member.c.merged_into.is_(None)

# --- battles ----------------------------------------------------------------------------------------------------------


def begin(
    db: Connection, due: OccurrenceDue, options: BattleOptions, questions: Sequence[Question], *, first_at: datetime
) -> int:
    """Its number; the first question is due at this moment."""
    row = {
        **{name: getattr(due, name) for name in ("course", "ritual", "space", "local_date", "number")},
        "title": options.title.by_language,
        "questions": stored(questions),
        "seconds": options.seconds,
        "pause": options.pause // timedelta(seconds=1),
        "top": options.top,
        "state": "on",
        "next_step": "ask",
        "next_at": first_at,
    }
    number: int = db.execute(insert(db, battle).values(row).returning(battle.c.id)).scalar_one()
    return number


def locked(db: Connection, number: int) -> Battle | None:
    """To go on with it."""
    return db.execute(select(battle).where(battle.c.id == number).with_for_update()).one_or_none()


def shared(db: Connection, course: CourseId, number: int) -> Battle | None:
    """To answer in it: it does not go on meanwhile."""
    mine = select(battle).where(battle.c.id == number, battle.c.course == course)
    return db.execute(mine.with_for_update(read=True)).one_or_none()


def on_now(db: Connection, course: CourseId) -> Sequence[Battle]:
    query = select(battle).where(battle.c.course == course, battle.c.state == "on")
    return db.execute(query.order_by(battle.c.id)).all()


def last_over(db: Connection, course: CourseId) -> Battle | None:
    """The one that was played to its end last."""
    query = select(battle).where(battle.c.course == course, battle.c.state == "over")
    return db.execute(query.order_by(battle.c.ended_at.desc(), battle.c.id.desc()).limit(1)).one_or_none()


def last_asked(db: Connection, due: OccurrenceDue) -> dict[str, int]:
    """By fingerprint of a question, the newest battle of this ritual in this space that had it."""
    mine = (battle.c[name] == getattr(due, name) for name in ("course", "ritual", "space"))
    rows = db.execute(select(battle).where(*mine).order_by(battle.c.id.desc()).limit(_REMEMBERED))
    found: dict[str, int] = {}
    for row in rows:
        for one in read(row.questions)[: row.asked]:
            found.setdefault(fingerprint(one), row.id)
    return found


def set_next(db: Connection, number: int, step: NextStep, at: datetime) -> None:
    db.execute(update(battle).where(battle.c.id == number).values(next_step=step, next_at=at))


def end(db: Connection, number: int, state: Literal["over", "cancelled"], *, at: datetime) -> None:
    db.execute(update(battle).where(battle.c.id == number).values(state=state, ended_at=at))


# --- questions --------------------------------------------------------------------------------------------------------


def ask(db: Connection, found: Battle, *, at: datetime) -> Asked:
    """Put the next question; it is open from this moment on."""
    number = found.asked + 1
    db.execute(update(battle).where(battle.c.id == found.id).values(asked=number))
    row = {"battle": found.id, "number": number, "opened_at": at, "closes_at": at + timedelta(seconds=found.seconds)}
    return db.execute(insert(db, question).values(row).returning(*question.c)).one()


def close(db: Connection, asked: Asked, *, at: datetime, is_void: bool) -> None:
    mine = (question.c.battle == asked.battle) & (question.c.number == asked.number)
    db.execute(update(question).where(mine).values(closed_at=at, is_void=is_void))


def asked_in(db: Connection, number: int) -> Sequence[Asked]:
    """The questions that were put in a battle, in their order."""
    query = select(question).where(question.c.battle == number)
    return db.execute(query.order_by(question.c.number)).all()


def asked_as(db: Connection, number: int, place: int) -> Asked | None:
    mine = (question.c.battle == number) & (question.c.number == place)
    return db.execute(select(question).where(mine)).one_or_none()


# --- answers ----------------------------------------------------------------------------------------------------------


def take(db: Connection, asked: Asked, who: MemberId, option: int, *, at: datetime) -> bool:
    """The first answer of a person counts; False where this is not it."""
    if choice_of(db, asked.battle, asked.number, who) is not None:
        return False
    row = {"battle": asked.battle, "number": asked.number, "member": who, "option": option, "at": at}
    return db.execute(insert_new(db, answer).values(row)).rowcount == 1


def choice_of(db: Connection, number: int, place: int, who: MemberId) -> int | None:
    """The option that a person has chosen, from 1."""
    mine = (answer.c.battle == number) & (answer.c.number == place) & same_person(answer.c.member, who)
    chosen: int | None = db.execute(select(answer.c.option).where(mine, _COUNTS)).scalar_one_or_none()
    return chosen


def counts(db: Connection, asked: Asked) -> dict[int, int]:
    """How many people have chosen each option."""
    mine = (answer.c.battle == asked.battle) & (answer.c.number == asked.number) & _COUNTS
    rows = db.execute(select(answer.c.option, func.count()).where(mine).group_by(answer.c.option))
    return {row[0]: int(row[1]) for row in rows}


def answers_in(db: Connection, number: int) -> list[Answered]:
    """What everybody who is still there has answered in a battle."""
    query = (
        select(member.c.id, answer.c.number, answer.c.option, answer.c.at, question.c.opened_at)
        .join_from(answer, member, is_of(answer.c.member))
        .join(question, (question.c.battle == answer.c.battle) & (question.c.number == answer.c.number))
        .where(answer.c.battle == number, _COUNTS, _HERE)
    )
    rows = db.execute(query)
    return [Answered(row.id, row.number, row.option, seconds_between(row.opened_at, row.at)) for row in rows]

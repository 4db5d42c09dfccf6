"""What comes into a pool of codes from outside of the course, and what is taken out of it.

Beside a running process, too: all of it under the lock that redemptions take, see `store.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from bot.domain.ids import CourseId
from bot.features.rewards import store
from bot.features.rewards.tables import code
from storage.among import among


class Pool(NamedTuple):
    """How many codes of one reward there are in each state. `held`: promised, and shown to nobody yet."""

    reward: str
    free: int = 0
    held: int = 0
    given: int = 0
    withdrawn: int = 0


def lock(db: Connection, course: CourseId, reward: str) -> None:
    """Let nobody else put in, take or give codes of this reward; nor anybody put in any of this course."""
    store.lock_stock(db, course, reward, has_budget=True)


def known(db: Connection, codes: Sequence[str]) -> set[str]:
    """Those of them that were ever put in, for any reward of any course: a code is given once."""
    query = select(code.c.code).where(among(code.c.code, "codes"))
    return set(db.execute(query, {"codes": codes}).scalars())


def states(db: Connection, course: CourseId, reward: str, codes: Sequence[str]) -> Mapping[str, str]:
    """The state of each of these codes that the reward has."""
    query = select(code.c.code, code.c.state).where(_of(course, reward), among(code.c.code, "codes"))
    return {row.code: row.state for row in db.execute(query, {"codes": codes})}


def put_in(db: Connection, course: CourseId, reward: str, codes: Sequence[str], at: datetime) -> None:
    """They are given in this order."""
    if codes:
        new = {"course": course, "reward": reward, "state": "free", "at": at}
        db.execute(insert(code), [{**new, "code": one} for one in codes])


def withdraw(db: Connection, course: CourseId, reward: str, codes: Sequence[str] | None) -> int:
    """How many of these, or of all that are free, are nobody's any more."""
    free = _of(course, reward) & (code.c.state == "free")
    gone = update(code).values(state="withdrawn")
    if codes is None:
        return db.execute(gone.where(free)).rowcount
    return db.execute(gone.where(free, among(code.c.code, "codes")), {"codes": codes}).rowcount


def pools(db: Connection, course: CourseId) -> list[Pool]:
    """By reward."""
    query = select(code.c.reward, code.c.state, func.count()).where(code.c.course == course)
    found: dict[str, dict[str, int]] = {}
    for reward, state, times in db.execute(query.group_by(code.c.reward, code.c.state)):
        found.setdefault(reward, {})[state] = int(times)
    return [Pool(reward, **found[reward]) for reward in sorted(found)]


def _of(course: CourseId, reward: str) -> ColumnElement[bool]:
    return (code.c.course == course) & (code.c.reward == reward)

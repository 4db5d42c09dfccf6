"""Rules in the shadow: since when each is tried out, and what it would have given."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, String, Table, bindparam, case, delete, func, select, update

from bot.domain.ids import CourseId, RuleId
from bot.domain.rules import SPENT
from storage.among import among
from storage.columns import Moment
from storage.database import insert_new
from storage.tables import ledger, metadata, profile, shadow_ledger

shadow_run = Table(
    "shadow_run",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("rule", String(48), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("reported_at", Moment),
)

_TOP = 5


class Trial(NamedTuple):
    """What a rule in the shadow would have done; what was taken back counts as never given."""

    times: int
    points: int
    members: int
    top: list[tuple[str, int, int]]  # name, points, times


def runs(db: Connection, course: CourseId) -> dict[RuleId, Row[Any]]:
    """The trials of a course, by rule."""
    rows = db.execute(select(shadow_run).where(shadow_run.c.course == course)).all()
    return {RuleId(row.rule): row for row in rows}


def begin(db: Connection, course: CourseId, rules: Collection[RuleId], since: datetime) -> None:
    if rules:
        rows = [{"course": course, "rule": rule, "since": since} for rule in rules]
        db.execute(insert_new(db, shadow_run), rows)


def forget(db: Connection, course: CourseId, rules: Collection[RuleId]) -> None:
    """End trials, with all that they would have given."""
    for table in (shadow_run, shadow_ledger) if rules else ():
        db.execute(delete(table).where(table.c.course == course, among(table.c.rule, "rules")), {"rules": rules})


def mark_reported(db: Connection, course: CourseId, rule: RuleId, at: datetime) -> None:
    mine = (shadow_run.c.course == course) & (shadow_run.c.rule == rule)
    db.execute(update(shadow_run).where(mine).values(reported_at=at))


def trial_of(db: Connection, course: CourseId, rule: RuleId) -> Trial:
    """What a rule would have done so far."""
    by_member = db.execute(_BY_MEMBER, {"of": course, "by": rule}).all()
    top = [(row.name, row.points, row.times) for row in by_member[:_TOP]]
    times, points = sum(row.times for row in by_member), sum(row.points for row in by_member)
    return Trial(times=times, points=points, members=len(by_member), top=top)


_TIMES = func.sum(case((shadow_ledger.c.round % 2 == 0, 1), else_=-1))
_POINTS = func.sum(shadow_ledger.c.points)
_BY_MEMBER = (
    select(profile.c.name, _POINTS.label("points"), _TIMES.label("times"))
    .join(shadow_ledger, shadow_ledger.c.member == profile.c.member)
    .where(shadow_ledger.c.course == bindparam("of"), shadow_ledger.c.rule == bindparam("by"))
    .group_by(profile.c.member, profile.c.name)
    .having(_TIMES > 0)
    .order_by(_POINTS.desc(), _TIMES.desc(), profile.c.member)
)


def points_since(db: Connection, course: CourseId, since: datetime) -> int:
    """What the whole course got in that time, whatever was spent of it."""
    total = select(func.coalesce(func.sum(ledger.c.points), 0))
    mine = (ledger.c.course == course) & (ledger.c.at >= since) & (ledger.c.category != SPENT)
    return int(db.execute(total.where(mine)).scalar_one())

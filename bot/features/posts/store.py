"""The tables of polls and votes, and the questions asked of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    distinct,
    false,
    func,
    insert,
    select,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, MemberId, SpaceId
from bot.domain.messages import Localised
from bot.features.posts.options import PollOptions
from storage.columns import Json, LocalDate, Moment
from storage.persons import counts_once, person_of, same_person
from storage.tables import Id, metadata, occurrence

poll = Table(
    "poll",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False),  # of the time, where the ritual takes place several times on this date
    Column("question", Json, nullable=False),  # as it was asked: the file may say something else by now
    Column("options", Json, nullable=False),
    Column("takes_several", Boolean(create_constraint=False), nullable=False),
    Column("is_by_name", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("closes_at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
)

vote = Table(
    "poll_vote",
    metadata,
    Column("poll", Id, ForeignKey("poll.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("option", Integer, primary_key=True),  # 1 is the first
    Column("at", Moment, nullable=False),
)


_COUNTS = counts_once(vote, "poll")


class Poll(NamedTuple):
    """A question that was put."""

    id: int
    ritual: str
    space: SpaceId
    question: Localised
    options: Sequence[Localised]
    takes_several: bool
    is_by_name: bool  # a platform with polls of its own shows it as one
    closes_at: datetime
    closed_at: datetime | None


class Result(NamedTuple):
    """How a poll stands."""

    votes: Sequence[int]  # for each option, in their order
    voters: int


def open_poll(db: Connection, due: OccurrenceDue, asked: PollOptions) -> Poll:
    row = insert(poll).values(
        course=due.course,
        ritual=due.ritual,
        space=due.space,
        local_date=due.local_date,
        number=due.number,
        question=asked.question.by_language,
        options=[option.by_language for option in asked.options],
        takes_several=asked.multiple,
        is_by_name=asked.by_name,
        closes_at=due.due_at + asked.closes_in,
    )
    return _poll(db.execute(row.returning(*poll.c)).one())


def close_poll(db: Connection, due: OccurrenceDue) -> Poll | None:
    """Close what was opened by the same ritual at the same time; None where nothing was."""
    names = ("course", "ritual", "space", "local_date", "number")
    mine = and_(*(poll.c[name] == getattr(due, name) for name in names), poll.c.closed_at.is_(None))
    row = db.execute(update(poll).where(mine).values(closed_at=due.at).returning(*poll.c)).one_or_none()
    return _poll(row) if row else None


def find(db: Connection, course: CourseId, id: int) -> Poll | None:
    row = db.execute(select(poll).where(poll.c.id == id, poll.c.course == course)).one_or_none()
    return _poll(row) if row else None


def _poll(row: Row[Any]) -> Poll:
    options = [Localised(option) for option in row.options]
    return Poll(
        row.id,
        row.ritual,
        row.space,
        Localised(row.question),
        options,
        row.takes_several,
        row.is_by_name,
        row.closes_at,
        row.closed_at,
    )


def choices_of(db: Connection, id: int, member: MemberId) -> set[int]:
    """What a member has chosen."""
    mine = (vote.c.poll == id) & same_person(vote.c.member, member) & _COUNTS
    return set(db.execute(select(vote.c.option).where(mine)).scalars())


def choose(db: Connection, id: int, member: MemberId, choices: set[int], *, at: datetime) -> None:
    """These are a member's choices from now on."""
    db.execute(delete(vote).where(vote.c.poll == id, vote.c.member == member))
    if choices:
        db.execute(insert(vote), [{"poll": id, "member": member, "option": one, "at": at} for one in sorted(choices)])


def result(db: Connection, found: Poll) -> Result:
    """Also of those who have left."""
    counted = select(vote.c.option, func.count()).where(vote.c.poll == found.id, _COUNTS).group_by(vote.c.option)
    votes = {row[0]: row[1] for row in db.execute(counted)}
    voters = select(func.count(distinct(person_of(vote.c.member)))).where(vote.c.poll == found.id)
    counts = [votes.get(number, 0) for number in range(1, len(found.options) + 1)]
    return Result(counts, db.execute(voters).scalar_one())


def times_before(db: Connection, due: OccurrenceDue, steps: int) -> int:
    """How often this ritual has posted in this space before."""
    mine = and_(*(occurrence.c[name] == getattr(due, name) for name in ("course", "ritual", "space")))
    is_before = (occurrence.c.due_at < due.due_at) | ((occurrence.c.due_at == due.due_at) & (occurrence.c.id < due.row))
    done = select(func.count()).where(mine, is_before, occurrence.c.state == "done", occurrence.c.slot % steps == 0)
    return db.execute(done).scalar_one()

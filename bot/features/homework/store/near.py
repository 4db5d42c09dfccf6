"""The marks of texts, and the pairs that have many of them in common."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import hand_in, near_copy, submission, team_member, text_mark
from storage.among import among
from storage.persons import same_persons

Pair = Row[Any]

_later, _earlier = submission.alias("later_one"), submission.alias("earlier_one")


def keep_marks(db: Connection, of: int, marks: Collection[int]) -> None:
    """Those of a submission that is new."""
    db.execute(insert(text_mark), [{"submission": of, "mark": mark} for mark in marks])


def sharing(
    db: Connection, row: HandIn, marks: Collection[int], authors: Sequence[MemberId], *, least: int, limit: int
) -> Sequence[Row[Any]]:
    """The submissions of others, for the same homework, with at least so many of these marks; the most alike first."""
    others = (hand_in.c.course == row.course) & (hand_in.c.homework == row.homework) & (hand_in.c.id != row.id)
    theirs = select(team_member.c.team).where(same_persons(team_member.c.member, "authors"))
    others &= (hand_in.c.state != "withdrawn") & (hand_in.c.team.is_(None) | hand_in.c.team.not_in(theirs))
    common = func.count().label("common")
    query = select(submission.c.id, submission.c.hand_in, common).select_from(text_mark)
    query = query.join(submission, submission.c.id == text_mark.c.submission)
    query = query.join(hand_in, hand_in.c.id == submission.c.hand_in)
    query = query.where(among(text_mark.c.mark, "marks"), others, ~same_persons(submission.c.member, "authors"))
    query = query.group_by(submission.c.id, submission.c.hand_in).having(common >= least)
    query = query.order_by(common.desc(), submission.c.id).limit(limit)
    return db.execute(query, {"marks": list(marks), "authors": list(authors)}).all()


def between(db: Connection, number: int, others: Sequence[int]) -> dict[int, Pair]:
    """By the other hand-in: what was found before between it and this one, the most alike, whichever came first."""
    pairs = _pairs().where(
        ((_later.c.hand_in == number) & _earlier.c.hand_in.in_(others))
        | ((_earlier.c.hand_in == number) & _later.c.hand_in.in_(others))
    )
    found = {}
    for pair in db.execute(pairs.order_by(near_copy.c.share, near_copy.c.id)):
        found[pair.earlier_hand_in if pair.later_hand_in == number else pair.later_hand_in] = pair
    return found


def add(db: Connection, course: CourseId, later: int, earlier: int, share: int, at: datetime) -> None:
    db.execute(insert(near_copy).values(course=course, later=later, earlier=earlier, share=share, at=at))


def renew(db: Connection, pair: int, later: int, earlier: int, share: int) -> None:
    """A newer version is more alike."""
    mine = near_copy.c.id == pair
    db.execute(update(near_copy).where(mine).values(later=later, earlier=earlier, share=share))


def _pairs() -> Any:
    """Pairs with both texts, their authors and times."""
    query = select(near_copy)
    for side, one in (("later", _later), ("earlier", _earlier)):
        query = query.add_columns(
            *(one.c[name].label(f"{side}_{name}") for name in ("hand_in", "version", "at", "text"))
        )
    query = query.join(_later, _later.c.id == near_copy.c.later)
    return query.join(_earlier, _earlier.c.id == near_copy.c.earlier)


def unsettled(db: Connection, course: CourseId) -> Sequence[Pair]:
    """What staff have not looked at, the most alike first."""
    mine = (near_copy.c.course == course) & near_copy.c.settled_at.is_(None)
    return db.execute(_pairs().where(mine).order_by(near_copy.c.share.desc(), near_copy.c.id)).all()


def how_many(db: Connection, course: CourseId) -> int:
    """How many staff have not looked at."""
    mine = (near_copy.c.course == course) & near_copy.c.settled_at.is_(None)
    return db.execute(select(func.count()).select_from(near_copy).where(mine)).scalar_one()


def pair_called(db: Connection, course: CourseId, number: int) -> Pair | None:
    return db.execute(_pairs().where(near_copy.c.id == number, near_copy.c.course == course)).one_or_none()


def of_submission(db: Connection, id: int) -> Pair | None:
    """The pair, not settled, that is most alike of those of the hand-in to which a submission belongs."""
    mine = select(submission.c.hand_in).where(submission.c.id == id).scalar_subquery()
    pairs = _pairs().where(near_copy.c.settled_at.is_(None), or_(_later.c.hand_in == mine, _earlier.c.hand_in == mine))
    return db.execute(pairs.order_by(near_copy.c.share.desc(), near_copy.c.id).limit(1)).one_or_none()


def hand_in_of(db: Connection, id: int) -> int:
    """The number of the hand-in to which a submission belongs."""
    return int(db.execute(select(submission.c.hand_in).where(submission.c.id == id)).scalar_one())


def settle(db: Connection, pair: int, by: MemberId, at: datetime) -> bool:
    """Staff have looked. False where somebody was quicker."""
    mine = (near_copy.c.id == pair) & near_copy.c.settled_at.is_(None)
    return db.execute(update(near_copy).where(mine).values(settled_at=at, settled_by=by)).rowcount > 0


def hand_ins_called(db: Connection, numbers: Collection[int]) -> Sequence[HandIn]:
    return db.execute(select(hand_in).where(among(hand_in.c.id, "numbers")), {"numbers": list(numbers)}).all()

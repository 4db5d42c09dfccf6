"""Redemptions as rows.

Whatever takes a reward, or changes a redemption, locks in this order: the member row of the person, the row of the
course's budget, that of the reward, the redemption. Two who want the last one come one after the other. Who takes
several locks the rows of each kind before those of the next, in the order of their keys.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.domain.ids import CourseId, MemberId, ObjectId
from bot.features.rewards.tables import address, redemption, stock
from rules.fold import LINKED, POINTS_SETTLED, POINTS_SPENT, REWARD_GRANTED
from storage.database import insert as insert_over
from storage.database import insert_new
from storage.persons import lock_person, same_person
from storage.tables import fact, ledger, member

Redemption = Row[Any]

OPEN = ("requested",)
HAD = ("requested", "given", "delivered")
"""The states of what somebody has or will have: it counts for the stock, the budget, and the limits."""
GONE = ("declined", "cancelled", "refunded")

SOON = timedelta(hours=6)
"""Who asks again so soon after they have cancelled it, is answered in the same post."""

_BUDGET = ""


# --- locks ------------------------------------------------------------------------------------------------------------


def lock_people(db: Connection, members: Collection[int]) -> None:
    """Of several members, whoever they are now."""
    now_are = select(func.coalesce(member.c.merged_into, member.c.id).label("person")).distinct()
    for person in db.execute(now_are.where(member.c.id.in_(list(members))).order_by("person")).scalars():
        lock_person(db, MemberId(person))


def lock_stock(db: Connection, course: CourseId, *rewards: str, has_budget: bool) -> None:
    """Let nobody else take one of these rewards, nor of the budget."""
    names = sorted({*rewards, _BUDGET} if has_budget else {*rewards})
    db.execute(insert_new(db, stock), [{"course": course, "reward": name, "taken": 0} for name in names])
    mine = (stock.c.course == course) & stock.c.reward.in_(names)
    db.execute(select(stock.c.reward).where(mine).order_by(stock.c.reward).with_for_update()).all()


def count_taken(db: Connection, course: CourseId, reward: str, change: int) -> None:
    """One more is taken, or one less."""
    mine = (stock.c.course == course) & (stock.c.reward == reward)
    db.execute(update(stock).where(mine).values(taken=stock.c.taken + change))


# --- rows -------------------------------------------------------------------------------------------------------------


def add(db: Connection, values: dict[str, Any]) -> Redemption:
    return db.execute(insert(redemption).values(values).returning(*redemption.c)).one()


def change(db: Connection, number: int, **values: Any) -> Redemption:
    """As it is afterwards."""
    mine = update(redemption).where(redemption.c.id == number)
    return db.execute(mine.values(values).returning(*redemption.c)).one()


def by_number(db: Connection, course: CourseId, number: int) -> Redemption | None:
    """Whosever it is; not locked."""
    return db.execute(select(redemption).where(redemption.c.id == number, redemption.c.course == course)).one_or_none()


def locked(db: Connection, course: CourseId, numbers: Collection[int], *, has_budget: bool) -> Sequence[Redemption]:
    """Those of them that there are, in their order; with their people, the budget and their rewards, as all lock."""
    mine = (redemption.c.course == course) & redemption.c.id.in_(list(numbers))
    query = select(redemption).where(mine).order_by(redemption.c.id)
    found = db.execute(query).all()
    if found:
        lock_people(db, [row.member for row in found])
        lock_stock(db, course, *(row.reward for row in found), has_budget=has_budget)
    return db.execute(query.with_for_update()).all()


def by_cause(db: Connection, course: CourseId, cause: str) -> Redemption | None:
    """What was given for this; not locked."""
    mine = (redemption.c.course == course) & (redemption.c.cause == cause)
    return db.execute(select(redemption).where(mine)).one_or_none()


def first_of_loop(db: Connection, row: Redemption) -> int:
    """The first of their requests for the same that were cancelled, one soon after the other, right before this one.

    It stays the same whatever becomes of them, and whoever the member is linked with.
    """
    if row.cause is not None:  # nobody has asked for it
        return int(row.id)
    same = (redemption.c.course == row.course) & (redemption.c.reward == row.reward) & redemption.c.cause.is_(None)
    before = same & (redemption.c.id < row.id) & (redemption.c.member == row.member)
    first, at = row.id, row.at
    for one in db.execute(select(redemption).where(before).order_by(redemption.c.id.desc())):
        # What is cancelled only after the next was asked for has a post of its own, as that has.
        if one.state != "cancelled" or not one.settled_at <= at <= one.settled_at + SOON:
            break
        first, at = one.id, one.at
    return int(first)


def of_member(db: Connection, course: CourseId, who: MemberId, *, limit: int) -> Sequence[Redemption]:
    """What a person has redeemed or was given, by whichever account; the newest first."""
    mine = (redemption.c.course == course) & same_person(redemption.c.member, who)
    return db.execute(select(redemption).where(mine).order_by(redemption.c.id.desc()).limit(limit)).all()


def in_states(db: Connection, course: CourseId, states: Sequence[str], *, limit: int) -> Sequence[Redemption]:
    """The oldest first."""
    mine = (redemption.c.course == course) & redemption.c.state.in_(states)
    return db.execute(select(redemption).where(mine).order_by(redemption.c.id).limit(limit)).all()


def open_of(db: Connection, members: Collection[int]) -> Sequence[Redemption]:
    """What these members have not got yet, course by course."""
    mine = redemption.c.member.in_(list(members)) & redemption.c.state.in_(("owed", "requested", "given"))
    return db.execute(select(redemption).where(mine).order_by(redemption.c.course, redemption.c.id)).all()


def has_left(db: Connection, who: MemberId) -> bool:
    """Of their own will, by the hand of staff, or forgotten."""
    return db.execute(select(member.c.left_at).where(member.c.id == who)).scalar_one() is not None


# --- addresses --------------------------------------------------------------------------------------------------------


def keep_address(db: Connection, number: int, values: dict[str, Any]) -> None:
    """In place of one that was there."""
    row = insert_over(db, address).values(redemption=number, **values)
    db.execute(row.on_conflict_do_update(index_elements=["redemption"], set_=values))


def address_of(db: Connection, number: int) -> Row[Any] | None:
    return db.execute(select(address).where(address.c.redemption == number)).one_or_none()


def drop_address(db: Connection, numbers: Collection[int]) -> None:
    db.execute(delete(address).where(address.c.redemption.in_(list(numbers))))


# --- sums -------------------------------------------------------------------------------------------------------------


def times_had(db: Connection, course: CourseId, reward: str, *, who: MemberId | None = None, month: str = "") -> int:
    """How often this person has it, or all together; in one month, or ever. What was given for nothing counts."""
    mine = [redemption.c.course == course, redemption.c.reward == reward, redemption.c.state.in_(HAD)]
    mine += [same_person(redemption.c.member, who)] if who is not None else []
    mine += [redemption.c.month == month] if month else []
    return int(db.execute(select(func.count()).select_from(redemption).where(*mine)).scalar_one())


def times_redeemed(db: Connection, course: CourseId, who: MemberId) -> int:
    """How often a person has redeemed anything, whatever came of it; what was given for nothing does not count."""
    mine = (redemption.c.course == course) & same_person(redemption.c.member, who) & redemption.c.cause.is_(None)
    return int(db.execute(select(func.count()).select_from(redemption).where(mine)).scalar_one())


def spent_in(db: Connection, course: CourseId, month: str) -> int:
    """What of a month's budget is spent, in points."""
    mine = (redemption.c.course == course) & (redemption.c.month == month) & redemption.c.state.in_(HAD)
    return int(db.execute(select(func.coalesce(func.sum(redemption.c.worth), 0)).where(mine)).scalar_one())


def taken_of(db: Connection, course: CourseId) -> dict[str, int]:
    """How many of each reward are somebody's."""
    rows = db.execute(select(stock.c.reward, stock.c.taken).where(stock.c.course == course))
    return {row.reward: int(row.taken) for row in rows}


def bought(db: Connection, course: CourseId, who: MemberId) -> frozenset[tuple[str, str]]:
    """Reward and month of each redemption that a person has, or had with somebody, for the limits of the catalogue."""
    shared = redemption.c.id.in_(_shared_with(db, course, who))
    mine = (redemption.c.course == course) & (same_person(redemption.c.member, who) | shared)
    rows = db.execute(select(redemption.c.reward, redemption.c.month).where(mine, redemption.c.state.in_(HAD)))
    return frozenset((row.reward, row.month) for row in rows)


def monthly(db: Connection, course: CourseId, month: str) -> dict[str, int]:
    """How many of each reward were had in a month, by all together."""
    mine = (redemption.c.course == course) & (redemption.c.month == month) & redemption.c.state.in_(HAD)
    rows = db.execute(select(redemption.c.reward, func.count()).where(mine).group_by(redemption.c.reward))
    return {reward: int(times) for reward, times in rows}


# --- of two who were one ----------------------------------------------------------------------------------------------

_SHARED = " shared "
"""In what is booked when two are parted: `redemption 12 shared 345`, with the number of the fact that linked them."""


def link_of(db: Connection, course: CourseId, person: MemberId, merged: MemberId) -> int | None:
    """The number of the fact that has made the one a part of the other, the last time."""
    this = (fact.c.course == course) & (fact.c.kind == LINKED) & (fact.c.object == f"member {merged}")
    last = select(func.max(fact.c.id)).where(this, same_person(fact.c.member, person))
    found: int | None = db.execute(last).scalar_one()
    return found


def had_since(db: Connection, course: CourseId, who: MemberId, since: int) -> Sequence[Redemption]:
    """What a person has of all that they redeemed or were given after this fact; the newest first."""
    taken = (fact.c.course == course) & fact.c.kind.in_((POINTS_SPENT, REWARD_GRANTED)) & (fact.c.id > since)
    objects = db.execute(select(fact.c.object).where(taken, same_person(fact.c.member, who))).scalars()
    numbers = {number_in(object) for object in objects}
    mine = redemption.c.id.in_(numbers) & redemption.c.state.in_(HAD)
    return db.execute(select(redemption).where(mine).order_by(redemption.c.id.desc())).all()


def number_in(object: str) -> int:
    """Of the redemption that a fact or an entry is about."""
    return int(object.split()[1])


def shared(number: int, link: int) -> ObjectId:
    """What is booked of a redemption when the link ends that it was made under."""
    return ObjectId(f"redemption {number}{_SHARED}{link}")


def shares_of(db: Connection, number: int) -> list[tuple[MemberId, str]]:
    """Member and object of all that was booked so of this redemption."""
    mine = ledger.c.object.startswith(f"redemption {number}{_SHARED}") & (ledger.c.fact == POINTS_SETTLED)
    rows = db.execute(select(ledger.c.member, ledger.c.object).where(mine).distinct().order_by(ledger.c.member))
    return [(MemberId(row.member), row.object) for row in rows]


def _shared_with(db: Connection, course: CourseId, who: MemberId) -> set[int]:
    """The redemptions that were made while this person was one with somebody else."""
    mine = (ledger.c.course == course) & (ledger.c.fact == POINTS_SETTLED) & same_person(ledger.c.member, who)
    return {number_in(object) for object in db.execute(select(ledger.c.object).where(mine)).scalars()}

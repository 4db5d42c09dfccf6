"""Two members are parted who were one person: what was spent stays spent, and each has had what both had.

What it cost lies with the one who stays. Where they have not so many points, the other's pay for it, as far as they go.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import structs

from bot.domain.ids import MemberId, ObjectId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.rewards import store
from bot.features.rewards.declared import feature
from bot.features.rewards.store import Redemption
from rules.fold import POINTS_SETTLED, settled
from storage import boards

Booked = tuple[MemberId, ObjectId, int]
"""Member, object and points of an entry."""


class Settled(NamedTuple):
    """What somebody's points have paid for, and what they were short of."""

    stays: Member
    goes: Member
    points: int
    debt: int


@feature.on_regrouping
def regrouped(ctx: Context, person: MemberId, other: MemberId) -> None:
    """Nothing is to be done where two become one: their entries do."""
    stays, goes = member_of(ctx.db, person), member_of(ctx.db, other)
    link = store.link_of(ctx.db, ctx.course.id, stays.id, goes.id) if stays.id != goes.id else None
    rows = store.had_since(ctx.db, ctx.course.id, stays.id, link) if link else []
    if not (link and rows):
        return
    debt, most = -boards.points_of(ctx.db, stays.id), boards.points_of(ctx.db, goes.id)
    entries = list(_booked(rows, link, stays, goes, max(0, min(debt, most))))
    fact = ctx.fact_about(POINTS_SETTLED, f"member {person}", goes)
    fact = structs.replace(fact, values={**fact.values, "entries": [list(entry) for entry in entries]})
    ctx.writes.add_fact(fact, [], ctx.live.snapshots[ctx.course.id])
    ctx.writes.entries += settled(fact)
    ctx.writes.flush_decisions(ctx.db)
    if debt > 0:
        paid = sum(points for who, _, points in entries if who == stays.id)
        ctx.gather(_tell, Settled(stays, goes, paid, debt - paid))


def _booked(rows: Sequence[Redemption], link: int, stays: Member, goes: Member, most: int) -> Iterator[Booked]:
    """One entry of each redemption for who goes, who has had it, too; what was paid last is booked first."""
    for row in rows:
        points = min(most, row.price)
        most -= points
        yield goes.id, store.shared(row.id, link), -points
        if points:
            yield stays.id, store.shared(row.id, link), points


def _tell(ctx: Context, those: Sequence[Settled]) -> None:
    """Below what staff read of the parting."""
    for one in those:
        name, other = one.stays.name, one.goes.name
        if one.points:
            ctx.reply("reward.settled", count=one.points, name=name, other=other)
        if one.debt:
            ctx.reply("reward.unsettled", count=one.debt, name=name, other=other)


def give_back(ctx: Context, row: Redemption) -> None:
    """The redemption is undone: whose points have paid for it gets them back."""
    shares = {(member_of(ctx.db, who).id, object) for who, object in store.shares_of(ctx.db, row.id)}
    for who, object in sorted(shares):
        ctx.retract(POINTS_SETTLED, object, member=member_of(ctx.db, who))

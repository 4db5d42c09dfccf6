"""Of several accounts that are one person, one hand-in for a homework counts; the others are set aside meanwhile."""

from collections.abc import Sequence

from bot.domain.ids import MemberId
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.homework.declared import feature
from bot.features.homework.handing import standing
from bot.features.homework.handing.receipts import tell_grader_it_is_gone
from bot.features.homework.pace import waiting
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn
from storage.persons import grouped


@feature.on_regrouping
def regrouped(ctx: Context, person: MemberId, other: MemberId) -> None:
    """What each has handed in by now, and what it is worth."""
    people = {who.id: who for who in (member_of(ctx.db, person), member_of(ctx.db, other))}
    is_parted = len(people) > 1
    for who in people.values():
        rows = dict(grouped((row.homework, row) for row in hand_ins.own_of(ctx.db, ctx.course.id, who.id)))
        several = {homework for homework, found in rows.items() if _choose(ctx, found)}
        for homework in ctx.course.book.homework.values():
            standing.agree(ctx, homework, who, anew=homework.id in several or is_parted)


def _choose(ctx: Context, rows: Sequence[HandIn]) -> bool:
    """Let the one count that is best of those for one homework; whether there were several, or there are no more."""
    best = max(rows, key=_rank)
    for row in rows:
        if row is not best and row.aside is None:
            tell_grader_it_is_gone(ctx, row)
            waiting.stop(ctx, row, "withdrawn", aside=row.state)
    if best.aside is not None:
        _restore(ctx, best)
    return len(rows) > 1 or best.aside is not None


def _rank(row: HandIn) -> tuple[bool, bool, object, int]:
    """Not one that its author took back, nor a late one before one in time; else the newest."""
    return (row.aside or row.state) != "withdrawn", not row.is_late, row.at, row.id


def _restore(ctx: Context, row: HandIn) -> None:
    """As it was; the wait for an answer begins anew."""
    if row.aside == "waiting":
        waiting.begin(ctx, row, ctx.now, aside=None)
    else:
        hand_ins.change(ctx.db, row.id, state=row.aside, aside=None)

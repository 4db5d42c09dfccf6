"""Two accounts that were parted: what both did together may have been too little for each of them alone."""

from collections.abc import Sequence

from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.completion import store
from bot.features.completion.declared import feature, rule_of
from bot.features.completion.standing import standings


@feature.on_regrouping
def regrouped(ctx: Context, person: MemberId, other: MemberId) -> None:
    """Looked at when all that follows from the parting is known, such as whose homework counts again."""
    if member_of(ctx.db, person).id != member_of(ctx.db, other).id:
        ctx.gather(_look, person)
        ctx.gather(_look, other)


def _look(ctx: Context, parted: Sequence[MemberId]) -> None:
    """It is people who decide whether to withdraw it: a mistaken link is no fault of the member."""
    rule = rule_of(ctx.course)
    rows = [store.of_person(ctx.db, ctx.course.id, who) for who in parted]
    held = [member_of(ctx.db, row.member) for row in rows if row is not None and row.withdrawn_at is None]
    if rule is None or not held:
        return
    found = standings(ctx, rule, held, ctx.today)
    for who in held:
        if not found[who.id].is_complete:
            values = {"name": who.name, "number": who.id}
            ctx.tell_staff(Text(id="completion.parted", values=values), key=f"{ctx.event.key}:completion:{who.id}")

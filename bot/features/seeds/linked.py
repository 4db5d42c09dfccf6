"""What an assistant looks after, where two accounts that were one person are parted again."""

from bot.domain.ids import MemberId
from bot.engine.context import Context
from bot.engine.roles import holds_grant
from bot.features.seeds.declared import feature
from storage import assistants


@feature.on_regrouping
def regrouped(ctx: Context, person: MemberId, other: MemberId) -> None:
    """Each account keeps the role that both were given, and so the same scope: else one would look after everything."""
    for has, lacks in ((person, other), (other, person)):
        row = assistants.current(ctx.db, has)
        if row is None or assistants.current(ctx.db, lacks) is not None or not holds_grant(ctx, lacks, row.at):
            continue
        shifts, by = assistants.shifts_of(row), row.confirmed_by
        assistants.begin(ctx.db, ctx.course.id, lacks, areas=row.areas, shifts=shifts, by=by, at=row.at)

"""A report's picture, once it is drawn, or is known never to be."""

import re

from bot.domain.events import JobDone
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.growth import store
from bot.features.growth.declared import feature
from bot.features.growth.private import send

_JOB = re.compile(r"growth:([0-9]{1,15})")


@feature.on(JobDone)
def drawn(ctx: Context, done: JobDone) -> None:
    """Without its picture a report says the same; staff are told once a day."""
    found = _JOB.fullmatch(done.job)
    row = store.locked(ctx.db, done.course, int(found[1])) if found else None
    if row is None or row.sent_at is not None:
        return
    if done.file:
        store.change(ctx.db, row.id, files=[done.file])
    else:
        ctx.tell_staff(Text(id="growth.no_pictures"), key=f"growth:undrawn:{ctx.course.id}:{ctx.today}")
        if row.occasion is None:  # asked for once more, it is tried once more
            store.drop(ctx.db, row.id)
            return
    send(ctx, row, done.file, member_of(ctx.db, row.member))

"""When the session of a call opens, as rows or the files have it now."""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from msgspec import structs
from sqlalchemy import select

from bot.domain.moments import moment_of
from bot.domain.rituals import Ritual
from bot.engine import pauses
from bot.engine.context import Context
from bot.features.sharing.declared import OPEN, SharingOptions
from storage.tables import occurrence

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=35)  # staff move a ritual by thirty days at most


class Opening(NamedTuple):
    """Of one session."""

    due_at: datetime
    state: Literal["coming", "over", "off"]  # over: it has opened, or somebody has to look at it
    rests: bool = False  # it would be skipped, as things are


def opening_of(ctx: Context, call: Any) -> Opening:
    """Staff may have moved it or put it on hold, files may have changed since."""
    ritual = ctx.course.ritual(call.ritual)
    if ritual is None or not isinstance(ritual.options, SharingOptions):
        is_mended_soon = call.ritual in ctx.live.off(call.course)
        return Opening(call.opens_at, "coming" if is_mended_soon else "off", rests=True)
    slot = call.number * len(ritual.steps) + OPEN
    mine = (occurrence.c.course == call.course) & (occurrence.c.ritual == call.ritual)
    mine &= (occurrence.c.space == call.space) & (occurrence.c.local_date == call.local_date)
    row = ctx.db.execute(select(occurrence).where(mine, occurrence.c.slot == slot)).one_or_none()
    if row is None:
        return _by_files(ctx, call, ritual, slot)
    if row.state != "planned":
        return Opening(row.due_at, "off" if row.state == "skipped" else "over")
    return Opening(row.due_at, "coming", _rests(ctx, ritual, row))


def _by_files(ctx: Context, call: Any, ritual: Ritual, slot: int) -> Opening:
    """What is too far ahead to have a row yet."""
    alone = structs.replace(ctx.course, rituals=(ritual,))
    for one in ctx.engine.library.schedule(alone, ctx.now, ctx.now + _AHEAD):
        if (one.space, one.local_date, one.slot) == (call.space, call.local_date, slot):
            return Opening(one.due_at, "coming", _rests(ctx, ritual, one))
    return Opening(call.opens_at, "off")


def _rests(ctx: Context, ritual: Ritual, one: pauses.Due) -> bool:
    return pauses.why_resting(ctx.course, ritual, one, pauses.of(ctx.db, ctx.course.id)) is not None


def answer_by(ctx: Context, call: Any, options: SharingOptions, opens_at: datetime) -> datetime:
    """The moment by which those who are asked first are to answer: the last time it is so late before it opens."""
    ritual = ctx.course.ritual(call.ritual)
    zone = ritual.zone if ritual else ctx.course.zone
    day = opens_at.astimezone(ctx.course.tzinfo if ritual is None else ritual.tzinfo).date()
    found = moment_of(day, options.answer_by, zone)
    return found if found < opens_at else moment_of(day - _DAY, options.answer_by, zone)

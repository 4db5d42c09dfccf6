"""Making somebody an assistant, changing what they look after, and the way back. Each step is audited and told."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row

from bot.domain.errors import UserError
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.domain.response import AREAS, Area
from bot.engine.areas import let_go
from bot.engine.context import Context
from bot.engine.roles import demote, promote
from bot.engine.telling import tell
from bot.features.seeds.shifts import shifts_shown
from storage import assistants
from storage.assistants import WeeklyShift
from storage.persons import lock_person


def confirm(ctx: Context, who: Member, areas: Collection[Area], shifts: Sequence[WeeklyShift]) -> None:
    """A student is an assistant from now on. Raises UserError where they are staff already."""
    if not promote(ctx, who.id):
        raise UserError("seeds.is_staff", name=who.name)
    course, by = ctx.course.id, ctx.member.id
    if (before := assistants.current(ctx.db, who.id)) is not None:  # the grant behind it was taken back otherwise
        assistants.change(ctx.db, before.id, ended_at=ctx.now, ended_by=by)
    assistants.begin(ctx.db, course, who.id, areas=areas, shifts=shifts, by=by, at=ctx.now)
    ctx.audit("seed_confirm", member=f"#{who.id}", areas=sorted(areas))
    tell(ctx, who.id, Text(id="seeds.you_are", values={"areas": areas_shown(areas), "duty": duty_shown(shifts)}))
    tell(ctx, who.id, Text(id="seeds.how_to_begin"))


def change_areas(ctx: Context, who: Member, areas: Collection[Area]) -> Row[Any]:
    row = _held(ctx, who)
    assistants.change(ctx.db, row.id, areas=sorted(areas))
    ctx.audit("seed_areas", member=f"#{who.id}", areas=sorted(areas))
    let_go(ctx, who, areas)
    tell(ctx, who.id, Text(id="seeds.your_areas", values={"areas": areas_shown(areas)}))
    return row


def change_duty(ctx: Context, who: Member, shifts: Sequence[WeeklyShift]) -> None:
    row = _held(ctx, who)
    assistants.change(ctx.db, row.id, shifts=list(shifts))
    ctx.audit("seed_duty", member=f"#{who.id}")
    tell(ctx, who.id, Text(id="seeds.your_duty", values={"duty": duty_shown(shifts)}))


def end(ctx: Context, who: Member, reason: str) -> bool:
    """They are a student again, whoever wanted that; False where they stay staff, as a file or another grant says."""
    row = _held(ctx, who)
    values = {"ended_at": ctx.now, "ended_by": ctx.member.id, "reason": reason or None}
    assistants.change(ctx.db, row.id, **values)
    is_student = demote(ctx, who.id, row.at)
    ctx.audit("seed_revoke", member=f"#{who.id}", reason=reason)
    if is_student:
        let_go(ctx, who, ())
    if who.id != ctx.member.id:
        id = "seeds.ended_why" if reason else "seeds.ended"
        tell(ctx, who.id, Text(id=id, values={"reason": reason}))
    return is_student


def _held(ctx: Context, who: Member) -> Row[Any]:
    lock_person(ctx.db, who.id)
    row = assistants.current(ctx.db, who.id)
    if row is None:
        raise UserError("seeds.is_none", name=who.name)
    return row


def areas_shown(areas: Collection[Area]) -> list[Words]:
    return [Text(id=f"area.{area}") for area in AREAS if area in areas]


def duty_shown(shifts: Sequence[WeeklyShift]) -> Words | list[Words]:
    return shifts_shown(shifts) if shifts else Text(id="seeds.no_duty")

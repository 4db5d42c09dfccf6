"""For whom a homework is, and where it is spoken of."""

from bot.domain.homework import Homework
from bot.domain.ids import SpaceId
from bot.domain.places import Member, Space
from bot.engine.context import Context
from bot.engine.roster import present_students
from bot.features.homework.assignments import is_in_audience
from bot.features.homework.store import hand_ins


def students_for(ctx: Context, homework: Homework) -> list[Member]:
    """The students who are there now and for whom it is; with who has handed in, as `is_for` has it."""
    students = present_students(ctx.db, ctx.course.id, ctx.now)
    found = {one.id for one in students if is_in_audience(ctx, one, homework)}
    if len(found) < len(students):
        found |= hand_ins.have_handed_in(ctx.db, ctx.course.id, homework.id)
    return [one for one in students if one.id in found]


def spaces_of(ctx: Context, homework: Homework) -> list[Space]:
    """Where it is spoken of: the main room, or the rooms of those whom it is for. Each space once."""
    groups = homework.audience.groups
    if groups:
        found = [space for id in sorted(groups) for space in ctx.live.spaces_of(ctx.course.id, id=SpaceId(id))]
    else:
        found = ctx.live.spaces_of(ctx.course.id, kind="main")
    return list({space.id: space for space in found}.values())

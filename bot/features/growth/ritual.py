"""The ritual `growth_report`: each learner reads their own in private, the group and staff what all came to."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.places import Member, Space
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.periods import stretch_before, stretch_of
from bot.engine.roster import present_students
from bot.features.growth import store
from bot.features.growth.counted import counted
from bot.features.growth.declared import feature
from bot.features.growth.editions import Edition, for_group, for_staff
from bot.features.growth.private import have_drawn

_PREVIEWS = {"month": "preview.growth_month", "course": "preview.growth_course"}


class GrowthOptions(BaseModel):
    """Which dates it is about, and whether the group reads of them, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    period: Literal["month", "course"] = "month"
    group: bool = True


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id=_PREVIEWS[_options(course, occurrence.ritual).period])


@feature.action("growth_report", GrowthOptions, preview=_preview)
def growth_report(ctx: Context, due: OccurrenceDue) -> None:
    """Wherever it takes place, everybody gets one; where it does in several spaces, one all the same."""
    if ctx.space is None:
        return
    options, within = _options(ctx.course, due.ritual), Stretch(ctx.course.starts, ctx.course.ends)
    stretch = stretch_of(options.period, due.local_date, within)
    here = present_students(ctx.db, ctx.course.id, ctx.now)
    members = [one for one in here if _was_there(ctx, one, stretch)]
    those = counted(ctx, members, stretch, stretch_before(options.period, stretch, within))
    if ctx.space.kind == "staff":
        _post(ctx, due, ctx.space, for_staff(ctx, those, options.period, stretch))
    elif options.group:
        _post(ctx, due, ctx.space, for_group(ctx, those, options.period, stretch))
    unwilling = store.unwilling(ctx.db, [one.id for one in members])
    wanting = [own for own in those if own.member.id not in unwilling]
    have_drawn(ctx, wanting, options.period, occasion=f"{due.ritual} {due.local_date}")


def _post(ctx: Context, due: OccurrenceDue, space: Space, edition: Edition) -> None:
    ctx.keep_posted(space, *edition.lines, key=due.key, board=edition.board)


def _was_there(ctx: Context, who: Member, stretch: Stretch) -> bool:
    return who.joined_at is None or ctx.course.date_at(who.joined_at) <= stretch.last


def _options(course: Course, ritual: str) -> GrowthOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, GrowthOptions) else GrowthOptions()

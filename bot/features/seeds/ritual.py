"""The ritual `nominate`: the list comes to the staff room by itself."""

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.features.seeds.declared import feature
from bot.features.seeds.words import nomination_lines
from rules.vocabulary import NoOptions


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.nominate")


@feature.action("nominate", NoOptions, preview=_preview)
def nominate(ctx: Context, due: OccurrenceDue) -> None:
    """Only staff read names with figures: in whichever rooms it takes place, theirs gets the list, and once."""
    key = f"nominations:{ctx.course.id}:{due.ritual}:{due.local_date}:{due.slot}"
    ctx.tell_staff(*nomination_lines(ctx), key=key)

"""What is odd about how speakers are asked, in the files: `check` warns of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.domain.rituals import Occurrence, Ritual
from bot.features.sharing.declared import OPEN, SharingOptions
from rules.vocabulary import Doubt

_LONGEST = timedelta(days=7)
"""Whoever is asked sooner has forgotten, and what they are asked for is of another week."""


def doubts(course: Course, ritual: Ritual, times: Sequence[Occurrence]) -> Iterator[Doubt]:
    options: SharingOptions = ritual.options
    if not options.invite:
        return
    if options.ask_before > _LONGEST:
        values = {"ritual": ritual.id, "length": options.ask_before, "most": _LONGEST}
        yield Doubt(("ask_before",), Text(id="plan.asks_early", values=values))
    opens = [one.due_at.astimezone(ritual.tzinfo).time() for one in times if one.step == OPEN]
    if opens and "answer_by" in options.model_fields_set and options.answer_by >= max(opens):
        by, opens_at = f"{options.answer_by:%H:%M}", f"{max(opens):%H:%M}"
        text = Text(id="plan.answers_late", values={"ritual": ritual.id, "answer_by": by, "opens": opens_at})
        yield Doubt(("answer_by",), text)

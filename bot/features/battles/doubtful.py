"""What is odd about a battle in the files, and how long one goes on: `check` warns of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.domain.rituals import Occurrence, Ritual
from bot.features.battles.options import BattleOptions
from rules.vocabulary import Doubt


def lasts(options: BattleOptions) -> timedelta:
    """From the time of the ritual to the end of the last question."""
    count = min(options.count, len(options.questions))
    return options.starts_in + count * timedelta(seconds=options.seconds) + (count - 1) * options.pause


def doubts(course: Course, ritual: Ritual, times: Sequence[Occurrence]) -> Iterator[Doubt]:
    options: BattleOptions = ritual.options
    there = len(options.questions)
    if "count" in options.model_fields_set and options.count > there:
        values = {"ritual": ritual.id, "count": options.count, "there": there}
        yield Doubt(("count",), Text(id="plan.few_questions", values=values))
    staff = {space.id for space in course.spaces if space.kind == "staff"}
    for number, space in enumerate(ritual.spaces):
        if space in staff:
            text = Text(id="plan.battle_among_staff", values={"ritual": ritual.id, "space": space})
            yield Doubt(("spaces", number), text)

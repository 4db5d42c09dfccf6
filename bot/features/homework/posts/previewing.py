"""What a homework's rituals do, said before they do it."""

from bot.domain.course import Course
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from rules.homework import What

_WORDS: dict[What, str] = {
    "opens": "preview.homework_opens",
    "reminds": "preview.homework_reminds",
    "due": "preview.homework_due",
}


def preview_of_step(course: Course, occurrence: Occurrence) -> Words:
    """For `preview`. The rituals of a homework come and go with it."""
    ritual = course.ritual(occurrence.ritual)
    assert ritual is not None, "occurrences are those of the course's rituals"
    homework = course.book.homework[ritual.options.homework]
    return Text(id=_WORDS[ritual.options.what], values={"title": homework.title})

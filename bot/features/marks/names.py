"""Which marks there are in a course, what they are called, and which of them somebody has. Pure."""

from collections.abc import Collection, Iterator

from bot.domain.course import Course
from bot.domain.ids import Role
from bot.domain.messages import Localised, Text, Words
from bot.domain.rules import Honour

ASSISTANT = "role:assistant"


def labels_of(course: Course) -> Iterator[tuple[str, Words | Localised]]:
    """Each mark of the course with what is shown for it: levels from the first to the highest, titles, the role."""
    for level in course.levels:
        yield f"level:{level.id}", level.title
    for id, title in course.titles.items():
        yield f"title:{id}", _shown(title)
    yield ASSISTANT, Text(id="mark.assistant")


def names_of(course: Course, *, role: Role, level: str, titles: Collection[str], is_praised: bool) -> tuple[str, ...]:
    """The marks of somebody; who does not want to be praised before others shows neither level nor title."""
    if role != "student":
        return (ASSISTANT,) if role == "assistant" else ()
    if not is_praised:
        return ()
    levels = [f"level:{course.levels[course.step(level)].id}"] if course.levels else []
    return tuple(levels + [f"title:{id}" for id in course.titles if id in titles])


def _shown(honour: Honour) -> Words | Localised:
    if not honour.icon:
        return honour.title
    return Text(id="honour.shown", values={"icon": honour.icon, "title": honour.title})

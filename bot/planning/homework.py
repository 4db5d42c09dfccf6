"""Homework that nobody may expect on its day, or that is graded without saying by what."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import Problem
from bot.domain.homework import Homework
from bot.planning.places import Places
from bot.planning.plan import Act, Plan


def homework_gaps(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    """It opens and is due on quiet days, too: nobody postpones what the file says."""
    for homework in plan.course.book.homework.values():
        yield from _quiet(plan, homework, places)
        if homework.tier != "base" and not homework.is_quiz and not homework.rubric:
            yield places.about_homework(homework.id, "tier", "plan.no_rubric", tier=homework.tier)


def _quiet(plan: Plan, homework: Homework, places: Places) -> Iterator[Problem]:
    course = plan.course
    if course.is_quiet(homework.opens.date):
        day = course.day_number(homework.opens.date)
        yield places.about_homework(homework.id, "opens", "plan.opens_on_quiet_day", day=day)
    if course.is_quiet(homework.due.date):
        day = course.day_number(homework.due.date)
        yield places.about_homework(homework.id, "due", "plan.due_on_quiet_day", day=day)

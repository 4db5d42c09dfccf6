"""The script of a course: who does what, and when. Pure: the same course, cast and seed make the same script."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.course import Course
from bot.simulation.acts import Deed
from bot.simulation.cast import Cast
from bot.simulation.chance import chance_of
from bot.simulation.habits import Today, wishes_of
from bot.simulation.homework import HomeworkPlan
from bot.simulation.phrases.stock import stock_of
from bot.simulation.staff import errands_of
from bot.simulation.walk import Walk


def script_of(course: Course, cast: Cast, seed: int) -> Iterator[list[Deed]]:
    """What is done on each day of the course, in order; the night after it belongs to it."""
    stock = stock_of(course.language)
    walk, homework = Walk(cast, stock), HomeworkPlan(course, cast, stock, seed)
    for number in range(1, course.day_number(course.ends) + 1):
        today = Today(number=number, date=course.starts + timedelta(days=number - 1), zone=course.zone)
        wishes = [
            wish
            for student in cast.students
            if student.is_there(number)
            for wish in wishes_of(student, today, chance_of(seed, student.id, number))
        ]
        errands = [*errands_of(cast, today, chance_of(seed, "staff", number)), *homework.day(number)]
        yield walk.day(today, wishes, errands, chance=chance_of(seed, "walk", number))

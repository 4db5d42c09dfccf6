"""What students got for their works, for whoever looks for the best of them."""

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.features.homework.declared import feature
from bot.features.homework.store.gradebook import students


@feature.query("homework_scores")
def homework_scores(db: Connection, course: Course) -> dict[MemberId, list[int]]:
    """The grades that count, in percent, of each person's works; quizzes, which nobody reads, are none."""
    tiers = {id: one.tier for id, one in course.book.homework.items()}
    found: dict[MemberId, list[int]] = {}
    for student in students(db, course.id):
        works = [result.last for id, result in student.results.items() if tiers.get(id, "base") != "base"]
        found[student.member] = [round(one.score) for one in works if one is not None and one.score is not None]
    return found

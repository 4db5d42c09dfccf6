"""Who may complete the course: students, also those who became assistants while it was on."""

from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.ids import CourseId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.roster import members_by_id, present_students
from bot.features.completion import store
from storage import assistants


def candidates(db: Connection, course: CourseId, before: datetime) -> list[Member]:
    """Who joined before this moment and has not left, all of them as the students that they are or were."""
    helping = members_by_id(db, {row.person for row in assistants.of_course(db, course)}).values()
    theirs = [as_student(one) for one in helping if one.joined_at is None or one.joined_at < before]
    return sorted([*present_students(db, course, before), *theirs], key=lambda one: one.id)


def as_student(who: Member) -> Member:
    """What somebody did to complete the course they did as a student: so the rules read of it."""
    return structs.replace(who, role="student")


def may_complete(ctx: Context) -> bool:
    """Whether the member in context is one of them, or has completed it already."""
    if ctx.member.role == "student" or assistants.current(ctx.db, ctx.member.id) is not None:
        return True
    return store.of_person(ctx.db, ctx.course.id, ctx.member.id) is not None

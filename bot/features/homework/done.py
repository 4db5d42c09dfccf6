"""How far each of many members has come with each homework that is for them, for features that count it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.features.homework.declared import feature
from bot.features.homework.store.outcomes import Outcome, in_groups, outcomes


@feature.query("homework_outcomes")
def homework_outcomes(
    db: Connection, course: Course, members: Sequence[Member]
) -> dict[MemberId, Mapping[str, Outcome | None]]:
    """For each member, the course's homework that is for them by now, with what has come of it; None: nothing yet.

    Who has handed in something goes on with it, whatever level they reach by that.
    """
    found = outcomes(db, course.id, [one.id for one in members])
    known = [*course.book.homework.values()]
    talked = {
        one.id: in_groups(db, course.id, [who.id for who in members], one.audience.groups)
        for one in known
        if one.audience.groups
    }

    def is_for(who: Member, homework: Homework) -> bool:
        audience = homework.audience
        level = who.level or (course.levels[0].id if course.levels else "")
        is_in = not audience.levels or level in audience.levels
        is_in = is_in and (not audience.tags or bool(audience.tags & set(who.tags)))
        return is_in and (not audience.groups or who.id in talked[homework.id])

    return {
        who.id: {
            one.id: found.get(who.id, {}).get(one.id)
            for one in known
            if is_for(who, one) or one.id in found.get(who.id, {})
        }
        for who in members
    }

"""How far members have come with their homework, and what is closed for them, for features that count it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.features.homework.deadlines import Deadline, deadline_of
from bot.features.homework.declared import feature
from bot.features.homework.store import hand_ins, times
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


@feature.query("homework_closed")
def homework_closed(db: Connection, course: Course, who: MemberId, now: datetime) -> set[str]:
    """Of which homework nothing is taken any more from this member, whoever it is for."""
    mine = hand_ins.all_of_member(db, course.id, who)
    extended = times.extensions_of(db, course.id, who)

    def deadline(homework: Homework) -> Deadline:
        row, until = mine.get(homework.id), extended.get(homework.id)
        if row is None:
            return deadline_of(homework, course.zone, extended=until)
        revised = row.revise_until
        return deadline_of(homework, course.zone, extended=until, revised=revised, was_late=row.is_late)

    return {one.id for one in course.book.homework.values() if deadline(one).is_closed(now)}

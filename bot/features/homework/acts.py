"""What other features may know of who has handed in."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.features.homework.declared import feature
from bot.features.homework.store.tables import hand_in, submission, team_member
from storage.persons import person_of, same_persons


@feature.offer("own_acts")
def own_acts(
    db: Connection, course: Course, members: Collection[MemberId], before: datetime
) -> list[tuple[MemberId, str]]:
    """Who of these persons has handed in homework before a moment, alone or in a team."""
    in_time = exists().where(submission.c.hand_in == hand_in.c.id, submission.c.at < before)
    counts = (hand_in.c.course == course.id) & (hand_in.c.state != "withdrawn") & in_time
    alone = select(person_of(hand_in.c.member)).where(counts, same_persons(hand_in.c.member, "members"))
    in_team = select(person_of(team_member.c.member)).join(hand_in, hand_in.c.team == team_member.c.team)
    in_team = in_team.where(counts, team_member.c.left_at.is_(None), same_persons(team_member.c.member, "members"))
    found = db.execute(alone.union(in_team), {"members": members}).scalars()
    return [(who, "homework") for who in found]

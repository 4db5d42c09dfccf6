"""What waits, who answered how soon, and who has handed in."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.domain.ids import CourseId, MemberId
from bot.engine.figures import Stretch, counts_in, overlap
from bot.engine.response_times import Response
from bot.features.homework.store.grades import holds
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import draft, grade, hand_in, submission, team_member
from storage.among import among
from storage.persons import by_person, is_of, person_of
from storage.tables import audit, member


def still_waiting(db: Connection, course: CourseId, numbers: Collection[int]) -> Sequence[HandIn]:
    """Those of these that wait for an answer, locked; the longest first."""
    mine = (hand_in.c.course == course) & (hand_in.c.state == "waiting") & among(hand_in.c.id, "numbers")
    query = select(hand_in).where(mine).order_by(hand_in.c.waiting_since, hand_in.c.id).with_for_update()
    return db.execute(query, {"numbers": list(numbers)}).all()


def all_waiting(db: Connection, course: CourseId) -> Sequence[HandIn]:
    """All that waits for an answer, locked."""
    mine = (hand_in.c.course == course) & (hand_in.c.state == "waiting")
    return db.execute(select(hand_in).where(mine).order_by(hand_in.c.id).with_for_update()).all()


def claimed_by(db: Connection, drafts: Collection[int]) -> dict[int, MemberId]:
    """Who is at it, by draft."""
    query = select(draft.c.id, person_of(draft.c.member)).where(among(draft.c.id, "drafts"))
    return {row[0]: MemberId(row[1]) for row in db.execute(query, {"drafts": list(drafts)})}


def answers(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Response]:
    """What people answered in this time, in the order of the persons; both moments are in it."""
    mine = (hand_in.c.course == course) & _is_answer() & grade.c.at.between(since, until)
    query = select(grade.c.member, grade.c.waited, grade.c.is_in_time).join(hand_in, hand_in.c.id == grade.c.hand_in)
    return sorted(Response(*row) for row in db.execute(by_person(query.where(mine))))


def handed_in(db: Connection, course: CourseId, moments: Sequence[Stretch]) -> tuple[int, ...]:
    """How many hand-ins have had a version of a student in each of these times."""
    query = select(*counts_in(submission.c.at, moments, submission.c.hand_in))
    query = query.join(hand_in, hand_in.c.id == submission.c.hand_in)
    query = query.join(member, is_of(submission.c.member)).where(member.c.role == "student")
    return tuple(db.execute(query.where(hand_in.c.course == course, overlap(submission.c.at, moments))).one())


def answered(
    db: Connection, course: CourseId, moments: Sequence[Stretch], *, in_time: bool | None = None
) -> tuple[int, ...]:
    """How many answers people gave in each of these times."""
    query = select(*counts_in(grade.c.at, moments)).join(hand_in, hand_in.c.id == grade.c.hand_in)
    mine: ColumnElement[bool] = (hand_in.c.course == course) & _is_answer()
    if in_time is not None:
        mine &= grade.c.is_in_time == in_time
    return tuple(db.execute(query.where(mine, overlap(grade.c.at, moments))).one())


# --- who has handed in ------------------------------------------------------------------------------------------------


def states(db: Connection, course: CourseId, homework: str) -> dict[MemberId, str]:
    """What has become of the hand-in of each member who has one, alone or with a team."""
    mine = (hand_in.c.course == course) & (hand_in.c.homework == homework)
    alone = select(person_of(hand_in.c.member), hand_in.c.state).where(
        mine, hand_in.c.team.is_(None), hand_in.c.aside.is_(None)
    )
    together = select(person_of(team_member.c.member), hand_in.c.state).join(
        hand_in, hand_in.c.team == team_member.c.team
    )
    together = together.where(mine, team_member.c.left_at.is_(None))
    return {MemberId(row[0]): row[1] for query in (alone, together) for row in db.execute(query)}


def reminded_since(db: Connection, course: CourseId, homework: str, moment: datetime) -> bool:
    """Whether staff have had those reminded who have not handed in."""
    mine = (audit.c.course == course) & (audit.c.action == "remind_missing") & (audit.c.at >= moment)
    return any(
        details.get("homework") == homework for details in db.execute(select(audit.c.details).where(mine)).scalars()
    )


def _is_answer() -> ColumnElement[bool]:
    """A quiz grades by itself, nobody waits for a grade that is mended, and what is taken back answers nothing."""
    return grade.c.member.is_not(None) & grade.c.waited.is_not(None) & holds()

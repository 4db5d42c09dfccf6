"""Somebody is about to be forgotten: nobody waits for their work any more, and what is their team's stays with it."""

from collections.abc import Sequence

from msgspec import structs

from bot.domain.ids import CourseId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.transaction import Belonging
from bot.features.homework.declared import feature
from bot.features.homework.handing.receipts import tell_grader_it_is_gone
from bot.features.homework.pace import waiting
from bot.features.homework.quizzes.result import CLOSES
from bot.features.homework.store import drafts, leaving, teams
from bot.features.homework.store.hand_ins import HandIn
from storage import alarms
from storage.personal import Person


@feature.before_forgetting
def let_go(ctx: Context, whose: Person, key: str) -> None:
    """Drafts and alarms about what they handed in go, and who grades it is told; quizzes that they are at end."""
    rows = leaving.hand_ins_of(ctx.db, whose.members)
    leaving.forget_appeals(ctx.db, [row.id for row in rows])
    waiting_for: dict[str, list[HandIn]] = {}
    for row in rows:
        mates = _mates(ctx, row, whose)
        if mates and row.member in whose.members:
            leaving.pass_on(ctx.db, row.id, mates[0].id)
        if row.state == "waiting" and (not mates or row.appellant in whose.members):
            waiting_for.setdefault(row.course, []).append(row)
    for course, those in waiting_for.items():
        _stop_waiting(ctx, CourseId(course), those)
    for course, numbers in leaving.drop_unfinished(ctx.db, whose.members).items():
        alarms.drop(ctx.db, course, CLOSES, [str(number) for number in numbers])


def _mates(ctx: Context, row: HandIn, whose: Person) -> list[Member]:
    """Who of its team is still there."""
    members = teams.members_of(ctx.db, [row.team])[row.team] if row.team is not None else []
    return [one for one in members if one.id not in whose.members]


def _stop_waiting(ctx: Context, id: CourseId, rows: Sequence[HandIn]) -> None:
    """What they asked to look at again was graded before. Nobody waits in a course that is no more."""
    course = ctx.live.courses.get(id)
    if course is None:
        return
    silent = structs.replace(ctx.event, interaction=None) if hasattr(ctx.event, "interaction") else ctx.event
    there = Context(ctx.tx, silent, Belonging(course=course), writes=ctx.writes)  # it answers nobody
    for row in rows:
        tell_grader_it_is_gone(there, row)
        waiting.stop(there, row, "withdrawn" if row.appeal is None else "graded")
        if row.draft is not None and not drafts.claimed(ctx.db, row.draft):
            drafts.drop(ctx.db, row.draft)
    there.finish()

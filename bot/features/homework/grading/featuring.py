"""Good works are shown to all on the review day (精选); doing it again takes it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.pieces import pieces_in
from bot.engine.telling import tell
from bot.engine.works import READ, Whole, Work
from bot.features.homework.declared import FEATURED, feature, object_of
from bot.features.homework.grading.drafts import homework_of
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import hand_in, submission
from bot.features.homework.teams import members as teams
from storage.persons import person_of


def become(ctx: Context, row: HandIn, *, is_featured: bool) -> None:
    """Feature a work, or do so no more, where that is not so already. The row is locked."""
    if (row.featured_at is not None) != is_featured:
        toggle(ctx, row)


def toggle(ctx: Context, row: HandIn) -> None:
    """Feature a work, or do so no more. The row is locked."""
    if row.featured_at is None:
        _feature(ctx, row)
    else:
        _take_back(ctx, row)


def _feature(ctx: Context, row: HandIn) -> None:
    homework, names = homework_of(ctx, row), list[str]()
    space = next((space.id for space in ctx.live.spaces_of(ctx.course.id, kind="main")), None)
    hand_ins.change(ctx.db, row.id, featured_at=ctx.now, featured_in=space)
    for who in teams.authors(ctx, row):
        names.append(who.name)
        tell(ctx, who.id, Text(id="featured.told", values={"homework": homework.title}))
        object = object_of(homework.id)
        outcome = ctx.announce(FEATURED, object, member=who, homework=homework.id, tier=homework.tier)
        if outcome.points:
            tell(ctx, who.id, Text(id="points.plus", values={"points": outcome.points}))
    ctx.audit("feature_work", member=f"#{row.member}", number=row.id)
    ctx.reply("featured.done", number=row.id, name=names)


def end(ctx: Context, row: HandIn) -> None:
    """A work that was featured is so no more, and earns nothing by it. The row is locked."""
    hand_ins.change(ctx.db, row.id, featured_at=None, featured_in=None)
    for who in teams.authors(ctx, row):
        ctx.retract(FEATURED, object_of(row.homework), member=who)


def _take_back(ctx: Context, row: HandIn) -> None:
    end(ctx, row)
    ctx.audit("unfeature_work", member=f"#{row.member}", number=row.id)
    ctx.reply("featured.taken_back", number=row.id)


@feature.offer("works")
def works(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Work]:
    """What was featured in this time, and was not withdrawn since; of a team it is who handed in first."""
    return [
        Work(
            member=row.member,
            space=row.featured_in,
            message=row.object,
            at=row.featured_at,
            text=row.text[:READ],
            length=visible_length(row.text),
            files=len(row.files),
        )
        for row in _featured(db, course, since, until)
    ]


@feature.offer("featured_works")
def featured_works(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Whole]:
    """The same works, whole, and with their grades."""
    return [
        Whole(
            member=row.member,
            at=row.featured_at,
            text=row.text,
            files=pieces_in(row.files),
            message=row.object,
            grade=graded.score if (graded := grades.in_force(db, row.id)) is not None else None,
        )
        for row in _featured(db, course, since, until)
    ]


def _featured(db: Connection, course: CourseId, since: datetime, until: datetime) -> Sequence[Any]:
    query = select(
        hand_in.c.id,
        person_of(hand_in.c.member).label("member"),
        hand_in.c.featured_in,
        hand_in.c.featured_at,
        submission.c.object,
        submission.c.text,
        submission.c.files,
    )
    query = (
        query.join(submission, (submission.c.hand_in == hand_in.c.id) & (submission.c.version == hand_in.c.counts))
        .where(hand_in.c.course == course, hand_in.c.featured_at > since, hand_in.c.featured_at <= until)
        .where(hand_in.c.featured_in.is_not(None), hand_in.c.state != "withdrawn")
    )
    return db.execute(query.order_by(hand_in.c.featured_at, hand_in.c.id)).all()

"""Levels: `/level`, and the good news of a higher one."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Template, Text, Words
from bot.domain.rules import Fact, Level
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.levels import Standing, standing_of
from bot.engine.telling import tell
from rules.fold import LEVEL_REACHED
from storage.persons import same_person
from storage.tables import fact as facts

feature = Feature("levels")
feature.fact(LEVEL_REACHED, level="text", step="number")


@feature.on_fact(LEVEL_REACHED)
def rise(ctx: Context, fact: Fact) -> None:
    """Who rises reads of it; who climbs back to where they were has read of it before."""
    if not _was_reached(ctx.db, fact):
        title = ctx.course.levels[fact.values["step"]].title
        tell(ctx, fact.member, Text(id="level.up", values={"level": title}))


def _was_reached(db: Connection, fact: Fact) -> bool:
    # Not by object, though there is an index on it: everybody's facts of this level would be read.
    mine = select(facts.c.object).where(same_person(facts.c.member, fact.member), facts.c.kind == fact.kind)
    return fact.object in db.execute(mine).scalars().all()


@feature.command("level", is_private=True, words=("等级",))
def level(ctx: Context, cmd: CommandInvoked) -> None:
    if ctx.member.role != "student":
        raise UserError("level.staff")
    standing = standing_of(ctx.db, ctx.course, ctx.member.id)
    if standing is None:
        raise UserError("level.none")
    ctx.reply("level.title", level=standing.level.title)
    ctx.reply("level.sums", activity=standing.activity, contribution=standing.contribution)
    ctx.reply_words(_ahead(ctx.course, standing))
    ctx.reply_table([_step(one, standing.level) for one in ctx.course.levels])


def _ahead(course: Course, standing: Standing) -> Text:
    """What is missing for the next level: of either threshold, or of both."""
    following = course.step(standing.level.id) + 1
    if following == len(course.levels):
        return Text(id="level.highest")
    goal = course.levels[following]
    activity = max(0, goal.activity - standing.activity)
    contribution = max(0, goal.contribution - standing.contribution)
    missing = [Text(id="level.activity", values={"points": activity})] if activity else []
    missing += [Text(id="level.contribution", values={"points": contribution})] if contribution else []
    return Text(id="level.missing", values={"level": goal.title, "missing": missing})


def _step(one: Level, mine: Level) -> Sequence[Words | str]:
    """A rung of the ladder with its thresholds."""
    thresholds = {"activity": one.activity, "contribution": one.contribution}
    needs = Text(id="level.needs", values=thresholds) if any(thresholds.values()) else Text(id="level.first")
    shown = Text(id="level.mine", values={"level": one.title}) if one is mine else Template(text=one.title)
    return shown, needs

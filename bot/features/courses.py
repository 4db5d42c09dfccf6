"""`/course`: which course is talked about in private."""

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Template, Words
from bot.engine.context import Context
from bot.engine.dispatch import command_of
from bot.engine.feature import Feature
from bot.engine.parameters import text
from bot.engine.private import THEN, ask_which_course, course_buttons, fitting_courses
from bot.engine.single import run_instead
from storage import private_courses

feature = Feature("courses")

_SHOWN = 20  # courses that one may choose from at a time
_LONGEST_ID = 32


@feature.command(
    "course", places=(), anywhere=True, words=("换课程",), parameters=(text("course", suggests="courses"),)
)
def course(ctx: Context, cmd: CommandInvoked) -> None:
    """`/course`, `/course ID`, and what a button says: `/course ID then`, which does what was asked before."""
    if not ctx.actor_address.private:
        ctx.reply("course.here", title=ctx.course.title)
        return
    asked, _, further = cmd.text.strip().partition(" ")
    if not asked:
        _show(ctx)
        return
    chosen = _fitting(ctx, asked)
    private_courses.choose(ctx.db, ctx.actor, chosen.id, at=ctx.now)
    if further.strip() == THEN and (command := _asked(ctx, cmd)):
        run_instead(ctx, command)
    else:
        ctx.reply("course.chosen", title=chosen.title)


def _show(ctx: Context) -> None:
    others = [one for one in fitting_courses(ctx.db, ctx.live, ctx.actor, ctx.now) if not _is_current(ctx, one)]
    if not ctx.has_member:
        ask_which_course(ctx)
    elif others:
        ctx.reply("course.current", title=ctx.course.title, buttons=course_buttons(others[:_SHOWN]))
    else:
        ctx.reply("course.only", title=ctx.course.title)


def _is_current(ctx: Context, one: Course) -> bool:
    return ctx.has_member and one.id == ctx.course.id


def _fitting(ctx: Context, asked: str) -> Course:
    """Raises UserError with what one may choose from."""
    fitting = fitting_courses(ctx.db, ctx.live, ctx.actor, ctx.now)
    found = next((one for one in fitting if one.id == asked), None)
    if found is None:
        raise UserError("course.unknown", course=asked[:_LONGEST_ID], courses=[one.title for one in fitting[:_SHOWN]])
    return found


def _asked(ctx: Context, cmd: CommandInvoked) -> CommandInvoked | None:
    """What is to be done in that course; None where it was done already, or is too long ago."""
    asked = private_courses.take_asked(ctx.db, ctx.actor, at=ctx.now)
    return command_of(cmd, asked.words, via="link" if asked.by_link else "button") if asked else None


@feature.suggest("courses")
def fitting(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    found = fitting_courses(ctx.db, ctx.live, ctx.actor, ctx.now)
    return [(one.id, Template(text=one.title)) for one in found]

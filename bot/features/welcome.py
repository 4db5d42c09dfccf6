"""The first words: `/start`, and `/join`, which a course's link leads to."""

from collections.abc import Iterator

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, MemberJoined
from bot.domain.ids import CourseId
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import text
from bot.engine.people import write_again
from bot.engine.private import ask_which_course, is_over
from bot.engine.roster import members_of
from bot.engine.single import run_instead
from bot.engine.transaction import Belonging
from bot.engine.voice import Label
from storage import contacts, private_courses

feature = Feature("welcome")

_LONGEST_ID = 32


@feature.command("start", anywhere=True, by_link=True, is_listed=False)
def start(ctx: Context, cmd: CommandInvoked) -> None:
    """The first thing that a person sends a bot on some platforms; on others, a wish to be written to once more."""
    if _is_closed(ctx):
        write_again(ctx.tx, cmd)
        ctx.reply("start.again")
    elif ctx.has_member:
        ctx.reply("start.hello", name=ctx.member.name, title=ctx.course.title)
        ctx.reply("start.what", buttons=list(_first_steps(ctx)))
    elif ctx.actor_address.private and ctx.live.courses:
        ctx.reply("start.nobody")
        ask_which_course(ctx, then="start")
    else:
        run_instead(ctx, _help(cmd))


def _is_closed(ctx: Context) -> bool:
    """Whether this person's private chat took nothing from the bot, which could have written there."""
    address = ctx.actor_address
    may_write = ctx.engine.voice.writes_first(address.platform) and not address.private
    return may_write and contacts.is_open(ctx.db, address.platform, ctx.actor.user) is False


def _help(cmd: CommandInvoked) -> CommandInvoked:
    return CommandInvoked(
        key=cmd.key, at=cmd.at, actor=cmd.actor, address=cmd.address, name="help", message=cmd.message
    )


def _first_steps(ctx: Context) -> Iterator[Label]:
    if ctx.course.is_on(ctx.today) and ctx.member.role == "student":
        yield Text(id="button.checkin"), f"checkin {ctx.today.isoformat()}"
    yield Text(id="button.my_points"), "points"
    yield Text(id="button.commands"), "help"


@feature.command(
    "join",
    anywhere=True,
    by_link=True,
    is_listed=False,
    parameters=(text("course", suggests="open_courses"),),
)
def join(ctx: Context, cmd: CommandInvoked) -> None:
    if not ctx.actor_address.private:
        ctx.reply("course.here", title=ctx.course.title)
        return
    if not cmd.text.strip():
        start(ctx, cmd)
        return
    course = _open_course(ctx, cmd.text.strip())
    person = (course.id, ctx.actor.platform, ctx.actor.user)
    members, new = members_of(ctx.db, ctx.live, {person: ctx.actor}, ctx.now)
    private_courses.choose(ctx.db, ctx.actor, course.id, at=ctx.now)
    inside = Context(ctx.tx, cmd, Belonging(course=course, member=members[person]))
    if new:
        _tell_features(inside, cmd)
    _welcome(inside, is_new=bool(new))
    inside.finish()
    inside.writes.flush(ctx.db)


def _open_course(ctx: Context, asked: str) -> Course:
    """Raises UserError where there is no such course, or it is over."""
    found = ctx.live.courses.get(CourseId(asked))
    if found is None:
        raise UserError("join.unknown", course=asked[:_LONGEST_ID])
    if is_over(found, ctx.now):
        raise UserError("join.over", title=found.title, date=found.ends)
    return found


def _tell_features(ctx: Context, cmd: CommandInvoked) -> None:
    joined = MemberJoined(key=cmd.key, at=cmd.at, actor=cmd.actor, address=cmd.address)
    for handler in ctx.engine.registry.handlers(MemberJoined):
        handler(ctx, joined)


def _welcome(ctx: Context, *, is_new: bool) -> None:
    course = ctx.course
    ctx.reply("join.welcome" if is_new else "join.again", name=ctx.member.name, title=course.title)
    has_begun = ctx.today >= course.starts
    ctx.reply("join.dates" if has_begun else "join.begins", starts=course.starts, ends=course.ends)
    for line in _task(ctx):
        ctx.reply_words(line)
    ctx.reply("join.try", buttons=list(_first_steps(ctx)))


def _task(ctx: Context) -> Iterator[Words]:
    if day := ctx.course.day(ctx.today):
        yield Text(id="task.head", values={"day": day.number, "date": ctx.today, "title": day.title})
        yield Template(text=day.task)


@feature.suggest("open_courses")
def open_courses(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    going_on = (one for one in ctx.live.courses.values() if not is_over(one, ctx.now))
    return [(one.id, Template(text=one.title)) for one in going_on]

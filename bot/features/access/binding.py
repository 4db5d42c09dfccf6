"""`/bind` ties a chat, or one topic of it, to a course; `/unbind` unties it."""

from sqlalchemy import insert

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId
from bot.domain.messages import Inspection, Template, Text, Words
from bot.domain.places import SPACE_KINDS, Address, Space
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.parameters import channel, choice, text
from bot.features.access import store
from bot.features.access.declared import feature
from bot.features.access.posting import post
from storage.tables import binding


@feature.command(
    "bind",
    roles=("admin",),
    anywhere=True,
    is_public=True,
    parameters=(text("course", suggests="own_courses"), choice("kind", *SPACE_KINDS), channel()),
)
def bind(ctx: Context, cmd: CommandInvoked) -> None:
    address, words = cmd.elsewhere or ctx.actor_address, cmd.text.split()
    if not words and (space := ctx.live.space_at(address)):
        _show(ctx, space)
        return
    if len(words) not in (1, 2):
        raise UserError("bind.usage", courses=list(ctx.live.courses))
    course, kind = CourseId(words[0]), words[1] if len(words) == 2 else "main"
    _check_binding(ctx, address, course, kind)
    space_id = next((s.id for s in ctx.live.courses[course].spaces if s.kind == kind), kind)
    _keep(ctx, address, course=course, space=space_id, kind=kind)
    ctx.audit("bind", platform=address.platform, chat=address.chat, course=course, space=space_id, kind=kind)
    ctx.reply(_done(ctx, address), course=_title(ctx, course), kind=Text(id=f"space.{kind}"))
    _inspect(ctx, address)


def _done(ctx: Context, address: Address) -> str:
    if address != ctx.actor_address:
        return "bind.done_other"
    return "bind.done_topic" if _is_topic(address) else "bind.done"


@feature.command("unbind", roles=("admin",), is_public=True, parameters=(channel(),))
def unbind(ctx: Context, cmd: CommandInvoked) -> None:
    address = cmd.elsewhere or ctx.actor_address
    if address.private:
        raise UserError("unbind.private")
    space = ctx.live.space_at(address)
    if space is None or space.course != ctx.course.id:
        raise UserError("place.no_course")
    if space.address != address:
        raise UserError("unbind.not_topic", course=ctx.course.title)
    _check_not_named(ctx, space)
    _keep(ctx, space.address, course="", space="", kind="")
    ctx.audit("unbind", platform=space.address.platform, chat=space.address.chat, course=space.course)
    ctx.reply("unbind.done", course=ctx.course.title)


def _show(ctx: Context, space: Space) -> None:
    """What the place is, and how the bot stands there: a way to check again after something was mended."""
    _check_admin(ctx, space.course)
    id = "bind.is_topic" if _is_topic(space.address) else "bind.is"
    ctx.reply(id, course=_title(ctx, space.course), kind=Text(id=f"space.{space.kind}"))
    if ctx.engine.voice.can_inspect(ctx.actor_address.platform):
        ctx.reply("bind.looking")
    _inspect(ctx, space.address)


def _inspect(ctx: Context, address: Address) -> None:
    """What is found comes back as an event, and is told then."""
    post(ctx, address, key=f"inspection:{ctx.event.key}", language=ctx.language, act=Inspection())


def _keep(ctx: Context, address: Address, *, course: str, space: str, kind: str) -> None:
    """The newest row of a place counts; without a course it says that the place belongs to none any more."""
    row = {"platform": address.platform, "chat": address.chat, "course": course, "space": space, "kind": kind}
    ctx.db.execute(insert(binding).values(**row, at=ctx.now))
    ctx.engine.library.refresh(ctx.db)


def _check_binding(ctx: Context, address: Address, course: CourseId, kind: str) -> None:
    if course not in ctx.live.courses:
        known = list(ctx.live.courses)
        near = suggestion(course, known)
        if near:
            raise UserError("bind.unknown_course_near", course=course[:32], near=near)
        raise UserError("bind.unknown_course", course=course[:32], courses=known)
    if kind not in SPACE_KINDS:
        raise UserError("bind.unknown_kind", kind=kind[:16], kinds=list(SPACE_KINDS))
    _check_admin(ctx, course)
    if address.private:
        raise UserError("bind.private")
    if taken := ctx.live.space_at(address):
        _check_not_taken(ctx, address, taken, course)


def _check_not_taken(ctx: Context, address: Address, taken: Space, course: CourseId) -> None:
    if taken.address == address:  # else it is the chat around this topic that is taken
        _check_not_named(ctx, taken)
    if taken.course != course:
        _check_admin(ctx, taken.course)


def _check_admin(ctx: Context, course: CourseId) -> None:
    if ctx.live.role_of(course, ctx.actor.account) != "admin":
        raise UserError("bind.not_admin")


def _check_not_named(ctx: Context, space: Space) -> None:
    """What the YAML says wins, so nothing else would have an effect."""
    named = {address for s in ctx.live.courses[space.course].spaces for address in s.addresses}
    if named & {space.address, *store.former_addresses(ctx.db, space.address)}:
        raise UserError("bind.named_in_yaml", course=space.course, space=space.id)


def _is_topic(address: Address) -> bool:
    return address.chat != address.room


def _title(ctx: Context, course: CourseId) -> object:
    return ctx.live.courses[course].title


@feature.suggest("own_courses")
def own_courses(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    """Those that this person may bind a chat to."""
    courses = ctx.live.courses.values()
    own = (one for one in courses if ctx.live.role_of(one.id, ctx.actor.account) == "admin")
    return [(one.id, Template(text=one.title)) for one in own]

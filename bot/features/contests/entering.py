"""`/enter`: a member's work for the contest, taken, replaced or withdrawn while works are taken."""

from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted, MessageDeleted
from bot.domain.places import SpaceKind
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import InReply
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.messages import message_object
from bot.engine.parameters import text
from bot.engine.roster import member_of
from bot.features.contests import store
from bot.features.contests.declared import ENTERED, feature
from bot.features.contests.found import object_of, taking, title_of
from bot.features.contests.store import Work

PLACES: tuple[SpaceKind, ...] = ("main", "interest", "alumni")

_LONGEST = 4000  # characters
_WORDS = InReply(("参赛", "投稿", "my entry"))
_WITHDRAW = frozenset(("withdraw", "撤回", "退出", "退赛"))


@feature.command(
    "enter",
    is_private=True,
    roles=("student",),
    places=PLACES,
    words=_WORDS,
    by_link=True,
    parameters=(text("work"),),
)
def enter(ctx: Context, cmd: CommandInvoked) -> None:
    if cmd.via == "link" or _is_bare(cmd):
        taking(ctx)  # where none are taken, nobody is asked for one
        open_form(ctx, "enter")
        return
    if cmd.text.strip().casefold() in _WITHDRAW:
        _withdraw(ctx)
        return
    try:
        given, found = _work(cmd), taking(ctx)
    except UserError as mistake:
        if cmd.via == "word":  # it was said to somebody, not to the bot
            raise NotMeant from mistake
        raise
    _take(ctx, found, given)


@feature.form("enter", fields=(FormField(id="work", kind="files", takes_text=True, max_length=_LONGEST),))
def entered_by_form(ctx: Context, form: FormSubmitted) -> None:
    message = form.messages.get("work")
    written = message_object(form.address, message) if message else None
    _take(ctx, taking(ctx), Work(form.fields.get("work", ""), form.files.get("work", ()), written))


def _is_bare(cmd: CommandInvoked) -> bool:
    """Whether nothing came with the command, nor is meant by it."""
    return cmd.reply_to is None and not cmd.attachments and not visible_length(cmd.text)


def _work(cmd: CommandInvoked) -> Work:
    """What came with the command, else what it replies to. Raises UserError."""
    given = Work(cmd.text.strip(), cmd.attachments, _object(cmd, cmd.message))
    if not _is_there(given):
        given = _quoted(cmd)
    if not _is_there(given):
        raise UserError("contest.empty")
    if len(given.text) > _LONGEST:
        raise UserError("contest.too_long", most=_LONGEST)
    return given


def _quoted(cmd: CommandInvoked) -> Work:
    if cmd.reply_to is None:
        raise UserError("contest.empty")
    if cmd.quoted is None:
        raise UserError("contest.unseen")
    if cmd.quoted.user != cmd.actor.user:
        raise UserError("contest.not_yours")
    return Work(cmd.quoted.text.strip(), cmd.quoted.attachments, _object(cmd, cmd.reply_to))


def _object(cmd: CommandInvoked, message: str | None) -> str | None:
    return message_object(cmd.address, message) if message else None


def _is_there(given: Work) -> bool:
    return bool(given.files) or visible_length(given.text) > 0


def _take(ctx: Context, found: Any, given: Work) -> None:
    is_first = store.keep(ctx.db, found.id, ctx.member.id, given, at=ctx.now)
    title, until = title_of(ctx, found), ctx.course.wall_time(found.taken_until)
    ctx.reply("contest.entered" if is_first else "contest.replaced", title=title, until=until)
    if not is_first:
        return
    outcome = ctx.announce(ENTERED, object_of(found), contest=title.in_(ctx.course.language))
    if outcome.points:
        ctx.reply("points.plus", points=outcome.points)


def _withdraw(ctx: Context) -> None:
    found = taking(ctx)
    if not store.withdraw(ctx.db, found.id, ctx.member.id):
        raise UserError("contest.no_entry")
    ctx.retract(ENTERED, object_of(found))
    ctx.reply("contest.withdrawn")


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """A work that is deleted while works are taken takes no part."""
    if ctx.space is None:
        return
    for found in store.entered_by(ctx.db, message_object(event.address, event.message), ctx.now):
        store.withdraw(ctx.db, found.id, found.member)
        ctx.retract(ENTERED, object_of(found), member=member_of(ctx.db, found.member))

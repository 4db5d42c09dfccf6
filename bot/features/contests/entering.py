"""`/enter`, `/enter #12`: a member's work for the contest, taken, replaced or withdrawn while works are taken."""

import re
from collections.abc import Sequence
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted, MessageDeleted
from bot.domain.places import SpaceKind
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import InReply
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField, Option
from bot.engine.messages import message_object
from bot.engine.parameters import text
from bot.engine.pieces import pieces_of
from bot.engine.roster import member_of
from bot.features.contests import blindness, entries
from bot.features.contests.declared import ENTERED, feature
from bot.features.contests.entries import Work
from bot.features.contests.found import named, object_of, only_one, running, taking, title_of

PLACES: tuple[SpaceKind, ...] = ("main", "interest", "alumni")

LONGEST = 4000
"""Characters of a work that is entered as a text."""
_WORDS = InReply(("参赛", "投稿", "my entry"))
_NAMED = re.compile(r"#([0-9]{1,15})(?:\s+(.*))?", re.DOTALL)
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
    number, said = _parted(ctx, cmd)
    if cmd.via == "link" or _is_bare(cmd, said):
        _ask(ctx, number)
        return
    if said.casefold() in _WITHDRAW:
        _withdraw(ctx, number)
        return
    try:
        given, meant = _work(cmd, said), taking(ctx, number)
    except UserError as mistake:
        if cmd.via == "word":  # it was said to somebody, not to the bot
            raise NotMeant from mistake
        raise
    _take_for_one(ctx, meant, given)


def _parted(ctx: Context, cmd: CommandInvoked) -> tuple[int | None, str]:
    """`#12 WORK`: the contest, where a button says so or there are several; else all of it is the work."""
    text = cmd.text.strip()
    named = _NAMED.fullmatch(text)
    if named is None:
        return None, text
    number = int(named[1])
    if cmd.via != "button":
        known = [one.id for one in running(ctx) if one.gallery_at is None]
        if number not in known or len(known) == 1:
            return None, text
    return number, (named[2] or "").strip()


def _ask(ctx: Context, number: int | None) -> None:
    """For a work; where none are taken, nobody is asked for one."""
    found = only_one(ctx, taking(ctx, number), _entering)
    if found is not None and number is None:
        open_form(ctx, "enter")
    elif found is not None:
        open_form(ctx, "enter_to", contest=str(number))


def _entering(number: int) -> str:
    return f"enter #{number}"


_WORK = FormField(id="work", kind="files", takes_text=True, max_length=LONGEST)


def _contests(ctx: Context) -> list[Option]:
    return [(str(one.id), named(ctx, one)) for one in running(ctx) if one.gallery_at is None]


_CONTEST = FormField(id="contest", kind="choice", options=_contests, is_given=True)


@feature.form("enter", fields=(_WORK,))
@feature.form("enter_to", command="enter", fields=(_CONTEST, _WORK))
def entered_by_form(ctx: Context, form: FormSubmitted) -> None:
    message, contest = form.messages.get("work"), form.fields.get("contest")
    written = message_object(form.address, message) if message else None
    files = pieces_of(form.files.get("work", ()), form.address.platform)
    number = int(contest) if contest and contest.isdecimal() else None
    _take_for_one(ctx, taking(ctx, number), Work(form.fields.get("work", ""), files, written))


def _take_for_one(ctx: Context, meant: Sequence[Any], given: Work) -> None:
    found = only_one(ctx, meant, _entering, asks="contest.enter_which")
    if found is not None:
        take(ctx, found, given)


def _is_bare(cmd: CommandInvoked, said: str) -> bool:
    """Whether nothing came with the command, nor is meant by it."""
    return cmd.reply_to is None and not cmd.attachments and not visible_length(said)


def _work(cmd: CommandInvoked, said: str) -> Work:
    """What came with the command, else what it replies to. Raises UserError."""
    given = Work(said, pieces_of(cmd.attachments, cmd.address.platform), _object(cmd, cmd.message))
    if not _is_there(given):
        given = _quoted(cmd)
    if not _is_there(given):
        raise UserError("contest.empty")
    if len(given.text) > LONGEST:
        raise UserError("contest.too_long", most=LONGEST)
    return given


def _quoted(cmd: CommandInvoked) -> Work:
    if cmd.reply_to is None:
        raise UserError("contest.empty")
    if cmd.quoted is None:
        raise UserError("contest.unseen")
    if cmd.quoted.user != cmd.actor.user:
        raise UserError("contest.not_yours")
    files = pieces_of(cmd.quoted.attachments, cmd.address.platform)
    return Work(cmd.quoted.text.strip(), files, _object(cmd, cmd.reply_to))


def _object(cmd: CommandInvoked, message: str | None) -> str | None:
    return message_object(cmd.address, message) if message else None


def _is_there(given: Work) -> bool:
    return bool(given.files) or visible_length(given.text) > 0


def take(ctx: Context, found: Any, given: Work) -> None:
    """Let a work of the member in context take part."""
    is_first = entries.keep(ctx.db, found.id, ctx.member.id, given, at=ctx.now)
    title, until = title_of(ctx, found), ctx.course.wall_time(found.taken_until)
    ctx.reply("contest.entered" if is_first else "contest.replaced", title=title, until=until)
    if (name := blindness.own_name_in(ctx.db, ctx.member.id, given.text)) is not None:
        ctx.reply("contest.names_you", name=name)
    if not is_first:
        return
    outcome = ctx.announce(ENTERED, object_of(found), contest=title.in_(ctx.course.language))
    if outcome.points:
        ctx.reply("points.plus", points=outcome.points)


def _withdraw(ctx: Context, number: int | None) -> None:
    taken = taking(ctx, number)
    mine = [one for one in taken if entries.entry_of(ctx.db, one.id, ctx.member.id) is not None]
    found = only_one(ctx, mine or taken[:1], lambda id: f"enter #{id} withdraw")
    if found is None:
        return
    if not entries.withdraw(ctx.db, found.id, ctx.member.id):
        raise UserError("contest.no_entry")
    ctx.retract(ENTERED, object_of(found))
    ctx.reply("contest.withdrawn")


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """A work that is deleted while works are taken takes no part."""
    if ctx.space is None:
        return
    for found in entries.entered_by(ctx.db, message_object(event.address, event.message), ctx.now):
        entries.withdraw(ctx.db, found.id, found.member)
        ctx.retract(ENTERED, object_of(found), member=member_of(ctx.db, found.member))

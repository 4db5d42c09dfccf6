"""`/submit`: what somebody hands in, with a command, as a reply to their own message, or by a form."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue, Attachment, CommandInvoked, FormSubmitted, MessagePosted
from bot.domain.homework import LONGEST, Homework
from bot.domain.messages import Template, Text, Words
from bot.domain.places import SpaceKind
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import InReply
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField, Option
from bot.engine.forms_sheet import has_sheet
from bot.engine.messages import message_object
from bot.engine.parameters import text
from bot.engine.pieces import pieces_of
from bot.features.homework.assignments import Assignment
from bot.features.homework.declared import feature
from bot.features.homework.handing.handing_in import Receipt, hand_in
from bot.features.homework.handing.meant import Named, check_is_no_quiz, meant, nothing_open, takes_work
from bot.features.homework.handing.receipts import count_up, slip
from bot.features.homework.handing.tagging import tagged, without_tag
from bot.features.homework.store import pending
from bot.features.homework.works import Work
from storage import alarms

PLACES: tuple[SpaceKind, ...] = ("main", "interest", "homework")

_WORDS = InReply(("交作业", "hand in"))
_TO = re.compile(r"to (\S{1,32}) of ([0-9]{1,15})")
_KEPT = timedelta(days=2)
_FORGETS = "homework_unsaid"


@feature.command(
    "submit",
    is_private=True,
    roles=("student",),
    places=PLACES,
    words=_WORDS,
    by_link=True,
    parameters=(text("homework", suggests="open_homework"), text("content")),
)
def submit(ctx: Context, cmd: CommandInvoked) -> None:
    if cmd.via == "link":  # anybody can make one: it hands nothing in
        _ask_for_work(ctx, meant(ctx, cmd.text).homework)
        return
    if found := _TO.fullmatch(cmd.text.strip()):
        _hand_in_kept(ctx, found[1], int(found[2]))
        return
    wanted = meant(ctx, cmd.text)
    if _is_bare(cmd, wanted):
        _ask_for_work(ctx, wanted.homework)
        return
    try:
        work = work_of(cmd, wanted.rest)
    except UserError as mistake:
        if cmd.via == "word":  # it was said to somebody, not to the bot
            raise NotMeant from mistake
        raise
    take(ctx, wanted.homework, work)


def _is_bare(cmd: CommandInvoked, wanted: Named) -> bool:
    """Whether nothing is handed in yet."""
    return cmd.reply_to is None and not cmd.attachments and not visible_length(wanted.rest)


def work_of(event: CommandInvoked | MessagePosted, said: str) -> Work:
    """What came with it, else what it replies to. Raises UserError."""
    if event.attachments or visible_length(said):
        return _work(event, said, event.attachments, event.message)
    if event.reply_to is None:
        raise UserError("homework.empty")
    if event.quoted is None:
        raise UserError("homework.unseen")
    if event.quoted.user != event.actor.user:
        raise UserError("homework.not_yours")
    said_there = tagged(event.quoted.text)
    text = without_tag(*said_there) if said_there else event.quoted.text
    return _work(event, text, event.quoted.attachments, event.reply_to)


def _work(
    event: CommandInvoked | MessagePosted | FormSubmitted,
    said: str,
    attachments: Sequence[Attachment],
    message: str | None,
) -> Work:
    return Work(
        text=said.strip(),
        pieces=pieces_of(attachments, event.address.platform),
        object=message_object(event.address, message) if message else None,
        at=event.at,
    )


# --- by a form --------------------------------------------------------------------------------------------------------

_WORK = FormField(id="work", kind="files", takes_text=True, max_length=LONGEST)


def _choices(ctx: Context) -> Sequence[Option]:
    return [(one.homework.id, _until(ctx, one)) for one in takes_work(ctx)]


@feature.form("submit", fields=(_WORK,))
def submitted(ctx: Context, form: FormSubmitted) -> None:
    """Only one could be meant when it was opened."""
    _take_form(ctx, form, None)


@feature.form("submit_to", fields=(FormField(id="homework", kind="choice", options=_choices), _WORK), command="submit")
def submitted_to(ctx: Context, form: FormSubmitted) -> None:
    _take_form(ctx, form, ctx.course.book.homework.get(form.fields.get("homework", "")))


def _take_form(ctx: Context, form: FormSubmitted, homework: Homework | None) -> None:
    message = form.messages.get("work")
    take(ctx, homework, _work(form, form.fields.get("work", ""), form.files.get("work", ()), message))


def _ask_for_work(ctx: Context, homework: Homework | None) -> None:
    """Where nothing can be handed in, nobody is asked for anything."""
    if homework:
        check_is_no_quiz(homework)
    those = takes_work(ctx)
    if not those:
        raise nothing_open(ctx)
    able = those if homework is None else [one for one in those if one.homework == homework]
    if len(able) != 1:
        open_form(ctx, "submit_to")
    elif has_sheet(ctx, ctx.engine.registry.forms["submit_to"]):  # its choice says which it is, and until when
        open_form(ctx, "submit_to", homework=able[0].homework.id)
    else:
        ctx.reply_words(_until(ctx, able[0]))
        if len(those) == 1:
            open_form(ctx, "submit")
        else:
            open_form(ctx, "submit_to", homework=able[0].homework.id)


def _until(ctx: Context, one: Assignment) -> Text:
    """Which it is, and until when."""
    values = {"homework": one.homework.title, "due": ctx.course.wall_time(one.deadline.due_at)}
    return Text(id="homework.choice_late" if one.deadline.is_late(ctx.now) else "homework.choice", values=values)


# --- it is taken ------------------------------------------------------------------------------------------------------


def take(ctx: Context, homework: Homework | None, work: Work) -> None:
    """Hand it in and answer; where it may be for several, ask."""
    if found := homework or only_one(ctx, work):
        answer(ctx, hand_in_checked(ctx, found, work))
    else:
        ask_which(ctx, work)


def only_one(ctx: Context, work: Work) -> Homework | None:
    """What it must be for; None where there are several. Raises UserError where there is nothing."""
    there = takes_work(ctx)
    if not there:
        raise nothing_open(ctx)
    those = [one for one in there if work.kinds & one.homework.accepts] or there
    return those[0].homework if len(those) == 1 else None


def hand_in_checked(ctx: Context, homework: Homework, work: Work) -> Receipt:
    check_is_no_quiz(homework)
    return hand_in(ctx, homework, work)


def answer(ctx: Context, receipt: Receipt) -> None:
    said = slip(ctx, receipt)
    for line in said.lines:
        ctx.reply_words(line)
    ctx.reply_buttons(said.buttons)
    if not receipt.is_known:
        count_up(ctx, receipt.homework)


def ask_which(ctx: Context, work: Work) -> None:
    """The work is kept until they have said it, and counts by its own time."""
    if work.is_empty:
        raise UserError("homework.empty")
    number = pending.keep(ctx.db, ctx.course.id, ctx.member.id, work)
    alarms.put(ctx.db, ctx.course.id, _FORGETS, [(str(number), ctx.now + _KEPT)])
    ctx.reply("homework.which")
    ctx.reply_buttons(
        (Template(text=one.homework.title), f"submit to {one.homework.id} of {number}") for one in takes_work(ctx)
    )


def _hand_in_kept(ctx: Context, id: str, number: int) -> None:
    homework, work = ctx.course.book.homework.get(id), pending.kept(ctx.db, ctx.course.id, ctx.member.id, number)
    if work is None or homework is None:
        raise UserError("homework.not_kept")
    pending.forget(ctx.db, [number])
    alarms.drop(ctx.db, ctx.course.id, _FORGETS, [str(number)])
    answer(ctx, hand_in_checked(ctx, homework, work))


@feature.alarm(_FORGETS)
def forget(ctx: Context, due: AlarmsDue) -> None:
    pending.forget(ctx.db, [int(alarm.object) for alarm in due.alarms])


@feature.suggest("open_homework")
def open_homework(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    """What can be handed in now, that which is due first first."""
    return [(one.homework.id, Template(text=one.homework.title)) for one in takes_work(ctx)]

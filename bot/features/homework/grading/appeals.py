"""An author asks to look at a grade again: once for each grade, for a week."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField, Option
from bot.engine.names import clean_line
from bot.engine.overheard import is_overheard
from bot.engine.parameters import text
from bot.engine.telling import tell
from bot.features.homework.declared import feature
from bot.features.homework.grading import drafts
from bot.features.homework.grading.feedback import APPEAL_WITHIN
from bot.features.homework.grading.many import numbers_in
from bot.features.homework.handing.verbs import verb
from bot.features.homework.pace import waiting
from bot.features.homework.store import drafts as store
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams

_LONGEST = 1000  # characters


@verb("appeal", "复核", "申请复核")
def appeal(ctx: Context, row: HandIn, reason: str) -> None:
    """Put what was graded back into the queue, with the reason. Raises UserError where that is not possible."""
    if ctx.member.id not in {who.id for who in teams.authors(ctx, row)}:
        raise UserError("feedback.not_yours")
    if row.homework not in ctx.course.book.homework:
        raise UserError("homework.gone", number=row.id)
    said = clean_line(reason)
    if not said:
        raise UserError("appeal.why")
    if len(said) > _LONGEST:
        raise UserError("grading.comment_too_long", most=_LONGEST)
    if row.appeal is not None:
        raise UserError("appeal.pending", number=row.id)
    newest = grades.newest(ctx.db, row.id)
    if row.state != "graded" or newest is None or newest.member is None:
        raise UserError("appeal.not_graded", number=row.id)
    if not _is_possible(ctx, newest):
        raise UserError("appeal.too_late", days=APPEAL_WITHIN.days, at=ctx.course.wall_time(newest.at))
    _take_from_grader(ctx, row)
    waiting.begin(ctx, row, ctx.now, appeal=said, appellant=ctx.member.id)
    ctx.reply("appeal.noted", number=row.id, due=ctx.course.wall_time(waiting.answer_due(ctx.course, ctx.now)))


def _take_from_grader(ctx: Context, row: HandIn) -> None:
    """Who has it open to mend the grade hasn't seen what is asked; and it may be another's to decide now."""
    draft = store.holding(ctx.db, row.draft) if row.draft is not None else None
    if draft is not None:
        drafts.give_back(ctx, draft)
        tell(ctx, draft.member, Text(id="grading.appealed_meanwhile", values={"number": row.id}))


def _is_possible(ctx: Context, newest: Grade) -> bool:
    return bool(ctx.now - newest.at <= APPEAL_WITHIN)


@feature.command(
    "appeal",
    words=("申请复核",),
    roles=("student",),
    is_private=True,
    parameters=(text("hand_in"), text("reason")),
)
def command(ctx: Context, cmd: CommandInvoked) -> None:
    asked = numbers_in(cmd.text)
    if cmd.via != "word" and cmd.text.strip() and asked is None:
        raise UserError("appeal.usage")
    if asked is None or not asked.rest:
        _ask(ctx)
        return
    appeal(ctx, _row(ctx, asked.numbers[0]), asked.rest)
    if is_overheard(cmd):
        ctx.reply("appeal.overheard")


def _ask(ctx: Context) -> None:
    if not _options(ctx):
        raise UserError("appeal.nothing")
    open_form(ctx, "appeal")


def _row(ctx: Context, number: int) -> HandIn:
    row = hand_ins.by_number(ctx.db, ctx.course.id, number, lock=True)
    if row is None:
        raise UserError("feedback.not_yours")
    return row


def _options(ctx: Context) -> Sequence[Option]:
    """What one may ask to look at again."""
    found = grades.of_member(ctx.db, ctx.course.id, ctx.member.id)
    homework = ctx.course.book.homework
    return [
        (str(one.hand_in), _label(one, homework[one.homework].title))
        for one in found
        if one.kind == "graded" and one.member is not None and one.homework in homework and _is_possible(ctx, one)
    ]


def _label(one: Grade, title: object) -> Text:
    return Text(id="appeal.option", values={"number": one.hand_in, "homework": title, "score": one.score})


@feature.form(
    "appeal",
    fields=(FormField(id="hand_in", kind="choice", options=_options), FormField(id="reason", max_length=_LONGEST)),
)
def asked_by_form(ctx: Context, form: FormSubmitted) -> None:
    appeal(ctx, _row(ctx, int(form.fields["hand_in"])), form.fields["reason"])

"""`/question Q12`: all that this reader may know of it, and what they may do."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.pieces import pieces_in
from bot.engine.roster import member_of
from bot.engine.voice import Label
from bot.features.questions import posts, telling
from bot.features.questions.command import verb
from bot.features.questions.meant import answers_as_staff, is_asker
from bot.features.questions.store import accepted, answers
from bot.features.questions.store.answers import Answer, Remark
from bot.features.questions.store.questions import OPEN, Question

_COLUMNS = 400  # of one thing that was said
_MOST = 12  # things that were said, the newest


@verb("", for_all=True)
def card(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    if row.state == "withdrawn":
        ctx.reply("question.gone", number=row.id)
        return
    for line in _lines(ctx, row):
        ctx.reply_words(line)
    for piece in pieces_in(row.files):
        if piece.file and not row.is_anonymous:
            ctx.reply_file(piece.file)
    ctx.reply_buttons(_buttons(ctx, row))


def _lines(ctx: Context, row: Question) -> Iterator[Words]:
    is_staff = answers_as_staff(ctx)
    yield posts.asked(ctx, row)
    yield from posts.about(row)
    yield posts.state(ctx, row, is_post=False)
    if is_staff:
        yield from posts.standing(ctx, row)
    said = [(one.at, _answer(ctx, row, one)) for one in answers.of_question(ctx.db, row.id)]
    said += [
        (one.at, _remark(ctx, one)) for one in answers.remarks_of(ctx.db, row.id) if is_staff or one.kind != "before"
    ]
    yield from (line for _, line in sorted(said, key=_at)[-_MOST:])


def _at(said: tuple[datetime, Words]) -> datetime:
    return said[0]


def _answer(ctx: Context, row: Question, given: Answer) -> Words:
    values = {
        "answer": given.id,
        "name": member_of(ctx.db, given.member).name,
        "at": ctx.course.wall_time(given.at),
        "text": shorten(given.text, _COLUMNS),
    }
    return Text(id=f"question.card_{_standing(ctx, row, given)}", values=values)


def _standing(ctx: Context, row: Question, given: Answer) -> str:
    if given.id != row.accepted:
        return "answer"
    return "accepted" if accepted.is_by_asker(ctx.db, row) else "settled"


def _remark(ctx: Context, said: Remark) -> Words:
    values = {"at": ctx.course.wall_time(said.at), "text": shorten(said.text, _COLUMNS)}
    return Text(id=f"question.card_{said.kind}", values=values)


def _buttons(ctx: Context, row: Question) -> Iterator[Label]:
    """In the staff room everybody sees them: there they are those of staff."""
    is_among_staff = ctx.space is not None and ctx.space.kind == "staff"
    if is_asker(ctx, row) and not is_among_staff:
        yield from _for_asker(ctx, row)
    elif answers_as_staff(ctx):
        yield from posts.staff_buttons(ctx, row)
    elif row.state in OPEN:
        yield Text(id="button.question_answer"), f"answer Q{row.id}"


def _for_asker(ctx: Context, row: Question) -> Iterator[Label]:
    if row.state in ("closed", "helped"):
        yield telling.reopening(row)
    if row.state not in OPEN:
        return
    newest = telling.answer_that_counts(ctx, row)
    if newest:
        yield from telling.verdict(row, newest)
    else:
        yield Text(id="button.question_add"), f"question Q{row.id} more"

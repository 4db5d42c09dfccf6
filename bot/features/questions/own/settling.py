"""`/question Q12 accept A7`, `close`, `reopen`, `withdraw`: who asked says what became of it."""

from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Button, Text
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.questions import flow
from bot.features.questions.answering import giving
from bot.features.questions.asking.taking import file_after_all
from bot.features.questions.command import acts_as_asker, verb
from bot.features.questions.meant import answer_called, named_answer
from bot.features.questions.own.adding import written
from bot.features.questions.own.heirs import pass_on
from bot.features.questions.own.over import check_open, is_over
from bot.features.questions.store import answers
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

REOPEN_WITHIN = timedelta(days=14)
"""How long after it was settled who asked may say that it is not."""


@verb("accept", "采纳", "解决了", for_asker=True)
def accept(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    check_open(row)
    flow.close(ctx, row, answer_called(ctx, row, named_answer(details)[0]) if details else _newest(ctx, row))


def _newest(ctx: Context, row: Question) -> Answer:
    """Of others: who gave no name may have answered themselves."""
    given = [one for one in answers.of_question(ctx.db, row.id) if member_of(ctx.db, one.member).id != ctx.member.id]
    if not given:
        done = Button(label="button.question_close", command=f"question Q{row.id} close")
        raise UserError("question.no_answer_yet", buttons=[done], number=row.id)
    return given[-1]


@verb("close", "关闭", "不用了", for_asker=True)
def close(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """Without an answer that settled it; who asked the same still gets theirs."""
    check_open(row)
    pass_on(ctx, row)
    flow.close(ctx, row)


@verb("reopen", "重新打开", "重开", for_asker=True, for_staff=True)
def reopen(ctx: Context, cmd: CommandInvoked, row: Question, why: str) -> None:
    """Staff may do so at any time, and who asked for a while."""
    is_theirs = acts_as_asker(ctx, cmd, row)
    if row.state == "withdrawn":
        raise is_over(row)
    if row.state == "helped":
        file_after_all(ctx, row)
        return
    if row.closed_at and is_theirs and ctx.now - row.closed_at > REOPEN_WITHIN:
        raise UserError("question.too_late_to_reopen", number=row.id, days=REOPEN_WITHIN.days)
    row = flow.reopen(ctx, row)
    if is_theirs and (why or cmd.attachments):
        giving.add(ctx, row, written(ctx, row, why, cmd.attachments))
    elif is_theirs:
        ctx.reply_buttons([(Text(id="button.question_add"), f"question Q{row.id} more")])
    else:
        ctx.audit("reopen_question", question=row.id)
        ctx.reply("question.reopened_by_you", number=row.id, due=ctx.course.wall_time(row.due_at))


@verb("withdraw", "撤回", "收回", for_asker=True)
def withdraw(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """What others have answered is theirs, too."""
    check_open(row)
    if answers.of_question(ctx.db, row.id):
        done = Button(label="button.question_close", command=f"question Q{row.id} close")
        raise UserError("question.close_instead", buttons=[done], number=row.id)
    pass_on(ctx, row)
    flow.withdraw(ctx, row)
    ctx.reply("question.withdrawn", number=row.id)

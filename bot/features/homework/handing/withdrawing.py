"""`/homework 12 withdraw`: taken back, and brought back, by its author alone."""

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.homework.grading import featuring
from bot.features.homework.handing.choosing import check_waits
from bot.features.homework.handing.receipts import count_up, tell_grader_it_is_gone
from bot.features.homework.handing.standing import agree_each, own_points, settle
from bot.features.homework.handing.verbs import verb
from bot.features.homework.pace import waiting
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams

_YES = frozenset(("yes", "是", "确认"))


@verb("withdraw", "撤回")
def withdraw(ctx: Context, row: HandIn, said: str) -> None:
    """Nobody has to read it any more; all that was handed in is kept, so that it can come back."""
    check_waits(row)
    if said.casefold() not in _YES:
        button = Text(id="button.withdraw_yes"), f"homework {row.id} withdraw yes"
        ctx.reply("homework.withdraw_sure", number=row.id, buttons=[button])
        return
    tell_grader_it_is_gone(ctx, row)
    if row.featured_at is not None:
        featuring.end(ctx, row)
    row = waiting.stop(ctx, row, "withdrawn")
    if homework := ctx.course.book.homework.get(row.homework):
        agree_each(ctx, homework, row)
    teams.tell_others(ctx, row, Text(id="team.withdrawn", values={"name": ctx.member.name, "number": row.id}))
    ctx.reply("homework.withdrawn", number=row.id, buttons=[(Text(id="button.bring_back"), f"homework {row.id} back")])
    _count(ctx, row)


@verb("back", "恢复")
def back(ctx: Context, row: HandIn, said: str) -> None:
    """As it was: what was taken once is not asked again whether it is in time. The wait for an answer begins anew."""
    if row.state != "withdrawn":
        raise UserError("homework.not_withdrawn", number=row.id)
    homework = ctx.course.book.homework.get(row.homework)
    if homework is None:
        raise UserError("homework.gone", number=row.id)
    row = settle(ctx, row, ctx.now)
    points = own_points(ctx, agree_each(ctx, homework, row))
    ctx.reply("homework.is_back", number=row.id, version=row.counts)
    if points:
        ctx.reply("points.plus", points=points)
    _count(ctx, row)


def _count(ctx: Context, row: HandIn) -> None:
    if homework := ctx.course.book.homework.get(row.homework):
        count_up(ctx, homework)

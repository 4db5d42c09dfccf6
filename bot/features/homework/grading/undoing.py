"""`/return 12 undo`: what was sent back by mistake waits as before, as long as nothing newer was handed in."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.engine.telling import ears_of
from bot.features.homework.declared import ANSWERED
from bot.features.homework.grading import feedback
from bot.features.homework.grading.drafts import NEXT, homework_of, is_own
from bot.features.homework.handing import standing
from bot.features.homework.pace import waiting
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams


def undo(ctx: Context, rows: Sequence[HandIn]) -> None:
    """The returns of these hand-ins, which are locked, are none any more. Raises UserError."""
    for row in rows:
        _undo(ctx, row)
    ctx.reply_buttons([(Text(id="button.grade_next"), "grade next")])


def _undo(ctx: Context, row: HandIn) -> None:
    made = grades.newest(ctx.db, row.id)
    if row.state != "returned" or made is None or made.kind != "returned":
        raise UserError("return.not_returned", number=row.id, buttons=[NEXT])
    if is_own(ctx, row):
        raise UserError("grading.own", buttons=[NEXT])
    homework = homework_of(ctx, row)
    grades.undo(ctx.db, made.id)
    if made.waited is not None:
        ctx.retract(ANSWERED, f"grade {made.id}", member=member_of(ctx.db, made.grader))
    row = _as_before(ctx, row, made)
    _tell(ctx, row, made, standing.agree_each(ctx, homework, row))
    ctx.audit("return_undone", member=f"#{row.member}", number=row.id)
    ctx.reply("return.undone", number=row.id, name=[one.name for one in teams.authors(ctx, row)])


def _as_before(ctx: Context, row: HandIn, made: Grade) -> HandIn:
    """It waits since when it has waited; or nobody had waited, and it is graded."""
    earlier = [one.version for one in grades.of_hand_in(ctx.db, row.id) if one.kind == "returned"]
    row = hand_ins.change(ctx.db, row.id, sent_back=max(earlier, default=0))
    if made.since is None:
        return hand_ins.change(ctx.db, row.id, state="graded", revise_until=None)
    until = row.revise_until if earlier else None
    return waiting.begin(ctx, row, made.since, appeal=made.appeal, revise_until=until)


def _tell(ctx: Context, row: HandIn, made: Grade, earned: dict[MemberId, int]) -> None:
    """Its authors need not mend it, and have their points again."""
    values = {"number": row.id, "homework": homework_of(ctx, row).title}
    line = Text(id="return.told_undone" if row.state == "waiting" else "return.told_undone_graded", values=values)
    for who, ear in ears_of(ctx, list(earned), have_asked=True).items():
        lines: list[Words] = [line, *feedback.points(earned[who])]
        key = f"feedback:{made.id}:undone:{who}"
        ctx.say_to(ear.user, ear.space, *lines, key=key, language=ear.language)

"""Who asked leaves: nobody waits for an answer any more. Their words stay, and so does what others have answered."""

from bot.domain.events import MemberLeft
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.questions import flow
from bot.features.questions.declared import feature
from bot.features.questions.own.heirs import pass_on
from bot.features.questions.store import own
from bot.features.questions.store.questions import Question


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    """An anonymous question goes on: that it ends just now would tell whose it is."""
    if not ctx.has_member or ctx.space is None or ctx.space.kind != "main":
        return
    ended = [row for row in own.unanswered_of(ctx.db, ctx.course.id, ctx.member.id) if _ends(ctx, row)]
    if ended:
        numbers = [f"Q{row.id}" for row in ended]
        key = f"question_left:{ctx.event.key}"
        ctx.tell_staff(Text(id="question.asker_left", values={"name": ctx.member.name, "numbers": numbers}), key=key)


def _ends(ctx: Context, row: Question) -> bool:
    """Whether staff need not answer it any more."""
    if row.is_anonymous:
        return False
    pass_on(ctx, row)
    flow.close(ctx, row)
    return True

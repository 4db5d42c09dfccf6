"""Who asked the same is not forgotten when the question that theirs was merged into comes to nothing."""

from bot.engine.context import Context
from bot.features.questions import flow
from bot.features.questions.meant import asker_of
from bot.features.questions.store import answers, own, questions
from bot.features.questions.store.questions import Question


def pass_on(ctx: Context, row: Question) -> None:
    """Before a question ends that nobody has answered: the first of the others waits in its place."""
    if answers.of_question(ctx.db, row.id):
        return
    rest = [one for one in questions.merged_into(ctx.db, row.id) if _still_waits(ctx, one, row)]
    if rest:
        first = flow.reopen(ctx, rest[0])
        for one in rest[1:]:
            questions.change(ctx.db, one.id, merged_into=first.id)


def _still_waits(ctx: Context, one: Question, row: Question) -> bool:
    """Where a name is missing, everybody is somebody else, and nobody has left: it must not show who they are."""
    if one.is_anonymous:
        return True
    is_other = row.is_anonymous or asker_of(ctx, one).id != asker_of(ctx, row).id
    return is_other and not own.has_left(ctx.db, one.member)

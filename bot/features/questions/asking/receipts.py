"""The receipt of a question: its number, where it stands, until when it is answered, how it is sorted."""

from collections.abc import Iterator, Sequence

from bot.domain.messages import Text, Words
from bot.domain.questions import TAGS
from bot.engine.bare import BARED
from bot.engine.context import Context
from bot.engine.pieces import pieces_in
from bot.engine.voice import Label
from bot.features.questions import posts, telling
from bot.features.questions.meant import homes, pace_of
from bot.features.questions.store.questions import Question


def give(
    ctx: Context,
    row: Question,
    *,
    before: Sequence[Words] = (),
    after: Sequence[Words] = (),
    buttons: Sequence[Label] = (),
) -> None:
    """To who has asked, alone: all that there is to say in one message, with what can be done."""
    telling.to_asker(ctx, row, [*before, *_lines(ctx, row), *after], buttons=[*buttons, *_buttons(row)])


def _lines(ctx: Context, row: Question) -> Iterator[Words]:
    yield Text(id="question.receipt", values=telling.about(row))
    yield from _place(ctx)
    if row.is_anonymous:
        yield Text(id="question.receipt_anonymous", values={"number": row.id})
        if any(piece.attachment.media_type not in BARED for piece in pieces_in(row.files)):
            yield Text(id="question.receipt_documents")
    yield from _time(ctx, row)
    if row.tag:
        yield Text(id="question.receipt_tag", values={"tag": Text(id=f"tag.{row.tag}")})
    else:
        yield Text(id="question.receipt_no_tag")


def _place(ctx: Context) -> Iterator[Words]:
    """Where others read it, if anywhere."""
    kinds = {space.kind for space in homes(ctx)}
    if kinds:
        yield Text(id="question.receipt_there" if "questions" in kinds else "question.receipt_here")


def _time(ctx: Context, row: Question) -> Iterator[Words]:
    """At night and on days of rest, when somebody is there again."""
    if row.due_at is None:
        return
    if posts.is_late(ctx, row):
        yield posts.state(ctx, row, is_post=False)
        return
    due, runs = ctx.course.wall_time(row.due_at), pace_of(ctx.course).runs_from(row.waiting_since)
    if runs > row.waiting_since:
        yield Text(id="question.receipt_rest", values={"until": ctx.course.wall_time(runs), "due": due})
    else:
        yield Text(id="question.receipt_due", values={"due": due})


def _buttons(row: Question) -> Iterator[Label]:
    for tag in TAGS:
        yield Text(id=f"tag.{tag}"), f"question Q{row.id} tag {tag}"
    yield Text(id="button.question_withdraw"), f"question Q{row.id} withdraw"

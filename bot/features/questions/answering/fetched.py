"""The files of answers, and of what was added or asked back, once they are there: shown to who reads the words."""

import re
from collections.abc import Sequence

from msgspec import structs

from bot.domain.events import JobDone
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.pieces import Piece, pieces_in
from bot.features.questions import posts, telling
from bot.features.questions.declared import feature
from bot.features.questions.store import answers, questions
from bot.features.questions.store.answers import Answer, Remark
from bot.features.questions.store.questions import Question

_JOB = re.compile(r"question_(answer|remark):([0-9]{1,15}):([0-9]{1,3})")


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    """All of one message together, when it is known of each whether it can be had."""
    found = _JOB.fullmatch(done.job)
    if found is None:
        return
    is_remark, number = found[1] == "remark", int(found[3])
    said = answers.remark_by_number(ctx.db, int(found[2])) if is_remark else answers.locked(ctx.db, int(found[2]))
    pieces = list(pieces_in(said.files)) if said else []
    if said is None or number >= len(pieces) or pieces[number].file:
        return
    pieces[number] = structs.replace(pieces[number], file=done.file, error=done.error or "")
    answers.replace_files(ctx.db, said.id, pieces, is_remark=is_remark)
    if all(piece.file or piece.error for piece in pieces):
        _show(ctx, said, pieces, is_remark=is_remark)


def _show(ctx: Context, said: Answer | Remark, pieces: Sequence[Piece], *, is_remark: bool) -> None:
    row = questions.by_number(ctx.db, ctx.course.id, said.question)
    files = [piece.file for piece in pieces if piece.file]
    if row is None or not files or row.state == "withdrawn":
        return
    if is_remark:
        posts.remark_files(ctx, row, said.id, said.object, files)
    elif said.withdrawn_at is None:
        posts.answer_files(ctx, row, said, files)
        _tell(ctx, row, said)


def _tell(ctx: Context, row: Question, given: Answer) -> None:
    """Who asked, and who asked the same."""
    line = Text(id="question.answer_files", values={"number": row.id, "answer": given.id})
    with_files = answers.by_number(ctx.db, ctx.course.id, given.id)
    for one in (row, *questions.merged_into(ctx.db, row.id)):
        telling.to_asker(ctx, one, [line], of=with_files)

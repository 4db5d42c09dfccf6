"""Files that came with a question: kept here, so that they can be shown where the message can't be seen."""

import re

from msgspec import structs

from bot.domain.events import JobDone
from bot.domain.files import MAX_FILE
from bot.domain.messages import Text
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.pieces import Piece, pieces_in, pieces_of, unnamed
from bot.features.questions import posts, telling
from bot.features.questions.asking.said import Asked
from bot.features.questions.declared import feature
from bot.features.questions.store import questions
from bot.features.questions.store.questions import UNFILED, Question

_JOB = re.compile(r"question:([0-9]{1,15}):([0-9]{1,2})")
_MB = 1024 * 1024
_UNSEEN = frozenset((*UNFILED, "withdrawn"))


def pieces_with(said: Asked, platform: str) -> tuple[Piece, ...]:
    """An anonymous question's tell nothing of whose they are."""
    pieces = pieces_of(said.attachments, platform)
    return unnamed(pieces) if said.is_anonymous else pieces


def fetch(ctx: Context, row: Question, user: str) -> None:
    """They are to last longer than the platform keeps them. `user` is whose they are, where not of who did this."""
    for number, piece in enumerate(pieces_in(row.files)):
        jobs.fetch(ctx, f"question:{row.id}:{number}", piece.attachment, user=user or None, platform=piece.platform)


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    """What is there already is not lost by a later failure."""
    found = _JOB.fullmatch(done.job)
    row = questions.by_number(ctx.db, done.course, int(found[1]), lock=True) if found else None
    if found is None or row is None:
        return
    pieces, number = list(pieces_in(row.files)), int(found[2])
    if number >= len(pieces) or pieces[number].file:
        return
    was_told = any(piece.error for piece in pieces)
    pieces[number] = structs.replace(pieces[number], file=done.file, error=done.error or "")
    row = questions.change(ctx.db, row.id, files=pieces)
    show_all(ctx, row)
    if done.error and not was_told:
        _tell_lost(ctx, row, done.error)


def show_all(ctx: Context, row: Question) -> None:
    """Below the posts of a question that is filed, all at once: when it is known of each whether it can be had."""
    pieces = pieces_in(row.files)
    files = [piece.file for piece in pieces if piece.file]
    if row.state in _UNSEEN or not files or any(not (piece.file or piece.error) for piece in pieces):
        return
    posts.question_files(ctx, row, files)


def _tell_lost(ctx: Context, row: Question, error: str) -> None:
    """Once for each question: who sends them again looks at all of them."""
    id = "question.file_too_large" if error == "too_large" else "question.file_lost"
    telling.to_asker(ctx, row, [Text(id=id, values=telling.about(row) | {"most": MAX_FILE // _MB})])

"""The files of works: kept once the works are shown, and given out without what tells whose they are."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import structs

from bot.domain.events import JobDone
from bot.domain.messages import File, Text, Words
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.pieces import Piece, pieces_in, unnamed
from bot.features.contests import entries
from bot.features.contests.declared import feature

_JOB = re.compile(r"contest:([0-9]{1,15}):([0-9]{1,3})")


def fetch(ctx: Context, works: Sequence[Any]) -> None:
    """What their platforms give out only for a while, and only there, is to be seen by all who vote."""
    for work in works:
        pieces = [structs.replace(piece, file=None, error="") for piece in unnamed(pieces_in(work.files))]
        if pieces:
            entries.keep_pieces(ctx.db, work.id, [_ask_for(ctx, work, at, piece) for at, piece in enumerate(pieces)])


def _ask_for(ctx: Context, work: Any, at: int, piece: Piece) -> Piece:
    user = entries.user_on(ctx.db, piece.platform, work.member)
    if user is None:
        return structs.replace(piece, error="gone")
    jobs.fetch(ctx, f"contest:{work.id}:{at}", piece.attachment, user=user, platform=piece.platform)
    return piece


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    found = _JOB.fullmatch(done.job)
    if found is None:
        return
    number, at = int(found[1]), int(found[2])
    pieces = entries.pieces_of_entry(ctx.db, number)
    if at < len(pieces):
        pieces[at] = structs.replace(pieces[at], file=done.file, error=done.error or "")
        entries.keep_pieces(ctx.db, number, pieces)


def kept(work: Any) -> Iterator[File]:
    """Under names that only say of which work they are."""
    for piece in pieces_in(work.files):
        if piece.file:
            yield structs.replace(piece.file, name=f"{work.number}-{piece.file.name}")


def missing(work: Any) -> Iterator[Words]:
    """How many are not here yet, and how many never will be."""
    pieces = pieces_in(work.files)
    lost = sum(bool(piece.error) for piece in pieces)
    if coming := sum(not (piece.file or piece.error) for piece in pieces):
        yield Text(id="contest.files_coming", values={"count": coming})
    if lost:
        yield Text(id="contest.files_lost", values={"count": lost})

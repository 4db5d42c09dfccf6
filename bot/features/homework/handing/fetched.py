"""The files of a version, once they are kept here, or are known to be lost."""

import re

from msgspec import structs

from bot.domain.events import JobDone
from bot.domain.files import MAX_FILE
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.pieces import pieces_in
from bot.features.homework.declared import feature
from bot.features.homework.handing.quietly import tell_author
from bot.features.homework.store import hand_ins

_JOB = re.compile(r"homework:([0-9]{1,15}):([0-9]{1,3})")
_MB = 1024 * 1024


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    """What is there already is not lost by a later failure."""
    found = _JOB.fullmatch(done.job)
    version = hand_ins.submission_no(ctx.db, int(found[1])) if found else None
    if found is None or version is None:
        return
    pieces, number = list(pieces_in(version.files)), int(found[2])
    if number >= len(pieces) or pieces[number].file:
        return
    was_told = any(piece.error for piece in pieces)
    pieces[number] = structs.replace(pieces[number], file=done.file, error=done.error or "")
    hand_ins.replace_pieces(ctx.db, version.id, pieces)
    if done.error and not was_told:
        _tell(ctx, version, done.error)


def _tell(ctx: Context, version: hand_ins.Submission, error: str) -> None:
    """Once for each version: whoever hands in the file again has all of them looked at."""
    id = "homework.file_too_large" if error == "too_large" else "homework.file_lost"
    values = {"number": version.hand_in, "version": version.version, "most": MAX_FILE // _MB}
    tell_author(ctx, version.member, [Text(id=id, values=values)], about=version.hand_in)

"""What an assistant says of a work while they grade it, in words or as a voice message or file."""

from collections.abc import Iterable
from hashlib import blake2b

from msgspec import structs

from bot.domain.errors import UserError
from bot.domain.events import Attachment, JobDone
from bot.domain.messages import Text
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.pieces import Piece, pieces_in, pieces_of
from bot.engine.telling import tell
from bot.features.homework.declared import feature
from bot.features.homework.store import drafts as store
from bot.features.homework.store.drafts import Draft
from bot.features.homework.works import kind_of
from storage import forms, kept_files
from storage.erasing import is_needed

LONGEST = 4000  # characters
MOST_FILES = 5
_JOB = "draft"
_FORMS = ("grade_comment", "grade_return")


def say(ctx: Context, draft: Draft, text: str, files: tuple[Attachment, ...] = ()) -> Draft:
    """What was said before is replaced by it: words by words, files by files. Raises UserError."""
    if len(text) > LONGEST:
        raise UserError("grading.comment_too_long", most=LONGEST)
    pieces = pieces_of(files, ctx.actor_address.platform) if files else ()
    return _keep(ctx, draft, text, pieces, ctx.actor.user if files else "")


def take_open(ctx: Context, draft: Draft) -> Draft:
    """Close the forms in which who grades was still saying something: what these hold counts as said.

    Else it would be lost where they finish without a last word to the form, or be taken for words about the next work.
    """
    for session in forms.end(ctx.db, ctx.course.id, draft.member, _FORMS):
        given = [one for one in session.answers.values() if session.is_asked and not one.is_empty]
        for one in given:
            draft = _keep(ctx, draft, one.text, pieces_of(one.files, session.platform), session.user)
    return draft


def is_fetching(draft: Draft) -> bool:
    """Whether files that go with the comment are still on their way."""
    return any(piece.file is None and not piece.error for piece in pieces_in(draft.files))


def _keep(ctx: Context, draft: Draft, text: str, pieces: Iterable[Piece], user: str) -> Draft:
    for piece in (new := list(pieces)):
        key = f"{_JOB}:{draft.id}:{_digest(ctx.event.key)}:{_digest(piece.attachment.ref)}"
        jobs.fetch(ctx, key, piece.attachment, user=user, platform=piece.platform)
    if not new:
        return store.change(ctx.db, draft.id, comment=text.strip())
    changed = store.change(ctx.db, draft.id, comment=text.strip() or draft.comment, files=new)
    give_up(ctx, draft.files)
    return changed


def give_up(ctx: Context, *stored: object) -> None:
    """The files of these rows go, where nothing else holds them any more; the rows do so no more."""
    contents = {piece.file.sha256 for files in stored for piece in pieces_in(files) if piece.file}
    gone = [one for one in sorted(contents) if not is_needed(ctx.db, one, ctx.engine.registry.personals)]
    kept_files.give_up(ctx.db, [], gone, at=ctx.now)


def without_lost(ctx: Context, draft: Draft) -> Draft:
    """Only with the files that came."""
    return store.change(ctx.db, draft.id, files=[one for one in pieces_in(draft.files) if not one.error])


def lost_in(draft: Draft) -> list[str]:
    """The names of the files that never will be here."""
    return [
        shorten(clean_line(one.attachment.name), 40) or kind_of(one.attachment)
        for one in pieces_in(draft.files)
        if one.error
    ]


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    """The file is here, or will not come; what was replaced meanwhile is nobody's any more."""
    kind, _, rest = done.job.partition(":")
    number, _, names = rest.partition(":")
    draft = store.with_file(ctx.db, int(number)) if kind == _JOB else None
    if kind != _JOB:
        return
    if draft is None:
        _is_nobodys(ctx, done)
        return
    pieces = [_with(piece, done, names.rpartition(":")[2]) for piece in pieces_in(draft.files)]
    store.replace_pieces(ctx.db, draft.id, pieces)
    _is_nobodys(ctx, done)
    if done.error and any(_digest(piece.attachment.ref) == names.rpartition(":")[2] for piece in pieces):
        tell(ctx, draft.member, Text(id="grading.comment_file_lost", values={"number": min(map(int, draft.seen))}))


def _is_nobodys(ctx: Context, done: JobDone) -> None:
    """Nothing waits for it any more; it goes where that is so."""
    content = done.file.sha256 if done.file else ""
    if content and not is_needed(ctx.db, content, ctx.engine.registry.personals):
        kept_files.give_up(ctx.db, [], [content], at=ctx.now)


def _with(piece: Piece, done: JobDone, name: str) -> Piece:
    if _digest(piece.attachment.ref) != name:
        return piece
    return structs.replace(piece, file=done.file, error=done.error or "")

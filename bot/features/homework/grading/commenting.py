"""What an assistant says of a work, in words or as a voice message or file."""

from hashlib import blake2b

from msgspec import structs

from bot.domain.errors import UserError
from bot.domain.events import Attachment, CommandInvoked, FormSubmitted, JobDone
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.forms_shape import FormField
from bot.features.homework.declared import feature
from bot.features.homework.grading import card, drafts
from bot.features.homework.store import drafts as store
from bot.features.homework.store.drafts import Draft
from bot.features.homework.works import Piece, pieces_in, pieces_of

LONGEST = 4000  # characters
_FILES = 5
_JOB = "draft"


@feature.form(
    "grade_comment",
    command="grade",
    fields=(FormField(id="comment", kind="files", takes_text=True, max_files=_FILES, max_length=LONGEST),),
)
def comment_given(ctx: Context, form: FormSubmitted) -> None:
    draft = say(ctx, drafts.mine(ctx), form.fields.get("comment", ""), form.files.get("comment", ()))
    ctx.reply("grading.comment_noted")
    card.refresh(ctx, draft)


def files_with(cmd: CommandInvoked) -> tuple[Attachment, ...]:
    """What came with a command, or with the message of one's own that it replies to: a voice message, say."""
    quoted = cmd.quoted.attachments if cmd.quoted and cmd.quoted.user == cmd.actor.user else ()
    return (*cmd.attachments, *quoted)[:_FILES]


def say(ctx: Context, draft: Draft, text: str, files: tuple[Attachment, ...] = ()) -> Draft:
    """What was said before is replaced by it. Raises UserError."""
    if len(text) > LONGEST:
        raise UserError("grading.comment_too_long", most=LONGEST)
    for attachment in files:
        jobs.fetch(ctx, f"{_JOB}:{draft.id}:{_digest(ctx.event.key)}:{_digest(attachment.ref)}", attachment)
    pieces = list(pieces_of(files, ctx.actor_address.platform))
    return store.change(ctx.db, draft.id, comment=text.strip(), files=pieces)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


@feature.on(JobDone)
def fetched(ctx: Context, done: JobDone) -> None:
    """The file is here, or will not come; what was replaced meanwhile is nobody's any more."""
    kind, _, rest = done.job.partition(":")
    number, _, names = rest.partition(":")
    draft = store.with_file(ctx.db, int(number)) if kind == _JOB else None
    if draft is None:
        return
    pieces = [_with(piece, done, names.rpartition(":")[2]) for piece in pieces_in(draft.files)]
    store.replace_pieces(ctx.db, draft.id, pieces)


def _with(piece: Piece, done: JobDone, name: str) -> Piece:
    if _digest(piece.attachment.ref) != name:
        return piece
    return structs.replace(piece, file=done.file, error=done.error or "")

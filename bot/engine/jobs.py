"""Files that must last are fetched by a job: asked for in a transaction, fetched outside of any, told as an event."""

from bot.domain.events import Attachment, JobDone
from bot.engine.context import Context
from bot.engine.transaction import Transaction
from storage import jobs, kept_files
from storage.erasing import is_needed


def fetch(
    ctx: Context, key: str, attachment: Attachment, *, user: str | None = None, platform: str | None = None
) -> None:
    """Have a file fetched from a platform, by default this event's; a `JobDone` with the key tells what came of it.

    The key names the job in all courses for ever, in at most 190 characters. `user` is whose file it is, by the
    platform's id, where that is not who caused the event: with them, it is forgotten.
    """
    job = jobs.Job(
        key=key,
        course=ctx.course.id,
        platform=platform or ctx.actor_address.platform,
        user=user or ctx.actor.user,
        what=attachment,
    )
    jobs.add(ctx.db, [job], at=ctx.now)


def is_wanted(tx: Transaction, event: JobDone) -> bool:
    """Whether somebody still waits to hear it, which ends here. Else its person was forgotten, and its file goes."""
    is_awaited = jobs.end(tx.db, event.job) and event.course in tx.live.courses
    content = event.file.sha256 if event.file else None
    if content and is_awaited:
        kept_files.keep_on(tx.db, content)  # it may have been somebody's, too, who was forgotten just now
    elif content and not is_needed(tx.db, content, tx.engine.registry.personals):
        kept_files.give_up(tx.db, [], [content], at=event.at)
    return is_awaited

"""One event that is no plain chat message: a command, an occurrence, or whatever a feature handles."""

import logging
from dataclasses import replace

from sqlalchemy.exc import DBAPIError

from bot.domain.errors import UserError
from bot.domain.events import (
    CommandInvoked,
    CourseFilesChanged,
    Event,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    OccurrenceDue,
    TimeLost,
    UpdateUnreadable,
)
from bot.engine.aside import set_aside, take_for_replay
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant, as_command, run_command
from bot.engine.executing import handle_occurrences
from bot.engine.messages import handle_messages
from bot.engine.people import context_of, joined, left
from bot.engine.reloading import take_files
from bot.engine.timekeeping import tell_of_lost_time
from bot.engine.transaction import Transaction
from storage.database import savepoint

log = logging.getLogger(__name__)


def handle_one(tx: Transaction, event: Event) -> None:
    """Give one event its effect."""
    match event:
        case UpdateUnreadable():
            set_aside(tx.engine, tx.db, event, event.error)
        case OccurrenceDue():
            handle_occurrences(tx, [event])
        case TimeLost():
            tell_of_lost_time(tx, event)
        case CourseFilesChanged():
            take_files(tx, event)
        case MemberJoined():
            joined(tx, event)
        case MemberLeft():
            left(tx, event)
        case _:
            ctx = context_of(tx, event)
            if command := as_command(event, tx.engine.registry):
                _command(ctx, command)
            else:
                _other(ctx, event)


def _command(ctx: Context, command: CommandInvoked) -> None:
    """In a savepoint, so that a person's mistake undoes what the handler did and keeps only the reply."""
    said, ctx.event = ctx.event, command
    try:
        with savepoint(ctx.db):
            run_command(ctx, command)
            ctx.finish()
            ctx.writes.flush(ctx.db)
    except NotMeant:
        assert isinstance(said, MessagePosted), "only what was said as a word can be an ordinary message"
        handle_messages(ctx.tx, [said])
    except UserError as mistake:
        log.info("event %s was answered with %s", command.key, mistake.text.id)
        ctx.engine.library.refresh(ctx.db)  # what was live in the savepoint alone is live no more
        ctx.refuse(mistake)
        ctx.writes.flush(ctx.db)


def replay(ctx: Context, number: int) -> bool:
    """Handle what was set aside under this number again; False where there is nothing of the kind.

    Raises UserError where it still fails; it then stays set aside.
    """
    event = take_for_replay(ctx.db, number, ctx.course.id, ctx.now)
    if event is None:
        return False
    tx = replace(ctx.tx, said_at=ctx.now)
    try:
        if isinstance(event, MessagePosted) and not as_command(event, ctx.engine.registry):
            handle_messages(tx, [event])
        else:
            handle_one(tx, event)
    except (UserError, DBAPIError):
        raise
    except Exception as error:
        log.exception("event %s failed again", event.key)
        raise UserError("replay.still_fails", number=number, error=f"{type(error).__name__}: {error}"[:200]) from error
    return True


def _other(ctx: Context, event: Event) -> None:
    for handler in ctx.engine.registry.handlers(type(event)):
        handler(ctx, event)
    ctx.finish()
    ctx.writes.flush(ctx.db)

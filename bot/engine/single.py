"""One event that is no plain chat message: a command, an occurrence, or whatever a feature handles."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import DBAPIError

from bot.domain.errors import UserError
from bot.domain.events import (
    AlarmsDue,
    CommandInvoked,
    ContactChanged,
    CourseFilesChanged,
    Event,
    FormSubmitted,
    JobDone,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    OccurrenceDue,
    SpaceMigrated,
    StretchSeen,
    TimeLost,
    UpdateUnreadable,
)
from bot.domain.messages import Text
from bot.engine.alarms import ring
from bot.engine.aside import set_aside, take_for_replay
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant, as_command, run_command, spoil
from bot.engine.executing import handle_occurrences
from bot.engine.forms import keep_submission, take_message, take_submission
from bot.engine.jobs import is_wanted
from bot.engine.messages import handle_messages
from bot.engine.moving import move_space
from bot.engine.people import contact_changed, context_of, joined, left
from bot.engine.reloading import take_files
from bot.engine.stretches import take_stretch
from bot.engine.timekeeping import tell_of_lost_time
from bot.engine.transaction import Transaction
from storage.database import savepoint

log = logging.getLogger(__name__)


def handle_one(tx: Transaction, event: Event) -> None:
    """Give one event its effect."""
    if isinstance(event, StretchSeen):
        take_stretch(tx, event, handle_one)
    elif handler := _OWN_WAY.get(type(event)):
        handler(tx, event)
    else:
        _in_context(context_of(tx, event), event)


def _set_aside(tx: Transaction, event: UpdateUnreadable) -> None:
    set_aside(tx.engine, tx.db, event, event.error)


def _move(tx: Transaction, event: SpaceMigrated) -> None:
    move_space(tx.db, event.old, event.new, event.at)


def _take_job(tx: Transaction, event: JobDone) -> None:
    if is_wanted(tx, event):
        _in_context(context_of(tx, event), event)


def _take_occurrence(tx: Transaction, event: OccurrenceDue) -> None:
    handle_occurrences(tx, [event])


_OWN_WAY: Mapping[type, Callable[[Transaction, Any], None]] = {
    UpdateUnreadable: _set_aside,
    OccurrenceDue: _take_occurrence,
    AlarmsDue: ring,
    JobDone: _take_job,
    TimeLost: tell_of_lost_time,
    CourseFilesChanged: take_files,
    MemberJoined: joined,
    MemberLeft: left,
    ContactChanged: contact_changed,
    SpaceMigrated: _move,
}
"""What is no person's doing in a chat of theirs, or changes who is there before any feature hears of it."""


def _in_context(ctx: Context, event: Event) -> None:
    if isinstance(event, MessagePosted) and take_message(ctx, event):
        return
    if command := as_command(event, ctx.engine.registry):
        _command(ctx, command)
    elif isinstance(event, FormSubmitted):
        _attempt(ctx, lambda: take_submission(ctx, event), lambda: keep_submission(ctx, event))
    elif isinstance(event, MessagePosted) and event.address.private:
        _hear_in_private(ctx, event)
    elif isinstance(event, MessagePosted):
        handle_messages(ctx.tx, [event])
    else:
        _other(ctx, event)


def _hear_in_private(ctx: Context, event: MessagePosted) -> None:
    if handler := ctx.engine.registry.private_handler(event.text):
        _attempt(ctx, lambda: handler(ctx, event))
    else:
        _say_what_helps(ctx, event)


def _say_what_helps(ctx: Context, event: MessagePosted) -> None:
    """Who talks to the bot alone, and says no command, reads once an hour what it understands."""
    ctx.reply("private.plain", buttons=[(Text(id="button.commands"), "help")])
    ctx.finish(key=f"helps:{event.actor.account}:{event.at:%Y-%m-%dT%H}")
    ctx.writes.flush(ctx.db)


def run_instead(ctx: Context, command: CommandInvoked) -> None:
    """Run another command in the place of the one that is being run; where it belongs is looked up anew."""
    _command(context_of(ctx.tx, command), command)


def _command(ctx: Context, command: CommandInvoked) -> None:
    said, ctx.event = ctx.event, command
    try:
        _attempt(ctx, lambda: run_command(ctx, command), lambda: spoil(ctx, command))
    except NotMeant:
        assert isinstance(said, MessagePosted), "only what was said as a word can be an ordinary message"
        handle_messages(ctx.tx, [said])


def _attempt(ctx: Context, act: Callable[[], None], refused: Callable[[], None] = lambda: None) -> None:
    """In a savepoint, so that a person's mistake undoes what the handler did and keeps only the reply.

    `refused` is done then, and stays.
    """
    try:
        with savepoint(ctx.db):
            act()
            ctx.finish()
            ctx.writes.flush(ctx.db)
    except UserError as mistake:
        ctx.engine.library.refresh(ctx.db)  # what was live in the savepoint alone is live no more
        ctx.start_over(mistake)
        refused()
        ctx.finish()
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
        handle_one(tx, event)
    except (UserError, DBAPIError):
        raise
    except Exception as error:
        log.exception("event %r failed again", event.key)
        raise UserError("replay.still_fails", number=number, error=f"{type(error).__name__}: {error}"[:200]) from error
    return True


def _other(ctx: Context, event: Event) -> None:
    for handler in ctx.engine.registry.handlers(type(event)):
        handler(ctx, event)
    ctx.finish()
    ctx.writes.flush(ctx.db)

"""One command of many different people: what is read for it and what comes of it, read and written once for all."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, Event
from bot.domain.places import Member, Space
from bot.engine.context import Context
from bot.engine.dispatch import as_command, check_allowed
from bot.engine.feature import Asked, Command, Registry
from bot.engine.judging import Judging
from bot.engine.people import speakers
from bot.engine.readers import Readers
from bot.engine.single import handle_one
from bot.engine.transaction import Belonging, Transaction
from bot.engine.writes import Writes

Placed = tuple[CommandInvoked, Space, Member]


def command_for_many(event: Event, registry: Registry) -> Command | None:
    """The command that this event is, if that is one that many give at once."""
    asked = as_command(event, registry)
    command = registry.command_of(asked.name) if asked and asked.via != "link" else None
    return command if command and command.for_many else None


def handle_together(tx: Transaction, command: Command, events: Sequence[Event]) -> None:
    """Give them their effect as if each came alone; whatever but a person's mistake is raised fails for all."""
    placed: list[tuple[CommandInvoked, Space]] = []
    for event in events:
        asked = as_command(event, tx.engine.registry)
        assert asked, "only commands are grouped"
        if space := tx.live.space_at(asked.address):
            placed.append((asked, space))
        else:
            handle_one(tx, event)
    if not placed:
        return
    members = speakers(tx, placed)
    by_course: dict[str, list[Placed]] = {}
    for asked, space in placed:
        member = members[space.course, asked.actor.platform, asked.actor.user]
        by_course.setdefault(space.course, []).append((asked, space, member))
    for those in by_course.values():
        for different in _of_different_people(those):
            _handle(tx, command, different)


def _of_different_people(those: Sequence[Placed]) -> Iterator[list[Placed]]:
    """In their order. What one person says after something else of theirs has to see what came of that."""
    run: list[Placed] = []
    for one in those:
        if any(one[2].id == other[2].id for other in run):
            yield run
            run = []
        run.append(one)
    yield run


def _handle(tx: Transaction, command: Command, those: Sequence[Placed]) -> None:
    shared: dict[str, Any] = {"writes": Writes(), "judging": Judging(), "readers": Readers(tx.db)}
    course = tx.live.courses[those[0][1].course]
    each = [
        Asked(Context(tx, asked, Belonging(course=course, space=space, member=member), **shared), asked)
        for asked, space, member in those
    ]
    allowed = [one for one in each if _is_allowed(one.ctx, command)]
    if allowed and command.for_many:
        command.for_many(allowed)
    for platform in {one.cmd.address.platform for one in each}:
        shared["readers"].load(platform, [one.cmd.actor.user for one in each if one.cmd.address.platform == platform])
    for one in each:
        one.ctx.finish()
    shared["writes"].flush(tx.db)


def _is_allowed(ctx: Context, command: Command) -> bool:
    try:
        check_allowed(ctx, command)
    except UserError as mistake:
        ctx.refuse(mistake)
        return False
    return True

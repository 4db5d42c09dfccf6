"""From an event to its handler: the command's own checks first, in words that help."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from msgspec import structs

from bot.domain.errors import UserError
from bot.domain.events import ButtonPressed, CommandInvoked, MessagePosted
from bot.domain.ids import Role
from bot.domain.messages import Button, Text
from bot.domain.places import SpaceKind
from bot.engine.areas import areas_for, looks_after, not_your_area
from bot.engine.context import Context
from bot.engine.feature import Command, CommandHandler, InReply, Registry
from bot.engine.overheard import is_for_private_chat, is_overheard, private_chat_first
from bot.engine.private import ask_which_course

_WORD_LONGEST = 12
_DECORATION = " !！.。~～#【】"
_AFTER_A_WORD = re.compile(r"[\s:：]+")


class NotMeant(Exception):
    """What looked like a command's word is an ordinary message after all."""


def as_command(event: object, registry: Registry) -> CommandInvoked | None:
    """The command that an event means: typed, pressed, or said as a plain word such as 打卡."""
    match event:
        case CommandInvoked():
            return event
        case ButtonPressed():
            return command_of(event, event.command)
        case MessagePosted() if command := word_in(event, registry):
            return CommandInvoked(
                key=event.key,
                at=event.at,
                actor=event.actor,
                address=event.address,
                name=command.name,
                word=_bare(event.text),
                via="word",
                message=event.message,
                reply_to=event.reply_to,
                quoted=event.quoted,
                attachments=event.attachments,
            )
        case _:
            return None


def command_of(
    event: ButtonPressed | CommandInvoked, words: str, *, via: Literal["button", "link"] = "button"
) -> CommandInvoked:
    """The command that these words are, in the place of an event."""
    name, _, text = words.partition(" ")
    return CommandInvoked(
        key=event.key,
        at=event.at,
        actor=event.actor,
        address=event.address,
        name=name,
        text=text,
        via=via,
        message=event.message,
        interaction=event.interaction,
    )


def word_in(event: MessagePosted, registry: Registry) -> Command | None:
    """The command whose word this message is, and nothing else."""
    if len(event.text) > _WORD_LONGEST:
        return None
    command: Command | None = registry.words.get(_bare(event.text))
    if command and isinstance(command.words, InReply) and event.reply_to is None:
        return None
    return command


def _bare(text: str) -> str:
    """A word as commands declare it."""
    return text.strip(_DECORATION).casefold()


def run_command(ctx: Context, event: CommandInvoked) -> None:
    """Check who, where and what, then hand over. Raises UserError with the reply."""
    command = ctx.engine.registry.command_of(event.name)
    if command is None:
        raise _unknown(ctx, event)
    if event.via == "link" and not command.by_link:
        raise UserError("command.not_by_link", command=command.name)
    if command.alone and is_for_private_chat(ctx):
        raise private_chat_first(ctx, command.name)
    if not command.anywhere:
        if ctx.actor_address.private and not ctx.has_member:
            ask_which_course(ctx, then=f"{command.name} {event.text}".strip(), by_link=event.via == "link")
            return
        check_allowed(ctx, command)
    handler, event = _branch_of(ctx.engine.registry, command, event)
    handler(ctx, event)


def _branch_of(registry: Registry, command: Command, event: CommandInvoked) -> tuple[CommandHandler, CommandInvoked]:
    """Another feature may handle what begins with a word of its own."""
    first, *rest = _AFTER_A_WORD.split(event.text.strip(), maxsplit=1)
    found = registry.branches.get((command.name, first.casefold()))
    return (found, structs.replace(event, text="".join(rest).strip())) if found else (command.handler, event)


def spoil(ctx: Context, event: CommandInvoked) -> None:
    """What was refused may have given something away to those who have read it."""
    command = ctx.engine.registry.command_of(event.name)
    if command and command.spoilt and is_overheard(event):
        command.spoilt(ctx, event)


def check_allowed(ctx: Context, command: Command) -> None:
    """Raises UserError where this member may not use a command, or not here."""
    role = ctx.member.role
    if role not in command.roles:
        allowed = [Text(id=f"role.{allowed}") for allowed in command.roles]
        raise UserError("command.not_for_you", command=command.name, roles=allowed)
    if command.area and role != "student" and not looks_after(ctx, command.area):
        raise not_your_area(command.name, command.area)
    if ctx.space and ctx.space.kind not in command.places:
        places = [Text(id=f"space.{place}") for place in command.places]
        is_there = any(ctx.live.spaces_of(ctx.course.id, kind=place) for place in command.places)
        id = "command.wrong_place" if is_there else "command.no_such_place"
        raise UserError(id, command=command.name, places=places, course=ctx.course.id)


def _unknown(ctx: Context, event: CommandInvoked) -> UserError:
    usable = usable_commands(ctx)
    near = get_close_matches(event.name[:64], [command.name for command in usable], n=3, cutoff=0.6)
    shown = event.name[:32]
    if not near:
        return UserError("command.unknown", command=shown)
    buttons = [Button(label=f"/{name}", command=name) for name in near]
    return UserError("command.unknown_near", buttons=buttons, command=shown, near=[f"/{name}" for name in near])


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """What a person may have meant."""
    return next(iter(get_close_matches(word[:64], list(known), n=1, cutoff=0.5)), None)


def usable_commands(ctx: Context) -> list[Command]:
    """The commands that this member may use here, without those that one is told of when they are needed."""
    role = ctx.member.role if ctx.has_member else "student"
    listed = listed_commands(ctx.engine.registry, role, ctx.space.kind if ctx.space else None)
    if role == "student":
        return listed
    areas = areas_for(ctx, ctx.member)
    return [command for command in listed if command.area is None or command.area in areas]


def listed_commands(registry: Registry, role: Role, kind: SpaceKind | None) -> list[Command]:
    """What the help and a platform's completion show in such a space; None stands for a private chat."""
    return [
        command
        for command in registry.commands.values()
        if command.is_listed and role in command.roles and (kind is None or kind in command.places)
    ]

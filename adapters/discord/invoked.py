"""From Discord's interactions to events: commands, buttons, choices and forms. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from adapters.discord import shape
from adapters.discord.parse import key_of, quote
from adapters.discord.payloads import FORM
from adapters.discord.people import actor_of, attachment
from adapters.discord.rooms import THREADS
from adapters.discord.traits import PLATFORM
from bot.domain.events import Attachment, ButtonPressed, CommandInvoked, Event, FormSubmitted
from bot.domain.places import Actor, Address
from bot.domain.ports import Asked, SlashCommand
from bot.domain.text import clean_text

_COMMAND, _COMPONENT, AUTOCOMPLETE, _MODAL = 2, 3, 4, 5
_ON_MESSAGE = 3  # a command in the menu of a message
_GROUP, _SUBCOMMAND, _USER, _CHANNEL, _ATTACHMENT = 2, 1, 6, 7, 11  # types of options
_WITH_TEXT = ":text"  # the id of words that go with files ends so
_WORDS = {_COMMAND: "c", _COMPONENT: "b", _MODAL: "m"}


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """What Discord's names of commands mean."""

    orders: Mapping[str, tuple[str, ...]] = {}  # by command, its parameters in the order in which they are typed
    menus: Mapping[str, str] = {}  # the commands in menus of messages, by what they are called there

    @classmethod
    def of(cls, commands: Sequence[SlashCommand]) -> "Vocabulary":
        called = {shown: command.name for command in commands for shown in (command.on_message or {}).values()}
        return cls(orders={one.name: tuple(part.name for part in one.parameters) for one in commands}, menus=called)


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """What the meaning of an interaction depends on beside itself."""

    address: Address
    bot: str
    at: datetime
    vocabulary: Vocabulary = Vocabulary()
    kept: Mapping[str, str] = {}  # commands by the names under which they were kept


def read(raw: Mapping[str, Any]) -> shape.Interaction:
    """The interaction, as far as we know its shape. Raises msgspec.ValidationError."""
    return msgspec.convert(raw, shape.Interaction)


def who(interaction: shape.Interaction) -> Actor:
    """Who did it. Raises ValueError where nobody is named."""
    user = interaction.user or (interaction.member.user if interaction.member else None)
    if user is None:
        raise ValueError("nobody is named")
    return actor_of(user, interaction.member, interaction.locale)


def word_of(interaction: shape.Waiting) -> str:
    """What answering needs to know. It holds a token: never to be logged."""
    return f"{_WORDS[interaction.type]}:{interaction.id}:{interaction.token}"


def word_in(raw: Mapping[str, Any]) -> str | None:
    """The same of one that can't be understood; None where it can't be answered."""
    try:
        waiting = msgspec.convert({name: raw.get(name) for name in ("id", "token", "type")}, shape.Waiting)
    except msgspec.ValidationError:
        return None
    return word_of(waiting) if waiting.type in _WORDS else None


def data_of_press(interaction: shape.Interaction) -> str | None:
    """What was pressed, or chosen, carries."""
    if interaction.type != _COMPONENT:
        return None
    return next(iter(interaction.data.values), "") or interaction.data.custom_id


def event_of(interaction: shape.Interaction, where: Where) -> Event | None:
    """What somebody wants; None where it is nothing that we know."""
    if interaction.type not in _WORDS:
        return None
    done: dict[str, Any] = {
        "key": key_of(where.bot, f"interaction:{interaction.id}"),
        "at": where.at,
        "actor": who(interaction),
        "address": where.address,
        "interaction": word_of(interaction),
    }
    match interaction.type:
        case 2 if interaction.data.type == _ON_MESSAGE:
            return _on_message(interaction, where, done)
        case 2:
            return _typed(interaction.data, where.vocabulary, done)
        case 3:
            return _pressed(interaction, where, done)
    return _filled_in(interaction.data, done)


def asked(interaction: shape.Interaction, address: Address) -> Asked | None:
    """What somebody is typing, of which parameter."""
    for option in _given(interaction.data.options):
        if option.focused:
            return Asked(
                command=interaction.data.name.casefold(),
                parameter=option.name,
                typed=str(option.value or ""),
                actor=who(interaction),
                address=address,
            )
    return None


# --- commands ---------------------------------------------------------------------------------------------------------


def _typed(data: shape.Data, vocabulary: Vocabulary, done: dict[str, Any]) -> Event:
    order = vocabulary.orders.get(data.name, ())
    given = sorted(_given(data.options), key=lambda one: order.index(one.name) if one.name in order else len(order))
    files = [one for one in given if one.type == _ATTACHMENT]
    words = [data_words(one) for one in given if one.type not in (_ATTACHMENT, _CHANNEL)]
    chosen = next((str(one.value) for one in given if one.type == _CHANNEL), "")
    return CommandInvoked(
        name=clean_text(data.name).casefold(),
        text=clean_text(" ".join([*_path(data.options), *filter(None, words)])),
        attachments=_files([str(one.value) for one in files], data.resolved),
        elsewhere=_place(data.resolved.channels.get(chosen)),
        **done,
    )


def _place(chosen: shape.Chosen | None) -> Address | None:
    """A channel of the same server, which is all that Discord lets anybody choose."""
    if chosen is None:
        return None
    is_thread = chosen.type in THREADS and chosen.parent_id
    return Address(platform=PLATFORM, chat=f"{chosen.parent_id}/{chosen.id}" if is_thread else chosen.id)


def _path(options: Sequence[shape.Option]) -> Iterator[str]:
    """The names of the part of a command that was chosen, if it has parts."""
    for option in options:
        if option.type in (_SUBCOMMAND, _GROUP):
            yield option.name
            yield from _path(option.options)


def _given(options: Sequence[shape.Option]) -> list[shape.Option]:
    parts = [part for one in options if one.type in (_SUBCOMMAND, _GROUP) for part in _given(one.options)]
    return parts + [one for one in options if one.type not in (_SUBCOMMAND, _GROUP)]


def data_words(option: shape.Option) -> str:
    """What was given, as Discord itself writes it in messages: a person is `<@ID>`."""
    if option.type == _USER:
        return f"<@{option.value}>"
    if isinstance(option.value, bool):
        return "yes" if option.value else "no"
    return "" if option.value is None else str(option.value).strip()


def _on_message(interaction: shape.Interaction, where: Where, done: dict[str, Any]) -> Event:
    data = interaction.data
    target = data.resolved.messages.get(data.target_id or "")
    return CommandInvoked(
        name=where.vocabulary.menus.get(data.name, clean_text(data.name).casefold()),
        via="menu",
        reply_to=data.target_id,
        quoted=quote(target, where.bot) if target else None,
        **done,
    )


# --- buttons and forms ------------------------------------------------------------------------------------------------


def _pressed(interaction: shape.Interaction, where: Where, done: dict[str, Any]) -> Event | None:
    data = data_of_press(interaction)
    if interaction.message is None or not data:
        return None
    command = where.kept.get(data, "help" if data.startswith("#") else data)  # "help": nobody knows it any more
    return ButtonPressed(message=interaction.message.id, command=clean_text(command), **done)


def _filled_in(data: shape.Data, done: dict[str, Any]) -> Event:
    fields: dict[str, str] = {}
    files: dict[str, tuple[Attachment, ...]] = {}
    for one in _inputs(data.components):
        id, values = clean_text(one["custom_id"]).removesuffix(_WITH_TEXT), one.get("values") or []
        if found := _files(values, data.resolved):
            files[id] = found
        elif given := clean_text(str(one.get("value") or next(iter(values), ""))).strip():
            fields[id] = given
    return FormSubmitted(form=clean_text(data.custom_id).removeprefix(FORM), fields=fields, files=files, **done)


def _inputs(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What was filled in, whatever it is wrapped in."""
    for one in components:
        if one.get("custom_id"):
            yield one
        yield from _inputs([one["component"]] if "component" in one else one.get("components", ()))


def _files(ids: Sequence[str], resolved: shape.Resolved) -> tuple[Attachment, ...]:
    """Files that came with an interaction belong to no message: their address is all there is of them."""
    found = (resolved.attachments.get(id) for id in ids)
    return tuple(attachment(file, file.url) for file in found if file)

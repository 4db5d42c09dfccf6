"""Every body against the models of the package discordopenapi, which are generated from Discord's own OpenAPI document.

The models are loose: their enums are plain numbers, their unions match ambiguously, and they are older than labels and
file uploads in modals. So unions are chosen here by the type of a component or an option, what came later stands in
`_LATER`, modals are checked in modal_limits.py, and what the page says in words in the other *_limits.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tests.fakes.discord.errors import Violation

_COMPONENTS = {
    1: "ActionRow", 2: "Button", 3: "StringSelect", 5: "UserSelect", 6: "RoleSelect", 7: "MentionableSelect",
    8: "ChannelSelect", 9: "Section", 10: "TextDisplay", 11: "Thumbnail", 12: "MediaGallery", 13: "File",
    14: "Separator", 17: "Container",
}  # fmt: skip
_OPTIONS = {
    1: "Subcommand", 2: "SubcommandGroup", 3: "String", 4: "Integer", 5: "Boolean", 6: "User", 7: "Channel",
    8: "Role", 9: "Mentionable", 10: "Number", 11: "Attachment",
}  # fmt: skip
_LATER = {
    "ApplicationCommandUpdateRequest": {"nsfw"},
    "ApplicationCommandCreateRequest": {"nsfw"},
    "RichEmbed": {"flags"},
    # No-ops that discord.py sends along, and Discord takes.
    "CreateTextThreadWithMessageRequest": {"type", "invitable"},
    "CreateForumThreadRequest": {"type", "invitable"},
    "BaseCreateMessageCreateRequest": {"tts"},
    "MessageEditRequestPartial": {"tts"},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts"},
    "IncomingWebhookUpdateRequestPartial": {"tts"},
    "CreateGuildRoleRequest": {"colors"},
}


@cache
def model_of(name: str) -> type[BaseModel]:
    from openapi_client import models  # takes two seconds: only runs with a server pay, and pay before it serves

    return getattr(models, name)  # type: ignore[no-any-return]


def check_body(name: str, body: Any, where: str = "") -> None:
    """Raises Violation with the first thing that is wrong."""
    _check(model_of(name), body, where)


def _check(model: type[BaseModel], value: Any, where: str) -> None:
    if "one_of_schemas" in model.model_fields or "any_of_schemas" in model.model_fields:
        _check_union(model, value, where)
        return
    if not isinstance(value, Mapping):
        raise Violation(where, "Only dictionaries may be used in a DictType")
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    unknown = value.keys() - fields.keys() - _LATER.get(model.__name__, set())
    if "Component" in model.__name__:
        unknown -= {"id"}
    if unknown:
        raise Violation(where, f"{model.__name__} has no {', '.join(sorted(unknown))}")
    for name, info in fields.items():
        place = f"{where}.{name}" if where else name
        if name in value:
            _check_field(info, value[name], place)
        elif info.is_required():
            raise Violation(place, "This field is required")


def _check_field(info: FieldInfo, value: Any, where: str) -> None:
    inside = list(_models(info.annotation))
    if not inside:
        _check_plain(info, value, where)
    elif value is not None:
        _check_nested(info, inside[0], value, where)


def _check_nested(info: FieldInfo, model: type[BaseModel], value: Any, where: str) -> None:
    outer = _outer(info.annotation)
    if outer is list:
        if not isinstance(value, list):
            raise Violation(where, "Only iterables may be used in a ListType")
        _check_length(info, value, where)
        for number, each in enumerate(value):
            _check(model, each, f"{where}.{number}")
    elif outer is dict:
        for name, each in value.items():
            _check(model, each, f"{where}.{name}")
    else:
        _check(model, value, where)


def _check_length(info: FieldInfo, value: list[Any], where: str) -> None:
    rules = list(info.metadata)
    for part in _parts(info.annotation):
        if isinstance(part, FieldInfo):
            rules.extend(part.metadata)
    for rule in rules:
        least, most = getattr(rule, "min_length", None), getattr(rule, "max_length", None)
        if least is not None and len(value) < least:
            raise Violation(where, f"Must be {least} or more in length.")
        if most is not None and len(value) > most:
            raise Violation(where, f"Must be {most} or fewer in length.")


def _check_plain(info: FieldInfo, value: Any, where: str) -> None:
    is_id = where.endswith(("id", "parent", "tags")) or where.rpartition(".")[2].isdigit()
    if is_id and type(value) is int:
        value = str(value)  # snowflakes are taken as numbers too
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON has one kind of number
    wanted: Any = info.annotation
    for rule in info.metadata:
        wanted = Annotated[wanted, rule]
    try:
        _adapter(wanted).validate_python(value)
    except ValidationError as error:
        raise Violation(where, error.errors()[0]["msg"]) from error


@cache
def _adapter(wanted: Any) -> TypeAdapter[Any]:
    return TypeAdapter(wanted)


def _check_union(model: type[BaseModel], value: Any, where: str) -> None:
    """By `type`, where it is an object; else by trying."""
    if isinstance(value, Mapping) and "type" in value:
        _check(_chosen(model, value["type"], where), value, where)
        return
    for name, info in model.model_fields.items():
        if name.endswith("_validator"):
            try:
                _check_field(info, value, where)
            except Violation:
                continue
            return
    raise Violation(where, f"{value!r} is none of {model.__name__}")


def _chosen(model: type[BaseModel], kind: Any, where: str) -> type[BaseModel]:
    is_option = "Option" in model.__name__
    name = (_OPTIONS if is_option else _COMPONENTS).get(kind)
    full = f"ApplicationCommand{name}Option" if is_option else f"{name}ComponentForMessageRequest"
    possible = {each.__name__ for info in model.model_fields.values() for each in _models(info.annotation)}
    if name is None or full not in possible:
        raise Violation(f"{where}.type", f"Value must be one of those of {sorted(possible)}, is {kind}")
    return model_of(full)


def _parts(annotation: Any) -> Iterator[Any]:
    """The annotation and everything inside it."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    return (part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel))


def _outer(annotation: Any) -> Any:
    """The container under Optional and Annotated: list, dict or nothing of that kind."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _outer(get_args(annotation)[0])
    if origin is Union:
        return next((_outer(part) for part in get_args(annotation) if part is not type(None)), None)
    return origin

"""Every request against the typed models of aiogram, which are generated from Telegram's own page.

The API's names are the models' names. A field that the model does not know is refused, in nested objects too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from tests.fakes.telegram.errors import Violation

if TYPE_CHECKING:
    from aiogram.methods import TelegramMethod

    Schema = type[TelegramMethod[Any]]

# What clients may send along that is no parameter.
_IGNORED = frozenset({"method"})


def schema_of(method: str) -> Schema | None:
    """The model; method names are case-insensitive, as at the real one."""
    from aiogram import methods  # takes two seconds: only runs with a server pay, and pay before it serves

    names = {name.lower(): name for name in methods.__all__}
    name = names.get(method.lower())
    model = getattr(methods, name) if name else None
    return model if model is not None and hasattr(model, "__api_method__") else None


def decoded(model: Schema, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Text, as forms have it, as values: whatever is not text by its type is JSON."""
    return {
        name: _value(model, name, given) if isinstance(given, str) else given
        for name, given in fields.items()
        if name not in _IGNORED
    }


def _value(model: Schema, name: str, text: str) -> Any:
    field = model.model_fields.get(name)
    types = list(_alternatives(field.annotation)) if field else [str]
    if str in types:
        return int(text) if int in types and re.fullmatch(r"-?\d+", text) else text
    try:
        return json.loads(text)
    except ValueError as error:
        raise Violation(f"can't parse {name}: {error}") from error


def _alternatives(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        for part in get_args(annotation):
            yield from _alternatives(part)
    else:
        yield annotation


def validate(model: Schema, params: Mapping[str, Any]) -> None:
    """Raises Violation with everything that is wrong."""
    try:
        read = model.model_validate(dict(params))
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        raise Violation(f"{model.__api_method__}: {'; '.join(sorted(set(problems)))}") from error
    unknown = sorted(unknown_fields(read))
    if unknown:
        raise Violation(f"{model.__api_method__}: unknown fields {', '.join(unknown)}")


def unknown_fields(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name, None), f"{path}{name}.")
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from unknown_fields(each, f"{path}{index}.")

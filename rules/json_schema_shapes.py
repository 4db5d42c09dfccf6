"""JSON Schemas of the types in course files, as the loader takes them: with nothing that is not known."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import time, timedelta
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

Schema = dict[str, Any]
Describe = Callable[[str], str]
"""From a message id to the words that explain something; empty where there are none."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


class Shapes:
    """The schemas of some types, by the names given here, and the definitions that they share.

    A key of a model is explained by `key.NAME.KEY`, as in `key.rule.limit.cool_down`.
    """

    def __init__(self, types: Mapping[str, Any], describe: Describe) -> None:
        names = {model: path for name, kind in types.items() for model, path in _models(name, kind)}
        generator = _Generator(names, describe)
        found, definitions = generator.generate_definitions(
            [(name, "validation", TypeAdapter(kind).core_schema) for name, kind in types.items()]
        )
        self._found: dict[str, Schema] = {name: schema for (name, _), schema in found.items()}
        self.definitions: dict[str, Schema] = {str(name): schema for name, schema in definitions.items()}

    def __getitem__(self, name: str) -> Schema:
        """Perhaps only a reference to one of the definitions."""
        return self._found[name]

    def whole(self, name: str) -> Schema:
        """The schema of a model itself."""
        return deepcopy(self.definitions[self.definition(name)])

    def definition(self, name: str) -> str:
        """The name of a model's own definition, to which the others refer."""
        return _referred(self._found[name])


class _Generator(GenerateJsonSchema):
    """Without what pydantic makes of the names of classes, their docstrings, and defaults that no YAML file shows."""

    def __init__(self, names: Mapping[type[BaseModel], str], describe: Describe) -> None:
        super().__init__(ref_template="#/$defs/{model}")
        self._names = names
        self._describe = describe

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        made = super().model_schema(schema)
        made.pop("title", None)
        made.pop("description", None)
        made["additionalProperties"] = False
        path = self._names[schema["cls"]]
        for name, field in made.get("properties", {}).items():
            described(field, self._describe(f"key.{path}.{name}"))
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> Schema:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        made = self.generate_inner(schema["schema"])
        default = schema.get("default")
        if isinstance(default, timedelta | time):
            return {**made, "default": _as_written(default)}
        return {**made, "default": default} if isinstance(default, bool | int | float | str) else made


def described(schema: Schema, words: str) -> Schema:
    """The same schema, which now explains itself."""
    if words:
        schema["description"] = words
    return schema


def meaning(fact: str, field: str, describe: Describe) -> str:
    """What a field means for this kind of fact, else what everybody calls it."""
    return describe(f"facts.{fact}.{field}") or describe(f"field.{field}")


def only(properties: Mapping[str, Any], **more: Any) -> Schema:
    """A mapping with these keys alone."""
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}


def document(title: str, root: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A schema that stands alone, with those definitions that it needs."""
    needed = _needed(root, definitions)
    used = {name: schema for name, schema in definitions.items() if name in needed}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return {**head, **root, **({"$defs": used} if used else {})}


def or_nothing(schema: Schema) -> Schema:
    """The key may also stand there with nothing behind it."""
    words = schema.pop("description", "")
    return described({"anyOf": [schema, {"type": "null"}]}, words)


def something(schema: Schema) -> Schema:
    """The same without `null`: the key must have a value."""
    ways = [way for way in schema["anyOf"] if way != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**ways[0], **rest} if len(ways) == 1 else {"anyOf": ways, **rest}


def or_empty(root: Schema) -> Schema:
    """A file that may be empty."""
    return {**root, "type": ["object", "null"]}


def _needed(root: Any, definitions: Mapping[str, Schema]) -> set[str]:
    found: set[str] = set()
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            name = _referred(part)
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
    return found


def _referred(schema: Schema) -> str:
    """The name of the definition that this refers to, else nothing."""
    return str(schema.get("$ref", "")).removeprefix("#/$defs/")


def _models(name: str, annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, name
        for field, info in annotation.model_fields.items():
            yield from _models(f"{name}.{field}", info.annotation)
    for argument in get_args(annotation):
        yield from _models(name, argument)


def _as_written(value: timedelta | time) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    seconds = int(value.total_seconds())
    return next((f"{seconds // unit}{letter}" for unit, letter in _UNITS if seconds and seconds % unit == 0), "0s")

"""The JSON Schema of the tests in rules.yaml: facts in, awards out."""

from collections.abc import Callable

from bot.domain.rules import FactKind, Field
from rules.conditions import COMMON_FIELDS
from rules.json_schema_shapes import Describe, Schema, Shapes, described, meaning, only
from rules.replay import DERIVED
from rules.schema import GivenShape
from rules.vocabulary import Vocabulary

Value = Callable[[str, Field], Schema]
"""What may stand behind a field."""


def test_schema(describe: Describe) -> Schema:
    """One test: it expects something, or it would test nothing."""
    points = {"type": "object", "additionalProperties": {"type": "integer"}}
    by_member = {"type": "object", "additionalProperties": points}
    keys: Schema = {
        "facts": {"type": "array", "items": {"$ref": "#/$defs/given"}, "minItems": 1},
        "awards": {"anyOf": [points, by_member]},
        "fires": {"type": "array", "items": {"type": "string"}},
        "level": {"type": "string"},
    }
    keys = {name: described(key, describe(f"key.test.{name}")) for name, key in keys.items()}
    return only(keys, required=["facts"], minProperties=2)


def given_schema(vocabulary: Vocabulary, describe: Describe, value: Value) -> Schema:
    """A fact that a test gives: one key is its kind, with its fields; the others say who, when and how often."""
    given = Shapes({"given": GivenShape}, describe).whole("given")
    kinds = [kind for kind in vocabulary.facts.values() if kind.name not in DERIVED]
    given["properties"] |= {kind.name: _fields(kind, describe, value) for kind in kinds}
    with_text = [{"required": [kind.name]} for kind in kinds if kind.has_text]
    only_then = [
        {
            "if": {"properties": {"text": {"type": "string"}}, "required": ["text"]},
            "then": {"anyOf": with_text} if with_text else False,
        },
        {"if": {"properties": {"retract": {"const": True}}, "required": ["retract"]}, "then": {"required": ["object"]}},
    ]
    return {**given, "oneOf": [{"required": [kind.name]} for kind in kinds], "allOf": only_then}


def _fields(kind: FactKind, describe: Describe, value: Value) -> Schema:
    """A test need not give all fields, nor any. The level follows from what happens in the test."""
    own = [(kind.name, name, field) for name, field in kind.fields.items()]
    common = [("every", name, field) for name, field in COMMON_FIELDS.items() if name != "member.level"]
    keys = {
        name: described(_value(name, field, value), meaning(of, name, describe)) for of, name, field in [*own, *common]
    }
    return described({**only(keys), "type": ["object", "null"]}, describe(f"facts.{kind.name}"))


def _value(name: str, field: Field, value: Value) -> Schema:
    one = value(name, field)
    return {"anyOf": [one, {"type": "array", "items": one}]} if field == "tags" else one

"""The JSON Schema of rules.yaml: what may stand in `where` hangs on `when`."""

from typing import Any

from bot.domain.messages import Localised
from bot.domain.rules import FactKind, Field
from rules.conditions import CHOICES, COMMON_FIELDS, common_fields
from rules.entries import ID
from rules.fields import CalendarDate, CourseText
from rules.json_schema_shapes import Describe, Schema, Shapes, described, document, meaning, only, or_nothing
from rules.json_schema_tests import given_schema, test_schema
from rules.rulebook import RESERVED
from rules.schema import BadgeShape, LevelShape, RuleShape, TitleShape
from rules.vocabulary import AWARD, EffectKind, Vocabulary

_SECTIONS = {"levels": LevelShape, "badges": BadgeShape, "titles": TitleShape}
_MAX_LEVEL_ID = 48


def rules_schema(vocabulary: Vocabulary, describe: Describe) -> Schema:
    """The schema of rules.yaml."""
    writer = _Writer(vocabulary, describe)
    tests = {
        "test": test_schema(describe),
        "given": given_schema(vocabulary, describe, writer.value),
    }
    definitions = {"rule": writer.rule(), **writer.conditions(), **tests, **writer.shapes.definitions}
    sections = writer.sections()
    names = {"pattern": f"^{ID}$", "not": {"enum": [*RESERVED]}}
    rules = {"$ref": "#/$defs/rule"}
    root = {"properties": sections, "propertyNames": names, "additionalProperties": rules}
    return document("rules.yaml", {"type": ["object", "null"], **root}, definitions)


class _Writer:
    """Knows the vocabulary and the words that explain it."""

    def __init__(self, vocabulary: Vocabulary, describe: Describe) -> None:
        effects = {f"then.{name}": _argument(kind) for name, kind in vocabulary.effects.items()}
        types = {"rule": RuleShape, **{name.rstrip("s"): shape for name, shape in _SECTIONS.items()}, **effects}
        self.vocabulary = vocabulary
        self.describe = describe
        self.shapes = Shapes({**types, "date": CalendarDate}, describe)

    # --- rules --------------------------------------------------------------------------------------------------------

    def rule(self) -> Schema:
        rule = self.shapes.whole("rule")
        kinds = self.vocabulary.facts.values()
        rule["properties"] |= {
            "when": described(self.when(), self.describe("key.rule.when")),
            "where": described({"type": "object"}, self.describe("key.rule.where")),
            "then": described(self.then(), self.describe("key.rule.then")),
        }
        return {**rule, "required": ["when", "then"], "allOf": [self.on(kind) for kind in kinds]}

    def when(self) -> Schema:
        said = [self.describe(f"facts.{kind.name}") for kind in self.vocabulary.facts.values()]
        return {"enum": [*self.vocabulary.facts], **({"enumDescriptions": said} if any(said) else {})}

    def on(self, kind: FactKind) -> Schema:
        """What else holds for a rule on this kind of fact."""
        keys: Schema = {"where": {"$ref": f"#/$defs/where.{kind.name}"}}
        if not kind.has_text:
            keys["limit"] = {"properties": {"novelty": {"const": False}}}
        return {
            "if": {"properties": {"when": {"const": kind.name}}, "required": ["when"]},
            "then": {"properties": keys},
        }

    def then(self) -> Schema:
        """A list of mappings with one effect each; points are given once."""
        effects = {
            name: described(dict(self.shapes[f"then.{name}"]), self.describe(f"effect.{name}"))
            for name in self.vocabulary.effects
        }
        one = only(effects, minProperties=1, maxProperties=1)
        award = {"type": "object", "required": [AWARD]}
        return {"type": "array", "items": one, "minItems": 1, "contains": award, "minContains": 0, "maxContains": 1}

    # --- conditions ---------------------------------------------------------------------------------------------------

    def conditions(self) -> dict[str, Schema]:
        """What may stand in `where` for each kind of fact, in a named condition, and for the fields that all have."""
        facts = self.vocabulary.facts
        anything = FactKind(name="any", fields={name: f for kind in facts.values() for name, f in kind.fields.items()})
        common = {f"field.{name}": self.test("every", name, field) for name, field in COMMON_FIELDS.items()}
        own = {f"where.{kind.name}": self.where(kind) for kind in facts.values()}
        return {"where.any": self.where(anything), **own, **common}

    def where(self, kind: FactKind) -> Schema:
        part = {"$ref": f"#/$defs/where.{kind.name}"}
        parts = {"type": "array", "items": part, "minItems": 1}
        joined = {"use": _one_or_more({"type": "string"}), "all": parts, "any": parts, "not": part}
        keys = {name: self.test(kind.name, name, field) for name, field in kind.fields.items()}
        keys |= {name: {"$ref": f"#/$defs/field.{name}"} for name in common_fields(kind)}
        keys |= {name: described(dict(join), self.describe(f"key.where.{name}")) for name, join in joined.items()}
        return only(keys, minProperties=1)

    def test(self, fact: str, name: str, field: Field) -> Schema:
        """One value, one of a list, or a range."""
        ways = _one_or_more(self.value(name, field))
        if field == "number":
            ends = {end: {"type": "number"} for end in ("at_least", "at_most")}
            ends = {end: described(ends[end], self.describe(f"key.where.{end}")) for end in ends}
            ways["anyOf"].append(only(ends, minProperties=1))
        return described(ways, meaning(fact, name, self.describe))

    def value(self, name: str, field: Field) -> Schema:
        if name in CHOICES:
            return {"enum": [*CHOICES[name]]}
        if field == "date":
            return dict(self.shapes["date"])
        return {"type": {"text": "string", "tags": "string", "number": "number", "yes_no": "boolean"}[field]}

    # --- the other sections -------------------------------------------------------------------------------------------

    def sections(self) -> Schema:
        ids: Schema = {"pattern": f"^{ID}$"}
        entries: dict[str, Schema] = {"conditions": {"$ref": "#/$defs/where.any"}}
        entries |= {name: dict(self.shapes[name.rstrip("s")]) for name in _SECTIONS}
        entries["tests"] = {"$ref": "#/$defs/test"}
        made = {}
        for name, entry in entries.items():
            names = {"levels": {"maxLength": _MAX_LEVEL_ID}, "tests": True}.get(name, ids)
            section = {"type": "object", "propertyNames": names, "additionalProperties": entry}
            made[name] = described(or_nothing(section), self.describe(f"key.rules.{name}"))
        return made


def _argument(kind: EffectKind) -> Any:
    return CourseText if kind.argument is Localised else kind.argument


def _one_or_more(value: Schema) -> dict[str, Any]:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}

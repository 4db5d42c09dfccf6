"""JSON Schemas of the course files, so that an editor completes keys and underlines what the loader would refuse.

What only the whole course can tell (a badge that nobody declared, a day outside of the course) is left to `check`.
"""

from collections.abc import Iterable

from rules.answering import AnsweringShape
from rules.entries import ID, SHORT_ID
from rules.faq import FaqShape
from rules.json_schema_homework import homework_schema
from rules.json_schema_rules import rules_schema
from rules.json_schema_shapes import (
    Describe,
    Schema,
    Shapes,
    described,
    document,
    or_empty,
    or_nothing,
    something,
)
from rules.rewards import SECTION, RewardShape, RewardsShape
from rules.rituals import AROUND, BY_DATE, DAY_END, WHENS
from rules.schema import CalendarShape, CourseShape, DemoShape, RitualShape
from rules.vocabulary import Vocabulary


def schemas_of(vocabulary: Vocabulary, describe: Describe = lambda id: "") -> dict[str, Schema]:
    """The schema of each course file by the file's name, without `.yaml`."""
    return {
        "rules": rules_schema(vocabulary, describe),
        "course": _course(vocabulary, describe),
        "calendar": _lenient("calendar", CalendarShape, describe),
        "rituals": _rituals(vocabulary, describe),
        "homework": homework_schema(describe),
        "questions": _lenient("questions", AnsweringShape, describe),
        "faq": _faq(describe),
        "rewards": _rewards(describe),
        "demo": _lenient("demo", DemoShape, describe),
    }


def _course(vocabulary: Vocabulary, describe: Describe) -> Schema:
    """What every course says of itself, and the sections of features, which may be left empty."""
    sections = {f"course.{name}": section for name, section in vocabulary.sections.items()}
    shapes = Shapes({"course": CourseShape, **sections}, describe)
    course = shapes.whole("course")
    for name in vocabulary.sections:
        section = or_nothing(dict(shapes[f"course.{name}"]))
        course["properties"][name] = described(section, describe(f"key.course.{name}"))
    return document("course.yaml", course, shapes.definitions)


def _lenient(name: str, shape: type, describe: Describe) -> Schema:
    """A file that may be empty."""
    shapes = Shapes({name: shape}, describe)
    return document(f"{name}.yaml", or_empty(shapes.whole(name)), shapes.definitions)


def _faq(describe: Describe) -> Schema:
    """Every key is an entry."""
    shapes = Shapes({"faq": FaqShape}, describe)
    root = {"propertyNames": {"pattern": f"^{SHORT_ID}$"}, "additionalProperties": shapes["faq"]}
    return document("faq.yaml", or_empty(root), shapes.definitions)


def _rewards(describe: Describe) -> Schema:
    """Every key of the section is a reward."""
    shapes = Shapes({"rewards": RewardsShape, "reward": RewardShape}, describe)
    root = shapes.whole("rewards")
    section = {"propertyNames": {"pattern": f"^{SHORT_ID}$"}, "additionalProperties": shapes["reward"]}
    words = describe("key.rewards.rewards")
    root["properties"][SECTION] = described(or_nothing({"type": "object", **section}), words)
    return document("rewards.yaml", or_empty(root), shapes.definitions)


def _rituals(vocabulary: Vocabulary, describe: Describe) -> Schema:
    """Every ritual has its own keys, and the options of what it does."""
    actions = {f"ritual.{name}": action.options for name, action in vocabulary.actions.items()}
    shapes = Shapes({"ritual": RitualShape, **actions}, describe)
    ritual = shapes.whole("ritual")
    del ritual["additionalProperties"]
    ritual["properties"]["do"] = described({"enum": list(vocabulary.actions)}, describe("key.ritual.do"))
    for name in (*WHENS, "at"):
        ritual["properties"][name] = something(ritual["properties"][name])
    does = [_does(name, ritual["properties"], shapes.whole(f"ritual.{name}")) for name in vocabulary.actions]
    ritual["oneOf"] = [{"required": [name]} for name in WHENS]
    ritual["allOf"] = [*_whens(), *does]
    names = {"pattern": f"^{ID}$", "not": {"const": DAY_END}}
    root = {"propertyNames": names, "additionalProperties": {"$ref": "#/$defs/ritual"}}
    return document("rituals.yaml", or_empty({"type": "object", **root}), {"ritual": ritual, **shapes.definitions})


def _whens() -> list[Schema]:
    """What goes with the key that says when, and what does not."""
    dated, around = _any_of(BY_DATE), _any_of(AROUND)
    missed = {"properties": {"catch_up": {"enum": ["latest", "all"]}}, "required": ["catch_up"]}
    at_once = {"properties": {"on_quiet_days": {"not": {"const": "postpone"}}}}
    return [
        {"if": dated, "then": {"required": ["at"]}, "else": {"properties": {"at": False}}},
        {"if": around, "else": {"properties": {"by": False}}},
        {"if": dated, "else": at_once},
        {"if": missed, "then": {"properties": {"late_within": False}}},
    ]


def _any_of(keys: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _does(action: str, own: Schema, options: Schema) -> Schema:
    # All keys are named again: `unevaluatedProperties` would be shorter, but not every editor knows it.
    keys = {**dict.fromkeys(own, True), **options["properties"]}
    then = {"properties": keys, "required": options.get("required", []), "additionalProperties": False}
    return {"if": {"properties": {"do": {"const": action}}, "required": ["do"]}, "then": then}

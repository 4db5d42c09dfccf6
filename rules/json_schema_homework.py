"""The JSON Schema of homework.yaml: what goes with questions, and what with things that are handed in."""

from rules.entries import SHORT_ID
from rules.homework_questions import ANSWERS
from rules.homework_reader import NOT_IN_A_QUIZ, OF_TEXT, ONLY_IN_A_QUIZ
from rules.homework_shapes import ExtensionsShape, GradingShape, HomeworkShape, QuestionShape
from rules.json_schema_shapes import Describe, Schema, Shapes, described, document, or_empty, or_nothing, something

_NAME = "homework"
_QUESTION = f"{_NAME}.questions"
_SECTIONS = {"grading": GradingShape, "extensions": ExtensionsShape}


def homework_schema(describe: Describe) -> Schema:
    """Two sections, which may be left empty; every other key is a homework."""
    parts = {f"{_NAME}.{part}": shape for part, shape in _SECTIONS.items()}
    shapes = Shapes({_NAME: HomeworkShape, _QUESTION: QuestionShape, **parts}, describe)
    homework = {**shapes.whole(_NAME), "allOf": _kinds()}
    keys = {
        part: described(or_nothing(dict(shapes[f"{_NAME}.{part}"])), describe(f"key.{_NAME}.{part}"))
        for part in _SECTIONS
    }
    root: Schema = {
        "properties": keys,
        "propertyNames": {"pattern": f"^{SHORT_ID}$"},
        "additionalProperties": {"$ref": f"#/$defs/{_NAME}"},
    }
    definitions = {
        **shapes.definitions,
        _NAME: homework,
        shapes.definition(_QUESTION): _question(shapes.whole(_QUESTION)),
    }
    return document("homework.yaml", or_empty(root), definitions)


def _kinds() -> list[Schema]:
    """What is no use beside what."""
    wants_text = {"properties": {"accepts": {"not": {"contains": {"const": "text"}}}}, "required": ["accepts"]}
    return [
        {
            "if": {"required": ["questions"]},
            "then": {"properties": dict.fromkeys(NOT_IN_A_QUIZ, False)},
            "else": {"properties": dict.fromkeys(ONLY_IN_A_QUIZ, False)},
        },
        {"if": wants_text, "then": {"properties": dict.fromkeys(OF_TEXT, False)}},
    ]


def _question(question: Schema) -> Schema:
    """Exactly one way to answer it; what is right is said of options alone."""
    for name in (*ANSWERS, "right"):
        question["properties"][name] = something(question["properties"][name])
    chosen = {
        "if": {"required": ["options"]},
        "then": {"required": ["right"]},
        "else": {"properties": {"right": False}},
    }
    return {**question, "oneOf": [{"required": [name]} for name in ANSWERS], "allOf": [chosen]}

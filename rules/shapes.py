"""Holds a part of a document against a pydantic shape, and says in our own words where it does not fit."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.domain.ids import Language
from rules.complaints import Complaints
from rules.nodes import Key, Leaf, MapNode, Node, as_json, find
from rules.scalars import is_huge, is_quoted_number

Shape = TypeVar("Shape", bound=BaseModel)

_WRONG_TYPES = {  # pydantic's types of error; a prefix is enough
    "int": "problem.not_whole_number",
    "float": "problem.not_a_number",
    "decimal": "problem.not_a_number",
    "string_type": "problem.not_text",
    "bool": "problem.not_yes_no",
    "date": "problem.not_a_date",
    "time_delta": "problem.not_a_duration",
    "time": "problem.not_a_time",
    "list": "problem.not_a_list",
    "tuple": "problem.not_a_list",
    "set_type": "problem.not_a_list",
    "frozen_set": "problem.not_a_list",
    "dict": "problem.not_a_mapping",
    "model": "problem.not_a_mapping",
    "dataclass": "problem.not_a_mapping",
}
_BOUNDS = {"greater_than_equal": ("problem.at_least", "ge"), "less_than_equal": ("problem.at_most", "le")}
_LENGTHS = {
    "too_long": ("problem.too_many", "most", "max_length"),
    "too_short": ("problem.too_few", "least", "min_length"),
}


def fit(
    shape: type[Shape], node: Node, complaints: Complaints, *, name: str, language: Language, also: Iterable[str] = ()
) -> Shape | None:
    """The part as a value of this shape, or None with complaints. `also` are known keys that were taken out before."""
    return fit_within({"language": language}, shape, node, complaints, name=name, also=also)


def fit_within(
    context: Mapping[str, Any],
    shape: type[Shape],
    node: Node,
    complaints: Complaints,
    *,
    name: str,
    also: Iterable[str] = (),
) -> Shape | None:
    """The same, with more than a language for validators to look at: `files`, the course's, by name."""
    try:
        return shape.model_validate_json(as_json(node), strict=True, extra="forbid", context=dict(context))
    except ValidationError as error:
        known = Known(shape, tuple(also))
        complain(error, node, complaints, name=name, known=known)
        return None


def fit_type(
    adapter: TypeAdapter[Any], argument: Any, node: Node, complaints: Complaints, *, name: str, language: Language
) -> Any:
    """The same for any type; None with complaints."""
    try:
        return adapter.validate_json(as_json(node), strict=True, extra="forbid", context={"language": language})
    except ValidationError as error:
        complain(error, node, complaints, name=name, known=Known(argument))
        return None


class Known:
    """The keys that a shape knows, at any depth of it."""

    def __init__(self, shape: Any, also: tuple[str, ...] = ()) -> None:
        self.shape = shape
        self.also = also

    def at(self, path: Iterable[str | int]) -> list[str]:
        steps = [part for part in path if isinstance(part, str)]
        shapes = list(_models(self.shape))
        for step in steps:
            fields = [keys[step] for shape in shapes if step in (keys := _keys(shape))]
            shapes = [model for field in fields for model in _models(field.annotation)] if fields else shapes
        names = [name for shape in shapes for name in _keys(shape)]
        return names if steps else [*self.also, *names]


def _keys(shape: type[BaseModel]) -> dict[str, FieldInfo]:
    """As files write them: `from` is no name in Python."""
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def complain(error: ValidationError, root: Node, complaints: Complaints, *, name: str, known: Known) -> None:
    """Each of pydantic's errors as a problem of ours."""
    for detail in error.errors(include_url=False):
        kind, path = detail["type"], detail["loc"]
        if kind == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]:
            continue  # pydantic counts only the items that are right, and the others have errors of their own
        spot = find(root, path)
        if kind == "missing":
            complaints.add(spot.node, "problem.missing_key", key=str(path[-1]))
        elif kind == "extra_forbidden" and spot.key:
            complaints.unknown_key(spot.key, known.at(path[:-1]))
        elif path and path[-1] == "[key]" and spot.key:
            _say(detail, spot.key, spot.outer.name if spot.outer else name, complaints)
        else:
            _say(detail, spot.node, spot.key.name if spot.key else name, complaints)


def _say(detail: ErrorDetails, at: Node | Key, name: str, complaints: Complaints) -> None:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("literal_error", "enum"):
        words = re.findall(r"'([^']*)'", str(context.get("expected")))
        complaints.unknown(at, str(detail["input"]), words, name=name)
        return
    id, values = _words(kind, context)
    if id in ("problem.not_whole_number", "problem.not_a_number") and is_quoted_number(detail["input"]):
        id = "problem.quoted_number"
    if id == "problem.not_whole_number" and is_huge(detail["input"]):
        id = "problem.number_too_large"
    if id == "problem.too_many" and isinstance(detail["input"], str):
        id = "problem.text_too_long"
    if id == "problem.not_a_mapping":
        complain_no_mapping(at, complaints, name=name)
        return
    complaints.add(at, id, name=name, **values)


def _words(kind: str, context: Mapping[str, Any]) -> tuple[str, dict[str, str | int]]:
    if kind.startswith("problem."):
        return kind, {key: _shown(value) for key, value in context.items()}
    if kind in _BOUNDS:
        id, key = _BOUNDS[kind]
        return id, {"limit": _shown(context[key])}
    if kind == "greater_than" and context["gt"] == 0:
        return "problem.not_positive", {}
    if kind in ("too_short", "string_too_short") and context["min_length"] == 1:
        return "problem.empty", {}
    if kind in _LENGTHS:
        id, name, key = _LENGTHS[kind]
        return id, {name: _shown(context[key])}
    for prefix, id in _WRONG_TYPES.items():
        if kind.startswith(prefix):
            return id, {}
    return "problem.not_valid", {}


def _shown(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def complain_no_mapping(at: Node | Key, complaints: Complaints, *, name: str) -> None:
    """Where keys should stand; a full-width colon makes a text of them."""
    if isinstance(at, Leaf) and "：" in str(at.value):
        complaints.add(at, "problem.fullwidth_colon")
    else:
        complaints.add(at, "problem.not_a_mapping", name=name)


def mapping(node: Node, complaints: Complaints, *, name: str) -> MapNode | None:
    """The node if it is a mapping, else None with a complaint."""
    if isinstance(node, MapNode):
        return node
    complain_no_mapping(node, complaints, name=name)
    return None

"""The sections of homework.yaml beside the homework: how soon it is graded, and who may have more time."""

from typing import TypeVar

from pydantic import BaseModel

from bot.domain.homework import Extensions, Grading
from bot.domain.ids import Language
from rules.complaints import Complaints
from rules.homework_shapes import ExtensionsShape, GradingShape
from rules.nodes import MapNode, find, is_empty
from rules.response_clock import clock_of
from rules.schema import CourseShape
from rules.shapes import fit

SECTIONS = ("grading", "extensions")

_Shape = TypeVar("_Shape", bound=BaseModel)


def extensions_of(root: MapNode, complaints: Complaints, language: Language) -> Extensions:
    """With complaints, it counts for nothing."""
    shape = _section("extensions", ExtensionsShape, root, complaints, language)
    return Extensions(tokens=shape.tokens, each=shape.each) if shape else Extensions()


def grading_of(root: MapNode, complaints: Complaints, course: CourseShape | None, language: Language) -> Grading:
    """With complaints, it counts for nothing."""
    shape = _section("grading", GradingShape, root, complaints, language)
    if shape is None:
        return Grading()
    clock = clock_of(shape, find(root, ("grading",)).node, complaints, course)
    return Grading(**clock, revise_within=shape.revise_within, alike_from=shape.alike_from)


def _section(
    name: str, shape: type[_Shape], root: MapNode, complaints: Complaints, language: Language
) -> _Shape | None:
    """One that is absent or empty has its defaults."""
    node = root.get(name)
    if node is None or is_empty(node):
        return shape()
    return fit(shape, node, complaints, name=name, language=language)

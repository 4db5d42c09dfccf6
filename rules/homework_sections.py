"""The sections of homework.yaml beside the homework: how soon it is graded, and who may have more time."""

from typing import TypeVar

from pydantic import BaseModel

from bot.domain.homework import Extensions, Grading
from bot.domain.ids import Language
from bot.domain.office_hours import Rest
from bot.domain.response import Shift
from rules.complaints import Complaints
from rules.coursebook import quiet_days_of
from rules.fields import WEEKDAYS
from rules.homework_shapes import ExtensionsShape, GradingShape
from rules.nodes import MapNode, find, is_empty
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
    rest = _rest(shape, course)
    _check_rest(shape, rest, root, complaints)
    _check_ladder(shape, root, complaints)
    return Grading(
        within=shape.within,
        warn_at=shape.warn_at,
        rest=rest,
        ladder=shape.ladder,
        step=shape.step,
        claim_for=shape.claim_for,
        revise_within=shape.revise_within,
        duty={
            WEEKDAYS.index(weekday): tuple(Shift(account=account) for account in accounts)
            for weekday, accounts in shape.duty.items()
        },
        alike_from=shape.alike_from,
    )


def _section(
    name: str, shape: type[_Shape], root: MapNode, complaints: Complaints, language: Language
) -> _Shape | None:
    """One that is absent or empty has its defaults."""
    node = root.get(name)
    if node is None or is_empty(node):
        return shape()
    return fit(shape, node, complaints, name=name, language=language)


def _rest(shape: GradingShape, course: CourseShape | None) -> Rest:
    quiet = quiet_days_of(course) if course and shape.quiet_days else None
    return Rest(
        nights=(shape.nights.begins, shape.nights.until) if shape.nights else None,
        weekdays=shape.rests_on | (quiet.weekdays if quiet else frozenset()),
        dates=quiet.dates if quiet else frozenset(),
    )


def _check_rest(shape: GradingShape, rest: Rest, root: MapNode, complaints: Complaints) -> None:
    """A clock that always stands never runs out."""
    if shape.nights and shape.nights.begins == shape.nights.until:
        complaints.add(find(root, ("grading", "nights", "until")).node, "problem.endless_night")
    if len(rest.weekdays) == len(WEEKDAYS):
        asked = "rests_on" if shape.rests_on else "quiet_days"
        complaints.add(find(root, ("grading", asked)).node, "problem.never_graded")


def _check_ladder(shape: GradingShape, root: MapNode, complaints: Complaints) -> None:
    for number, rung in enumerate(shape.ladder):
        if rung in shape.ladder[:number]:
            at = find(root, ("grading", "ladder", number)).node
            complaints.add(at, "problem.twice", name="ladder", value=rung)

"""What a modal may hold: Discord's page "Component Reference", "Label", "Text Input", "File Upload" and others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.errors import Violation
from tests.fakes.discord.limits import check_custom_ids, within
from tests.fakes.discord.state import Json

_FIELDS = {
    3: {"options", "placeholder", "min_values", "max_values", "required", "disabled"},
    4: {"style", "label", "value", "placeholder", "required", "min_length", "max_length"},
    5: {"placeholder", "min_values", "max_values", "required", "default_values"},
    6: {"placeholder", "min_values", "max_values", "required", "default_values"},
    7: {"placeholder", "min_values", "max_values", "required", "default_values"},
    8: {"placeholder", "min_values", "max_values", "required", "default_values", "channel_types"},
    19: {"min_values", "max_values", "required"},
    21: {"options", "required"},
    22: {"options", "min_values", "max_values", "required"},
    23: {"default"},
}
_ROW, _LABEL, _TEXT, _INPUT, _UPLOAD = 1, 18, 10, 4, 19


def check_modal(data: Any) -> None:
    """Title ≤ 45 characters, 1 to 5 components: labels, text, or rows with one text input."""
    if not isinstance(data, Mapping):
        raise Violation("data", "This field is required")
    _only(data, {"custom_id", "title", "components"}, "data")
    within("data.custom_id", data.get("custom_id"), 1, 100)
    within("data.title", data.get("title"), 1, 45)
    components = data.get("components")
    if not isinstance(components, list) or not 1 <= len(components) <= 5:
        raise Violation("data.components", "Must be between 1 and 5 in length.")
    for number, component in enumerate(components):
        _check_top(component, f"data.components.{number}")
    check_custom_ids(components, "data.components")


def _only(given: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := given.keys() - allowed:
        raise Violation(where, f"there is no {', '.join(sorted(unknown))} here")


def _check_top(component: Json, where: str) -> None:
    kind = component.get("type")
    if kind == _TEXT:
        _only(component, {"type", "id", "content"}, where)
        within(f"{where}.content", component.get("content"), 1, 4000)
    elif kind == _LABEL:
        _only(component, {"type", "id", "label", "description", "component"}, where)
        within(f"{where}.label", component.get("label"), 1, 45)
        within(f"{where}.description", component.get("description") or "", 0, 100)
        _check_inside(component.get("component"), f"{where}.component", is_labelled=True)
    elif kind == _ROW:
        inside = component.get("components") or []
        if len(inside) != 1 or inside[0].get("type") != _INPUT:
            raise Violation(f"{where}.components", "a row in a modal holds one text input")
        _check_inside(inside[0], f"{where}.components.0", is_labelled=False)
    else:
        raise Violation(f"{where}.type", "Value of field type must be one of (1, 10, 18).")


def _check_inside(component: Any, where: str, *, is_labelled: bool) -> None:
    kind = component.get("type") if isinstance(component, Mapping) else None
    if kind not in _FIELDS:
        raise Violation(f"{where}.type", f"Value of field type must be one of {sorted(_FIELDS)}.")
    _only(component, _FIELDS[kind] | {"type", "id", "custom_id"}, where)
    within(f"{where}.custom_id", component.get("custom_id"), 1, 100)
    if kind == _INPUT:
        _check_input(component, where, is_labelled=is_labelled)
    elif kind == _UPLOAD:
        least, most = component.get("min_values", 1), component.get("max_values", 1)
        if not 0 <= least <= most <= 10:
            raise Violation(where, f"{least} to {most} files can't be asked for")
    within(f"{where}.placeholder", component.get("placeholder") or "", 0, 100 if kind == _INPUT else 150)
    if component.get("required", True) and component.get("min_values") == 0:
        raise Violation(where, "a required component has min_values of 1 at least")


def _check_input(component: Json, where: str, *, is_labelled: bool) -> None:
    if component.get("style") not in {1, 2}:
        raise Violation(f"{where}.style", "Value must be one of {1, 2}.")
    if is_labelled and component.get("label") is not None:
        raise Violation(f"{where}.label", "inside a label a text input has none of its own")
    if not is_labelled:
        within(f"{where}.label", component.get("label"), 1, 45)
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if not (0 <= least <= 4000 and 1 <= most <= 4000 and least <= most):
        raise Violation(f"{where}.max_length", f"{least} to {most} characters can't be asked for")
    if component.get("value"):
        within(f"{where}.value", component["value"], least, most)

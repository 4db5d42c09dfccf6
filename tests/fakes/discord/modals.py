"""What a person fills into a modal, checked as the client does before it lets them send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes.discord.options import Filling
from tests.fakes.discord.state import Json

Fields = Mapping[str, str | Sequence[str]]
Files = Mapping[str, Sequence[tuple[str, bytes]]]
_ROW, _LABEL, _INPUT, _UPLOAD = 1, 18, 4, 19


def submission(modal: Json, fields: Fields, files: Files, filling: Filling) -> Json:
    """The `data` of the interaction. An assertion fails for what could not be sent."""
    used: set[str] = set()
    components = [_filled(each, fields, files, filling, used) for each in modal["components"]]
    unknown = (fields.keys() | files.keys()) - used
    assert not unknown, f"the modal asks for none of {sorted(unknown)}"
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    return data | ({"resolved": filling.resolved} if filling.resolved else {})


def _filled(component: Json, fields: Fields, files: Files, filling: Filling, used: set[str]) -> Json:
    shape: Json = {"type": component["type"], "id": component["id"]}
    if component["type"] not in {_ROW, _LABEL}:
        return shape
    inner = component["component"] if component["type"] == _LABEL else component["components"][0]
    names = {component.get("label"), inner.get("label"), inner["custom_id"]} - {None}
    used |= {str(name) for name in names}
    given = next((fields[name] for name in names if name in fields), None)
    uploads = next((files[name] for name in names if name in files), ())
    value = _upload(inner, uploads, filling) if inner["type"] == _UPLOAD else _value(inner, given)
    answer = {"type": inner["type"], "id": inner["id"], "custom_id": inner["custom_id"]} | value
    return shape | ({"component": answer} if component["type"] == _LABEL else {"components": [answer]})


def _value(inner: Json, given: str | Sequence[str] | None) -> Json:
    if inner["type"] == _INPUT:
        text = inner.get("value") or "" if given is None else given
        assert isinstance(text, str)
        assert text or not inner.get("required", True), f"{inner['custom_id']} must be filled in"
        most = inner.get("max_length") or 4000
        assert not text or (inner.get("min_length") or 0) <= len(text) <= most, (
            f"{inner['custom_id']} has a wrong length"
        )
        return {"value": text}
    chosen = [given] if isinstance(given, str) else list(given or [])
    options = inner.get("options") or []
    values = [option["value"] for each in chosen for option in options if each in (option["label"], option["value"])]
    if given is None:
        values = [option["value"] for option in options if option.get("default")]
    assert given is None or len(values) == len(chosen), f"{chosen} are no options of {inner['custom_id']}"
    _check_number(inner, len(values))
    return {"values": values}


def _upload(inner: Json, uploads: Sequence[tuple[str, bytes]], filling: Filling) -> Json:
    _check_number(inner, len(uploads))
    return {"values": [filling.file(name, content) for name, content in uploads]}


def _check_number(inner: Json, number: int) -> None:
    if number == 0 and not inner.get("required", True):
        return
    least, most = inner.get("min_values", 1), inner.get("max_values", 1)
    assert least <= number <= most, f"{inner['custom_id']}: {number} were given, {least} to {most} are asked for"

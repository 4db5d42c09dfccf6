"""Forms of our own as Discord's modals. Pure."""

from collections.abc import Iterator
from typing import Any

from adapters.discord.limits import cut
from adapters.discord.payloads import FORM
from bot.domain.messages import Field, Sheet

TEXT_OF = ":text"
"""What follows the id of a field of files, where words may go with them."""

_LABEL, _SELECT, _INPUT, _UPLOAD = 18, 3, 4, 19  # types of components
_LINE, _PARAGRAPH = 1, 2  # styles of text inputs
_IN_LINE = 100  # characters that are still asked for in one line
_MOST_TEXT, _MOST_FILES, _MOST_OPTIONS, _MOST_FIELDS = 4000, 10, 25, 5
_TITLE, _HINT, _OPTION, _ID = 45, 100, 100, 100  # characters
_FILES, _WORDS = "📎 ", "✏️ "  # one thing that is asked for in two ways


def modal_of(sheet: Sheet) -> dict[str, Any]:
    """The modal that asks for it. Raises ValueError where Discord can't ask for so much at once."""
    labels = [label for field in sheet.fields for label in _labels(field)]
    if not 1 <= len(labels) <= _MOST_FIELDS:
        raise ValueError(f"a form has 1 to {_MOST_FIELDS} fields here, not {len(labels)}")
    return {"custom_id": _id(FORM + sheet.name), "title": cut(sheet.title, _TITLE), "components": labels}


def _labels(field: Field) -> Iterator[dict[str, Any]]:
    if field.kind == "choice":
        yield _label(field.label, field.hint, _choice(field))
    elif field.kind == "text":
        yield _label(field.label, field.hint, _text(field, field.id, is_needed=not field.is_optional))
    elif field.takes_text:  # one of them will do; the core asks again where both are empty
        yield _label(_FILES + field.label, field.hint, _upload(field, is_needed=False))
        yield _label(_WORDS + field.label, "", _text(field, field.id + TEXT_OF, is_needed=False))
    else:
        yield _label(field.label, field.hint, _upload(field, is_needed=not field.is_optional))


def _label(label: str, hint: str, component: dict[str, Any]) -> dict[str, Any]:
    description = {"description": cut(hint, _HINT)} if hint.strip() else {}
    return {"type": _LABEL, "label": cut(label, _TITLE), **description, "component": component}


def _text(field: Field, id: str, *, is_needed: bool) -> dict[str, Any]:
    most = min(field.max_length, _MOST_TEXT)
    value = {"value": field.value[:most]} if field.value else {}
    return {
        "type": _INPUT,
        "custom_id": _id(id),
        "style": _PARAGRAPH if most > _IN_LINE else _LINE,
        "min_length": 1 if is_needed else 0,
        "max_length": most,
        "required": is_needed,
        **value,
    }


def _choice(field: Field) -> dict[str, Any]:
    if not 1 <= len(field.options) <= _MOST_OPTIONS:
        raise ValueError(f"a choice has 1 to {_MOST_OPTIONS} options here, not {len(field.options)}")
    options = [
        {"label": cut(shown, _OPTION), "value": value, **({"default": True} if value == field.value else {})}
        for value, shown in field.options
    ]
    return {"type": _SELECT, "custom_id": _id(field.id), "options": options, "required": not field.is_optional}


def _upload(field: Field, *, is_needed: bool) -> dict[str, Any]:
    return {
        "type": _UPLOAD,
        "custom_id": _id(field.id),
        "min_values": 1 if is_needed else 0,
        "max_values": min(field.max_files, _MOST_FILES),
        "required": is_needed,
    }


def _id(id: str) -> str:
    if len(id) > _ID:
        raise ValueError(f"{id!r} is too long for a name in a form")
    return id

"""What a person gives for a field of a form, checked. Pure."""

from collections.abc import Sequence

from msgspec import structs

from bot.domain.errors import UserError
from bot.domain.text import clean_text, visible_length
from bot.engine.forms_shape import FormField
from storage.forms import Given

NOTHING = Given()


def added(field: FormField, before: Given | None, new: Given, labels: Sequence[tuple[str, str]] = ()) -> Given:
    """What the field holds with what came now. Raises UserError with what is wrong.

    `labels`: what a choice is between, each with its label as this person reads it.
    """
    new = structs.replace(new, text=clean_text(new.text).strip())
    match field.kind:
        case "text":
            return _text(field, new)
        case "choice":
            return structs.replace(new, text=_chosen(new.text, labels), files=())
        case "files":
            return _gathered(field, before or NOTHING, new)


def _text(field: FormField, new: Given) -> Given:
    if not visible_length(new.text):
        raise UserError("forms.no_text")
    _check_length(field, new.text)
    return structs.replace(new, files=())


def _chosen(said: str, labels: Sequence[tuple[str, str]]) -> str:
    """The option that is meant: by its id, its label, or its number from 1."""
    wanted = said.casefold()
    for number, (option, label) in enumerate(labels, 1):
        if wanted in (option.casefold(), label.casefold(), str(number)):
            return option
    raise UserError("forms.no_such_option", options=[label for _, label in labels])


def _gathered(field: FormField, before: Given, new: Given) -> Given:
    has_text = field.takes_text and visible_length(new.text) > 0
    if not new.files and not has_text:
        raise UserError("forms.no_file_or_text" if field.takes_text else "forms.no_file")
    files = (*before.files, *new.files)
    if len(files) > field.max_files:
        raise UserError("forms.too_many_files", most=field.max_files)
    text = "\n".join(part for part in (before.text, new.text) if part) if has_text else before.text
    _check_length(field, text)
    return Given(text=text, files=files, message=before.message or new.message)


def _check_length(field: FormField, text: str) -> None:
    if len(text) > field.max_length:
        raise UserError("forms.too_long", most=field.max_length, length=len(text))

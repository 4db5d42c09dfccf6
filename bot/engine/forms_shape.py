"""What a feature declares of a form: its fields, in the order in which they are asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.domain.events import FormSubmitted
from bot.domain.messages import Text, Words

if TYPE_CHECKING:
    from bot.engine.context import Context

FormHandler = Callable[["Context", FormSubmitted], None]
Option = tuple[str, Words]
"""The value that the handler gets, and what a person reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One thing that a form asks for. The texts `form.FORM.ID` and `form.FORM.ID.hint` say what, and how."""

    id: str
    kind: Literal["text", "choice", "files"] = "text"
    options: Sequence[str] | Callable[["Context"], Sequence[Option]] = ()
    """Of a choice. Ids have their labels in `form.FORM.ID.OPTION`; what a course has is looked up."""
    is_optional: bool = False
    max_length: int = 1000  # of its text, in characters
    max_files: int = 10
    takes_text: bool = False  # of files: what is written with them, or in their place, counts too
    at_once: bool = False  # of files: what comes in one message is all of it
    is_given: bool = False  # known when the form is opened: a conversation never asks for it


def step_before(form: "Form", step: int) -> int | None:
    """The field before this one that is asked for; None where this is the first."""
    return next((at for at in reversed(range(step)) if not form.fields[at].is_given), None)


def parts_of(name: str) -> tuple[str, str]:
    """The form and the course of a name that a platform has kept."""
    form, _, course = name.partition("@")
    return form, course


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A conversation that ends with all fields in the hands of one handler. The text `form.NAME` is its title."""

    name: str
    handler: FormHandler
    fields: tuple[FormField, ...]
    command: str  # opens it; who may use that may hand it in
    again: Callable[[Mapping[str, str]], str | None] | None = None
    """Of what was handed in and refused: how it is opened again, where the command alone does not say for what."""

    @property
    def title(self) -> Text:
        return Text(id=f"form.{self.name}")

    @property
    def has_summary(self) -> bool:
        """Whether all that was given is shown once more before it is handed in."""
        return sum(not field.is_given for field in self.fields) > 1

    def named_for(self, course: str) -> str:
        """Its name as a platform keeps it while somebody fills it in: it says for which course that is."""
        return f"{self.name}@{course}"

    def opened_by(self, fields: Mapping[str, str]) -> str:
        """The command, with what it needs, that opens it again with what was handed in."""
        return (self.again(fields) if self.again else None) or self.command

    def question(self, field: FormField) -> Text:
        return Text(id=f"form.{self.name}.{field.id}")

    def options(self, ctx: "Context", field: FormField) -> Sequence[Option]:
        if callable(field.options):
            return field.options(ctx)
        return [(option, Text(id=f"form.{self.name}.{field.id}.{option}")) for option in field.options]

"""Buttons below a message; where they are too many, lists to choose from. Pure."""

from collections.abc import Sequence
from typing import Any

from adapters.discord.limits import cut
from adapters.discord.payloads import data_of
from bot.domain.messages import Button

ROW, BUTTON, SELECT = 1, 2, 3
_SECONDARY = 2  # the style of a button that asks for no attention
_ROWS = 5
_IN_ROW = 5
_OPTIONS = 25
_LABEL, _OPTION = 80, 100  # characters


def rows_of(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """The rows that hold them. Raises ValueError where there are more than one message can offer."""
    by_command: dict[str, Button] = {}
    for button in buttons:
        by_command.setdefault(data_of(button.command), button)
    once = list(by_command.values())
    if len(once) <= _ROWS * _IN_ROW:
        return [_row([_button(button) for button in part]) for part in _parts(once, _IN_ROW)]
    if len(once) > _ROWS * _OPTIONS:
        raise ValueError(f"{len(once)} buttons are more than a message can hold")
    return [_row([_select(number, part)]) for number, part in enumerate(_parts(once, _OPTIONS))]


def _parts(buttons: Sequence[Button], most: int) -> list[Sequence[Button]]:
    return [buttons[at : at + most] for at in range(0, len(buttons), most)]


def _row(inside: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": ROW, "components": inside}


def _button(button: Button) -> dict[str, Any]:
    return {
        "type": BUTTON,
        "style": _SECONDARY,
        "label": cut(button.label, _LABEL) or cut(button.command, _LABEL),
        "custom_id": data_of(button.command),
    }


def _select(number: int, buttons: Sequence[Button]) -> dict[str, Any]:
    """What is chosen is a command; the list itself has a name only because Discord wants one."""
    options = [
        {"label": cut(button.label, _OPTION) or cut(button.command, _OPTION), "value": data_of(button.command)}
        for button in buttons
    ]
    first, last = options[0]["label"], options[-1]["label"]
    shown = {"placeholder": f"{cut(first, 60)} – {cut(last, 60)}"}
    return {"type": SELECT, "custom_id": f"choose {number}", "options": options, **shown}

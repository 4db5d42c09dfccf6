"""Our texts' small notation, `**bold**`, `` `code` `` and `{name}`, and its rendering into spans.

Values go in as literal text after the notation was read, so nothing in a value is ever markup or a placeholder.
"""

import re
from collections.abc import Callable
from typing import Literal

from bot.domain.messages import Span

Style = Literal["plain", "bold", "code", "link"]
Part = tuple[str, Style, bool]  # text or name; its style; whether it is a placeholder

_TOKEN = re.compile(r"\*\*|`|\{\{|\}\}|\{([a-z_][a-z0-9_.]*)\}|https?://[^\s<>`*（）()，。；]+")


def parse(template: str) -> tuple[Part, ...]:
    """The template's parts. What does not close or is no placeholder stands for itself."""
    parts: list[Part] = []
    style: Style = "plain"
    position = 0
    for token in _TOKEN.finditer(template):
        parts.append((template[position : token.start()], style, False))
        position = token.end()
        style = _read(token, style, parts)
    parts.append((template[position:], style, False))
    return tuple(part for part in parts if part[0])


def _read(token: re.Match[str], style: Style, parts: list[Part]) -> Style:
    mark = token.group()
    if mark == "**" and style != "code":
        return "plain" if style == "bold" else "bold"
    if mark == "`":
        return "plain" if style == "code" else "code"
    if token.group(1):
        parts.append((token.group(1), style, True))
    elif mark.startswith("http"):
        parts.append((mark, "code" if style == "code" else "link", False))
    else:
        parts.append((mark[0] if mark in ("{{", "}}") else mark, style, False))
    return style


def fill(parts: tuple[Part, ...], show: Callable[[str], str]) -> tuple[Span, ...]:
    """Spans with every placeholder shown; neighbours of one style are joined."""
    spans: list[Span] = []
    for text, style, is_placeholder in parts:
        shown = show(text) if is_placeholder else text
        if spans and spans[-1].style == style != "link":
            spans[-1] = Span(spans[-1].text + shown, style)
        elif shown:
            spans.append(Span(shown, style))
    return tuple(spans)


def placeholders(template: str) -> set[str]:
    """The names that a template asks for."""
    return {text for text, _, is_placeholder in parse(template) if is_placeholder}


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)

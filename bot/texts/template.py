"""Our texts' small notation, `**bold**`, `` `code` `` and `{name}`, and its rendering into spans.

Values go in as literal text after the notation was read, so nothing in a value is ever markup or a placeholder.
"""

import re
from collections.abc import Callable
from typing import Literal

from bot.domain.messages import Span
from bot.domain.placeholders import TOKEN

Style = Literal["plain", "bold", "code", "link"]
Part = tuple[str, Style, bool]  # text or name; its style; whether it is a placeholder


def parse(template: str) -> tuple[Part, ...]:
    """The template's parts. What does not close or is no placeholder stands for itself."""
    parts: list[Part] = []
    open_marks: set[str] = set()
    marks = _paired_marks(template)
    position = 0
    for token in TOKEN.finditer(template):
        style: Style = "code" if "`" in open_marks else "bold" if "**" in open_marks else "plain"
        parts.append((template[position : token.start()], style, False))
        position = token.end()
        if token.start() in marks:
            open_marks ^= {token.group()}
        else:
            parts.append(_part(token, style))
    parts.append((template[position:], "plain", False))
    return tuple(part for part in parts if part[0])


def _paired_marks(template: str) -> set[int]:
    """Where a mark stands that opens or closes something; between backticks there are no others."""
    waiting: dict[str, int] = {}
    paired: set[int] = set()
    for token in TOKEN.finditer(template):
        mark, start = token.group(), token.start()
        if mark not in ("**", "`") or (mark == "**" and "`" in waiting):
            continue
        if mark in waiting:
            paired |= {waiting.pop(mark), start}
        elif mark in template[token.end() :]:
            waiting[mark] = start
    return paired


def _part(token: re.Match[str], style: Style) -> Part:
    mark = token.group()
    if token.group(1):
        return token.group(1), style, True
    if mark.startswith("http"):
        return mark, "code" if style == "code" else "link", False
    return mark[0] if mark in ("{{", "}}") else mark, style, False


def fill(parts: tuple[Part, ...], show: Callable[[str], str | tuple[Span, ...]]) -> tuple[Span, ...]:
    """Spans with every placeholder shown; neighbours of one style are joined.

    A value that has styles keeps them, but for a placeholder that has one of its own.
    """
    spans: list[Span] = []
    for text, style, is_placeholder in parts:
        shown = show(text) if is_placeholder else text
        if not isinstance(shown, str) and style != "plain":
            shown = plain(shown)
        for span in (Span(shown, style),) if isinstance(shown, str) else shown:
            if spans and spans[-1].style == span.style != "link":
                spans[-1] = Span(spans[-1].text + span.text, span.style)
            elif span.text:
                spans.append(span)
    return tuple(spans)


def unstyled(text: str) -> str:
    """What a text says, without the marks of its notation."""
    return plain(fill(parse(text), lambda name: f"{{{name}}}"))


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)

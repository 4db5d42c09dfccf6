"""From styled text to Discord's Markdown. Pure; nothing that somebody has typed becomes markup, a mention or a link.

Discord takes a backslash before anything but letters, digits and blanks: what is shown is exactly the text. An address
stands in `<>`: it ends where it ends, is a link, and has no preview.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

from bot.domain.messages import Span

_Style = Literal["plain", "bold", "code"]

_BREAKS = r"\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_SENTENCE = (
    "，。；：！？、（）「」『』《》【】"  # an address never holds them, and they often follow it without a blank
)
_SPECIAL = re.compile(
    rf"(?P<url>https?://[^\s<>{_SENTENCE}]*[^\s<>{_SENTENCE}.,:;!?\"'()\[\]…])"
    r"|[\\*_~|`\[<]"  # wherever it stands
    r"|@(?=everyone|here)"
    r"|:(?=//|[\w+-]+:)"  # addresses of other kinds, and names of emoji
    rf"|(?:(?<=[{_BREAKS}])|^)(?P<indent>[^\S{_BREAKS}]*)"  # quotes, headings and lists, at the start of a line
    r"(?:(?P<number>\d+)(?=[.)](?:\s|\Z))|>|\#(?=\#*(?:\s|\Z))|[+-](?=[\s\#]|\Z))",
    re.IGNORECASE,
)
_BACKTICKS = re.compile("`(?=``)")
_APART = "`\N{ZERO WIDTH SPACE}"


def markdown(body: Sequence[Span], *, is_styled: bool = True) -> str:
    """The text as Discord wants it written, without blanks at its ends; without styles it doubles at most."""
    written, line = "", ""
    for style, text in _runs(body):
        is_start = not line.strip()
        written += _STYLES[style if is_styled else "plain"](text, is_start)
        line = re.split(f"[{_BREAKS}]", line + text)[-1]
    return written.strip()


def has_block(body: Sequence[Span]) -> bool:
    """Whether a part of it stands in lines of a fixed width: a board."""
    return any(style == "code" and "\n" in text.strip("\n") for style, text in _runs(body))


def _runs(body: Sequence[Span]) -> Iterator[tuple[_Style, str]]:
    """Neighbours of one style are one, so that their marks never touch."""
    for style, spans in groupby((span for span in body if span.text), _style):
        yield style, "".join(span.text for span in spans)


def _style(span: Span) -> _Style:
    return "plain" if span.style == "link" else span.style


def escaped(text: str, is_start: bool = True) -> str:
    """Plain text; `is_start`: it stands at the start of a line."""
    before = "" if is_start else "x"
    return _SPECIAL.sub(_harmless, before + text).removeprefix(before)


def _harmless(found: re.Match[str]) -> str:
    if found["url"]:
        return f"<{found['url']}>"
    if found["number"]:
        return found[0] + "\\"
    indent = found["indent"] or ""
    return f"{indent}\\{found[0].removeprefix(indent)}"


def _bold(text: str, is_start: bool) -> str:
    return "\n".join(_bold_line(line) for line in text.split("\n"))


def _bold_line(line: str) -> str:
    core = line.strip()
    if not core:
        return line
    lead, _, trail = line.partition(core)
    return f"{lead}**{_SPECIAL.sub(_harmless_in_bold, core)}**{trail}"


def _harmless_in_bold(found: re.Match[str]) -> str:
    """Two stars of an address would end what is bold."""
    return _harmless(found).replace("*", "%2A") if found["url"] else _harmless(found)


def _code(text: str, is_start: bool) -> str:
    if not text.strip():
        return text
    core = text.strip("\n")
    lead, _, trail = text.partition(core)
    if "\n" in core:
        return f"{lead}```\n{_BACKTICKS.sub(_APART, core)}\n```{trail}"
    if "`" in core:
        return escaped(text, is_start)
    return f"{lead}`{core}`{trail}"


_STYLES = {"plain": escaped, "bold": _bold, "code": _code}

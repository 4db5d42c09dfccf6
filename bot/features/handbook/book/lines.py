"""The lines of an answer."""

import re
from collections.abc import Iterator, Sequence

from bot.domain.messages import Span
from bot.engine.names import clean_line

Line = list[Span]
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TAB = 4
_FURTHEST = 40  # columns


def indented(spans: Sequence[Span]) -> Iterator[tuple[int, Line]]:
    """Each line with the columns before it, so that a few lines of code can be read; no empty ones around them."""
    lines = [*_lines(spans)]
    filled = [number for number, line in enumerate(lines) if "".join(span.text for span in line).strip()]
    for line in lines[filled[0] : filled[-1] + 1] if filled else ():
        plain = "".join(span.text for span in line).expandtabs(_TAB)
        yield min(len(plain) - len(plain.lstrip(" ")), _FURTHEST), cleaned(line)


def cleaned(line: Sequence[Span]) -> Line:
    """On one line, without control or direction marks; between its spans one space where there was any."""
    found: Line = []
    is_apart = False
    for span in line:
        text = clean_line(span.text)
        is_apart |= span.text[:1].isspace()
        if text and found and is_apart:
            found.append(Span(" "))
        if text:
            found.append(Span(text, span.style))
        is_apart = span.text[-1:].isspace() or (is_apart and not text)
    return found


def _lines(spans: Sequence[Span]) -> Iterator[Line]:
    line: Line = []
    for span in spans:
        first, *others = _BREAK.split(span.text)
        line.append(Span(first, span.style))
        for other in others:
            yield line
            line = [Span(other, span.style)]
    yield line

"""What a client of Discord shows of a message's Markdown: the rules of its own parser, in their order, as far as known.

Where clients differ, the strictest rule stands here: what one of them may take for markup is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"[^\S\n]*(#{1,3}\s|-#\s|[-*]\s|\d+\.\s|>\s|>>>)")
_RULES = {
    "code block": re.compile(r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```", re.IGNORECASE),
    "escape": re.compile(r"\\([^0-9A-Za-z\s])"),
    "autolink": re.compile(r"<([^: >]+:/[^ >]+)>"),
    "url": re.compile(r"((?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s])", re.IGNORECASE),
    "masked link": re.compile(r"\[[\s\S]*?\]\([\s\S]*?\)"),
    "mention": re.compile(r"<(@[!&]?|#|a?:\w+:|t:|id:|/)[^>]*>|@everyone|@here"),
    "emoji": re.compile(r":[\w+-]+:"),
    "bold": re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    "underline": re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "italics": re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_|\*((?:\*\*|\\[\s\S]|[^*\\])+?)\*(?!\*)"),
    "struck": re.compile(r"~~([\s\S]+?)~~(?!_)"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
    "code": re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)"),
}  # fmt: skip
_PLAIN = {"escape": 1, "autolink": 1, "url": 1}
_CODE = {"code block": 2, "code": 2}


class Shown(NamedTuple):
    """A stretch of what is seen; `style` is "plain", "bold", "code", "code block", or markup that we never mean."""

    text: str
    style: str


def shown(markdown: str, style: str = "plain") -> Iterator[Shown]:
    """What is seen, in order."""
    at = 0
    while at < len(markdown):
        if (at == 0 or markdown[at - 1] == "\n") and (line := _LINE.match(markdown, at)):
            yield Shown(line[0], "line of its own kind")
            at = line.end()
            continue
        rule, found = next(
            ((name, one) for name, rule in _RULES.items() if (one := rule.match(markdown, at))), (None, None)
        )
        if rule is None or found is None:
            yield Shown(markdown[at], style)
            at += 1
            continue
        at = found.end()
        if rule in _PLAIN:
            yield Shown(found[_PLAIN[rule]], style)
        elif rule in _CODE:
            yield Shown(found[_CODE[rule]], rule if style == "plain" else f"{rule} in {style}")
        elif rule == "bold" and style == "plain":
            yield from shown(found[1], "bold")
        else:
            yield Shown(found[0], rule)


def seen(markdown: str) -> str:
    """The text that is seen, without its styles."""
    return "".join(part.text for part in shown(markdown))

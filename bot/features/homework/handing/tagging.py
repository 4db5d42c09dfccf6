"""The tag that makes a post a hand-in: #作业 or #homework, where a line begins or ends. Pure.

Chinese may touch it, for it is written without spaces. In an address, in code and in what is quoted it is no tag, and
within a sentence it is only spoken of.
"""

import re
from typing import NamedTuple

_WORD = r"[#＃](?:交?作业(?!本)|homework(?![a-z0-9]))"
_MARKED = rf"[【「『\[（(]?{_WORD}[】」』\]）)]?[#＃_]?"
_AT_THE_START = re.compile(rf"^[ \t\u3000]*{_MARKED}", re.IGNORECASE | re.MULTILINE)
_AT_THE_END = re.compile(rf"(?<![!-~]){_MARKED}(?=[ \t\u3000]*$)", re.IGNORECASE | re.MULTILINE)
_WITHIN = re.compile(rf"(?<![!-~]){_WORD}", re.IGNORECASE)
_NOT_SAID = re.compile(r"```[\s\S]*?(?:```|\Z)|`[^`\n]*`|^[ \t]*>.*$|https?://[!-~]+", re.MULTILINE)
_SIGN = re.compile(r"[^\n]")


class Tagged(NamedTuple):
    """A text that is handed in: what stands around the tag."""

    before: str
    after: str


def tagged(text: str) -> Tagged | None:
    """None where it carries no tag."""
    if "#" not in text and "＃" not in text:
        return None
    said = _said(text)
    found = _AT_THE_START.search(said) or _AT_THE_END.search(said)
    return Tagged(text[: found.start()].strip(), text[found.end() :].strip()) if found else None


def speaks_of_it(text: str) -> bool:
    """Whether the tag stands within a sentence: maybe somebody meant to hand in."""
    return tagged(text) is None and _WITHIN.search(_said(text)) is not None


def _said(text: str) -> str:
    """As long as the text, with something meaningless where it quotes or gives an address."""
    return _NOT_SAID.sub(lambda found: _SIGN.sub("x", found[0]), text)


def without_tag(before: str, after: str) -> str:
    """What is handed in: the words on both sides of the tag."""
    return "\n".join(part for part in (before, after) if part)

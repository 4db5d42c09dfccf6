"""A tag that means something to the bot, where a line begins or ends: `#作业`, `#提问`. Pure.

Chinese may touch it, for it is written without spaces. In an address, in code and in what is quoted it is no tag, and
within a sentence it is only spoken of.
"""

import re
from typing import NamedTuple

_NOT_SAID = re.compile(
    r"```[\s\S]*?(?:```|\Z)|`[^`\n]*`|^[ \t]*>.*$|\[[^\]\n]*\]\(https?://[^)\s]*\)|https?://[!-~]+", re.MULTILINE
)
_SIGN = re.compile(r"[^\n]")


class Tagged(NamedTuple):
    """What stands around a tag."""

    before: str
    after: str


class Hashtag:
    """One tag with all its spellings."""

    def __init__(self, words: str) -> None:
        """`words`: a regular expression for what follows the sign, in any case."""
        word = rf"[#＃](?:{words})"
        marked = rf"[【「『\[（(]?{word}[】」』\]）)]?[#＃_]?"
        self._at_the_start = re.compile(rf"^[ \t\u3000]*{marked}", re.IGNORECASE | re.MULTILINE)
        self._at_the_end = re.compile(rf"(?<![!-~]){marked}(?=[ \t\u3000]*$)", re.IGNORECASE | re.MULTILINE)
        self._within = re.compile(rf"(?<![!-~]){word}", re.IGNORECASE)

    def tagged(self, text: str) -> Tagged | None:
        """None where it carries no tag."""
        if not _has_sign(text):
            return None
        said = _said(text)
        found = self._at_the_start.search(said) or self._at_the_end.search(said)
        return Tagged(text[: found.start()].strip(), text[found.end() :].strip()) if found else None

    def is_spoken_of(self, text: str) -> bool:
        """Whether it stands within a sentence: maybe somebody meant it."""
        if not _has_sign(text):
            return False
        return self.tagged(text) is None and self._within.search(_said(text)) is not None


def _has_sign(text: str) -> bool:
    return "#" in text or "＃" in text


def _said(text: str) -> str:
    """As long as the text, with something meaningless where it quotes or gives an address."""
    return _NOT_SAID.sub(lambda found: _SIGN.sub("x", found[0]), text)


def without_tag(before: str, after: str) -> str:
    """The words on both sides of the tag."""
    return "\n".join(part for part in (before, after) if part)

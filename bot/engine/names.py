"""Members' names made harmless: one line, visible, and no mark that could turn a line around."""

import re
import unicodedata

from wcwidth import wcswidth

_LONGEST_NAME = 48
_JOINERS = "\u200d\ufe0f"  # hold an emoji together
_EMPTY_LINES = re.compile(r"\n{3,}")
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that nobody sees


def clean_name(name: str, fallback: str) -> str:
    """A name on one line, without control or direction marks, cut to 48 characters; the fallback if none are left."""
    shown = clean_line(name)[:_LONGEST_NAME].strip(_JOINERS + " ")
    return shown if wcswidth(shown) > 0 else fallback


def clean_line(text: str) -> str:
    """A text on one line, without control or direction marks."""
    # Split first: a line break is a space, not one of the control marks that go.
    visible = "".join(c for c in " ".join(text.split()) if c in _JOINERS or not _is_hidden(c))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def clean_lines(text: str) -> str:
    """A text of several lines, without control or direction marks; what is indented stays so."""
    lines = ("".join(c for c in line.expandtabs(4) if c in _JOINERS or not _is_hidden(c)) for line in text.splitlines())
    kept = _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines))
    return unicodedata.normalize("NFC", kept).strip("\n").rstrip()


def _is_hidden(c: str) -> bool:
    return c in _BLANK or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")

"""Members' names made harmless: one line, and no mark that could turn a line around."""

import unicodedata

_LONGEST_NAME = 48
_JOINERS = "\u200d\ufe0f"  # hold an emoji together


def clean_name(name: str, fallback: str) -> str:
    """A name on one line, without control or direction marks, cut to 48 characters; the fallback if none are left."""
    visible = "".join(c for c in name if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(unicodedata.normalize("NFC", visible).split())[:_LONGEST_NAME].strip(_JOINERS + " ") or fallback

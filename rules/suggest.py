"""Did you mean …?"""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LONGEST = 80  # a longer word is no slip of the pen, and comparing it would take long
_MOST = 1000  # names that a word is compared with
_SHOWN = 40


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    if len(word) > _LONGEST:
        return None
    by_folded = {name.casefold(): name for name in islice(known, _MOST) if len(name) <= _LONGEST}
    matches = get_close_matches(word.strip().casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def clipped(word: object) -> str:
    """Short enough, and on one line, to be quoted in a message."""
    text = " ".join(str(word).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def unknown_word(
    word: object, known: Iterable[str], id: str = "problem.unknown", *, suggest: bool = True
) -> tuple[str, dict[str, str]]:
    """The message id, with or without a suggestion, and its values."""
    names = list(known)
    suggestion = closest(str(word), names) if suggest else None
    if suggestion is not None:
        return f"{id}_suggest", {"value": clipped(word), "suggestion": suggestion}
    shown = [clipped(name) for name in names[:_SHOWN]] + ["…"] * (len(names) > _SHOWN)
    return id, {"value": clipped(word), "known": ", ".join(shown) or "—"}

"""Members' texts made safe to keep, and measured."""

import re
import unicodedata
from hashlib import blake2b

# Characters that take no room: joiners, direction marks, variation selectors, fillers, soft hyphens.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


def visible_length(text: str) -> int:
    """How many characters of a text can be seen: what is invisible is no effort worth rewarding."""
    text = text.strip()
    return len(text) if text.isascii() else len(_INVISIBLE.sub("", text))


def clean_text(text: str) -> str:
    """A text without NUL and lone surrogates, which databases and JSON refuse."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


_NO_LETTERS = re.compile(r"[\W\d_]+")
_NO_SIGNS = re.compile(r"[\W_]+")
_WIDE = re.compile(r"[\uff00-\uffef]")
_FEW = 12  # letters: in so short a text the numbers are what it says


def fingerprint(text: str) -> str | None:
    """The same for texts that say the same: spaces, marks, case and width of the letters make no difference.

    Nor do digits, but in a text of few letters. A text without letters is taken as it is; None where there is none.
    """
    if not text.strip():
        return None
    letters = _narrow(_NO_LETTERS.sub("", text.casefold()))
    if len(letters) < _FEW:
        letters = _narrow(_NO_SIGNS.sub("", text.casefold())) or text
    return blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _narrow(letters: str) -> str:
    """Full-width letters and digits as ordinary ones. Normalising all texts would be a fifth of a message's cost."""
    return unicodedata.normalize("NFKC", letters).casefold() if _WIDE.search(letters) else letters

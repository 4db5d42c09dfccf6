"""What Discord takes of a text, in characters; what is longer is cut where a reader sees it."""

from wcwidth import iter_graphemes


def cut(text: str, most: int) -> str:
    """The text in at most so many characters, with … where something is left out."""
    text = text.strip()
    if len(text) <= most:
        return text
    kept = ""
    for grapheme in iter_graphemes(text[:most]):
        if len(kept) + len(grapheme) >= most:
            break
        kept += grapheme
    return kept.rstrip() + "…"

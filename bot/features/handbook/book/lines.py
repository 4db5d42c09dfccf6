"""The lines of an answer."""

from collections.abc import Iterator

_TAB = 4
_FURTHEST = 40  # columns


def indented(text: str) -> Iterator[tuple[int, str]]:
    """Each line with the columns before it, so that a few lines of code can be read; no empty ones around them."""
    for line in text.strip().splitlines():
        plain = line.expandtabs(_TAB)
        yield min(len(plain) - len(plain.lstrip(" ")), _FURTHEST), line

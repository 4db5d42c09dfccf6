"""What staff may note about members: short words."""

import unicodedata

LONGEST_TAG = 24
MOST_TAGS = 10


def is_tag(word: str) -> bool:
    """Letters of any script with their marks, digits, - and _."""
    return 0 < len(word) <= LONGEST_TAG and all(c in "-_" or unicodedata.category(c)[0] in "LMN" for c in word)

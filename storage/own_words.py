"""By which beginning of a text its author is known, and not the course, the bot, or somebody else. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_SHORTEST = 4  # characters; a text that is shorter is everybody's
_QUOTED = 12  # characters by which a text is known where it is quoted
_LONGEST = 400  # characters: who has so many in common with somebody else is not known by them
_TITLE = 6  # characters; what is shorter is a word
_SENTENCE = 40  # characters that are nobody else's, though every word of them is
_ENOUGH, _LITTLE = 6, 4  # letters that are nobody else's, in a beginning and in a whole text that is shorter

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])\w)+")
_IS_CJK = re.compile(rf"[{_CJK}]")


class Vocabulary(NamedTuple):
    """Words that everybody uses: those of courses and of the bot, sorted."""

    words: Sequence[str]
    lines: Sequence[str] = ()  # the texts that they are from

    def has(self, begun: str) -> bool:
        """Whether a word of it begins like this: what is quoted may end within one."""
        at = bisect_left(self.words, begun)
        return at < len(self.words) and self.words[at].startswith(begun)

    def speaks(self, line: str) -> bool:
        """Whether a line is part of one of those texts, or holds one of them, such as a title."""
        return any(line in one or (len(one) >= _TITLE and one in line) for one in self.lines)


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    said = list(texts)
    return Vocabulary(sorted({word for text in said for word in _words(text)}), [on_a_line(text) for text in said])


def _words(text: str) -> Iterator[str]:
    """Words by spaces; Chinese has none, so there two characters each."""
    for run in _RUN.findall(text.casefold()):
        if _IS_CJK.match(run):
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            yield run


def on_a_line(text: str) -> str:
    return " ".join(text.split())


def heads_of(text: str) -> set[str]:
    """How every quotation of a text begins, on one line or as it was written."""
    heads = {text.strip()[:_QUOTED], on_a_line(text)[:_QUOTED]}
    return {head for head in heads if len(head) >= _SHORTEST}


def own_beginning(text: str, common: Vocabulary, others: Sequence[str]) -> str | None:
    """The shortest beginning, on a line, that says something of its own and stands in no text of `others`.

    Where all its words are common, the whole of it, if it is a sentence that nobody else says. None where it says
    nothing but what others say.
    """
    line = on_a_line(text)
    for end in range(_QUOTED, min(len(line), _LONGEST) + 1):
        begun = line[:end]
        if _weight(begun, common) >= _ENOUGH and not any(begun in other for other in others):
            return begun
    is_short = _SHORTEST <= len(line) < 2 * _QUOTED
    is_own = is_short and _weight(line, common) >= _LITTLE and not any(line in other for other in others)
    is_sentence = len(line) >= _SENTENCE and not common.speaks(line) and not any(line in other for other in others)
    return line if is_own or is_sentence else None


def _weight(text: str, common: Vocabulary) -> int:
    """How many letters there are in words that are in nobody's mouth; a long number is a word."""
    return sum(_letters(word) for word in set(_words(text)) if not common.has(word))


def _letters(word: str) -> int:
    if word.isdigit():
        return len(word) if len(word) > _SHORTEST else 0
    return sum(sign.isalpha() for sign in word)

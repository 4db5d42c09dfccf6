"""What people say below a question that is no answer to it. Pure."""

import re

from bot.domain.text import visible_length

_SHORTEST, _SHORTEST_CHINESE = 10, 4
"""Visible characters of a classmate's answer; Chinese says more with fewer."""
_CHINESE = re.compile("[\u3400-\u9fff]")

_NO_LETTERS = re.compile(r"[\W_]+")
_POLITE = frozenset(
    (
        *(
            "谢谢",
            "多谢",
            "感谢",
            "谢谢老师",
            "感谢老师",
            "谢谢你",
            "谢谢大家",
            "辛苦了",
            "好的",
            "好",
            "收到",
            "明白",
            "明白了",
            "懂了",
        ),
        *("知道了", "了解", "了解了", "解决了", "同问", "1", "嗯", "嗯嗯", "哈哈", "赞", "学到了"),
        *("thanks", "thankyou", "thx", "ty", "ok", "okay", "gotit", "isee", "metoo", "sameproblem", "nice", "great"),
    )
)
_BEGINS = re.compile(
    r"\s*(?:谢谢|多谢|感谢|同问|我也想问|我也想知道|\+1|明白了|懂了|thank|thx\b|same here|same question|me too)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？]\s*$")


def is_nothing(text: str) -> bool:
    """Nothing but thanks, a nod or a picture of one: no answer, whoever says it."""
    words = _NO_LETTERS.sub("", text.casefold())
    return not words or words in _POLITE


def is_no_help(text: str) -> bool:
    """Whether a classmate only thanks, agrees, asks something too, or says hardly anything."""
    shortest = _SHORTEST_CHINESE if _CHINESE.search(text) else _SHORTEST
    return visible_length(text) < shortest or is_nothing(text) or bool(_BEGINS.match(text) or _ASKS.search(text))


def is_thanks(text: str) -> bool:
    """Whether who asked has nothing to add to an answer."""
    return is_nothing(text) or bool(
        _BEGINS.match(text) and not re.search(r"[?？]|但|不过|可是|but\b", text, re.IGNORECASE)
    )

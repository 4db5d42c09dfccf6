"""Whether somebody asks without a name, by how their words begin or end. What is not sure is not guessed."""

import re
from typing import Literal, NamedTuple

Wish = Literal["unnamed", "named", "unclear", ""]
"""`unclear`: they speak of anonymity where one would ask for it, and may mean that; empty: they say nothing of it."""

_IN = r"\s(（\[［【{｛<＜《〈「『“”‘’\"'*_`~#＃"
_OUT = r"\s)）\]］】}｝>＞》〉」』“”‘’\"'*_`~"
_STOPS = r":：,，.。;；!！?？、…·|｜/—–\-"
_WORD = r"(?:匿名(?:提问|问|地问)?|匿問|anonymous(?:ly)?|anon)"

_BEFORE = re.compile(rf"[{_IN}]*{_WORD}(?!['’\-]\w)(?:[{_OUT}{_STOPS}]+(?P<rest>.*))?", re.DOTALL | re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?P<rest>.*?)(?:[(（\[［【「『“\"‘']\s*{_WORD}\s*[)）\]］】」』”\"’']|(?:\n|[:：,，.。;；!！?？、…—–~～-]\s*){_WORD})"
    r"[\s.。!！~～]*",
    re.DOTALL | re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"[\W_]*(?:匿名|anonymous|anon(?![a-z])).*|.*(?:匿名(?:提问|问)?|anonymous(?:ly)?|(?<![a-z])anon)[\W_]*",
    re.DOTALL | re.IGNORECASE,
)
_NAMED = re.compile(r"(?:named|实名)\s?[:：](?P<rest>.*)", re.DOTALL | re.IGNORECASE)


class Marked(NamedTuple):
    """What somebody wishes, and their words without that."""

    wish: Wish
    words: str


def marked(said: str) -> Marked:
    """`匿名 TEXT`, `(anonymous) TEXT`, `TEXT（匿名）` are without a name, `实名：TEXT` is with one."""
    text = said.strip()
    if found := _NAMED.fullmatch(text):
        return Marked("named", found["rest"].strip())
    if found := _BEFORE.fullmatch(text) or _BEHIND.fullmatch(text):
        return Marked("unnamed", (found["rest"] or "").strip())
    return Marked("unclear" if _SPOKEN_OF.fullmatch(text) else "", text)

"""What a person asks of the boards, in either language and in any order. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from bot.domain.errors import UserError
from bot.domain.messages import Button
from bot.engine.dispatch import suggestion
from storage.boards import Board, Period


class Asked(NamedTuple):
    """One view of one board."""

    board: Board = "points"
    period: Period = "course"
    is_near: bool = False

    @property
    def command(self) -> str:
        """The command that asks for it again."""
        words = (self.board, self.period, "near" if self.is_near else "")
        return " ".join(["rank", *(word for word in words if word not in ("points", "course", ""))])


_Part = Literal["board", "period", "is_near"]

_WORDS: tuple[tuple[_Part, Any, tuple[str, ...]], ...] = (
    ("board", "points", ("points", "point", "积分", "积分榜", "分数")),
    ("board", "help", ("help", "helper", "helpers", "互助", "互助榜", "帮助", "热心")),
    ("board", "contribution", ("contribution", "contributions", "contributor", "contributors", "贡献", "贡献榜")),
    ("period", "week", ("week", "weekly", "本周", "这周", "周", "周榜")),
    ("period", "month", ("month", "monthly", "本月", "这个月", "月", "月榜")),
    ("period", "course", ("course", "all", "total", "全程", "总", "总榜", "全部")),
    ("is_near", True, ("near", "me", "around", "附近", "我", "身边")),
)
_MEANINGS = {word: (part, value) for part, value, words in _WORDS for word in words}
_FILLERS = frozenset(("the", "this", "whole", "of", "board", "rank", "的", "榜", "排行榜"))
_BETWEEN = re.compile(r"[\s,，、;；/·]+")


def parse(text: str, board: Board = "points") -> Asked:
    """Raises UserError with what was probably meant."""
    written = [word for word in _BETWEEN.split(unicodedata.normalize("NFKC", text).casefold()) if word]
    words = [piece for word in written for piece in _pieces(word)]
    found: dict[str, Any] = {}
    for word in words:
        if word in _FILLERS:
            continue
        if word not in _MEANINGS:
            raise _unknown(word, words, board)
        part, value = _MEANINGS[word]
        if found.setdefault(part, value) != value:
            raise UserError("rank.one_of_each")
    return Asked(**({"board": board} | found))


def _pieces(word: str) -> Sequence[str]:
    """Chinese is written without spaces: 互助榜本周."""
    if word.isascii() or word in _MEANINGS:
        return [word]
    pieces = list(_longest_first(word))
    return pieces if "".join(pieces) == word else [word]


def _longest_first(rest: str) -> Iterator[str]:
    """The known words that a text begins with, as far as they reach."""
    while rest:
        known = next((rest[:end] for end in range(len(rest), 0, -1) if rest[:end] in {*_MEANINGS, *_FILLERS}), None)
        if known is None:
            return
        yield known
        rest = rest[len(known) :]


def _unknown(word: str, words: Sequence[str], board: Board) -> UserError:
    near = suggestion(word, _MEANINGS)
    if near is None:
        return UserError("rank.unknown", word=word[:24])
    try:
        command = parse(" ".join(near if one == word else one for one in words), board).command
    except UserError:  # there is more that nobody understands
        return UserError("rank.unknown_near", word=word[:24], near=near)
    button = Button(label=f"/{command}", command=command)
    return UserError("rank.unknown_near", buttons=[button], word=word[:24], near=near)

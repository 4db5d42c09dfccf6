"""What a question seems to be about, until somebody says so. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from bot.domain.homework import Homework
from bot.domain.questions import Tag

DEFAULTS: Mapping[Tag, tuple[str, ...]] = {
    "how_to": (
        *("怎么", "怎样", "如何", "怎麼", "报错", "步骤", "在哪里", "哪里可以", "打不开", "用不了", "装不上", "安装"),
        *("how do i", "how do you", "how to", "how can i", "where do i", "where can i", "error", "traceback"),
        *("install", "not working", "doesn't work", "fails"),
    ),
    "content": (
        *("为什么", "为何", "为啥", "什么意思", "是什么", "区别", "什么叫", "怎么理解", "如何理解"),
        *("why", "what is", "what are", "what does", "what's", "mean", "means", "difference", "understand"),
    ),
    "beyond": (
        *("延伸", "推荐", "拓展", "进阶", "深入", "还有什么", "还有哪些", "还有没有", "更多", "参考资料"),
        *("beyond", "further", "recommend", "recommendation", "advanced", "more about", "resources", "read next"),
    ),
}
"""Words by which a question is sorted where the course has none of its own for a tag."""

_ORDER: tuple[Tag, ...] = ("how_to", "content", "beyond")  # of several that are as likely
_LESSON = re.compile(
    r"第\s?([0-9]{1,3}|[一二三四五六七八九十]{1,3})\s?(?:节?课|天|讲|节)|\b(?:day|lesson)\s?#?([0-9]{1,3})\b",
    re.IGNORECASE,
)
_NUMBERS = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}


def suggested_tag(text: str, keywords: Mapping[Tag, tuple[str, ...]]) -> Tag | None:
    """The tag of which a text holds the most words; `keywords` are the course's own."""
    words, said = {**DEFAULTS, **keywords}, _plain(text)
    found = {tag: sum(_says(said, _plain(word)) for word in words[tag]) for tag in _ORDER}
    best = max(_ORDER, key=lambda tag: found[tag])
    return best if found[best] else None


def _plain(text: str) -> str:
    """In one case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def _says(said: str, word: str) -> bool:
    """English words count whole only; Chinese has no spaces to tell."""
    if not word.isascii():
        return word in said
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", said) is not None


def named_lesson(text: str, last: int) -> int | None:
    """The lesson that a text speaks of first, where the course has it: 第3课, 第三天, day 3."""
    for found in _LESSON.finditer(text):
        number = number_of(found[1] or found[2])
        if 1 <= number <= last:
            return number
    return None


def likely_lesson(text: str, tag: Tag | None, day: int, last: int) -> int | None:
    """The one that is named; else what is asked about the content is asked about the lesson of the day.

    `day`: on which it was asked. `last`: the number of the course's last one.
    """
    today = day if tag == "content" and 1 <= day <= last else None
    return named_lesson(text, last) or today


def number_of(said: str) -> int:
    """Digits, or Chinese numerals below a hundred; 0 for anything else."""
    if said.isascii():
        return int(said)
    tens, ten, ones = said.partition("十")
    if not ten:
        return _NUMBERS.get(said, 0)
    return 10 * _NUMBERS.get(tens, 0 if tens else 1) + _NUMBERS.get(ones, 0)


def named_homework(text: str, homework: Iterable[Homework]) -> Homework | None:
    """The homework whose title a text holds, or whose id stands behind the word itself; the longest of several."""
    said = text.casefold()
    names = [(title.casefold(), one) for one in homework for title in _titles(one)]
    named = [(name, one) for name, one in names if len(name) > 1 and name in said]
    ids = [(one.id, one) for one in homework if re.search(_behind(one.id), said)]
    return max((*named, *ids), key=lambda pair: len(pair[0]), default=("", None))[1]


def _titles(homework: Homework) -> Collection[str]:
    return homework.title.by_language.values()


def _behind(id: str) -> str:
    return rf"(?:作业|homework)\s?[#:：]?\s?{re.escape(id.casefold())}(?![a-z0-9_])"

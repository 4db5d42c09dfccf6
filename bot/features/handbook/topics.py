"""What entries are sorted by, and which of it somebody means: a number, a lesson, a tag."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.messages import Text, Words
from bot.domain.questions import Tag

TAG_WORDS: Mapping[Tag, Text] = {
    "content": Text(id="tag.content"),
    "how_to": Text(id="tag.how_to"),
    "beyond": Text(id="tag.beyond"),
}
_TAGS: Mapping[str, Tag] = {
    "content": "content",
    "内容理解": "content",
    "内容": "content",
    "how_to": "how_to",
    "how-to": "how_to",
    "howto": "how_to",
    "操作指导": "how_to",
    "操作": "how_to",
    "beyond": "beyond",
    "拓展延伸": "beyond",
    "拓展": "beyond",
}
_BY_DAY = frozenset(("days", "by day", "按天", "按天看"))
_PAGE = r"(?:\s+p([0-9]{1,4}))?"
_WHOLE = r"(\s+(?:all|全文))?"
_ENTRY = re.compile(rf"(?:#|(?:#?(?:h|条目)\s?#?))?([0-9]{{1,9}}){_WHOLE}", re.IGNORECASE)
_QUESTION = re.compile(rf"#?(?:q|问题)\s?#?([0-9]{{1,9}}){_WHOLE}", re.IGNORECASE)
_LESSON = re.compile(rf"(?:(?:day|lesson)\s*([0-9]{{1,4}})|第\s*([0-9]{{1,4}})\s*[天课讲]){_PAGE}", re.IGNORECASE)
_TAGGED = re.compile(rf"(all|全部|{'|'.join(map(re.escape, _TAGS))}){_PAGE}", re.IGNORECASE)


class Topic(NamedTuple):
    """Entries that belong together, and which page of them; all, where neither is named."""

    lesson: int | None = None
    tag: Tag | None = None
    page: int = 1

    @property
    def command(self) -> str:
        """What shows it, without the page."""
        return f"day {self.lesson}" if self.lesson is not None else self.tag or "all"


class Numbered(NamedTuple):
    """One entry, or one settled question."""

    number: int
    is_whole: bool = False
    is_question: bool = False


def plain(said: str) -> str:
    """Without full-width letters and figures."""
    return unicodedata.normalize("NFKC", said).strip()


def number_in(word: str) -> int | None:
    """Of an entry: `H3`, `#3`, `3`, `条目3`."""
    found = _ENTRY.fullmatch(plain(word))
    return int(found[1]) if found else None


def meant(said: str) -> Topic | Numbered | None:
    """None where these are words to be searched for."""
    text = plain(said)
    if found := _ENTRY.fullmatch(text):
        return Numbered(int(found[1]), is_whole=bool(found[2]))
    if found := _QUESTION.fullmatch(text):
        return Numbered(int(found[1]), is_whole=bool(found[2]), is_question=True)
    if found := _LESSON.fullmatch(text):
        return Topic(lesson=int(found[1] or found[2]), page=int(found[3] or 1))
    if found := _TAGGED.fullmatch(text):
        return Topic(tag=tag_in(found[1]), page=int(found[2] or 1))
    return None


def tag_in(word: str) -> Tag | None:
    return _TAGS.get(plain(word).casefold())


def is_by_day(said: str) -> bool:
    """Whether somebody wants to see which days there are."""
    return plain(said).casefold() in _BY_DAY


def lesson_title(course: Course, number: int) -> Words:
    """With what the calendar calls the day, where it still has it."""
    day = next((day for day in course.days if day.number == number), None)
    if day is None:
        return Text(id="handbook.lesson", values={"day": number})
    return Text(id="handbook.lesson_named", values={"day": number, "title": day.title})

"""Questions as a course's YAML says it, checked and frozen: how soon they are answered, how they are sorted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal, get_args

import msgspec

from bot.domain.messages import Localised
from bot.domain.response import Area, ResponseClock

Tag = Literal["content", "how_to", "beyond"]
"""What a question is about: 内容理解, 操作指导, 拓展延伸."""
TAGS: tuple[Tag, ...] = get_args(Tag)


class Answering(ResponseClock, frozen=True, kw_only=True):
    """All of questions.yaml: how soon questions are answered, and what goes with asking one."""

    area: ClassVar[Area] = "questions"
    within: timedelta = timedelta(hours=4)
    step: timedelta = timedelta(hours=1)
    claim_for: timedelta = timedelta(minutes=30)
    anonymous: int = 3  # questions that one member may ask on a day without a name; 0: none
    keywords: Mapping[Tag, tuple[str, ...]] = {}  # words by which a question is sorted until somebody does so
    offers: bool = True  # what is known already is shown to who asks


class Faq(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of faq.yaml, with which the handbook begins."""

    id: str
    asked: Localised
    also: tuple[str, ...] = ()  # other ways to ask it, in any language
    answer: Localised
    tag: Tag | None = None
    lesson: int | None = None  # the day of the calendar that it belongs to
    homework: str | None = None

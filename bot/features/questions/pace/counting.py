"""What has become of questions, as numbers. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.questions import TAGS, Tag
from bot.engine.response_times import share
from bot.features.questions.store.figures import Asked


class Counts(NamedTuple):
    """What has become of some questions so far."""

    asked: int
    answered: int
    unanswered: int  # never got an answer, whether or not somebody still waits for it
    percent: int  # of those that were asked, rounded half up
    open: int  # of the unanswered ones, what still waits
    helped: int
    reopened: int
    merged: int


def counted(asked: Sequence[Asked]) -> Counts:
    answered = sum(one.is_answered for one in asked)
    return Counts(
        asked=len(asked),
        answered=answered,
        unanswered=len(asked) - answered,
        percent=share(len(asked) - answered, len(asked)),
        open=sum(one.is_open for one in asked),
        helped=sum(one.is_helped for one in asked),
        reopened=sum(one.reopened > 0 for one in asked),
        merged=sum(one.state == "merged" for one in asked),
    )


class Heat(NamedTuple):
    """How many questions there were of each lesson and tag."""

    tags: tuple[Tag | None, ...]  # of the columns; None, where some have no tag
    rows: tuple[tuple[int | None, tuple[int, ...]], ...]  # a lesson (None: of no lesson) and its counts


def heat_of(asked: Sequence[Asked]) -> Heat:
    asked = [one for one in asked if one.state != "helped"]  # it was put to nobody
    counts = Counter((one.lesson, one.tag) for one in asked)
    lessons = sorted({one.lesson for one in asked}, key=lambda lesson: (lesson is None, lesson or 0))
    tags: tuple[Tag | None, ...] = (*TAGS, None) if any(one.tag is None for one in asked) else TAGS
    return Heat(tags, tuple((lesson, tuple(counts[lesson, tag] for tag in tags)) for lesson in lessons))

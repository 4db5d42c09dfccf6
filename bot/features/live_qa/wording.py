"""How sessions and questions are spoken of."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.domain.course import Course
from bot.domain.messages import Localised, Template, Text, Words
from bot.engine.degrade import shorten
from bot.features.live_qa.listing import Listed
from bot.features.live_qa.options import LiveOptions


def clock_time(course: Course, moment: datetime) -> str:
    """`20:00`, in the course's zone."""
    return f"{moment.astimezone(course.tzinfo):%H:%M}"


def hours(course: Course, opens_at: datetime, options: LiveOptions) -> dict[str, Any]:
    """The values of a text that says when a session is."""
    closes_at = opens_at + options.lasts
    return {
        "date": course.date_at(opens_at),
        "at": clock_time(course, opens_at),
        "until": clock_time(course, closes_at),
    }


def about(options: LiveOptions) -> Iterator[Words]:
    """What a session is about, and where it is seen."""
    if options.topic:
        yield Text(id="live.topic", values={"topic": options.topic})
    if options.link:
        # A course's own text, not a value: so that it is shown as a link.
        yield Template(text=Localised({"en": options.link}))


def voted(text: str, votes: int) -> Words | str:
    """A question, and how many others would like to hear it."""
    return Text(id="live.voted_text", values={"text": text, "votes": votes}) if votes else text


def question_lines(listed: Sequence[Listed], *, most: int, width: int) -> Iterator[Words]:
    """One for each of the first, no wider than this, and whether it is answered; and how many more there are."""
    for one in listed[:most]:
        text = voted(shorten(one.text, width), one.votes)
        if one.answer is not None:
            text = Text(id="live.text_answered", values={"text": text})
        yield Text(id="live.question", values={"number": one.number, "name": one.name, "text": text})
    if len(listed) > most:
        yield Text(id="live.more_questions", values={"count": len(listed) - most})

"""A homework in words: what is to be done, until when, what it is worth."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.course import Course
from bot.domain.homework import LONGEST, TAKEN, Homework, Taken, Tier
from bot.domain.messages import Template, Text, Words
from bot.engine.voice import Label
from bot.features.homework.deadlines import Deadline

_TIERS: dict[Tier, str] = {
    "base": "homework.tier_base",
    "practice": "homework.tier_practice",
    "challenge": "homework.tier_challenge",
}
_KINDS: dict[Taken, str] = {
    "text": "homework.kind.text",
    "link": "homework.kind.link",
    "photo": "homework.kind.photo",
    "file": "homework.kind.file",
    "voice": "homework.kind.voice",
    "video": "homework.kind.video",
}
_HOUR = timedelta(hours=1)
_LONG = 5 * _HOUR


def tier_of(homework: Homework) -> Text:
    return Text(id=_TIERS[homework.tier])


def rough(length: timedelta) -> timedelta:
    """Short enough to be read at a glance: of many hours no minutes, of one no seconds."""
    unit = _HOUR if length >= _LONG else timedelta(minutes=1) if length >= _HOUR else timedelta(seconds=1)
    return length // unit * unit


def heading(course: Course, homework: Homework) -> Iterator[Words]:
    """What it is, and for whom: what tags somebody has is staff's own business."""
    if homework.is_quiz:
        yield Text(id="homework.opens_quiz", values={"homework": homework.title})
    else:
        yield Text(id="homework.opens", values={"homework": homework.title, "tier": tier_of(homework)})
    audience = homework.audience
    if audience.tags:
        yield Text(id="homework.for_some")
    elif audience.levels:
        levels = [level.title for level in course.levels if level.id in audience.levels]
        yield Text(id="homework.for_levels", values={"levels": levels})


def summary(course: Course, homework: Homework, deadline: Deadline) -> Iterator[Words]:
    """What a whole group has to read of it, on one screen of a phone; a button shows the rest."""
    yield from heading(course, homework)
    if homework.about:
        yield Template(text=homework.about)
    if homework.is_quiz:
        yield from _of_quiz(homework)
    elif homework.team_size:
        yield Text(id="homework.in_teams", values={"size": homework.team_size})
    yield from until(course, deadline)
    if not homework.is_quiz:
        yield Text(id="homework.how")


def buttons_of(homework: Homework) -> list[Label]:
    """Below what a group reads of it."""
    return [hand_in_button(homework), details_button(homework)]


def details(course: Course, homework: Homework, deadline: Deadline) -> Iterator[Words]:
    """All that one has to know to do it."""
    if homework.about:
        yield Template(text=homework.about)
    yield from _what(homework)
    yield from until(course, deadline)
    yield late_policy(course, homework, deadline)
    if homework.rubric:
        parts = [Text(id="homework.criterion", values={"title": c.title, "points": c.points}) for c in homework.rubric]
        yield Text(id="homework.rubric", values={"criteria": parts, "points": homework.out_of})


def _what(homework: Homework) -> Iterator[Words]:
    if homework.is_quiz:
        yield from _of_quiz(homework)
        return
    if homework.template:
        yield Text(id="homework.template", values={"template": homework.template})
    if homework.headings:
        yield Text(id="homework.headings", values={"headings": list(homework.headings)})
    kinds = [Text(id=_KINDS[kind]) for kind in TAKEN if kind in homework.accepts]
    yield Text(id="homework.takes", values={"kinds": kinds})
    yield from _length(homework)
    if homework.team_size:
        yield Text(id="homework.in_teams", values={"size": homework.team_size})


def _of_quiz(homework: Homework) -> Iterator[Words]:
    yield Text(id="homework.questions", values={"count": len(homework.questions)})
    if homework.attempts is None:
        yield Text(id="homework.attempts_any")
    else:
        yield Text(id="homework.attempts", values={"count": homework.attempts})


def _length(homework: Homework) -> Iterator[Words]:
    """As far as it has limits of its own."""
    least, most = homework.min_length, homework.max_length
    if least and most < LONGEST:
        yield Text(id="homework.length", values={"least": least, "most": most})
    elif least:
        yield Text(id="homework.from_length", values={"least": least})
    elif most < LONGEST:
        yield Text(id="homework.to_length", values={"most": most})


def until(course: Course, deadline: Deadline) -> Iterator[Words]:
    """The deadline, and the grace that everybody can see."""
    yield Text(id="homework.due", values={"due": course.wall_time(deadline.due_at)})
    if deadline.limit > deadline.due_at:
        yield Text(id="homework.grace", values={"limit": course.wall_time(deadline.limit)})


def late_policy(course: Course, homework: Homework, deadline: Deadline) -> Text:
    """What becomes of what comes later."""
    late, closes_at = homework.late, deadline.closes_at
    if closes_at is not None and closes_at <= deadline.limit:
        return Text(id="homework.late_refused")
    costs = {"loses": late.loses, "per": late.per, "most": late.at_most}
    if closes_at is None:
        return Text(id="homework.late_costs", values=costs) if late.loses else Text(id="homework.late_taken")
    shown = course.wall_time(closes_at)
    if late.loses:
        return Text(id="homework.late_costs_until", values={"until": shown, **costs})
    return Text(id="homework.late_taken_until", values={"until": shown})


def hand_in_button(homework: Homework) -> Label:
    """Begins it."""
    if homework.is_quiz:
        return Text(id="button.quiz_start"), f"quiz {homework.id}"
    return Text(id="button.hand_in"), f"submit {homework.id}"


def details_button(homework: Homework) -> Label:
    return Text(id="button.homework_details"), f"homework {homework.id}"

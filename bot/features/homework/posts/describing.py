"""A homework in words: what is to be done, until when, what it is worth."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.course import Course
from bot.domain.homework import TAKEN, Homework, Taken, Tier
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
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def tier_of(homework: Homework) -> Text:
    return Text(id=_TIERS[homework.tier])


def rough(length: timedelta) -> timedelta:
    """Short enough to be read at a glance: of days no minutes, of hours no seconds."""
    unit = _HOUR if length >= _DAY else timedelta(minutes=1) if length >= _HOUR else timedelta(seconds=1)
    return length // unit * unit


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
        yield Text(id="homework.questions", values={"count": len(homework.questions)})
        yield attempts(homework)
        return
    if homework.template:
        yield Text(id="homework.template", values={"template": homework.template})
    if homework.headings:
        yield Text(id="homework.headings", values={"headings": list(homework.headings)})
    kinds = [Text(id=_KINDS[kind]) for kind in TAKEN if kind in homework.accepts]
    yield Text(id="homework.takes", values={"kinds": kinds})
    if homework.min_length:
        yield Text(id="homework.from_length", values={"least": homework.min_length})
    if homework.team_size:
        yield Text(id="homework.in_teams", values={"size": homework.team_size})


def attempts(homework: Homework) -> Text:
    if homework.attempts is None:
        return Text(id="homework.attempts_any")
    return Text(id="homework.attempts", values={"count": homework.attempts})


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

"""Which homework a work is for: the one that was named, else the only one that it can be for."""

import re
from datetime import timedelta
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.messages import Button
from bot.engine.context import Context
from bot.features.homework.assignments import Assignment, assignments_of, for_member

_END = r"(?=[\s:：，,。.、#＃]|$)"
_RECENT = timedelta(days=1)
_BETWEEN = " \t\r\n:：，,。、"


class Named(NamedTuple):
    """A homework that was named, and what was said after its name."""

    homework: Homework | None
    rest: str


def named(ctx: Context, said: str) -> Named:
    """The homework whose id or title a text begins with, the longest name of several."""
    said = said.strip()
    names = ((name, one) for one in ctx.course.book.homework.values() for name in (one.id, *_titles(one)))
    for name, one in sorted(names, key=lambda pair: -len(pair[0])):
        if found := re.match(re.escape(name) + _END, said, re.IGNORECASE):
            return Named(one, said[found.end() :].lstrip(_BETWEEN).rstrip())
    return Named(None, said)


def meant(ctx: Context, said: str) -> Named:
    """The same for something that is handed in: words that are spelt like a quiz in passing mean no quiz."""
    found = named(ctx, said)
    if found.homework is None or not found.homework.is_quiz or not found.rest:
        return found
    names = (found.homework.id, *_titles(found.homework))
    return found if said.strip().startswith(names) else Named(None, said.strip())


def _titles(homework: Homework) -> list[str]:
    return [title.strip() for title in homework.title.by_language.values()]


def takes_work(ctx: Context) -> list[Assignment]:
    """What the member in context can hand in something for now, that which is due first first."""
    return [
        one
        for one in assignments_of(ctx, ctx.member)
        if one.is_open(ctx.now) and one.state != "graded" and not one.homework.is_quiz
    ]


def check_is_no_quiz(homework: Homework) -> None:
    """Raises UserError with a button that starts it."""
    if homework.is_quiz:
        button = Button(label="button.quiz_start", command=f"quiz {homework.id}")
        raise UserError("homework.is_quiz", buttons=[button], homework=homework.title)


def nothing_open(ctx: Context) -> UserError:
    """Says what closed just now, else what comes next."""
    if missed := _just_closed(ctx):
        at = ctx.course.wall_time(missed.deadline.closes_at or missed.deadline.limit)
        return UserError("homework.closed", homework=missed.homework.title, at=at)
    book, zone = ctx.course.book.homework, ctx.course.zone
    opening = [(one.opens.moment(zone), one.id) for one in for_member(ctx, ctx.member, book.values())]
    coming = [(at, id) for at, id in opening if at > ctx.now]
    if not coming:
        return UserError("homework.none_open", buttons=[Button(label="button.homework_mine", command="homework")])
    at, id = min(coming)
    return UserError("homework.opens_next", homework=book[id].title, at=ctx.course.wall_time(at))


def _just_closed(ctx: Context) -> Assignment | None:
    """What was still to be done a day ago, and can't be done any more."""
    missed = [one for one in assignments_of(ctx, ctx.member) if one.state in ("none", "withdrawn")]
    closed = [one for one in missed if one.deadline.is_closed(ctx.now)]
    recent = [one for one in closed if not one.deadline.is_closed(ctx.now - _RECENT)]
    return recent[-1] if recent else None

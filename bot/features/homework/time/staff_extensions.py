"""What staff do with deadlines: more time for one, or for all; taken back."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.moments import moment_of
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.telling import tell
from bot.features.homework.assignments import deadline_for_all
from bot.features.homework.audience import spaces_of, students_for
from bot.features.homework.posts.closing import tell_posts
from bot.features.homework.store import times
from bot.features.homework.time.asked import homework_and_rest
from bot.features.homework.time.extending import affected, deadline_for, give, give_all
from rules.fields import parse_date, parse_duration, parse_time

_ASKED = re.compile(
    r"(?P<who>.+?)\s+(?:(?P<span>\d{1,4}[mhd])|(?P<date>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d?:\d\d)|back|退回)"
)
_ALL = frozenset(("all", "全体", "所有人"))


def extend(ctx: Context, said: str) -> None:
    """`HOMEWORK MEMBER 24h`, `HOMEWORK MEMBER 2027-03-05 20:00`, `HOMEWORK all 2h`, `HOMEWORK MEMBER back`."""
    if ctx.space is None or ctx.space.kind != "staff":
        raise UserError("extend.in_staff_room")
    if not said:
        raise UserError("extend.usage_staff")
    homework, rest = homework_and_rest(ctx, said)
    asked = _ASKED.fullmatch(rest)
    if asked is None:
        raise UserError("extend.usage_staff")
    is_back = asked["span"] is None and asked["date"] is None
    if asked["who"].casefold() in _ALL and not is_back:
        _extend_all(ctx, homework, asked)
        return
    who = ctx.find_member(asked["who"])
    if who.role != "student":
        raise UserError("extend.no_student", name=who.name)
    if is_back:
        _take_back(ctx, homework, who)
    else:
        _extend_one(ctx, homework, who, asked)


def _until(ctx: Context, asked: re.Match[str], due_at: datetime) -> datetime:
    """A length counts from the deadline, not from now."""
    if asked["span"]:
        return due_at + parse_duration(asked["span"])
    try:
        return moment_of(parse_date(asked["date"]), parse_time(asked["time"]), ctx.course.zone)
    except ValueError:
        raise UserError("extend.usage_staff") from None


def _extend_one(ctx: Context, homework: Homework, who: Member, asked: re.Match[str]) -> None:
    those = affected(ctx, homework, who)
    times.lock(ctx.db, [one.id for one in those])
    before = deadline_for(ctx, homework, those).due_at
    until = _until(ctx, asked, before)
    if until <= before:
        raise UserError("extend.not_later", name=who.name, until=ctx.course.wall_time(before))
    graded = give(ctx, homework, {one.id: until for one in those}, "staff")
    values = {"name": who.name, "homework": homework.title, "until": ctx.course.wall_time(until)}
    ctx.reply_words(Text(id="extend.given", values=values))
    _tell_graded(ctx, graded)
    tell_each(ctx, homework, those, id="extend.told_given")
    shown = f"{ctx.course.wall_time(until):%Y-%m-%d %H:%M}"
    ctx.audit("extend", member=f"#{who.id}", homework=homework.id, until=shown)


def _extend_all(ctx: Context, homework: Homework, asked: re.Match[str]) -> None:
    """The deadline moves for all, also for who comes later; who had more time than that gets as much on top."""
    students = students_for(ctx, homework)
    times.lock(ctx.db, [one.id for one in students])
    before = deadline_for_all(ctx, homework).due_at
    until = _until(ctx, asked, before)
    if until <= before:
        raise UserError("extend.nobody_later", homework=homework.title)
    own = _own(ctx, homework, before, until - before) if asked["span"] else {}
    graded = give_all(ctx, homework, until, own)
    shown = ctx.course.wall_time(until)
    for space in spaces_of(ctx, homework):
        ctx.say(space, Text(id="extend.post_all", values={"homework": homework.title, "until": shown}))
    tell_posts(ctx, homework, until)
    ctx.reply("extend.given_all", homework=homework.title, count=len(students), until=shown)
    if own:
        ctx.reply("extend.given_all_own", count=len(own))
    _tell_graded(ctx, graded)
    ctx.audit("extend_all", homework=homework.id, until=f"{shown:%Y-%m-%d %H:%M}")


def _own(ctx: Context, homework: Homework, before: datetime, span: timedelta) -> Mapping[MemberId, datetime]:
    """Until when those have time now who had more of it than all."""
    found = times.extended(ctx.db, ctx.course.id, homework.id)
    return {who: until + span for who, until in found.items() if until > before}


def _take_back(ctx: Context, homework: Homework, who: Member) -> None:
    """All of it; tokens come back to who has used them. What was handed in in time stays so."""
    those = affected(ctx, homework, who)
    times.lock(ctx.db, [one.id for one in those])
    rows = times.running(ctx.db, ctx.course.id, homework.id, [one.id for one in those])
    if not rows:
        raise UserError("extend.none_given", name=who.name, homework=homework.title)
    times.end(ctx.db, rows, ctx.now)
    until = ctx.course.wall_time(deadline_for(ctx, homework, those).due_at)
    ctx.reply("extend.taken_back", name=who.name, homework=homework.title, until=until)
    tell_each(ctx, homework, those)
    ctx.audit("extend_back", member=f"#{who.id}", homework=homework.id)


def tell_each(ctx: Context, homework: Homework, those: Sequence[Member], *, id: str = "extend.told") -> None:
    """Until when they have time now."""
    if those:
        until = ctx.course.wall_time(deadline_for(ctx, homework, those).due_at)
        for one in those:
            tell(ctx, one.id, Text(id=id, values={"homework": homework.title, "until": until}))


def _tell_graded(ctx: Context, graded: Sequence[int]) -> None:
    """A grade that lost something by lateness is not changed by itself."""
    if graded:
        ctx.reply("extend.graded_late", numbers=[f"#{number}" for number in graded])

"""`/checkin`, `/makeup`, and the post of the day whose counter is edited."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId
from bot.domain.messages import Button, Text
from bot.domain.places import Space, SpaceKind
from bot.engine.context import Context, News, announce_all
from bot.engine.feature import Asked, Feature
from bot.engine.parameters import text
from bot.features.checkin import store
from bot.features.checkin.streak import Rests, current, missing, reached, run_up_to
from storage.personal import Personal

feature = Feature("checkin")
feature.fact("checkin.done", streak="number", makeup="yes_no")
feature.fact("streak.reached", days="number")
feature.personal(Personal(store.table, is_sheet=True))

_PLACES: tuple[SpaceKind, ...] = ("main", "interest")
_NAMES = 12


class Makeup(BaseModel):
    """How many missed days may be made up for, and how late."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    within_days: int = Field(default=3, ge=0, le=30)
    at_most: int = Field(default=2, ge=0, le=100)


class CheckinSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    makeup: Makeup = Makeup()


feature.sections["checkin"] = CheckinSettings


class _CheckIn(NamedTuple):
    """A day for which somebody checks in, and those for which they have."""

    ctx: Context
    day: date
    dates: set[date]
    is_makeup: bool


@feature.command_for_many("checkin", places=_PLACES, words=("打卡", "check in", "签到", "checkin"))
def check_in(asked: Sequence[Asked]) -> None:
    known = store.dates_of(asked[0].ctx.db, [ctx.member.id for ctx, _ in asked])
    taken = []
    for ctx, cmd in asked:
        one = _CheckIn(ctx, ctx.today, known[ctx.member.id], is_makeup=False)
        try:
            _check_button_is_fresh(ctx, cmd)
            _check_course_is_on(ctx)
            _check_is_first(one)
        except UserError as mistake:
            ctx.refuse(mistake)
        else:
            taken.append(one)
    _record(taken)
    for ctx, day, *_ in taken:
        ctx.once_afterwards(f"checkin:{day}:{ctx.space.id if ctx.space else None}", _post_counter)


@feature.command(
    "makeup", places=_PLACES, words=("补卡", "make up"), parameters=(text("date", suggests="missed_days"),)
)
def make_up(ctx: Context, cmd: CommandInvoked) -> None:
    _check_course_is_on(ctx)
    rules: Makeup = ctx.course.settings["checkin"].makeup
    dates = store.dates_of(ctx.db, [ctx.member.id])[ctx.member.id]
    open_days = missing(
        dates, ctx.today, since=ctx.course.starts, within_days=rules.within_days, rests=ctx.course.is_quiet
    )
    if not open_days:
        raise UserError("makeup.nothing", count=rules.within_days)
    day = _asked_day(cmd.text.strip(), open_days)
    if store.makeups_of(ctx.db, ctx.member.id) >= rules.at_most:
        raise UserError("makeup.used_up", count=rules.at_most)
    _record([_CheckIn(ctx, day, dates, is_makeup=True)])


def _check_button_is_fresh(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip()
    if cmd.via == "button" and asked and asked != ctx.today.isoformat():
        today = Button(label="button.checkin_today", command="checkin")
        makeup = Button(label="button.makeup", command="makeup")
        raise UserError("checkin.old_button", buttons=[today, makeup])


def _check_course_is_on(ctx: Context) -> None:
    if ctx.today < ctx.course.starts:
        raise UserError("course.not_yet", date=ctx.course.starts)
    if ctx.today > ctx.course.ends:
        raise UserError("course.over", date=ctx.course.ends)


def _check_is_first(one: _CheckIn) -> None:
    if one.day in one.dates:
        raise UserError("checkin.already", count=current(one.dates, one.day, one.ctx.course.is_quiet))


def _record(taken: Sequence[_CheckIn]) -> None:
    """Of different people of one course, who are answered together."""
    if not taken:
        return
    db, course = taken[0].ctx.db, taken[0].ctx.course
    store.add(db, course.id, [store.Row(ctx.member.id, day, ctx.now, made_up) for ctx, day, _, made_up in taken])
    done: list[News] = []
    streaks: list[News] = []
    for ctx, day, dates, is_makeup in taken:
        now_dates = dates | {day}
        streak = current(now_dates, ctx.today, course.is_quiet)
        ctx.reply("makeup.done" if is_makeup else "checkin.done", date=day, count=streak)
        done.append(News(ctx, day.isoformat(), ctx.today, {"streak": streak, "makeup": is_makeup}))
        for days, first in reached(now_dates, day, course.is_quiet):
            streaks.append(News(ctx, f"{days} days from {first}", ctx.today, {"days": days}))
    points: Counter[MemberId] = Counter()
    for outcome in announce_all("checkin.done", done) + announce_all("streak.reached", streaks):
        points[outcome.fact.member] += outcome.points
    _tell_points([one.ctx for one in taken], points)


def _tell_points(each: Sequence[Context], points: Mapping[MemberId, int]) -> None:
    earning = [ctx for ctx in each if points[ctx.member.id]]
    if earning:
        sums = earning[0].ask("points_of_each", [ctx.member.id for ctx in earning])
        for ctx in earning:
            ctx.reply("points.earned", points=points[ctx.member.id], count=sums[ctx.member.id])


def _asked_day(asked: str, open_days: Collection[date]) -> date:
    """The missed day that a member means by `2027-03-02`, `3-2` or `3月2日`; without words, the latest."""
    if not asked:
        return max(open_days)
    numbers = tuple(int(number) for number in re.findall(r"[0-9]{1,4}", asked)[-2:])
    found = [day for day in open_days if (day.month, day.day) == numbers]
    if not found:
        buttons = [Button(label=day.isoformat(), command=f"makeup {day.isoformat()}") for day in sorted(open_days)]
        raise UserError("makeup.not_that_day", buttons=buttons, days=[*sorted(open_days)])
    return found[0]


def _post_counter(ctx: Context) -> None:
    count, names = store.on_day(ctx.db, ctx.course.id, ctx.today, names=_NAMES)
    id = "checkin.counter" if count <= len(names) else "checkin.counter_more"
    text = Text(id=id, values={"date": ctx.today, "count": count, "names": names})
    where: Space | Any = ctx.space or "main"
    button = (Text(id="button.checkin"), f"checkin {ctx.today.isoformat()}")
    ctx.keep_posted(where, text, key=f"checkin:{ctx.course.id}:{ctx.today.isoformat()}", buttons=[button])


@feature.query("checkins_of")
def checkins_of(db: Connection, member: MemberId, today: date, rests: Rests) -> tuple[int, int]:
    """How many days the member checked in, and the streak that still lives."""
    dates = store.dates_of(db, [member])[member]
    return len(dates), current(dates, today, rests)


@feature.query("attendance")
def attendance(
    db: Connection, members: Collection[MemberId], day: date, rests: Rests
) -> dict[MemberId, tuple[int, int]]:
    """For each who ever checked in: on how many days up to this one, and the streak that it ends with."""
    found = store.dates_until(db, members, day)
    return {member: (len(dates), run_up_to(dates, day, rests)) for member, dates in found.items()}


@feature.query("checkins_before")
def checkins_before(db: Connection, members: Collection[MemberId], moment: datetime, day: date) -> dict[MemberId, int]:
    """For each who had checked in: on how many days up to this one, without what was made up for later."""
    return store.recorded_before(db, members, moment, day)


@feature.query("streaks")
def streaks(
    db: Connection, members: Collection[MemberId], today: date, rests: Rests
) -> dict[MemberId, tuple[bool, int]]:
    """For each who ever checked in: whether they have today, and the streak that still lives."""
    found = store.dates_until(db, members, today)
    dates = {member: {date.fromisoformat(day) for day in written} for member, written in found.items()}
    return {member: (today in theirs, current(theirs, today, rests)) for member, theirs in dates.items()}


feature.needs = ("points_of_each",)

"""`/run`, `/postpone`, `/pause`, `/resume`: what staff change without touching the files."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Button, Text
from bot.domain.rituals import Ritual
from bot.engine import agenda, pauses, rescheduling
from bot.engine.context import Context
from bot.engine.executing import handle_occurrences
from bot.engine.feature import Suggested
from bot.engine.parameters import text
from bot.engine.rescheduling import Time
from bot.features.rituals.declared import feature, named
from bot.features.rituals.showing import coming_of_files, day_of, own_rituals
from rules.fields import parse_date, parse_duration, parse_time

_FARTHEST = timedelta(days=30)
_DAY = timedelta(days=1)  # so long before, a time has its rows for sure
_ALL = ("all", "全部")


@feature.command(
    "run",
    roles=("admin",),
    places=("staff",),
    parameters=(text("ritual", required=True, suggests="rituals"), text("again")),
)
def run(ctx: Context, cmd: CommandInvoked) -> None:
    name, _, more = cmd.text.strip().partition(" ")
    if not name:
        raise UserError("usage.run")
    ritual, more = named(ctx, name), more.strip()
    if more in ("", "again"):
        _plan_now(ctx, ritual, is_asked_again=bool(more))
    else:
        _plan_missed(ctx, ritual, more)
    due = agenda.due(ctx.db, ctx.live, ctx.now, until=ctx.now)
    mine = [one for one in due if one.course == ctx.course.id and one.ritual == ritual.id]
    if not any((one.course, one.space) in ctx.live.first_spaces for one in mine):
        raise UserError("run.no_place", name=ritual.id, spaces=list(ritual.spaces))
    handle_occurrences(ctx.tx, mine)
    ctx.audit("run", ritual=ritual.id)
    is_done = rescheduling.is_any_done(ctx.db, [one.row for one in mine])
    ctx.reply("run.done" if is_done else "run.gap", name=ritual.id)  # why nothing came of it, staff have just read


def _plan_now(ctx: Context, ritual: Ritual, *, is_asked_again: bool) -> None:
    """The time that was planned for today comes now; where it rests, or was done already, one more does."""
    today = day_of(ctx, ritual)
    mine = [time for time in rescheduling.planned(ctx.db, ctx.course, ritual) if time.local_date == today]
    held = pauses.of(ctx.db, ctx.course.id)
    rests = bool(mine) and pauses.why_resting(ctx.course, ritual, mine[0].rows[0], held) is not None
    done_at = rescheduling.was_done(ctx.db, ctx.course, ritual, today)
    if mine and not rests:
        rescheduling.move(ctx.db, mine[0], ctx.now - mine[0].due_at)
        return
    if done_at and not is_asked_again:
        again = Button(label=f"/run {ritual.id} again", command=f"run {ritual.id} again")
        raise UserError("run.done_today", buttons=[again], name=ritual.id, at=done_at.astimezone(ctx.course.tzinfo))
    if mine:
        rescheduling.stand_in(ctx.db, mine[0])  # or it would be done twice if somebody resumes it
    rescheduling.add_extra(ctx.db, ctx.course, ritual, today, ctx.now)


def _plan_missed(ctx: Context, ritual: Ritual, word: str) -> None:
    """What was skipped on a date is done after all, with what the calendar has for that date."""
    try:
        day = parse_date(word)
    except ValueError:
        raise UserError("usage.run") from None
    if not rescheduling.was_skipped(ctx.db, ctx.course, ritual, day):
        raise UserError("run.not_missed", name=ritual.id, date=day)
    rescheduling.add_extra(ctx.db, ctx.course, ritual, day, ctx.now)


@feature.command(
    "postpone",
    roles=("admin",),
    places=("staff",),
    parameters=(text("ritual", required=True, suggests="rituals"), text("until", required=True)),
)
def postpone(ctx: Context, cmd: CommandInvoked) -> None:
    words = cmd.text.split()
    if len(words) != 2:
        raise UserError("usage.postpone")
    ritual = named(ctx, words[0])
    times = [one for one in rescheduling.planned(ctx.db, ctx.course, ritual) if one.due_at > ctx.now]
    if not times:
        raise _why_not(ctx, ritual)
    coming = times[0]
    due_at = _scheduled(ctx, coming) if words[1] == "back" else _asked(ctx, ritual, coming, words[1])
    if not ctx.now < due_at <= ctx.now + _FARTHEST:
        raise UserError("postpone.not_then", at=due_at.astimezone(ctx.course.tzinfo))
    if not rescheduling.move(ctx.db, coming, due_at - coming.due_at, is_moved=words[1] != "back"):
        raise UserError("postpone.nothing", name=ritual.id)
    before, after = coming.due_at.astimezone(ctx.course.tzinfo), due_at.astimezone(ctx.course.tzinfo)
    ctx.audit("postpone", ritual=ritual.id, before=f"{before:%m-%d %H:%M}", after=f"{after:%m-%d %H:%M}")
    ctx.reply("postpone.done", name=ritual.id, before=before, after=after)
    if len(coming.rows) < len(ritual.spaces) * sum(step is not None for step in ritual.steps):
        _tell_who_expects_it(ctx, ritual, before, after)


def _why_not(ctx: Context, ritual: Ritual) -> UserError:
    """What is under way ends as it was announced, and what is far ahead has no rows yet."""
    opening = rescheduling.opening_steps(ritual)[0]
    mine = [one for one in coming_of_files(ctx) if one.ritual == ritual.id]
    is_on = bool(mine) and mine[0].step > opening
    ahead = next((one.due_at for one in mine if one.step == opening), None)
    if ahead is None:
        return UserError("postpone.under_way" if is_on else "postpone.over", name=ritual.id)
    then, since = ctx.course.wall_time(ahead), ctx.course.wall_time(ahead - _DAY)
    return UserError("postpone.under_way_until" if is_on else "postpone.later", name=ritual.id, next=then, since=since)


def _tell_who_expects_it(ctx: Context, ritual: Ritual, before: datetime, after: datetime) -> None:
    """What was announced already is expected at its old time."""
    what = Text(id="postpone.told", values={"before": before, "after": after})
    for space in ritual.spaces:
        if place := ctx.live.first_spaces.get((ctx.course.id, space)):
            ctx.say(place, what, key=f"{ctx.event.key}:{space}")


def _asked(ctx: Context, ritual: Ritual, coming: Time, word: str) -> datetime:
    """`30m` later, or at `21:00` of the same day."""
    try:
        return coming.due_at + parse_duration(word)
    except ValueError:
        pass
    try:
        at = parse_time(word.replace("：", ":"))
    except ValueError:
        raise UserError("usage.postpone") from None
    day = coming.due_at.astimezone(ritual.tzinfo).date()
    return datetime.combine(day, at, ritual.tzinfo).astimezone(UTC)


def _scheduled(ctx: Context, coming: Time) -> datetime:
    """When the files want it."""
    slots = {(row.space, row.slot) for row in coming.rows}
    around = coming.due_at - _FARTHEST, coming.due_at + _FARTHEST
    own = (
        one.due_at
        for one in ctx.engine.library.schedule(ctx.course, *around)
        if one.ritual == coming.rows[0].ritual
        and one.local_date == coming.local_date
        and (one.space, one.slot) in slots
    )
    return min(own, default=coming.due_at)


@feature.command(
    "pause",
    roles=("admin",),
    places=("staff",),
    parameters=(text("ritual", required=True, suggests="rituals_or_all"), text("how_long")),
)
def pause(ctx: Context, cmd: CommandInvoked) -> None:
    words = cmd.text.split()
    if not 1 <= len(words) <= 2:
        raise UserError("usage.pause")
    ritual = _one_or_all(ctx, words[0])
    until = _until(ctx, words[1:])
    pauses.begin(ctx.db, ctx.course.id, ritual, ctx.now, until)
    ctx.audit("pause", ritual=ritual, until=f"{until:%Y-%m-%d %H:%M}" if until else "")
    is_all = ritual == pauses.ALL
    if until:
        ctx.reply("pause.all_until" if is_all else "pause.one_until", name=ritual, until=until)
    else:
        ctx.reply("pause.all" if is_all else "pause.one", name=ritual)


def _one_or_all(ctx: Context, word: str) -> str:
    return pauses.ALL if word in _ALL else named(ctx, word).id


def _until(ctx: Context, words: Sequence[str]) -> datetime | None:
    """`3d` from now, or the beginning of a date."""
    if not words:
        return None
    try:
        return (ctx.now + parse_duration(words[0])).astimezone(ctx.course.tzinfo)
    except ValueError:
        pass
    try:
        until = datetime.combine(parse_date(words[0]), time(), ctx.course.tzinfo)
    except ValueError:
        raise UserError("usage.pause") from None
    if until <= ctx.now:
        raise UserError("pause.past", until=until)
    return until


@feature.command(
    "resume",
    roles=("admin",),
    places=("staff",),
    parameters=(text("ritual", required=True, suggests="rituals_or_all"),),
)
def resume(ctx: Context, cmd: CommandInvoked) -> None:
    word = cmd.text.strip()
    if not word:
        raise UserError("usage.resume")
    ritual = _one_or_all(ctx, word)
    if not pauses.end(ctx.db, ctx.course.id, ritual, ctx.now):
        is_all = pauses.ALL in pauses.of(ctx.db, ctx.course.id)
        raise UserError("resume.all_held" if is_all else "resume.nothing", name=word[:48])
    ctx.audit("resume", ritual=ritual)
    ctx.reply("resume.all" if ritual == pauses.ALL else "resume.one", name=ritual)


@feature.suggest("rituals_or_all")
def rituals_or_all(ctx: Context, typed: str) -> list[Suggested]:
    return [(_ALL[0], Text(id="rituals.all")), *own_rituals(ctx, typed)]

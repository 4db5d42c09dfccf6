"""`/growth`: one's own figures at any time, in private; and whether one wants the monthly report."""

from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.parameters import choice
from bot.engine.periods import Period, stretch_before, stretch_of
from bot.engine.pictures import stored
from bot.engine.voice import Label
from bot.features.growth import store
from bot.features.growth.counted import Own, counted
from bot.features.growth.declared import feature
from bot.features.growth.picturing import lines_of, picture_of
from bot.features.growth.private import have_drawn

_DAY = timedelta(days=1)
_ON = frozenset(("on", "yes", "开", "开启", "要"))
_OFF = frozenset(("off", "no", "关", "关闭", "不要"))
_MONTH = frozenset(("", "month", "月", "本月", "这个月"))
_LAST = frozenset(("last", "上月", "上个月"))
_COURSE = frozenset(("course", "all", "全程", "课程", "全部"))


@feature.command(
    "growth",
    words=("成长报告",),
    is_private=True,
    alone=True,
    parameters=(choice("report", "month", "last", "course", "on", "off"),),
)
def growth(ctx: Context, cmd: CommandInvoked) -> None:
    if ctx.member.role != "student":
        raise UserError("growth.staff_have_none")
    said = "" if cmd.via == "word" else cmd.text.strip().casefold()
    if said in _ON | _OFF:
        _choose(ctx, is_wanted=said in _ON)
    elif said in _MONTH | _LAST | _COURSE:
        _show(ctx, said)
    else:
        raise UserError("growth.usage")


def _choose(ctx: Context, *, is_wanted: bool) -> None:
    store.want(ctx.db, ctx.member.id, is_wanted=is_wanted, at=ctx.now)
    ctx.reply("growth.on" if is_wanted else "growth.off", buttons=[_switch(is_wanted=is_wanted)])


def _switch(*, is_wanted: bool) -> Label:
    if is_wanted:
        return Text(id="button.growth_off"), "growth off"
    return Text(id="button.growth_on"), "growth on"


def _show(ctx: Context, said: str) -> None:
    """At once in words; the picture follows as soon as it is drawn, unless it is there already."""
    if ctx.today < ctx.course.starts:
        raise UserError("course.not_yet", date=ctx.course.starts)
    period: Period = "course" if said in _COURSE else "month"
    own = _counted(ctx, period, last_month(ctx) if said in _LAST else _now(ctx, period))
    picture = picture_of(ctx, own, period)
    for line in lines_of(picture):
        ctx.reply_words(line)
    ctx.reply_buttons(_ways(ctx, said))
    last = store.last_asked_for(ctx.db, ctx.member.id)
    if last is None or last.shown != stored(picture):
        have_drawn(ctx, [own], period, occasion=None)
    elif last.files:
        ctx.reply_file(last.files[0])


def _now(ctx: Context, period: Period) -> Stretch:
    """Up to today, on the first day of a month, too."""
    within = _course_dates(ctx)
    if period == "month" and within.first <= ctx.today <= within.last:
        return Stretch(max(ctx.today.replace(day=1), within.first), ctx.today)
    return stretch_of(period, ctx.today, within)


def last_month(ctx: Context) -> Stretch:
    """The whole month before this one, or the one before the course's last. Raises UserError where there was none."""
    within = _course_dates(ctx)
    end = min(ctx.today, within.last).replace(day=1) - _DAY
    if end < within.first:
        raise UserError("growth.no_last")
    return Stretch(max(end.replace(day=1), within.first), end)


def _ways(ctx: Context, said: str) -> list[Label]:
    has_last = min(ctx.today, ctx.course.ends).replace(day=1) > ctx.course.starts
    ways: list[Label] = []
    if has_last and said not in _LAST:
        ways.append((Text(id="button.growth_last"), "growth last"))
    if said not in _COURSE:
        ways.append((Text(id="button.growth_course"), "growth course"))
    return [*ways, _switch(is_wanted=not store.unwilling(ctx.db, [ctx.member.id]))]


def _counted(ctx: Context, period: Period, stretch: Stretch) -> Own:
    [own] = counted(ctx, [ctx.member], stretch, stretch_before(period, stretch, _course_dates(ctx)))
    return own


def _course_dates(ctx: Context) -> Stretch:
    return Stretch(ctx.course.starts, ctx.course.ends)

"""`/progress`: each thing that the course asks for, how much of it one has, and what to do next."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.voice import Label
from bot.features.completion import store
from bot.features.completion.declared import Completion, feature, rule_of
from bot.features.completion.news import certificate_button
from bot.features.completion.people import may_complete
from bot.features.completion.standing import Criterion, Standing, standings

_SHOWN = 5  # homework that is named
_LINES = {
    "check_ins": "progress.check_ins",
    "base": "progress.base",
    "practice": "progress.practice",
    "challenge": "progress.challenge",
}


@feature.command("progress", words=("完课进度", "我的完课进度", "my progress"), is_private=True, by_link=True)
def progress(ctx: Context, cmd: CommandInvoked) -> None:
    rule = rule_of(ctx.course)
    if rule is None:
        raise UserError("progress.nothing_asked")
    if not may_complete(ctx):
        raise UserError("progress.for_students")
    found = standings(ctx, rule, [ctx.member], ctx.today)[ctx.member.id]
    ctx.reply("progress.title", course=ctx.course.title)
    if not found.criteria:
        ctx.reply("progress.nothing_for_you")
    for one in found.criteria:
        mark = Text(id="progress.met" if one.is_met else "progress.open")
        values = {"mark": mark, "done": one.done, "needed": one.needed}
        ctx.reply_words(Text(id=_LINES[one.kind], values=values))
    for line in _what_next(ctx, rule, found):
        ctx.reply_words(line)
    ctx.reply_buttons(_ways_on(ctx, found))


def _what_next(ctx: Context, rule: Completion, found: Standing) -> Iterator[Words]:
    known = store.of_person(ctx.db, ctx.course.id, ctx.member.id)
    if known is not None:
        is_withdrawn = known.withdrawn_at is not None
        id = "progress.withdrawn" if is_withdrawn else "progress.completed"
        yield Text(id=id, values={"date": known.local_date, "reason": known.reason or ""})
        return
    if found.is_complete:
        ends = ctx.course.ends
        is_soon = rule.when == "reached" or ctx.today > ends
        yield Text(id="progress.all_done") if is_soon else Text(id="progress.all_done_until", values={"date": ends})
        return
    for one in found.criteria:
        yield from _missing(ctx, rule, one)


def _missing(ctx: Context, rule: Completion, one: Criterion) -> Iterator[Words]:
    if one.is_met:
        return
    if one.kind == "check_ins":
        left = (ctx.course.ends - max(ctx.today, ctx.course.starts)).days + 1
        id = "progress.next_check_ins" if left > 0 else "progress.over_check_ins"
        yield Text(id=id, values={"count": one.needed - one.done, "left": left})
        return
    if one.waiting:
        yield Text(id="progress.waiting", values={"count": len(one.waiting), "homework": _titles(one.waiting)})
    yield from _missing_homework(ctx, one)
    if rule.score and (one.waiting or one.left):
        yield Text(id="progress.score", values={"score": rule.score})


def _missing_homework(ctx: Context, one: Criterion) -> Iterator[Words]:
    """As much as can still be handed in, and what is lost."""
    missing = max(one.needed - one.done - len(one.waiting), 0)
    able = _open_first(ctx, one.left)
    count = min(missing, len(able))
    if count:
        yield Text(id="progress.next_homework", values={"count": count, "homework": _titles(able)})
    if missing > count:
        yield Text(id="progress.over_homework", values={"count": missing - count})


def _open_first(ctx: Context, those: Sequence[Homework]) -> Sequence[Homework]:
    """What can be handed in by now, the next due first; then what will open. What is closed is none of it."""
    zone = ctx.course.zone
    closed = ctx.ask("homework_closed", ctx.course, ctx.member.id, ctx.now)
    able = [one for one in those if one.id not in closed]
    return sorted(able, key=lambda one: (one.opens.moment(zone) > ctx.now, one.due.moment(zone), one.id))


def _titles(those: Sequence[Homework]) -> list[Words | str]:
    shown: list[Words | str] = [Template(text=one.title) for one in those[:_SHOWN]]
    return [*shown, "…"] if len(those) > _SHOWN else shown


def _ways_on(ctx: Context, found: Standing) -> Iterator[Label]:
    known = store.of_person(ctx.db, ctx.course.id, ctx.member.id)
    if known is not None and known.withdrawn_at is None:
        yield certificate_button()
    elif any(one.left and not one.is_met for one in found.criteria):
        yield Text(id="button.my_homework"), "homework"

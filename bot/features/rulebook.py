"""`/rules`: what earns points here; for staff also which version is live, since when, and what is off or on trial."""

from collections.abc import Iterator

from sqlalchemy import select

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.domain.rules import Limit, Rule
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.feature import Feature
from bot.engine.reloading import place_of
from storage.tables import snapshot

feature = Feature("rulebook")

_MOST = 20
_OFF = 5


@feature.command("rules", words=("积分规则", "规则"))
def rules(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip()
    if asked:
        for line in _details(ctx, _found(ctx, asked)):
            ctx.reply_words(line)
        return
    if _is_staff_room(ctx):
        _tell_version(ctx)
    paying = [rule for rule in ctx.course.rules if rule.points and rule.shadow is None]
    if not paying:
        raise UserError("rules.none")
    ctx.reply("rules.title", count=len(paying))
    for rule in paying[:_MOST]:
        ctx.reply_words(_line(rule))
    if len(paying) > _MOST:
        ctx.reply("rules.more", count=len(paying) - _MOST)
    ctx.reply("rules.fair")


def _is_staff_room(ctx: Context) -> bool:
    return ctx.member.role != "student" and (ctx.space is None or ctx.space.kind == "staff")


def _tell_version(ctx: Context) -> None:
    """Which snapshot is live and since when, what of it is off, what is on trial."""
    number = ctx.live.snapshots[ctx.course.id]
    at = ctx.db.execute(select(snapshot.c.at).where(snapshot.c.number == number)).scalar_one()
    problems = ctx.live.problems.get(ctx.course.id, ())
    off = {problem.rule for problem in problems if problem.rule}
    trial = [rule.id for rule in ctx.course.rules if rule.shadow is not None]
    since = at.astimezone(ctx.course.tzinfo)
    ctx.reply("rules.version", number=number, since=since, count=len(ctx.course.rules), off=len(off), trial=len(trial))
    for problem in problems[:_OFF]:
        ctx.reply("rules.off", rule=problem.rule or "–", place=place_of(problem), what=problem.text)
    if len(problems) > _OFF:
        ctx.reply("reload.more", count=len(problems) - _OFF)
    if trial:
        ctx.reply("rules.trial", rules=trial)


def _line(rule: Rule) -> Words:
    limits = list(_limits(rule.limit))
    values = {"rule": rule.shown, "points": f"{rule.points:+d}", "limits": limits}
    return Text(id="rules.line_limited" if limits else "rules.line", values=values)


def _limits(limit: Limit) -> Iterator[Words]:
    """How often, in words."""
    if limit.once_per:
        yield Text(id=f"limit.once_per_{limit.once_per}")
    if limit.points_per_day is not None:
        yield Text(id="limit.points_per_day", values={"points": limit.points_per_day})
    if limit.points_per_week is not None:
        yield Text(id="limit.points_per_week", values={"points": limit.points_per_week})
    if limit.cool_down is not None:
        yield Text(id="limit.cool_down", values={"time": limit.cool_down})
    if limit.novelty:
        yield Text(id="limit.novelty")


def _found(ctx: Context, asked: str) -> Rule:
    """The rule that is meant by its id or its title."""
    wanted = asked.casefold()
    by_name: dict[str, Rule] = {}
    for rule in _known(ctx):
        for name in (rule.id, ctx.engine.voice.texts.show(ctx.language, rule.shown)):
            by_name.setdefault(name, rule)
            if wanted == name.casefold():
                return rule
    near = suggestion(asked, by_name)
    raise UserError("rules.unknown_near" if near else "rules.unknown", name=asked[:48], near=near)


def _known(ctx: Context) -> list[Rule]:
    """Members are not told of rules on trial."""
    return [rule for rule in ctx.course.rules if rule.shadow is None or ctx.member.role != "student"]


def _details(ctx: Context, rule: Rule) -> Iterator[Words]:
    yield Text(id="rules.one", values={"rule": rule.shown})
    yield Text(id="rules.when", values={"fact": Text(id=f"facts.{rule.when}")})
    if rule.points:
        counts = Text(id=f"category.{rule.counts_as}")
        yield Text(id="rules.gives", values={"points": f"{rule.points:+d}", "counts_as": counts})
    if limits := list(_limits(rule.limit)):
        yield Text(id="rules.limits", values={"limits": limits})
    if rule.shadow is not None:
        yield Text(id="rules.on_trial")

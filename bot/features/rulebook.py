"""`/rules`: what earns points here; for staff also which version is live, since when, and what is off or on trial."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from bot.domain.errors import Problem, UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.domain.rules import Limit, Rule
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.feature import Feature
from bot.engine.parameters import text
from bot.engine.reloading import place_of
from bot.engine.wording import Wording
from storage.tables import snapshot

feature = Feature("rulebook")

_MOST = 20
_OFF = 5
_CONDITIONS = 12


@feature.command("rules", words=("积分规则", "规则"), parameters=(text("rule", suggests="rules"),))
def rules(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip()
    if asked:
        wording = Wording(ctx.course, ctx.engine.voice.texts.has, for_staff=_is_staff(ctx))
        for line in _details(wording, _found(ctx, asked)):
            ctx.reply_words(line)
        return
    if _is_staff(ctx):
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


def _is_staff(ctx: Context) -> bool:
    """In a group of students they read what students read."""
    return ctx.member.role != "student" and (ctx.space is None or ctx.space.kind == "staff")


def _tell_version(ctx: Context) -> None:
    """Which snapshot is live and since when, what of it is off, what is on trial."""
    number = ctx.live.snapshots[ctx.course.id]
    at = ctx.db.execute(select(snapshot.c.at).where(snapshot.c.number == number)).scalar_one()
    problems = ctx.live.problems.get(ctx.course.id, ())
    off = [problem for problem in _by_entry(problems) if problem.file == "rules.yaml" and not problem.section]
    others = [problem for problem in _by_entry(problems) if problem not in off]
    trial = [rule.id for rule in ctx.course.rules if rule.shadow is not None]
    since = at.astimezone(ctx.course.tzinfo)
    ctx.reply("rules.version", number=number, since=since, count=len(ctx.course.rules), off=len(off), trial=len(trial))
    _tell_off(ctx, off)
    if others:
        ctx.reply("rules.others_off", count=len(others))
        _tell_off(ctx, others)
    if trial:
        ctx.reply("rules.trial", rules=trial)


def _by_entry(problems: Sequence[Problem]) -> list[Problem]:
    """The first problem of each entry that is off."""
    first: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        if problem.rule:
            first.setdefault((problem.file, problem.section, problem.rule), problem)
    return list(first.values())


def _tell_off(ctx: Context, off: Sequence[Problem]) -> None:
    for problem in off[:_OFF]:
        ctx.reply("rules.off", rule=problem.rule, place=place_of(problem), what=problem.text)
    if len(off) > _OFF:
        ctx.reply("reload.more", count=len(off) - _OFF)


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
    """Members are not told of rules on trial, nor of those that only tell staff."""
    return [rule for rule in ctx.course.rules if _is_staff(ctx) or not rule.is_for_staff]


def _details(wording: Wording, rule: Rule) -> Iterator[Words]:
    yield Text(id="rules.one", values={"rule": rule.shown})
    yield Text(id="rules.when", values={"fact": Text(id=f"facts.{rule.when}")})
    if rule.where is not None:
        yield from _conditions(wording.conditions(rule.where))
    if rule.points:
        counts = Text(id=f"category.{rule.counts_as}")
        yield Text(id="rules.gives", values={"points": f"{rule.points:+d}", "counts_as": counts})
    if limits := list(_limits(rule.limit)):
        yield Text(id="rules.limits", values={"limits": limits})
    if rule.shadow is not None:
        yield Text(id="rules.on_trial")


def _conditions(conditions: Sequence[Words]) -> Iterator[Words]:
    yield Text(id="rules.where")
    for condition in conditions[:_CONDITIONS]:
        yield Text(id="rules.condition", values={"condition": condition})
    if (more := len(conditions) - _CONDITIONS) > 0:
        yield Text(id="rules.more_conditions", values={"count": more})


@feature.suggest("rules")
def known_rules(ctx: Context, typed: str) -> list[tuple[str, Words | str]]:
    return [(rule.id, rule.shown) for rule in _known(ctx)]

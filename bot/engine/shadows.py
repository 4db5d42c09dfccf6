"""Rules in the shadow: judged without effect, to show staff what they would do before they do it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.messages import Text, Words
from bot.domain.rules import Rule
from bot.engine.live import Live
from bot.engine.recorded import earlier_version
from rules.fold import does_the_same
from rules.vocabulary import Vocabulary
from storage import shadows

if TYPE_CHECKING:
    from bot.engine.context import Context


def follow(db: Connection, live: Live, course: Course, vocabulary: Vocabulary, now: datetime) -> None:
    """Begin the trials of rules that are new in the shadow, or do something else now; end those of rules that are gone.

    A rule that is off because of a mistake is still on trial: mending a slip must not cost what was seen so far.
    """
    dark = {rule.id: rule for rule in course.rules if rule.shadow is not None}
    off = {problem.rule for problem in live.problems[course.id]}
    known = shadows.runs(db, course.id)
    number = live.snapshots[course.id]
    began = {run.since: earlier_version(db, course.id, number, run.since, vocabulary) for run in known.values()}
    changed = {id for id in dark.keys() & known.keys() if _is_another(dark[id], began[known[id].since])}
    shadows.forget(db, course.id, (known.keys() - dark.keys() - off) | changed)
    shadows.begin(db, course.id, (dark.keys() - known.keys()) | changed, now)


def _is_another(rule: Rule, began: Course | None) -> bool:
    """Whether it does something else, beside what it says, than in the version that its trial began with."""
    tried = next((one for one in began.rules if one.id == rule.id), rule) if began else rule
    return not does_the_same(tried, rule)


def report(ctx: "Context", until: datetime) -> None:
    """Tell staff once of each trial whose time is over, or which the end of the course ends."""
    is_last = ctx.course.date_at(until) > ctx.course.ends
    known = shadows.runs(ctx.db, ctx.course.id)
    for rule in ctx.course.rules:
        run = known.get(rule.id)
        if rule.shadow is None or run is None or run.reported_at is not None:
            continue
        if is_last or run.since + rule.shadow <= until:
            shadows.mark_reported(ctx.db, ctx.course.id, rule.id, ctx.now)
            over = Text(id="shadow.over", values={"rule": rule.shown})
            lines = lines_of(ctx.db, ctx.course, rule, run.since)
            key = f"shadow:{ctx.course.id}:{rule.id}:{run.since.isoformat()}"
            ctx.tell_staff(over, *lines, Text(id="shadow.go_live", values={"id": rule.id}), key=key)


def lines_of(db: Connection, course: Course, rule: Rule, since: datetime) -> Iterator[Words]:
    """What a rule in the shadow would have done so far, beside what the whole course got in that time."""
    trial = shadows.trial_of(db, course.id, rule.id)
    local = since.astimezone(course.tzinfo)
    yield Text(
        id="shadow.figures",
        values={
            "since": local,
            "count": trial.times,
            "points": trial.points,
            "members": trial.members,
            "all": shadows.points_since(db, course.id, since),
        },
    )
    for name, points, times in trial.top:
        yield Text(id="shadow.top", values={"name": name, "points": f"{points:+d}", "count": times})

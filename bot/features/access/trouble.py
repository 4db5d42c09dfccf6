"""A platform whose updates can't be fetched: staff everywhere are told once, and again when it is over."""

from datetime import timedelta

from bot.domain.events import PlatformTrouble
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.transaction import Belonging
from bot.features.access import store
from bot.features.access.declared import feature

_SAID = {
    "unauthorized": "trouble.unauthorized",
    "second_poller": "trouble.second_poller",
    "intents": "trouble.intents",
    "unreachable": "trouble.unreachable",
    "webhook": "trouble.webhook",
}


@feature.on(PlatformTrouble)
def platform_trouble(ctx: Context, event: PlatformTrouble) -> None:
    platform = event.platform.capitalize()
    if event.is_over:
        since = store.end_trouble(ctx.db, event.platform, event.kind)
        if since is not None:
            values = {"platform": platform, "time": _in_minutes(event.at - since)}
            _tell_all_staff(ctx, event, Text(id="trouble.over", values=values))
    elif store.begin_trouble(ctx.db, event.platform, event.kind, event.at):
        what = _SAID.get(event.kind, "trouble.other")
        _tell_all_staff(ctx, event, Text(id=what, values={"platform": platform, "kind": event.kind}))


def _tell_all_staff(ctx: Context, event: PlatformTrouble, line: Words) -> None:
    for course in ctx.live.courses.values():
        found = Context(ctx.tx, event, Belonging(course=course), writes=ctx.writes)
        found.tell_staff(line, key=f"{event.key}:{course.id}")


def _in_minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=max(round(length / timedelta(minutes=1)), 1))

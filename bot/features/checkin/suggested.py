"""The days that a member may still make up for."""

from datetime import date

from bot.engine.context import Context
from bot.features.checkin import store
from bot.features.checkin.handlers import Makeup, feature
from bot.features.checkin.streak import missing


@feature.suggest("missed_days")
def missed_days(ctx: Context, typed: str) -> list[tuple[str, date]]:
    """The latest first."""
    rules: Makeup = ctx.course.settings["checkin"].makeup
    if store.makeups_of(ctx.db, ctx.member.id) >= rules.at_most:
        return []
    dates, since = store.dates_of(ctx.db, [ctx.member.id])[ctx.member.id], ctx.course.starts
    days = missing(dates, ctx.today, since=since, within_days=rules.within_days, rests=ctx.course.is_quiet)
    return [(day.isoformat(), day) for day in days]

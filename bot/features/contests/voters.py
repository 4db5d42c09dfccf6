"""Who may vote: whoever was there for long enough, and took part, when the vote opened."""

from typing import Any

from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.contests.declared import options_in


def refusal(ctx: Context, found: Any) -> Text | None:
    """Why the member in context may not vote in a contest, and from when on they may; None where they may.

    Both is looked at as it was when the vote opened: nobody comes in for a friend while it is on.
    """
    asked = options_in(ctx.course, found).voters
    joined = ctx.member.joined_at
    if joined is not None and joined + asked.member_for > found.gallery_at:
        return Text(id="contest.voter_is_new", values={"at": ctx.course.wall_time(joined + asked.member_for)})
    if not asked.check_ins:
        return None
    opened_on = ctx.course.date_at(found.gallery_at)
    days = ctx.ask("checkins_before", [ctx.member.id], found.gallery_at, opened_on).get(ctx.member.id, 0)
    if days >= asked.check_ins:
        return None
    return Text(id="contest.voter_checks_in", values={"needed": asked.check_ins, "had": days})


def who_may(ctx: Context, found: Any) -> Text | None:
    """What the gallery says of it; None where everybody may."""
    asked = options_in(ctx.course, found).voters
    if not (asked.member_for or asked.check_ins):
        return None
    since = ctx.course.wall_time(found.gallery_at - asked.member_for)
    if not asked.check_ins:
        return Text(id="contest.voters_since", values={"since": since})
    return Text(id="contest.voters", values={"since": since, "check_ins": asked.check_ins})

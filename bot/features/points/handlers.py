"""`/points`: how many, and where they came from. `/grant`: what staff give or take."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId, RuleId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import number, someone, text
from bot.engine.reversals import is_anonymous
from bot.features.points import store
from rules.fold import POINTS_GRANTED, REDEMPTION, granted
from storage import boards

feature = Feature("points")
feature.fact(POINTS_GRANTED, points="number")

_LAST = 5
_REASON = r"\s+(?P<reason>\S.{0,500})"
_GRANT = re.compile(r"(?P<who>\S.*?)\s+(?P<points>[+＋\-−－]\d{1,5})" + _REASON, re.DOTALL)
# Names may end in a number; without a sign it counts only where it can't be part of one.
_BY_ID = re.compile(r"(?P<who><@[^\s<>]+>|#\d+)\s+(?P<points>[+＋\-−－]?\d{1,5})" + _REASON, re.DOTALL)
_UNSIGNED = re.compile(r"(?P<who>@\S+)\s+(?P<points>\d{1,5})" + _REASON, re.DOTALL)
_MOST = 10_000


@feature.command("points", is_private=True, words=("积分",))
def points(ctx: Context, cmd: CommandInvoked) -> None:
    total = boards.points_of(ctx.db, ctx.member.id)
    today = store.points_on(ctx.db, ctx.member.id, ctx.today)
    ctx.reply("points.total" if today <= max(total, 0) else "points.total_spent", count=total, today=today)
    entries = store.last_entries(ctx.db, ctx.member.id, limit=_LAST)
    if entries:
        ctx.reply_table([_entry_row(ctx, entry) for entry in entries], numbers=frozenset({0, 2}))


def _entry_row(ctx: Context, entry: Any) -> Sequence[Words | str]:
    day = f"{entry.local_date.month}-{entry.local_date.day:02}"
    if is_anonymous(ctx.db, entry.member, entry.fact, entry.object):  # others may look over their shoulder
        return day, Text(id="points.masked"), f"{entry.points:+d}"
    return day, entry.reason or _shown(ctx, entry), f"{entry.points:+d}"


def _shown(ctx: Context, entry: Any) -> Words | str:
    if entry.rule == REDEMPTION:
        number = entry.object.split()[1]  # of what two shared, more follows
        return Text(id="points.redeemed" if entry.round % 2 == 0 else "points.refunded", values={"number": number})
    return rule_title(ctx, entry.rule)


def rule_title(ctx: Context, rule: RuleId) -> Words | str:
    """The rule's title for people, else its id."""
    found = next((r for r in ctx.course.rules if r.id == rule), None)
    return found.shown if found else rule


@feature.command(
    "grant",
    roles=("admin",),
    places=("staff",),
    parameters=(someone(required=True), number("points", required=True), text("reason", required=True)),
)
def grant(ctx: Context, cmd: CommandInvoked) -> None:
    text = cmd.text.strip()
    asked = _BY_ID.fullmatch(text) or _GRANT.fullmatch(text) or _UNSIGNED.fullmatch(text)
    if asked is None:
        raise UserError("grant.usage")
    amount = int(asked["points"].translate(str.maketrans("＋−－", "+--")))
    if amount == 0 or abs(amount) > _MOST:
        raise UserError("grant.amount", most=_MOST)
    target = ctx.find_member(asked["who"])
    reason = " ".join(asked["reason"].split())
    outcome = ctx.announce(POINTS_GRANTED, ctx.event.key, member=target, points=amount)
    ctx.writes.entries.append(granted(outcome.fact, reason=reason))
    ctx.audit("grant", member=f"#{target.id}", points=f"{amount:+d}", reason=reason)
    total = ctx.ask("points_of", target.id)
    ctx.reply("grant.done", name=target.name, points=f"{amount:+d}", reason=reason, count=total)


@feature.query("points_of_each")
def points_of_each(db: Connection, members: Collection[MemberId]) -> dict[MemberId, int]:
    """The sum of each of these members."""
    return boards.points_of_each(db, members)


@feature.query("points_of")
def points_of(db: Connection, member: MemberId) -> int:
    """The member's sum."""
    return boards.points_of(db, member)

"""The award effect, and the commands by which a member sees and understands points."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId, MemberId, RuleId
from bot.domain.messages import Words
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roster import find_member
from bot.features.points import store
from rules.fold import POINTS_GRANTED, granted

feature = Feature("points")
feature.fact(POINTS_GRANTED, about="the command that granted them", points="number")

_TOP = 10
_LAST = 5
_GRANT = re.compile(r"(?P<who>\S.*?)\s+(?P<points>[+＋\-−－]\d{1,5})\s+(?P<reason>\S.{0,500})", re.DOTALL)
_MOST = 10_000


@feature.command("points", words=("积分",))
def points(ctx: Context, cmd: CommandInvoked) -> None:
    total = store.points_of(ctx.db, ctx.member.id)
    ctx.reply("points.total", count=total, today=store.points_on(ctx.db, ctx.member.id, ctx.today))
    entries = store.last_entries(ctx.db, ctx.member.id, limit=_LAST)
    if entries:
        ctx.reply_table([_entry_row(ctx, entry) for entry in entries], numbers=frozenset({0, 2}))


def _entry_row(ctx: Context, entry: Any) -> Sequence[Words | str]:
    day = f"{entry.local_date.month}-{entry.local_date.day:02}"
    return day, entry.reason or rule_title(ctx, entry.rule), f"{entry.points:+d}"


def rule_title(ctx: Context, rule: RuleId) -> Words | str:
    """The rule's title for people, else its id."""
    found = next((r for r in ctx.course.rules if r.id == rule), None)
    return found.shown if found else rule


@feature.command("rank", words=("排行榜", "积分榜"))
def rank(ctx: Context, cmd: CommandInvoked) -> None:
    board = store.standings(ctx.db, ctx.course.id)
    if not board:
        raise UserError("rank.empty")
    ctx.reply("rank.title", count=len(board))
    mine = next((line for line in board if line.member == ctx.member.id), None)
    shown = list(board[:_TOP])
    if mine and mine not in shown:
        shown.append(mine)
    ctx.reply_table([_board_row(line, mine) for line in shown], numbers=frozenset({0, 2}))
    if mine is None and ctx.member.role == "student":
        ctx.reply("rank.not_yet")


def _board_row(line: store.Standing, mine: store.Standing | None) -> Sequence[str]:
    return str(line.rank), f"▸ {line.name}" if line is mine else line.name, str(line.points)


@feature.command("grant", roles=("admin",), places=("staff",))
def grant(ctx: Context, cmd: CommandInvoked) -> None:
    asked = _GRANT.fullmatch(cmd.text.strip())
    if asked is None:
        raise UserError("grant.usage")
    amount = int(asked["points"].translate(str.maketrans("＋−－", "+--")))
    if amount == 0 or abs(amount) > _MOST:
        raise UserError("grant.amount", most=_MOST)
    target = find_member(ctx.db, ctx.course.id, asked["who"])
    reason = " ".join(asked["reason"].split())
    outcome = ctx.announce(POINTS_GRANTED, ctx.event.key, member=target, points=amount)
    ctx.writes.entries.append(granted(outcome.fact, reason=reason))
    ctx.audit("grant", member=f"#{target.id}", points=f"{amount:+d}", reason=reason)
    total = ctx.ask("points_of", target.id)
    ctx.reply("grant.done", name=target.name, points=f"{amount:+d}", reason=reason, count=total)


@feature.query("points_of")
def points_of(db: Connection, member: MemberId) -> int:
    """The member's sum."""
    return store.points_of(db, member)


@feature.query("rank_of")
def rank_of(db: Connection, course: CourseId, member: MemberId) -> int | None:
    """The member's place on the board; None: not on it."""
    return next((line.rank for line in store.standings(db, course) if line.member == member), None)

"""`/homework 12 use 2`: the author picks which of their versions counts, until it is answered."""

import re

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.homework.deadlines import counting
from bot.features.homework.handing.receipts import count_up, tell_grader
from bot.features.homework.handing.standing import agree_each, own_points, settle
from bot.features.homework.handing.verbs import verb
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams

_NUMBER = re.compile(r"(?:第|v)?\s*([0-9]{1,9})\s*版?", re.IGNORECASE)


@verb("use", "选", "用")
def use(ctx: Context, row: HandIn, said: str) -> None:
    """Who grades it now is told, and keeps what they have noted: they look again before they finish."""
    found = _NUMBER.fullmatch(said)
    if found is None:
        raise UserError("homework.use_which", number=row.id)
    check_waits(row)
    version = _version(ctx, row, int(found[1]))
    if version == row.counts:
        raise UserError("homework.counts_already", number=row.id, version=version)
    row = settle(ctx, hand_ins.change(ctx.db, row.id, chosen=version), ctx.now)
    tell_grader(ctx, row)
    homework = ctx.course.book.homework.get(row.homework)
    points = own_points(ctx, agree_each(ctx, homework, row)) if homework else 0
    values = {"name": ctx.member.name, "number": row.id, "version": version}
    teams.tell_others(ctx, row, Text(id="team.counts_now", values=values))
    ctx.reply("homework.counts_now", number=row.id, version=version)
    if points:
        ctx.reply("points.plus", points=points)
    if homework:
        count_up(ctx, homework)


def check_waits(row: HandIn) -> None:
    """Raises UserError where it does not wait for its first answer."""
    if row.state == "withdrawn":
        raise UserError("homework.is_withdrawn", number=row.id)
    if not may_change(row):
        raise UserError("homework.is_answered", number=row.id)


def may_change(row: HandIn) -> bool:
    """Whether it has no answer yet; who asks to look at one again has."""
    return row.state == "waiting" and row.appeal is None


def _version(ctx: Context, row: HandIn, wanted: int) -> int:
    versions = hand_ins.versions_of(ctx.db, row.id)
    if wanted not in [one.version for one in versions]:
        raise UserError("homework.no_version", number=row.id, versions=len(versions))
    if wanted <= row.sent_back:
        raise UserError("homework.was_sent_back", version=wanted)
    if counting(versions, wanted, sent_back=row.sent_back) != wanted:
        raise UserError("homework.too_late_to_count", version=wanted)
    return wanted

"""`/contest appeal WHY`, `/contest appeal #12 WHY`: somebody thinks that a result is wrong.

`/contest decide` answers it, among staff.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.overheard import is_overheard
from bot.engine.roster import member_of
from bot.engine.telling import tell
from bot.engine.voice import Label
from bot.features.contests import appealed, store
from bot.features.contests.decided import appeals_until, results
from bot.features.contests.declared import feature
from bot.features.contests.found import check_impartial, check_staff, title_of

_LONGEST = 1000  # characters
_DECIDED = {"kept": False, "维持": False, "corrected": True, "更正": True}
_NAMED = re.compile(r"#([0-9]{1,15})(?:\s+(.*))?")  # a contest; an appeal is named by its bare number
_ASKED = re.compile(r"([0-9]{1,15})\s+(\w+)(?:\s+(.*))?", re.DOTALL)


@feature.branch("contest", "appeal", "申诉")
def appeal(ctx: Context, cmd: CommandInvoked) -> None:
    """Once a person and contest, for as long as the ritual says."""
    if ctx.member.role != "student":
        raise UserError("contest.students_only")
    contest, said = _parted(ctx, clean_line(cmd.text))
    meant = _open(ctx, contest)
    if len(meant) > 1:
        _ask_which(ctx, meant)
        return
    found = store.locked(ctx.db, ctx.course.id, meant[0].id)
    if found is None or not said or len(said) > _LONGEST:
        raise UserError("contest.appeal_why", most=_LONGEST)
    if appealed.has_appealed(ctx.db, found.id, ctx.member.id):
        raise UserError("contest.appealed_already")
    number = appealed.add(ctx.db, found.id, ctx.member.id, said, ctx.now)
    title = title_of(ctx, found)
    told = {"title": title, "name": ctx.member.name, "why": said, "number": number, "contest": found.id}
    ctx.tell_staff(
        Text(id="contest.appeal_came", values=told), key=f"contest:appeal:{number}", buttons=list(_answers(number))
    )
    ctx.reply("contest.appeal_noted", title=title, number=number)
    if is_overheard(cmd):
        ctx.reply("contest.appeal_overheard")


def _parted(ctx: Context, said: str) -> tuple[int | None, str]:
    """`#12 WHY`: the contest, where there was one with this number; else all of it is why."""
    named = _NAMED.fullmatch(said)
    if named is None or int(named[1]) not in {one.id for one in results(ctx)}:
        return None, said
    return int(named[1]), named[2] or ""


def _open(ctx: Context, contest: int | None) -> list[Any]:
    """The contests that may be meant, whose results may still be appealed against. Raises UserError."""
    still = [one for one in results(ctx) if contest in (None, one.id) and ctx.now < appeals_until(ctx, one)]
    if not still:
        raise UserError("contest.nothing_to_appeal")
    return still


def _ask_which(ctx: Context, meant: Sequence[Any]) -> None:
    ctx.reply("contest.appeal_which")
    for one in meant:
        ctx.reply("contest.appeal_this", title=title_of(ctx, one), contest=one.id)


def _answers(number: int) -> Iterator[Label]:
    yield Text(id="button.appeal_kept"), f"contest decide {number} kept"
    yield Text(id="button.appeal_corrected"), f"contest decide {number} corrected"


@feature.branch("contest", "decide", "裁定")
def decide(ctx: Context, cmd: CommandInvoked) -> None:
    """What staff found; the places themselves change by `/contest remove` and `/contest restore`."""
    check_staff(ctx)
    asked = _ASKED.fullmatch(cmd.text.strip())
    if asked is None or asked[2].casefold() not in _DECIDED:
        raise UserError("contest.decide_usage")
    row = appealed.open_one(ctx.db, ctx.course.id, int(asked[1]))
    if row is None:
        raise UserError("contest.no_such_appeal", number=int(asked[1]))
    if row.decided_at is not None:
        raise UserError("contest.decided_already", number=row.id)
    contest = store.locked(ctx.db, ctx.course.id, row.contest)
    if contest is not None:
        check_impartial(ctx, contest)
    if ctx.member.role != "admin" and member_of(ctx.db, row.member).id == ctx.member.id:
        raise UserError("contest.your_own_contest")
    is_corrected, words = _DECIDED[asked[2].casefold()], clean_line(asked[3] or "")[:_LONGEST]
    appealed.decide(ctx.db, row.id, is_corrected=is_corrected, answer=words, at=ctx.now)
    ctx.audit("decide_appeal", number=row.id, corrected=is_corrected, member=f"#{row.member}")
    title = title_of(ctx, row)
    tell(ctx, row.member, Text(id=_TOLD[is_corrected], values={"title": title}))
    if words:
        tell(ctx, row.member, Text(id="contest.appeal_words", values={"words": words}))
    ctx.reply("contest.appeal_decided", number=row.id)


_TOLD = {False: "contest.appeal_kept", True: "contest.appeal_corrected"}

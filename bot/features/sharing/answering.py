"""`/invitation`: a member says whether they will share, takes it back, or wants to be asked no more."""

import re
from collections.abc import Callable
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.parameters import choice
from bot.features.sharing import speakers
from bot.features.sharing.declared import feature
from bot.features.sharing.inviting import attend, room_in
from bot.features.sharing.speakers import OPEN_STATES, Invited

_SAID = re.compile(r"(\S+?)(?:\s+#?([0-9]{1,15}))?")

_YES = frozenset(("yes", "愿意", "好", "可以", "参加"))
_NO = frozenset(("no", "不", "不了", "这次不了", "不方便", "来不了"))
_NEVER = frozenset(("never", "以后别问", "不再邀请", "别再问"))
_AGAIN = frozenset(("again", "恢复", "可以再问", "恢复邀请"))


@feature.command(
    "invitation", words=("分享邀请",), is_private=True, parameters=(choice("answer", "yes", "no", "never", "again"),)
)
def invitation(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip().casefold()
    if not said:
        _show(ctx)
        return
    found = _SAID.fullmatch(said)
    act = next((act for words, act in _ACTS if found and found[1] in words), None)
    if found is None or act is None:
        raise UserError("usage.invitation")
    act(ctx, int(found[2]) if found[2] else None)


# --- what is meant ----------------------------------------------------------------------------------------------------


def _mine(ctx: Context, number: int | None) -> tuple[Any, Invited]:
    """The call that is meant, locked, and what it says of this member. Raises UserError."""
    if number is None:
        calls = speakers.calls_of(ctx.db, ctx.course.id, [ctx.member.id]) or speakers.calls_of(
            ctx.db, ctx.course.id, [ctx.member.id], is_open=False
        )
        number = calls[0] if calls else None
    call = speakers.locked(ctx.db, ctx.course.id, number) if number is not None else None
    known = speakers.invited(ctx.db, call.id) if call else []
    mine = [one for one in known if one.person == ctx.member.id]
    if call is None or not mine:
        raise UserError("speaker.not_asked")
    # Two accounts that were asked are one person now: what either has said counts.
    return call, next((one for one in mine if one.state == "accepted"), mine[0])


def _check_goes_on(ctx: Context, call: Any) -> None:
    if call.session is not None:
        raise UserError("speaker.has_begun")
    if call.ended_at is not None:
        raise UserError("speaker.was_off")


# --- what is said -----------------------------------------------------------------------------------------------------


def _accept(ctx: Context, number: int | None) -> None:
    """Who has said no before, or answers too late, may still come where there is room."""
    call, mine = _mine(ctx, number)
    _check_goes_on(ctx, call)
    # Who is still asked, or comes, has a place; whoever had one may find it given to somebody else.
    if mine.state not in OPEN_STATES and room_in(ctx, call, speakers.invited(ctx.db, call.id)) <= 0:
        raise UserError("speaker.no_room")
    speakers.answer(ctx.db, call.id, ctx.member.id, "accepted", ctx.now)
    button = (Text(id="button.speaker_cannot"), f"invitation no {call.id}")
    ctx.reply("speaker.accepted", at=ctx.course.wall_time(call.opens_at), buttons=[button])


def _decline(ctx: Context, number: int | None) -> None:
    call, mine = _mine(ctx, number)
    _check_goes_on(ctx, call)
    speakers.answer(ctx.db, call.id, ctx.member.id, "declined", ctx.now)
    ctx.reply("speaker.declined")
    if mine.state in OPEN_STATES:
        attend(ctx, call.id, ctx.now)


def _ask_never(ctx: Context, number: int | None) -> None:
    """What they were asked for now they decline with that; what they have agreed to stays agreed."""
    speakers.ask_never(ctx.db, ctx.member.id, ctx.now)
    ctx.reply("speaker.never", buttons=[(Text(id="button.speaker_again"), "invitation again")])
    for call in speakers.calls_of(ctx.db, ctx.course.id, [ctx.member.id]):
        speakers.locked(ctx.db, ctx.course.id, call)
        mine = [one for one in speakers.invited(ctx.db, call) if one.person == ctx.member.id]
        if all(one.state != "accepted" for one in mine):
            speakers.answer(ctx.db, call, ctx.member.id, "declined", ctx.now)
            attend(ctx, call, ctx.now)


def _ask_again(ctx: Context, number: int | None) -> None:
    speakers.ask_again(ctx.db, ctx.member.id)
    ctx.reply("speaker.again")


_ACTS: tuple[tuple[frozenset[str], Callable[[Context, int | None], None]], ...] = (
    (_YES, _accept),
    (_NO, _decline),
    (_NEVER, _ask_never),
    (_AGAIN, _ask_again),
)


def _show(ctx: Context) -> None:
    if speakers.is_never_asked(ctx.db, ctx.member.id):
        ctx.reply("speaker.is_never", buttons=[(Text(id="button.speaker_again"), "invitation again")])
        return
    call, mine = _mine(ctx, None)
    at = ctx.course.wall_time(call.opens_at)
    if mine.state == "accepted":
        ctx.reply("speaker.accepted", at=at, buttons=[(Text(id="button.speaker_cannot"), f"invitation no {call.id}")])
        return
    yes = (Text(id="button.speaker_yes"), f"invitation yes {call.id}")
    no = (Text(id="button.speaker_no"), f"invitation no {call.id}")
    if mine.state == "asked":
        ctx.reply("speaker.waits", at=at, until=ctx.course.wall_time(mine.until), buttons=[yes, no])
    else:
        ctx.reply("speaker.said_no", at=at, buttons=[yes])

"""`/here CODE`: who was there, by the code that is said in the session."""

import re
import unicodedata

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.overheard import is_overheard
from bot.engine.parameters import text
from bot.features.live_qa.declared import feature
from bot.features.live_qa.options import GRACE
from bot.features.live_qa.store import attendance, sessions
from bot.features.live_qa.store.sessions import Session

_MOST_WRONG = 5  # codes that one member may try in one session
_CODE = re.compile(r"[0-9]{4}")


@feature.command("here", words=("直播签到",), parameters=(text("code", required=True),))
def here(ctx: Context, cmd: CommandInvoked) -> None:
    code = _code_in(cmd.text)
    missing = _sessions_to_attend(ctx, ctx.member)
    if attendance.wrong_codes(ctx.db, missing[0].id, ctx.member.id) >= _MOST_WRONG:
        raise UserError("here.locked", most=_MOST_WRONG)
    session = next((session for session in missing if session.code == code), None)
    if session is None:
        _count_wrong(ctx, missing[0])
        return
    points = _attend(ctx, session, ctx.member)
    ctx.reply("here.done")
    if is_overheard(cmd):
        ctx.reply("here.overheard")
    if points:
        ctx.reply("points.plus", points=points)


def mark(ctx: Context, who: Member) -> None:
    """Staff say that a member is there, whose codes were wrong or who can't type. Raises UserError."""
    _attend(ctx, _sessions_to_attend(ctx, who)[0], who)
    ctx.audit("live_mark", member=f"#{who.id}")
    ctx.reply("live.marked", name=who.name)


def _code_in(text: str) -> str:
    code = unicodedata.normalize("NFKC", text[:20]).strip()  # a keyboard for Chinese may write １２３４
    if not _CODE.fullmatch(code):
        raise UserError("here.usage")
    return code


def _sessions_to_attend(ctx: Context, who: Member) -> list[Session]:
    """Those that are on, or ended just now, and that this member has not attended; the newest first."""
    found = sessions.open_sessions(ctx.db, ctx.course.id, ctx.now, grace=GRACE)
    if not found:
        raise UserError("here.not_now")
    missing = [session for session in found if not attendance.has_attended(ctx.db, session.id, who.id)]
    if not missing:
        raise UserError("here.already" if ctx.answers(who.id) else "live.marked_already", name=who.name)
    return missing


def _count_wrong(ctx: Context, session: Session) -> None:
    """An answer, not a UserError: that would undo the count."""
    attendance.count_wrong_code(ctx.db, session.id, ctx.member.id)
    left = _MOST_WRONG - attendance.wrong_codes(ctx.db, session.id, ctx.member.id)
    if left > 0:
        ctx.reply("here.wrong", count=left)
    else:
        ctx.reply("here.locked", most=_MOST_WRONG)


def _attend(ctx: Context, session: Session, who: Member) -> int:
    """Note it, and tell the rules; the points it earned."""
    attendance.attend(ctx.db, session.id, who.id, at=ctx.now)
    minutes = int((ctx.now - session.opened_at).total_seconds() // 60)
    return ctx.announce("live.attended", f"live session {session.id}", member=who, minutes=minutes).points

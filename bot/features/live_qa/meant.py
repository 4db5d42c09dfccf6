"""Which question of which session somebody means."""

import re
import unicodedata
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.engine.context import Context
from bot.features.live_qa.listing import Listed, find, ranked
from bot.features.live_qa.store import questions, sessions
from bot.features.live_qa.store.questions import first_of
from bot.features.live_qa.store.sessions import Session

_LONGEST = 60
_NUMBER = r"[#＃第]?\s*([0-9]{1,9})\s*[号號]?"
_MEANT = re.compile(rf"{_NUMBER}(?:\s+of\s+([0-9]{{1,15}}))?", re.IGNORECASE)


class Meant(NamedTuple):
    """A question by its number; of which session, where a button says it."""

    number: int
    session: int | None = None


def plain(text: str) -> str:
    """As it is read here: a keyboard for Chinese may write ３."""
    return unicodedata.normalize("NFKC", text[:_LONGEST]).strip()


def meant_by(text: str) -> Meant | None:
    found = _MEANT.fullmatch(plain(text))
    return Meant(int(found[1]), int(found[2]) if found[2] else None) if found else None


def collecting(ctx: Context) -> int | None:
    """The session that is on, else the one to come; None where nobody has asked anything for it yet."""
    for session in sessions.open_sessions(ctx.db, ctx.course.id, ctx.now):
        return int(session.id)
    waiting = sessions.waiting_session(ctx.db, ctx.course.id)
    return int(waiting.id) if waiting else None


def last_session(ctx: Context) -> Session:
    """The one that is on, else the last that was. Raises UserError where there was none."""
    last = sessions.last_opened(ctx.db, ctx.course.id, ctx.now)
    if last is None:
        raise UserError("live.none_yet")
    return last


def next_list(ctx: Context) -> Session | None:
    """The one that questions are collected for while none is on; None where there is no question for it."""
    is_on = sessions.open_sessions(ctx.db, ctx.course.id, ctx.now)
    return None if is_on else sessions.waiting_session(ctx.db, ctx.course.id)


class Placed(NamedTuple):
    """A question in the list of a session."""

    session: int
    listed: Listed


def on_the_list(ctx: Context, meant: Meant) -> Placed:
    """The question where it can still be asked now, wherever it was carried to. Raises UserError."""
    now = collecting(ctx)
    if meant.session is not None and meant.session != now:
        return _carried(ctx, Meant(meant.number, meant.session), now)
    return _placed(ctx, now, meant.number)


def _carried(ctx: Context, meant: Meant, now: int | None) -> Placed:
    """A button below an older post has told of it."""
    row = questions.one(ctx.db, meant.session, meant.number) if meant.session is not None else None
    copies = questions.same(ctx.db, first_of(row)) if row else ()
    number = next((one.number for one in copies if one.session == now), None)
    if number is None:
        raise UserError("live.no_longer_asked", number=meant.number)
    return _placed(ctx, now, number)


def _placed(ctx: Context, session: int | None, number: int) -> Placed:
    listed = find(ranked(ctx.db, session), number) if session is not None else None
    if session is None or listed is None:
        raise UserError("live.unknown", number=number)
    return Placed(session, listed)

"""What was said in a session is noted: `/live answer 3 TEXT`, `/live done 3`; until the next one opens.

Between two sessions a number may be one of the last list, or of the next: then staff say which they mean.
"""

import re

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_lines
from bot.features.live_qa import news
from bot.features.live_qa.carrying import call_back, carry
from bot.features.live_qa.filed import show
from bot.features.live_qa.listing import Listed, find, ranked
from bot.features.live_qa.meant import last_session, next_list, plain
from bot.features.live_qa.options import GRACE
from bot.features.live_qa.store import questions, sessions
from bot.features.live_qa.store.sessions import Session
from storage import changed_known

LONGEST = 2000
"""Characters of an answer."""

_TOO_LONG_TO_CLEAN = 10 * LONGEST
_EXCERPT = 60  # columns
_ANSWER = re.compile(r"[#＃第]?\s*([0-9０-９]{1,9})\s*[号號]?(?:[\s:：,，.、]+(.*))?", re.DOTALL)
_OF = re.compile(r"([0-9]{1,9}) of ([0-9]{1,15}) (.*)", re.DOTALL)
"""What a button says."""
_SEVERAL = re.compile(r"(?:\D{0,3}[0-9]{1,9}\D{0,3}){1,20}")
_ALL = ("all", "全部", "都讲了")


def answer(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """In words; what was noted before is replaced."""
    if cmd.via == "button" and (pressed := _OF.fullmatch(said)):
        session = sessions.by_id(ctx.db, ctx.course.id, int(pressed[2]))
        if session is None:
            raise UserError("live.unknown", number=int(pressed[1]))
        _answer(ctx, session, int(pressed[1]), pressed[3])
        return
    found = _ANSWER.fullmatch(said.strip())
    words = clean_lines((found[2] or "")[:_TOO_LONG_TO_CLEAN]) if found else ""
    if found is None or not visible_length(words):
        raise UserError("live.answer_what")
    if len(words) > LONGEST:
        raise UserError("live.answer_too_long", most=LONGEST, length=len(words))
    session, number = last_session(ctx), int(found[1])
    following = next_list(ctx)
    if following is None or not _ask_which(ctx, session, following, number, words):
        _answer(ctx, session, number, words)


def _ask_which(ctx: Context, last: Session, following: Session, number: int, words: str) -> bool:
    """Where both lists have the number, and not for the same question."""
    lasts = ranked(ctx.db, last.id)
    before, then = find(lasts, number), find(ranked(ctx.db, following.id), number)
    if before is None or then is None or before.is_same_as(then):
        return False
    # What has come from the last list is answered there: then the next session need not.
    origin = next((one for one in lasts if one.is_same_as(then)), None)
    meant = f"{origin.number} of {last.id}" if origin else f"{number} of {following.id}"
    buttons = [
        (Text(id="button.live_before"), f"live answer {number} of {last.id} {words}"),
        (Text(id="button.live_next"), f"live answer {meant} {words}"),
    ]
    texts = {"before": shorten(before.text, _EXCERPT), "next": shorten(then.text, _EXCERPT)}
    ctx.reply("live.answer_which", number=number, buttons=buttons, **texts)
    return True


def _answer(ctx: Context, session: Session, number: int, words: str) -> None:
    listed = _listed(ctx, session, number)
    if listed.answer == words:
        raise UserError("live.answer_same", number=listed.number)
    _note(ctx, session, listed, words)
    ctx.audit("live_answer", number=listed.number)
    if number != listed.number:
        ctx.reply("live.answer_is_merged", number=number, into=listed.number)
    ctx.reply("live.answered", number=listed.number, text=shorten(listed.text, _EXCERPT))
    if listed.answer:
        ctx.reply("live.answer_was", answer=listed.answer)
    told = {"text": shorten(listed.text, _EXCERPT), "answer": words}
    id = "live.corrected_yours" if listed.answer else "live.answered_yours"
    news.tell(ctx, sorted(listed.askers), Text(id=id, values=told))


def done(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """Answered aloud: several at once, or all that are open."""
    session = last_session(ctx)
    listed = ranked(ctx.db, session.id)
    open_ones = [one for one in listed if one.answer is None]
    chosen = open_ones if plain(said).casefold() in _ALL else _several(listed, said)
    marked = [one for one in chosen if one.answer is None]
    if not marked:
        raise UserError("live.done_already")
    for one in marked:
        _note(ctx, session, one, "")
        told = {"text": shorten(one.text, _EXCERPT)}
        news.tell(ctx, sorted(one.askers), Text(id="live.done_yours", values=told))
    numbers = [str(one.number) for one in marked]
    ctx.audit("live_done", numbers=numbers)
    ctx.reply("live.done", numbers=numbers)


def reopen(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """That was a mistake: nobody has answered it."""
    session = last_session(ctx)
    for one in _several(ranked(ctx.db, session.id), said):
        if one.answer is None:
            raise UserError("live.is_open", number=one.number)
        _note(ctx, session, one, None)
        ctx.audit("live_reopen", number=one.number)
        ctx.reply("live.reopened", number=one.number)


def _several(listed: list[Listed], said: str) -> list[Listed]:
    """Those whose numbers are said. Raises UserError."""
    text = plain(said)
    if not _SEVERAL.fullmatch(text):
        raise UserError("live.done_what")
    chosen: dict[int, Listed] = {}
    for number in map(int, re.findall(r"[0-9]+", text)):
        one = find(listed, number)
        if one is None:
            raise UserError("live.unknown", number=number)
        chosen[one.number] = one
    return list(chosen.values())


def _listed(ctx: Context, session: Session, number: int) -> Listed:
    found = find(ranked(ctx.db, session.id), number)
    if found is None:
        raise UserError("live.unknown", number=number)
    return found


def _note(ctx: Context, session: Session, listed: Listed, words: str | None) -> None:
    """None: nobody has answered it. What has gone on to the next list comes back, or goes on."""
    for number in listed.numbers:
        questions.change(ctx.db, session.id, number, answer=words if number == listed.number else None)
    changed_known.note(ctx.db, ctx.course.id, [f"live:{session.id}.{listed.number}"])
    if words is not None:
        call_back(ctx, listed, session)
    elif ctx.now >= session.closes_at + GRACE:
        carry(ctx, session)
    else:
        show(ctx, session.id, listed.number)

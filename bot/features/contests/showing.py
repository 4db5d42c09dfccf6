"""`/contest`: what is going on, and what one has done there; with a number, a work in full."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.overheard import answers_in_private
from bot.engine.parameters import text
from bot.features.contests import ballot, store
from bot.features.contests.declared import feature
from bot.features.contests.found import running, title_of, voting
from bot.features.contests.words import excerpt, vote_button

_NUMBER = re.compile(r"(?:no\.?|第)?\s*([0-9]{1,4})\s*号?", re.IGNORECASE)
_LINES = 30  # of the staff's list


@feature.command("contest", is_private=True, words=("作品pk", "pk赛"), parameters=(text("number", suggests="works"),))
def show(ctx: Context, cmd: CommandInvoked) -> None:
    asked = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cmd.text).strip())
    if asked:
        _show_work(ctx, int(asked[1]))
        return
    found = running(ctx)
    if not found:
        raise UserError("contest.none")
    is_for_staff = ctx.space is not None and ctx.space.kind == "staff"
    counts = ballot.counts(ctx.db, [one.id for one in found])
    for one in found:
        ctx.reply_words(_state(ctx, one, *counts[one.id]))
        for line in _for_staff(ctx, one) if is_for_staff else _for_member(ctx, one):
            ctx.reply_words(line)


def _state(ctx: Context, one: Any, works: int, votes: int) -> Words:
    is_voted_on = one.gallery_at is not None
    values = {
        "title": title_of(ctx, one),
        "until": ctx.course.wall_time(one.voted_until if is_voted_on else one.taken_until),
        "works": works,
        "votes": votes,
    }
    return Text(id="contest.voting" if is_voted_on else "contest.taking", values=values)


def _for_member(ctx: Context, one: Any) -> Iterator[Words]:
    """What one has entered and voted for; where others would read it, only whether one has."""
    mine, is_private = store.work_of(ctx.db, one.id, ctx.member.id), answers_in_private(ctx)
    if mine is not None:
        work = excerpt(mine)
        yield Text(id="contest.your_work", values={"work": work}) if is_private else Text(id="contest.you_entered")
    elif one.gallery_at is None and ctx.member.role == "student":
        yield Text(id="contest.enter_now")
    if one.gallery_at is not None and ctx.member.role == "student":
        yield _choice(ballot.choice_of(ctx.db, one.id, ctx.member.id), is_private=is_private)


def _choice(number: int | None, *, is_private: bool) -> Words:
    if number is None:
        return Text(id="contest.vote_now")
    return Text(id="contest.your_vote", values={"number": number}) if is_private else Text(id="contest.you_voted")


def _for_staff(ctx: Context, one: Any) -> Iterator[Words]:
    """Whose the works are, and how many votes each has; never who gave them."""
    entries = ballot.outcomes(ctx.db, one.id)
    for entry in entries[:_LINES]:
        values = {"number": entry.number, "name": entry.name, "count": entry.votes}
        yield Text(id="contest.staff_work" if entry.number else "contest.staff_entry", values=values)
    if more := len(entries) - len(entries[:_LINES]):
        yield Text(id="contest.staff_more", values={"count": more})


def _show_work(ctx: Context, number: int) -> None:
    """In full, while it is voted on. One's own has the button, too: in a group its absence would tell."""
    found = voting(ctx, None)
    work = store.work_no(ctx.db, found.id, number)
    if work is None:
        raise UserError("contest.no_such_work", number=number)
    files = Text(id="files.count", values={"count": len(work.files)})
    buttons = [vote_button(number, found)] if ctx.member.role == "student" else []
    ctx.reply("contest.work_in_full", number=number, work=work.text or files, buttons=buttons)
    if work.text and work.files:
        ctx.reply_words(files)


@feature.suggest("works")
def works(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    """Those that are voted on, without saying whose they are."""
    shown = (work for work in store.works(ctx.db, voting(ctx, None).id) if work.number)
    return [(str(work.number), _one(work)) for work in shown]


def _one(work: Any) -> Words:
    return Text(id="contest.suggested", values={"number": work.number, "work": excerpt(work)})

"""`/contest`: what is going on, and what one has done there; with a number, a work in full."""

from collections.abc import Iterator
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.names import clean_lines
from bot.engine.overheard import answers_in_private
from bot.engine.parameters import text
from bot.features.contests import appealed, ballot, decided, entries, files, store
from bot.features.contests.declared import feature
from bot.features.contests.found import KEPT_FOR, only_one, parted, running, title_of, voting
from bot.features.contests.voters import refusal
from bot.features.contests.words import excerpt, vote_button

_LINES = 30  # of the staff's list


@feature.command(
    "contest",
    is_private=True,
    words=("作品pk", "pk赛"),
    parameters=(text("number", suggests="works"), text("details")),
)
def show(ctx: Context, cmd: CommandInvoked) -> None:
    asked = parted(cmd.text)
    if asked and not asked[2]:
        _show_work(ctx, asked[0], asked[1])
        return
    is_for_staff = ctx.space is not None and ctx.space.kind == "staff"
    found, over = running(ctx), list(decided.lines(ctx))
    waiting = list(_appeals(ctx)) if is_for_staff else []
    if not (found or over or waiting):
        raise UserError("contest.none")
    counts = ballot.counts(ctx.db, [one.id for one in found], ctx.now)
    for one in found:
        ctx.reply_words(_state(ctx, one, *counts[one.id]))
        for line in _for_staff(ctx, one) if is_for_staff else _for_member(ctx, one):
            ctx.reply_words(line)
    for line in (*over, *waiting):
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
    mine, is_private = entries.work_of(ctx.db, one.id, ctx.member.id), answers_in_private(ctx)
    if mine is not None and mine.removed_at is not None:
        if is_private:
            yield Text(id="contest.your_work_is_out", values={"reason": mine.removed_for})
    elif mine is not None:
        work = excerpt(mine)
        yield Text(id="contest.your_work", values={"work": work}) if is_private else Text(id="contest.you_entered")
    elif one.gallery_at is None and ctx.member.role == "student":
        yield Text(id="contest.enter_now")
    if one.gallery_at is not None and ctx.member.role == "student":
        refused = refusal(ctx, one)
        chosen = ballot.choices_of(ctx.db, one.id, ctx.member.id)
        yield refused if refused is not None and not chosen else _choice(chosen, is_private=is_private)


def _choice(numbers: list[int], *, is_private: bool) -> Words:
    if not numbers:
        return Text(id="contest.vote_now")
    return Text(id="contest.your_vote", values={"number": numbers}) if is_private else Text(id="contest.you_voted")


def _for_staff(ctx: Context, one: Any) -> Iterator[Words]:
    """Whose the works are. How many votes each has nobody reads before they are counted: one more would tell whose."""
    found = ballot.outcomes(ctx.db, one.id, ctx.now)
    for entry in found[:_LINES]:
        values = {"name": entry.name, "number": entry.number}
        yield Text(id="contest.staff_shown" if entry.number else "contest.staff_entry", values=values)
    if more := len(found) - len(found[:_LINES]):
        yield Text(id="contest.staff_more", values={"count": more})


def _appeals(ctx: Context) -> Iterator[Words]:
    """What nobody has answered yet."""
    decided = [one.id for one in store.counted(ctx.db, ctx.course.id, ctx.now - KEPT_FOR)]
    for row in appealed.undecided(ctx.db, decided):
        yield Text(id="contest.appeal_waits", values={"number": row.id, "contest": row.contest, "why": row.text})


def _show_work(ctx: Context, number: int, contest: int | None) -> None:
    """In full, while it is voted on. One's own has the button, too: in a group its absence would tell."""
    found = only_one(ctx, voting(ctx, contest), lambda id: f"contest {number} #{id}")
    if found is None:
        return
    work = entries.work_no(ctx.db, found.id, number)
    if work is None or work.left_at is not None:
        raise UserError("contest.no_such_work", number=number)
    count = Text(id="files.count", values={"count": len(work.files)})
    text = clean_lines(work.text)
    buttons = [vote_button(number, found)] if ctx.member.role == "student" else []
    ctx.reply("contest.work_in_full", number=number, work=text or count, buttons=buttons)
    if text and work.files:
        ctx.reply_words(count)
    for line in files.missing(work):
        ctx.reply_words(line)
    for file in files.kept(work):
        ctx.reply_file(file)


@feature.suggest("works")
def works(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    """Those that are voted on, without saying whose they are."""
    meant = voting(ctx, None)
    shown = ((work, found) for found in meant for work in entries.works(ctx.db, found.id) if work.number)
    return [(f"{work.number} #{found.id}" if meant[1:] else str(work.number), _one(work)) for work, found in shown]


def _one(work: Any) -> Words:
    return Text(id="contest.suggested", values={"number": work.number, "work": excerpt(work)})

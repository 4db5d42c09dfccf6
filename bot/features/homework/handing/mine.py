"""`/homework`: what is open, what is to be revised, what waits, what came of the rest; one of them in full."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.voice import Label
from bot.features.homework.assignments import Assignment, assignment_of, assignments_of, homework_called, is_for
from bot.features.homework.declared import feature
from bot.features.homework.handing.meant import nothing_open
from bot.features.homework.handing.showing import show
from bot.features.homework.handing.submitting import PLACES
from bot.features.homework.handing.verbs import VERBS
from bot.features.homework.posts.describing import details, hand_in_button, rough, tier_of
from bot.features.homework.store import grades, hand_ins

_NUMBER = re.compile(r"(?:#|＃|第)?\s*([0-9]{1,15})\s*份?(?:\s+(\S+)\s*(.*))?", re.DOTALL)
_SHOWN = 20  # homework in one answer
_BUTTONS = 3


@feature.command(
    "homework",
    is_private=True,
    roles=("student",),
    places=PLACES,
    words=("我的作业", "my homework"),
    by_link=True,
    parameters=(text("homework", suggests="open_homework"),),
)
def homework(ctx: Context, cmd: CommandInvoked) -> None:
    said = cmd.text.strip()
    if not said:
        _list(ctx)
    elif found := _NUMBER.fullmatch(said):
        may_change = cmd.via != "link"
        _one(ctx, int(found[1]), found[2] if may_change else None, (found[3] or "").strip())
    else:
        _in_full(ctx, homework_called(ctx, said))


def _one(ctx: Context, number: int, verb: str | None, said: str) -> None:
    """Somebody else's is as if it did not exist."""
    row = hand_ins.mine(ctx.db, ctx.course.id, number, ctx.member.id, lock=verb is not None)
    if row is None or not row.versions:
        raise UserError("homework.no_such_number", number=number)
    if verb is None:
        show(ctx, row)
    elif handler := VERBS.get(verb.casefold()):
        handler(ctx, row, said)
    else:
        raise UserError("homework.no_such_verb", number=number)


# --- all of them ------------------------------------------------------------------------------------------------------


def _list(ctx: Context) -> None:
    found = sorted(assignments_of(ctx, ctx.member), key=lambda one: _rank(ctx, one))
    gone = _gone(ctx)
    if not found and not gone:
        raise nothing_open(ctx)
    scores = _scores(ctx)
    ctx.reply("homework.mine")
    for one in found[:_SHOWN]:
        ctx.reply_words(_line(ctx, one, scores))
    if more := len(found) - len(found[:_SHOWN]):
        ctx.reply("homework.mine_more", count=more)
    for line in gone:
        ctx.reply_words(line)
    ctx.reply_buttons(_buttons(ctx, found))


def _gone(ctx: Context) -> list[Words]:
    """What was handed in for homework that the course has no more."""
    mine = hand_ins.all_of_member(ctx.db, ctx.course.id, ctx.member.id)
    rows = [row for row in mine.values() if row.homework not in ctx.course.book.homework]
    return [Text(id="homework.mine_gone", values={"homework": row.homework, "number": row.id}) for row in rows[:_SHOWN]]


def _rank(ctx: Context, one: Assignment) -> int:
    """What has to be done comes first; within that, by the deadline."""
    if one.state == "returned":
        return 0
    if is_to_do(ctx, one):
        return 1
    return {"waiting": 2, "graded": 3}.get(one.state, 4)


def is_to_do(ctx: Context, one: Assignment) -> bool:
    return one.state in ("none", "withdrawn") and one.is_open(ctx.now)


def _scores(ctx: Context) -> Mapping[str, int]:
    """By homework, in percent."""
    found = grades.of_member(ctx.db, ctx.course.id, ctx.member.id)
    return {row.homework: row.score for row in reversed(found) if row.kind == "graded"}


def _line(ctx: Context, one: Assignment, scores: Mapping[str, int]) -> Text:
    title, row = one.homework.title, one.hand_in
    if row is not None and row.state == "graded":
        return Text(
            id="homework.mine_graded",
            values={"homework": title, "number": row.id, "score": scores.get(one.homework.id, 0)},
        )
    if row is not None and row.state == "returned":
        until = ctx.course.wall_time(row.revise_until or one.deadline.limit)
        return Text(id="homework.mine_returned", values={"homework": title, "number": row.id, "until": until})
    if row is not None and row.state == "waiting":
        values = {"homework": title, "number": row.id, "version": row.counts, "until": ctx.course.wall_time(row.due_at)}
        return Text(id="homework.mine_waiting", values=values)
    return _open_line(ctx, one)


def _open_line(ctx: Context, one: Assignment) -> Text:
    deadline, left = one.deadline, one.deadline.due_at - ctx.now
    values = {"homework": one.homework.title, "due": ctx.course.wall_time(deadline.due_at)}
    if deadline.is_closed(ctx.now):
        return Text(id="homework.mine_missed", values=values)
    if left >= timedelta(0):
        id = "homework.mine_extended" if one.is_extended else "homework.mine_open"
        return Text(id=id, values={**values, "left": rough(left)})
    if not deadline.is_late(ctx.now):
        return Text(id="homework.mine_grace", values={**values, "limit": ctx.course.wall_time(deadline.limit)})
    if deadline.closes_at is None:
        return Text(id="homework.mine_late", values=values)
    return Text(id="homework.mine_late_until", values={**values, "until": ctx.course.wall_time(deadline.closes_at)})


def _buttons(ctx: Context, found: Sequence[Assignment]) -> list[Label]:
    """For what is most urgent."""
    urgent = [one for one in found if is_to_do(ctx, one) or one.state == "returned"][:_BUTTONS]
    return [_button(one) for one in urgent]


def _button(one: Assignment) -> Label:
    """It names the homework: there may be several."""
    if one.hand_in is not None and one.state == "returned":
        return Text(id="button.hand_in_show", values={"number": one.hand_in.id}), f"homework {one.hand_in.id}"
    return Template(text=one.homework.title), f"homework {one.homework.id}"


# --- one of them ------------------------------------------------------------------------------------------------------


def _in_full(ctx: Context, found: Homework) -> None:
    if not is_for(ctx, ctx.member, found):
        raise UserError("homework.not_for_you", homework=found.title)
    one = assignment_of(ctx, found, ctx.member.id)
    if one.opens_at > ctx.now:
        raise UserError("homework.not_open", homework=found.title, at=ctx.course.wall_time(one.opens_at))
    ctx.reply("homework.in_full", homework=found.title, tier=tier_of(found))
    for line in (*details(ctx.course, found, one.deadline), *_state(ctx, one)):
        ctx.reply_words(line)
    ctx.reply_buttons(_ways_on(ctx, one))


def _state(ctx: Context, one: Assignment) -> Iterator[Words]:
    if one.is_extended:
        yield Text(id="homework.is_extended", values={"due": ctx.course.wall_time(one.deadline.due_at)})
    yield Text(id="homework.state", values={"state": _line(ctx, one, _scores(ctx))})


def _ways_on(ctx: Context, one: Assignment) -> Iterator[Label]:
    if one.is_open(ctx.now) and one.state != "graded":
        yield hand_in_button(one.homework)
    if one.hand_in is not None and one.hand_in.versions:
        yield Text(id="button.hand_in_show", values={"number": one.hand_in.id}), f"homework {one.hand_in.id}"

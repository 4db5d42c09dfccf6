"""Polls: opened by a post, answered by buttons, shown as counts that are edited, closed after a while."""

import re
from collections.abc import Iterator

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.voice import Label
from bot.features.posts import store
from bot.features.posts.options import PollOptions
from bot.features.posts.store import Poll

VOTED = "poll.voted"
_WIDTH = 6  # blocks of a bar
_NUMBERS = re.compile(r"\D*([0-9]{1,9})\D+([0-9]{1,3})\D*")


def open_poll(ctx: Context, due: OccurrenceDue, asked: PollOptions, *, pin_as: str | None) -> None:
    poll = store.open_poll(ctx.db, due, asked)
    _show(ctx, poll, pin_as=pin_as)


def close_poll(ctx: Context, due: OccurrenceDue) -> None:
    poll = store.close_poll(ctx.db, due)
    if poll is not None:
        _show(ctx, poll)


def vote(ctx: Context, cmd: CommandInvoked) -> None:
    """`12 2`: the second option of poll 12."""
    poll, option = _asked(ctx, cmd.text)
    if poll.closed_at is not None or ctx.now >= poll.closes_at:
        raise UserError("poll.is_closed")
    before = store.choices_of(ctx.db, poll.id, ctx.member.id)
    choices = _chosen(poll, before, option)
    store.choose(ctx.db, poll.id, ctx.member.id, choices, at=ctx.now)
    ctx.reply("poll.chosen", choices=[poll.options[number - 1] for number in sorted(choices)])
    if not before:
        points = ctx.announce(VOTED, f"poll {poll.id}", ritual=poll.ritual).points
        if points:
            ctx.reply("points.plus", points=points)
    _show(ctx, poll)


def _asked(ctx: Context, text: str) -> tuple[Poll, int]:
    numbers = _NUMBERS.fullmatch(text)
    if numbers is None:
        raise UserError("poll.how")
    poll, option = store.find(ctx.db, ctx.course.id, int(numbers[1])), int(numbers[2])
    if poll is None or not 1 <= option <= len(poll.options):
        raise UserError("poll.none")
    return poll, option


def _chosen(poll: Poll, before: set[int], option: int) -> set[int]:
    """Another one instead; or, where several may be chosen, one more or one fewer. A vote never becomes none."""
    if before == {option}:
        raise UserError("poll.only_choice" if poll.takes_several else "poll.same", choice=poll.options[option - 1])
    return before ^ {option} if poll.takes_several else {option}


def _show(ctx: Context, poll: Poll, *, pin_as: str | None = None) -> None:
    """Nobody sees who voted for what."""
    space = next(iter(ctx.live.spaces_of(ctx.course.id, id=poll.space)), None)
    if space is None:
        return
    is_closed = poll.closed_at is not None
    ctx.keep_posted(
        space,
        *_lines(ctx.course, poll, store.result(ctx.db, poll)),
        key=f"poll:{poll.id}",
        buttons=[] if is_closed else list(_buttons(poll)),
        pin_as=pin_as,
        is_worth_a_post=is_closed,
    )


def _lines(course: Course, poll: Poll, result: store.Result) -> Iterator[Words]:
    id = "poll.question_several" if poll.takes_several else "poll.question"
    yield Text(id=id, values={"question": poll.question})
    most = max(*result.votes, 1)
    for option, votes in zip(poll.options, result.votes, strict=True):
        filled = -(-votes * _WIDTH // most)  # none for nobody only
        bar = "▰" * filled + "▱" * (_WIDTH - filled)
        yield Text(id="poll.line", values={"option": option, "bar": bar, "votes": votes})
    if poll.closed_at is not None:
        yield Text(id="poll.ended", values={"count": result.voters})
    else:
        until = poll.closes_at.astimezone(course.tzinfo)
        yield Text(id="poll.open", values={"count": result.voters, "until": until})


def _buttons(poll: Poll) -> Iterator[Label]:
    for number, option in enumerate(poll.options, 1):
        yield Template(text=option), f"poll {poll.id} {number}"

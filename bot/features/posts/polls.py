"""Polls: opened by a post, answered by buttons, shown as counts that are edited, closed after a while.

One that is by name is the platform's own, where it has such polls: it counts and shows the votes, and tells of them.
"""

import re
from collections.abc import Iterator

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue, PollVoted
from bot.domain.messages import Poll as OwnPoll
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.voice import Label, Utterance
from bot.features.posts import store
from bot.features.posts.options import PollOptions
from bot.features.posts.store import Poll

VOTED = "poll.voted"
_WIDTH = 6  # blocks of a bar
_NUMBERS = re.compile(r"\D*([0-9]{1,9})\D+([0-9]{1,3})\D*")
_POST = re.compile(r"poll:([0-9]{1,18})@.*", re.DOTALL)  # the key of a poll's message


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
    if _is_over(ctx, poll):
        raise UserError("poll.is_closed")
    if poll.is_by_name and ctx.engine.voice.shows_polls(cmd.address.platform):
        raise UserError("poll.vote_there")  # a vote that it does not know would be missing in its counts
    before = store.choices_of(ctx.db, poll.id, ctx.member.id)
    choices = _chosen(poll, before, option)
    store.choose(ctx.db, poll.id, ctx.member.id, choices, at=ctx.now)
    ctx.reply("poll.chosen", choices=[poll.options[number - 1] for number in sorted(choices)])
    if not before:
        points = ctx.announce(VOTED, f"poll {poll.id}", ritual=poll.ritual).points
        if points:
            ctx.reply("points.plus", points=points)
    _show(ctx, poll)


def take_vote(ctx: Context, event: PollVoted) -> None:
    """What somebody has chosen in a platform's own poll by now. Nobody waits for an answer."""
    poll = _named(ctx, event.poll) if ctx.has_member else None
    if poll is None or _is_over(ctx, poll):
        return
    before = store.choices_of(ctx.db, poll.id, ctx.member.id)
    choices = {number for number in range(1, len(poll.options) + 1) if number - 1 in event.options}
    if choices == before:
        return
    store.choose(ctx.db, poll.id, ctx.member.id, choices, at=ctx.now)
    after = store.choices_of(ctx.db, poll.id, ctx.member.id)  # a linked account may have voted elsewhere
    if after and not before:
        ctx.announce(VOTED, f"poll {poll.id}", ritual=poll.ritual)
    elif before and not after:
        ctx.retract(VOTED, f"poll {poll.id}")
    _show(ctx, poll)  # where it is shown with buttons, too


def _is_over(ctx: Context, poll: Poll) -> bool:
    return poll.closed_at is not None or ctx.now >= poll.closes_at


def _named(ctx: Context, post: str) -> Poll | None:
    number = _POST.fullmatch(post)
    poll = store.find(ctx.db, ctx.course.id, int(number[1])) if number else None
    return poll if poll and poll.is_by_name else None


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
    """Nobody sees who voted for what, but in a platform's own poll."""
    space = next(iter(ctx.live.spaces_of(ctx.course.id, id=poll.space)), None)
    if space is None:
        return
    is_closed = poll.closed_at is not None
    what = Utterance(
        lines=list(_lines(ctx.course, poll, store.result(ctx.db, poll))),
        buttons=[] if is_closed else list(_buttons(poll)),
        poll=_own(ctx.course, poll) if poll.is_by_name else None,
    )
    ctx.keep(space, what, key=f"poll:{poll.id}", pin_as=pin_as, is_worth_a_post=is_closed)


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


def _own(course: Course, poll: Poll) -> OwnPoll:
    return OwnPoll(
        question=poll.question.in_(course.language),
        options=tuple(option.in_(course.language) for option in poll.options),
        is_multiple=poll.takes_several,
        is_closed=poll.closed_at is not None,
    )


def _buttons(poll: Poll) -> Iterator[Label]:
    for number, option in enumerate(poll.options, 1):
        yield Template(text=option), f"poll {poll.id} {number}"

"""What nobody has answered goes on to the next session's list, with its votes, under a number of that list."""

from collections.abc import Mapping, Sequence

from bot.engine.context import Context
from bot.features.live_qa.coming import find_next
from bot.features.live_qa.filed import show
from bot.features.live_qa.listing import Listed, ranked
from bot.features.live_qa.settled import still_asked
from bot.features.live_qa.store import questions, sessions, votes
from bot.features.live_qa.store.questions import Question, first_of
from bot.features.live_qa.store.sessions import Session

Carried = Mapping[int, int]
"""The number in the later session by the number in the earlier one."""


def carry(ctx: Context, session: Session) -> Carried:
    """All that are open; those that have gone on already stay as they are. Nothing where no session is to come."""
    open_ones = [one for one in still_asked(ctx, ranked(ctx.db, session.id)) if one.answer is None]
    if not open_ones or find_next(ctx) is None:
        return {}
    carried: dict[int, int] = {}
    for one in open_ones:
        carried |= _carry(ctx, one)
    return carried


def _carry(ctx: Context, listed: Listed) -> Carried:
    """With those that ask the same."""
    here = [row for row in listed.rows if row.here]
    known = {row.number: later for row in here if (later := _later(ctx, row)) is not None}
    if known:
        return {number: later.number for number, later in known.items()}
    waiting = int(sessions.collecting_session(ctx.db, ctx.course.id).id)
    numbers = {row.number: questions.copy(ctx.db, row, waiting) for row in here}
    into = numbers[listed.number]
    for number, copy in numbers.items():
        if copy != into:
            questions.change(ctx.db, waiting, copy, merged_into=into)
        votes.copy(ctx.db, here[0].session, number, to=(waiting, copy))
    for row in listed.rows:
        if not row.here:
            votes.copy(ctx.db, row.session, row.number, to=(waiting, into))
    show(ctx, waiting, into)
    return numbers


def _later(ctx: Context, row: Question) -> Question | None:
    """The same question in a later session."""
    return next((one for one in questions.same(ctx.db, first_of(row)) if one.session > row.session), None)


def call_back(ctx: Context, listed: Listed, session: Session) -> None:
    """It was answered after all: the next session need not."""
    for row in listed.rows:
        for copy in _copies_after(ctx, row):
            questions.drop(ctx.db, copy.session, copy.number)
    show(ctx, session.id, listed.number)


def _copies_after(ctx: Context, row: Question) -> Sequence[Question]:
    return [one for one in questions.same(ctx.db, first_of(row)) if one.session > row.session]

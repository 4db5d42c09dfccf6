"""A question is taken back: by who asked it, by staff, or because the message goes that it was made from."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.events import MessageDeleted
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.messages import message_object
from bot.engine.roster import member_of
from bot.engine.transaction import Belonging
from bot.features.live_qa import news
from bot.features.live_qa.declared import feature, object_of
from bot.features.live_qa.filed import show, show_dropped, show_listed
from bot.features.live_qa.listing import ranked
from bot.features.live_qa.meant import Meant, collecting
from bot.features.live_qa.store import questions, sessions, votes
from bot.features.live_qa.store.questions import Question, first_of
from storage.personal import Person

_EXCERPT = 80  # columns


def drop(ctx: Context, meant: Meant) -> None:
    """One's own; staff drop any. Raises UserError."""
    session = meant.session or collecting(ctx)
    row = questions.one(ctx.db, session, meant.number) if session is not None else None
    is_own = row is not None and row.person == ctx.member.id
    if row is None or not (is_own or _may_drop(ctx, row)):
        id = "live.not_yours" if ctx.member.role == "student" else "live.unknown"
        raise UserError(id, number=meant.number)
    _drop(ctx, row)
    ctx.reply("live.dropped", number=meant.number)
    if not is_own:
        ctx.audit("live_drop", member=f"#{row.person}", number=meant.number)
        told = {"number": meant.number, "text": shorten(row.text, _EXCERPT)}
        news.tell(ctx, [row.person], Text(id="live.dropped_by_staff", values=told))


def _may_drop(ctx: Context, row: Question) -> bool:
    return ctx.member.role != "student" and sessions.by_id(ctx.db, ctx.course.id, row.session) is not None


def _drop(ctx: Context, row: Question) -> None:
    """Wherever it was carried to. What it has earned goes with it."""
    first = first_of(row)
    for one in questions.same(ctx.db, first):
        _pass_on(ctx, one)
        questions.drop(ctx.db, one.session, one.number)
    ctx.retract("live.asked", object_of(first), member=member_of(ctx.db, row.member))
    show_dropped(ctx, first, row.number)


def _pass_on(ctx: Context, row: Question) -> None:
    """Who asked the same still asks it, and who voted for it has voted for theirs."""
    heirs = [one for one in questions.of_session(ctx.db, row.session) if one.merged_into == row.number]
    if not heirs:
        return
    into = row.merged_into or heirs[0].number
    votes.copy(ctx.db, row.session, row.number, to=(row.session, into))
    for one in heirs:
        questions.change(ctx.db, row.session, one.number, merged_into=None if one.number == into else into)
        if row.answer is not None and one.number == into:
            questions.change(ctx.db, row.session, into, answer=row.answer)
    show(ctx, row.session, into)


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """Who deletes what they asked takes the question back."""
    object = message_object(event.address, event.message)
    made = questions.made_from(ctx.db, ctx.course.id, object) if ctx.space else ()
    for row in {first_of(row): row for row in made}.values():
        _drop(ctx, row)


@feature.before_forgetting
def take_back(ctx: Context, whose: Person, key: str) -> None:
    """What we have posted of their questions is read no more, and nobody counts their votes."""
    for one in ctx.live.courses.values():
        _take_back_votes(Context(ctx.tx, ctx.event, Belonging(course=one), writes=ctx.writes), whose.members)
    rows = {first_of(row): row for row in questions.asked_by(ctx.db, whose.members)}
    for first, row in rows.items():
        if course := ctx.live.courses.get(row.course):
            there = Context(ctx.tx, ctx.event, Belonging(course=course), writes=ctx.writes)
            show_dropped(there, first, row.number)


def _take_back_votes(ctx: Context, members: Sequence[int]) -> None:
    """Those for what is asked now, so that the posts of others' questions say how many are left."""
    session = collecting(ctx)
    if session is None:
        return
    touched = {*votes.voted_by(ctx.db, session, members)}
    votes.drop_of(ctx.db, session, members)
    for one in ranked(ctx.db, session):
        if not touched.isdisjoint(one.numbers):
            others = [row for row in one.rows if row.member not in members]
            show_listed(ctx, session, one._replace(rows=others))

"""Who is forgotten: what was posted of their words and names is said without them, and somebody else is asked."""

from collections.abc import Collection

from msgspec import structs

from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.transaction import Belonging
from bot.features.sharing import posts, sessions, speakers, store
from bot.features.sharing.declared import feature
from bot.features.sharing.inviting import attend
from storage.personal import Person


@feature.before_forgetting
def take_back(ctx: Context, whose: Person, key: str) -> None:
    shown = store.sessions_of(ctx.db, whose.members) | speakers.sessions_of(ctx.db, whose.members)
    calls = {id: speakers.calls_of(ctx.db, id, whose.members, is_open=False) for id in ctx.live.courses}
    speakers.lock(ctx.db, [number for theirs in calls.values() for number in theirs])
    speakers.forget(ctx.db, whose.members)
    for number in sorted(shown):
        _show_again(ctx, number, whose.members)
    # What is told to others is no answer to a press.
    silent = structs.replace(ctx.event, interaction=None) if hasattr(ctx.event, "interaction") else ctx.event
    for course, theirs in calls.items():
        there = Context(ctx.tx, silent, Belonging(course=ctx.live.courses[course]), writes=ctx.writes)
        for number in theirs:
            attend(there, number, ctx.now, but=whose.members)
        there.finish()


def _show_again(ctx: Context, number: int, but: Collection[int]) -> None:
    """Their words still stand in the rows: by them, they are found wherever else they were said."""
    session = sessions.by_id(ctx.db, number)
    course = ctx.live.courses.get(session.course)
    space: Space | None = ctx.live.first_spaces.get((session.course, session.space))
    if course is None or space is None:
        return
    there = Context(ctx.tx, ctx.event, Belonging(course=course, space=space), writes=ctx.writes)
    posts.show_opening(there, space, session, is_correction=True)
    if session.closed_at is not None:
        posts.show_summary(there, space, session, is_correction=True, but=but)

"""What is undone when somebody is forgotten, and the addresses that are not needed any more."""

from itertools import groupby

from msgspec import structs

from bot.domain.events import AlarmsDue
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.roster import name_of
from bot.engine.transaction import Belonging
from bot.features.rewards import flow, staff_news, store
from bot.features.rewards.declared import ADDRESS_ALARM, feature
from storage.personal import Person


@feature.before_forgetting
def let_go(ctx: Context, whose: Person, key: str) -> None:
    """What waits for staff is cancelled, so that somebody else can have it; also what could only be sent or done now.

    Their address goes with all else that is theirs, and so does what is owed to them.
    """
    store.lock_people(ctx.db, whose.members)  # of all courses, before any reward is locked
    for name, those in groupby(store.open_of(ctx.db, whose.members), lambda row: str(row.course)):
        course = ctx.live.courses.get(CourseId(name))
        if course is None:
            continue
        silent = structs.replace(ctx.event, interaction=None) if hasattr(ctx.event, "interaction") else ctx.event
        there = Context(ctx.tx, silent, Belonging(course=course), writes=ctx.writes)
        for row in flow.locked(there, *(row.id for row in those)):
            flow.let_go(there, row)
        there.finish()


@feature.alarm(ADDRESS_ALARM)
def addresses_go(ctx: Context, due: AlarmsDue) -> None:
    """What was delivered long ago needs none. Of what was not, staff are told that it went."""
    for row in flow.locked(ctx, *(int(alarm.object) for alarm in due.alarms)):
        had = store.address_of(ctx.db, row.id)
        store.drop_address(ctx.db, [row.id])
        if had is not None and row.state in ("requested", "given"):
            staff_news.show(ctx, row)
            values = {"number": row.id, "name": name_of(ctx.db, row.member), "title": staff_news.shown(row)}
            values["days"] = flow.UNSENT_KEPT.days
            ctx.tell_staff(Text(id="redemption.address_gone", values=values), key=f"address_gone:{row.id}")

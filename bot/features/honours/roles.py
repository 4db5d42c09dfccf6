"""Making a student an assistant because a rule says so, and the way back."""

from sqlalchemy import insert, select

from bot.domain.ids import CourseId, MemberId, Role
from bot.engine.context import Context
from bot.engine.live import Live
from bot.engine.roster import sync_roles
from storage.tables import account, staff_grant


def promote(ctx: Context, who: MemberId) -> bool:
    """Grant the role to every account of a student; False where they are staff already."""
    live = ctx.engine.library.refresh(ctx.db)
    students = [one for one in _accounts(ctx, who) if live.role_of(ctx.course.id, one) == "student"]
    _grant(ctx, students, "assistant")
    return bool(students)


def demote(ctx: Context, who: MemberId) -> bool:
    """Take the grants back; False where that changes nothing, for course.yaml names staff, too."""
    live = ctx.engine.library.refresh(ctx.db)
    granted = [one for one in _accounts(ctx, who) if _is_granted(live, ctx.course.id, one)]
    live = _grant(ctx, granted, "student")
    return any(live.role_of(ctx.course.id, one) == "student" for one in granted)


def _is_granted(live: Live, course: CourseId, account: str) -> bool:
    return live.grants.get(account, {}).get(course) == "assistant"


def _accounts(ctx: Context, who: MemberId) -> list[str]:
    mine = select(account.c.platform, account.c.user).where(account.c.member == who)
    return [f"{row.platform}:{row.user}" for row in ctx.db.execute(mine)]


def _grant(ctx: Context, accounts: list[str], role: Role) -> Live:
    """Takes effect at once: whatever is decided next reads the new rows."""
    if accounts:
        rows = [{"account": one, "course": ctx.course.id, "role": role, "at": ctx.now} for one in accounts]
        ctx.db.execute(insert(staff_grant), rows)
    live = ctx.engine.library.refresh(ctx.db)
    if accounts:
        sync_roles(ctx.db, live, [ctx.course.id])
    return live

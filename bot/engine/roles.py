"""Making a student an assistant, and the way back."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.domain.ids import MemberId, Role
from bot.engine.context import Context
from bot.engine.live import Live
from bot.engine.roster import sync_roles
from storage.persons import lock_person, same_person
from storage.tables import account, staff_grant


def promote(ctx: Context, who: MemberId) -> bool:
    """Grant the role to every account of a student; False where they are staff already."""
    lock_person(ctx.db, who)  # two grants would stand for each other: neither could be taken back
    live = ctx.engine.library.refresh(ctx.db)
    students = [one for one in _accounts(ctx, who) if live.role_of(ctx.course.id, one) == "student"]
    _grant(ctx, students, "assistant")
    return bool(students)


def demote(ctx: Context, who: MemberId, granted_at: datetime) -> bool:
    """Take back what was granted then; False where they stay staff, as course.yaml or another grant says."""
    lock_person(ctx.db, who)
    accounts = _accounts(ctx, who)
    live = _grant(ctx, [one for one in accounts if _is_granted(ctx, one, granted_at)], "student")
    return all(live.role_of(ctx.course.id, one) == "student" for one in accounts)


def holds_grant(ctx: Context, who: MemberId, granted_at: datetime) -> bool:
    """Whether it is what was granted then that makes an account of theirs staff."""
    return any(_is_granted(ctx, one, granted_at) for one in _accounts(ctx, who))


def audit_by_itself(ctx: Context, action: str, **details: Any) -> None:
    """Who caused the event has not done this: it follows from a rule."""
    row = {"at": ctx.now, "course": ctx.course.id, "member": None, "account": None}
    ctx.writes.audits.append({**row, "action": action, "details": details})


def _is_granted(ctx: Context, account: str, at: datetime) -> bool:
    """Whether that grant is the newest one, and the member was none before: what else was granted stays."""
    mine = (staff_grant.c.account == account) & (staff_grant.c.course == ctx.course.id)
    query = select(staff_grant.c.role, staff_grant.c.at).where(mine).order_by(staff_grant.c.id.desc()).limit(2)
    match [(row.role, row.at) for row in ctx.db.execute(query)]:
        case [("assistant", granted_at), *before]:
            return bool(granted_at == at) and all(role == "student" for role, _ in before)
        case _:
            return False


def _accounts(ctx: Context, who: MemberId) -> list[str]:
    mine = select(account.c.platform, account.c.user).where(same_person(account.c.member, who))
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

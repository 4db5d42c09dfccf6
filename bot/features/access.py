"""Who runs the course and where it lives: `/claim` and `/bind`."""

import hashlib
import re

from sqlalchemy import delete, insert, update

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId
from bot.domain.places import SPACE_KINDS
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.feature import Feature
from bot.engine.roster import sync_roles
from storage.tables import binding, claim_code, staff_grant

feature = Feature("access")


def digest_of(code: str) -> str:
    """How a claim code is kept: never as itself. Case, spaces and dashes do not matter."""
    return hashlib.sha256(re.sub(r"[^A-Z0-9]", "", code.upper()).encode()).hexdigest()


@feature.command("claim", anywhere=True, is_listed=False)
def claim(ctx: Context, cmd: CommandInvoked) -> None:
    if not cmd.text.strip():
        raise UserError("claim.usage")
    unused = (claim_code.c.digest == digest_of(cmd.text)) & claim_code.c.used_at.is_(None)
    used = update(claim_code).where(unused).values(used_at=ctx.now, used_by=ctx.actor.account)
    if ctx.db.execute(used).rowcount == 0:
        raise UserError("claim.wrong")
    ctx.db.execute(delete(claim_code).where(claim_code.c.used_at.is_(None)))  # one admin is there: they can name others
    ctx.db.execute(insert(staff_grant).values(account=ctx.actor.account, course=None, role="admin", at=ctx.now))
    live = ctx.engine.library.refresh(ctx.db)
    sync_roles(ctx.db, live, list(live.courses))
    ctx.audit("claim")
    ctx.reply("claim.done")
    ctx.reply("claim.next" if ctx.space is None else "claim.help", courses=list(live.courses))


@feature.command("bind", roles=("admin",), anywhere=True)
def bind(ctx: Context, cmd: CommandInvoked) -> None:
    words = cmd.text.split()
    if len(words) not in (1, 2):
        raise UserError("bind.usage", courses=list(ctx.live.courses))
    course, kind = CourseId(words[0]), words[1] if len(words) == 2 else "main"
    _check_binding(ctx, course, kind)
    address = ctx.actor_address
    space = next((s.id for s in ctx.live.courses[course].spaces if s.kind == kind), kind)
    row = {"platform": address.platform, "chat": address.chat, "course": course, "space": space, "kind": kind}
    ctx.db.execute(insert(binding).values(**row, at=ctx.now))
    ctx.engine.library.refresh(ctx.db)
    ctx.audit("bind", **row)
    ctx.reply("bind.done", course=ctx.live.courses[course].title, kind=kind)


def _check_binding(ctx: Context, course: CourseId, kind: str) -> None:
    if course not in ctx.live.courses:
        known = list(ctx.live.courses)
        near = suggestion(course, known)
        if near:
            raise UserError("bind.unknown_course_near", course=course[:32], near=near)
        raise UserError("bind.unknown_course", course=course[:32], courses=known)
    if kind not in SPACE_KINDS:
        raise UserError("bind.unknown_kind", kind=kind[:16], kinds=list(SPACE_KINDS))
    if ctx.live.role_of(course, ctx.actor.account) != "admin":
        raise UserError("bind.not_admin")
    if ctx.actor_address.private:
        raise UserError("bind.private")
    _check_not_taken(ctx, course)


def _check_not_taken(ctx: Context, course: CourseId) -> None:
    taken = ctx.space
    if taken is None:
        return
    named = [address for s in ctx.live.courses[taken.course].spaces for address in s.addresses]
    if taken.address in named:
        raise UserError("bind.named_in_yaml", course=taken.course, space=taken.id)
    if taken.course != course and ctx.live.role_of(taken.course, ctx.actor.account) != "admin":
        raise UserError("bind.not_admin")

"""`/claim`: the first admin."""

from sqlalchemy import delete, insert, update

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.codes import digest_of
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.roster import sync_roles
from bot.features.access.declared import feature
from storage.tables import claim_code, staff_grant


@feature.command("claim", anywhere=True, is_listed=False, parameters=(text("code", required=True),))
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

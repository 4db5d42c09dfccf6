"""`/why` about oneself; for staff in their room, about anyone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roster import find_member
from bot.features.why.explained import explain, is_telling
from storage.tables import fact

feature = Feature("why")

_FACTS = 8
_LOOKED_AT = 100


@feature.command("why", words=("为什么",))
def why(ctx: Context, cmd: CommandInvoked) -> None:
    about = _about(ctx, cmd.text.strip())
    facts = _last_facts(ctx.db, about.id, limit=_LOOKED_AT)
    is_mine = about.id == ctx.member.id
    if not facts:
        raise UserError("why.nothing" if is_mine else "why.nothing_of", name=about.name)
    title = Text(id="why.title") if is_mine else Text(id="why.title_of", values={"name": about.name})
    ctx.reply_words(title)
    telling = [row for row in facts if is_telling(row)]
    for row in telling[:_FACTS]:
        for line in explain(ctx.course, row, ctx.engine.voice.texts.has):
            ctx.reply_words(line)
    if plain := len(facts) - len(telling):
        ctx.reply("why.plain", count=plain)
    if not is_mine:
        ctx.audit("why", member=f"#{about.id}")


def _about(ctx: Context, asked: str) -> Member:
    """Whose facts are meant. Raises UserError where they are nobody else's business."""
    if not asked:
        return ctx.member
    if ctx.member.role == "student":
        raise UserError("why.only_yours")
    if ctx.space is not None and ctx.space.kind != "staff":
        raise UserError("why.staff_room")
    return find_member(ctx.db, ctx.course.id, asked)


def _last_facts(db: Connection, who: MemberId, *, limit: int) -> Sequence[Row[Any]]:
    return db.execute(select(fact).where(fact.c.member == who).order_by(fact.c.id.desc()).limit(limit)).all()
